"""What an analyst is told about every setting of our dialect: its label, what it does, and how it is filled in.

The properties panel draws itself from this table, the element templates take their labels from it. A house test compares it
with the linter's `PROPERTIES`: no setting without words, no words without a setting. No logic.
"""
from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Setting:
    """`input`: text, lines, expression, role, roles, stage, stages, words, yes, elements, registers, name, code.

    `options` are (value, label) of `words`; `check` is the kind of expression, as `vocabulary.problems_of` knows them.
    """

    name: str
    label: object
    help: object
    input: str = "text"
    options: tuple = ()
    check: str = "expression"


_REASONS = (("required", _l("必须写")), ("optional", _l("可写可不写")))
_STYLES = (("primary", _l("主要（深色）")), ("secondary", _l("次要")), ("danger", _l("红色，排在最后")))
STAGE = Setting("stage", _l("环节"), _l("事项停在这里时，进度条停在哪个环节。环节写在流程（参与者边框）上。"), "stage")
ROLE = Setting("role", _l("角色"), _l("谁来办。泳道写了，里面的任务不必再写。"), "role")
SCOPE = Setting("scope", _l("哪一家"), _l("哪个单位或哪个人的这个角色，例如 case.parties.名称、case.starter。不写：所有持此角色的人。"), "expression")
NOT = Setting("not", _l("不得由谁办（四眼原则）"), _l("办过这些环节的人不能再办这里。"), "elements")
WHEN = Setting("when", _l("什么时候有"), _l("成立时才有这个按钮或操作，例如 !task.taken（还没有人领取）。不写：一直有。"), "expression")
CONFIRM = Setting("confirm", _l("按下后再问一句"), _l("写明后果，例如“不通过后本次申报即告结束，不能恢复。”"), "lines")
REASON = Setting("reason", _l("要写原因吗"), _l("按下时要不要写原因。"), "words", _REASONS)
STYLE = Setting("style", _l("按钮样式"), _l("不通过、终止这类按钮用红色。"), "words", _STYLES)
BARRED = (
    Setting("barred_by", _l("限制名单"), _l("写有“限制”的台账：名单里的人在限制期内不能提交。"), "registers"),
    Setting("bar_key", _l("按什么查名单"), _l("例如填写的证件号码；与限制名单一起写。"), "expression", check="bar_key"))
FREES = Setting("frees_claim", _l("让出占用"), _l("走到这里时，让出提交时占用的内容，可以重新申报。"), "yes")
DISCREET = Setting("discreet", _l("对发起人不显示"), _l("发起人看不到这里，也看不到只有经过这里才能走到的环节。"), "yes")
POOL = (ROLE, SCOPE, NOT)
ACTION = (
    Setting("role", _l("谁可以按"), _l("不写：只有系统能送来（缴费结果、别的事项）。"), "role"), SCOPE, WHEN, CONFIRM, REASON,
    Setting("label", _l("按钮的字"), _l("不写就用事件的名称。")), STYLE, STAGE)
TELL = (
    Setting("tell_to", _l("通知谁"), _l("走到这里时发一条消息，流程不等它。写人员、单位或列表，例如 case.starter。"), "expression"),
    Setting("tell_title", _l("通知标题"), _l("文字要加英文引号。写了“通知谁”，就要写标题。"), "expression"),
    Setting("tell_text", _l("通知内容"), _l("可以不写。"), "expression"),
    Setting("tell_kind", _l("通知种类"), _l("\"duty\" 须办理（默认）、\"reminder\" 提醒、\"progress\" 进展、\"result\" 结果。"), "expression"))

PROCESS = (
    Setting("casePrefix", _l("流水号前三位"), _l("三位数字，例如 003。")),
    Setting("starters", _l("谁可以发起"), _l("可选几个角色；“所有登录的人”就是谁都可以。"), "roles"),
    Setting("stages", _l("环节"), _l("一行一个，按先后。事项页顶部的进度条照它画。"), "stages"),
    Setting("summary", _l("列表里的摘要"), _l("例如申报人姓名和职称。"), "expression"),
    Setting("title", _l("事项名称"), _l("不写就用流程名。")),
    Setting("dates", _l("重要日期"), _l("得出一组“名称: 日期”，没有的略去。"), "expression"),
    Setting("blind", _l("盲评"), _l("成立时，只看遮盖内容的岗位看不到申报人是谁。"), "expression"),
    Setting("blind_label", _l("盲评时的称呼"), _l("不写为“№”加流水号末四位。"), "expression"),
    Setting("group_by", _l("按什么汇总"), _l("年度总览和列表按它分组，例如 form.表.字段（台账条目）。"), "expression"),
    Setting("group_under", _l("汇总在什么之下"), _l("例如年度。"), "expression"),
    Setting("group_owner", _l("这一组归哪个单位"), _l("得出一个单位，例如 case.parties.名称。"), "expression"),
    Setting("overseen_by", _l("谁看得到全部各组"), _l("可选几个角色。"), "roles"),
    Setting("certificates_kept_by", _l("谁保管证书"), _l("这些角色有“证书台账”页面。"), "roles"))

