"""Which classes of data there are, when their time begins to run, what may be done with them, and how long by default.

Personal classes of fields are those of the form language: a form says which of its fields belong to which. The others
are the service's own. Nothing here reads the database.
"""
from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.definitions.form_language import PERSONAL

FIELDS = "field:"  # before a personal class of fields
TRACES = "traces"  # what somebody else's case says of one person: no rule has it, their erasure does


@dataclass(frozen=True)
class DataClass:
    """`unit`: case (erased case by case), rows (deleted by age), person, or kept (no rule can touch it)."""

    key: str
    label: object
    gloss: object
    unit: str
    begins: str  # ended|created|last_sign_in|never
    months: int = 0  # by default
    least: int = 1  # months; a rule cannot say less
    actions: tuple[str, ...] = ("erase",)


_FIELD_LABELS = {
    "identity": _l("身份"), "contact": _l("联系方式"), "biometric": _l("生物识别"), "health": _l("健康"), "finance": _l("财务"), "family": _l("家庭"),
    "employment": _l("工作"), "belief": _l("信仰"), "opinion": _l("意见"), "other": _l("其他"),
}
_OWN = (
    DataClass("case", _l("案卷：填报内容和材料"), _l("事项的全部表单（每一版）、上传的材料和摘要。清除后留下加盐摘要，证据链仍可核验。"), "case", "ended", 360, 120, ("erase",)),
    DataClass("history", _l("办理经过"), _l("每一步的办理人姓名、意见、消息内容和流程状态。清除后仍可见何时办理了哪一步。"), "case", "ended", 360, 120),
    DataClass("payments", _l("缴费记录"), _l("缴费人姓名、电话。金额和单号保留。会计法规要求至少保管三十年。"), "case", "ended", 360, 360),
    DataClass("notices", _l("通知和邮件"), _l("系统内通知、已发送的邮件。"), "rows", "created", 24, 1, ("delete",)),
    DataClass("drafts", _l("草稿"), _l("没有提交的填写、登录过期时暂存的页面、打印前的填写。"), "rows", "created", 12, 1, ("delete",)),
    DataClass("logs", _l("登录、账号和查阅记录"), _l("网络安全法要求留存不少于六个月。"), "rows", "created", 36, 6, ("delete",)),
    DataClass("exports", _l("导出、批量作业和取证包"), _l("系统为人制作的副本和作业明细。已下载到系统之外的，不在系统能清除的范围内。"), "rows", "created", 12, 1, ("delete",)),
    DataClass("technical", _l("技术记录"), _l("重复请求的答复、验证码、没有传完的文件。"), "rows", "created", 1, 1, ("delete",)),
    DataClass("account", _l("长期不用的账号"), _l("最后一次登录起算。账号保留为化名，编号仍可对应。有未到期案卷的账号不清除。"), "person", "last_sign_in", 120, 24),
    DataClass("certificates", _l("证书"), _l("登记簿永久保管，公众可以查验。"), "kept", "never", actions=()),
    DataClass("ballots", _l("选票"), _l("封存的选票任何人都不能读，也不清除。"), "kept", "never", actions=()),
    DataClass("tombstones", _l("清除凭证和清除报告"), _l("证明何时按什么规则清除了什么，不含内容，永久保管。"), "kept", "never", actions=()),
)
_FIELDS = tuple(
    DataClass(FIELDS + name, _FIELD_LABELS[name], _l("表单中标为此类个人信息的字段，含表格各行。"), "case", "ended", 120, 1) for name in PERSONAL)
# What people call the tables that a run may clear; others keep their own name.
_TABLES = {
    "answers": _l("填报内容"), "event": _l("办理记录"), "material": _l("材料"), "transfer": _l("没有传完的文件"), "outbox": _l("发给外部系统的请求"), "draft": _l("草稿"),
    "mark": _l("标注"), "mark_reply": _l("对标注的说明"), "notice": _l("通知"), "mail": _l("邮件"), "letter": _l("待发的邮件"), "job_item": _l("批量作业明细"), "job": _l("批量作业"),
    "payment_order": _l("缴费订单"), "person": _l("账号"), "person_profile": _l("个人资料"), "role_assignment": _l("角色"), "sign_in": _l("登录记录"),
    "account_event": _l("账号记录"), "viewing": _l("查阅记录"), "viewing_purpose": _l("查阅事由"), "certificate_check": _l("证书查询记录"), "listed_person": _l("人员名单"),
    "saved_view": _l("保存的视图"), "idempotency_key": _l("重复请求的答复"), "sent_code": _l("验证码"), "kept_page": _l("暂存的页面"), "printing_answers": _l("打印前的填写"),
    "data_request": _l("数据副本"), "pending_import": _l("待导入的名单"), "finding": _l("疑点"), "replay_result": _l("重放结果"), "wrong_passwords": _l("输错密码的记录"),
    "spent_solution": _l("人机验证记录"), "audit_sample_case": _l("抽样记录"), "register_entry": _l("台账条目"), "register_change": _l("台账变更"),
}


def table_words(name: str) -> str:
    """A table in words."""
    return str(_TABLES.get(name, name))


def class_words(key: str) -> str:
    """A class in words."""
    return str(_l("别人事项中提到此人之处") if key == TRACES else CLASSES[key].label if key in CLASSES else key)


CLASSES: dict[str, DataClass] = {one.key: one for one in (*_OWN[:3], *_FIELDS, *_OWN[3:])}