USER_TASK = (
    STAGE, *POOL,
    Setting("due", _l("办理期限（只显示）"), _l("日期或时刻，例如 vars.deadline。到期要做什么，请画定时边界事件。"), "expression"),
    Setting("edit", _l("退回到这里时能改什么"), _l("写了它，前面的办理人才能在这张表单上标注。"), "words",
            (("marked", _l("只能改被标注的栏目")), ("all", _l("全部可改")))),
    Setting("claim", _l("提交时占用什么"), _l("同一段文字同时只能由一件事项占用，例如证件号码加年度。"), "expression"),
    Setting("claim_rule", _l("占用的规定"), _l("被占用时先说的一句话。"), "lines"),
    *BARRED, DISCREET,
    Setting("gather", _l("每份办完汇总什么"), _l("只用于多实例。例如 {\"ref\": item.ref, \"ok\": outcome == \"accept\"}。"), "expression"),
    Setting("gather_into", _l("汇总到哪个变量"), _l("英文变量名，以后写 vars.名称。"), "name"))

FLOW = (
    REASON,
    Setting("marks", _l("要带标注吗"), _l("退回时逐处说明问题；申请人逐处看到。"), "words",
            (("required", _l("标注和原因至少有一样")), ("optional", _l("有就带上")), ("none", _l("不带")))),
    CONFIRM, WHEN, STYLE)

END = (
    Setting("result", _l("办理结果的字"), _l("不写就用事件的名称。")),
    Setting("tone", _l("结果的颜色"), _l("列表和事项页上怎样显示。"), "words",
            (("good", _l("绿色：通过")), ("bad", _l("红色：不通过")), ("neutral", _l("灰色：其他")))),
    STAGE, FREES)

START = (Setting("role", _l("谁可以发起"), _l("代替流程上的“谁可以发起”。"), "roles"), STAGE, *BARRED)

_PLAIN = (STAGE, *TELL)
SETTINGS: dict[str, tuple[Setting, ...]] = {
    "process": PROCESS,
    "lane": POOL,
    "userTask": (*USER_TASK, *TELL),
    "boundaryEvent": (*ACTION, Setting("drops_drafts", _l("清除暂存"), _l("按下时清除本事项所有暂存而没有提交的内容。"), "yes"), FREES, DISCREET, *TELL),
    "intermediateCatchEvent": (*ACTION, *TELL),
    "receiveTask": (*ACTION, *TELL),
    **dict.fromkeys(("callActivity", "subProcess", "serviceTask", "scriptTask", "businessRuleTask"), _PLAIN),
    "sequenceFlow": (*FLOW, *TELL),
    "startEvent": (*START, *TELL),
    "endEvent": (*END, *TELL),
}
ACTING = frozenset({"role", "scope", "when", "confirm", "reason", "label", "style"})  # of messages; a timer has nobody who acts

MEMBERS = {
    "case": {"number": _l("业务流水号"), "process": _l("流程"), "title": _l("事项名称"), "starter": _l("发起人"), "tab": _l("所在页签"),
             "visits": _l("到过某个环节几次"), "parties": _l("当事方"), "started_at": _l("发起时间")},
    "task": {"element": _l("环节的 ID"), "opened": _l("到达时间"), "taken": _l("领取时间，没有领取为空"), "assignee": _l("办理人")},
    "actor": {"ref": _l("标识"), "name": _l("姓名"), "roles": _l("角色列表")},
}

# What the parameters of connectors are called; the code beside it is what the file says.
PARAMETERS = {
    "to": _l("给谁"), "title": _l("标题"), "text": _l("内容"), "kind": _l("种类"), "message": _l("消息名称"), "payload": _l("带去的内容"), "each": _l("各自的内容"),
    "cases": _l("事项"), "subject": _l("事由"), "amount": _l("金额（分）"), "payer": _l("缴款人"), "deadline": _l("期限"), "phone": _l("手机号"),
    "payee_name": _l("收款单位"), "payee_code": _l("收款单位代码"), "sponsor": _l("代缴单位"), "order": _l("缴费单"), "slip": _l("回单号"), "paid_on": _l("到账日期"),
    "voters": _l("到会人员"), "members": _l("成员"), "options": _l("选项"), "quorum": _l("最少人数"), "ballot": _l("投票"), "holder": _l("持证人"), "report": _l("报表"),
    "fields": _l("证书内容"), "number": _l("编号"), "number_format": _l("编号格式"), "numbers": _l("编号台账"), "numbers_kind": _l("证书类别"), "batch": _l("批次"),
    "hold": _l("暂不可打印"), "replaces": _l("代替的证书"), "reason": _l("原因"), "asked_by": _l("谁来查"), "holder_name": _l("持证人姓名"), "new_number": _l("新编号"),
    "category": _l("原因类别"), "by": _l("办理人"), "take_number": _l("启用对方编号"), "owner": _l("归谁"), "name": _l("文件名称"), "pattern": _l("编号格式"),
    "readers": _l("可查看的角色"), "note": _l("备注"), "route": _l("另走哪条路"), "register": _l("台账"), "count": _l("人数"), "seats": _l("名额"), "criteria": _l("条件"),
    "exclude": _l("不参加的人"), "supervisor": _l("监督人员"), "before": _l("之前抽过的"), "words": _l("监督人员给出的文字"), "prepared": _l("第一步的结果"),
    "people": _l("人员"), "declared": _l("本人申请回避"), "groups": _l("分组"), "overrides": _l("不采纳的回避"), "minimum": _l("最少人数"), "case": _l("事项"),
    "sitting": _l("评审会"), "values": _l("内容"), "key": _l("条目"), "person": _l("人员"), "role": _l("角色"),
}
