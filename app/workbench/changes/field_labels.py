"""What the attributes and types of the form language are called in a change note. A table, no logic."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

LONG = frozenset("hint text description empty_text".split())
TYPES = {
    "text": _l("文字"), "long_text": _l("多行文字"), "number": _l("数"), "money": _l("金额"), "date": _l("日期"), "month": _l("月份"), "choice": _l("单选"),
    "cascade": _l("逐级选择"), "yes_no": _l("是否"), "checks": _l("多选"), "table": _l("表格"), "file": _l("文件"), "photo": _l("照片"), "look_up": _l("查询"),
    "person": _l("人员"), "people": _l("多名人员"), "organisation": _l("单位"), "entry": _l("台账条目"), "cases": _l("事项"), "read_only": _l("只读"),
    "note": _l("说明文字"), "ballot": _l("选票"), "turnout": _l("投票情况"),
}
ATTRIBUTES = {
    "title": _l("标题"), "title_en": _l("英文标题"), "key": _l("标识"), "type": _l("类型"), "label": _l("名称"), "label_en": _l("英文名称"), "hint": _l("提示"),
    "hint_en": _l("英文提示"), "required": _l("必填"), "required_when": _l("必填条件"), "shown_when": _l("显示条件"), "valid_when": _l("校验"), "warn_when": _l("提醒"),
    "default": _l("默认值"), "generated": _l("自动生成"), "readonly": _l("只读"), "hidden": _l("不显示"), "copied": _l("带入新申请"), "personal": _l("个人信息类别"),
    "summary": _l("列入摘要"), "party": _l("当事方"), "width": _l("宽度"), "min_length": _l("最少字数"), "max_length": _l("最多字数"), "pattern": _l("格式"),
    "pattern_message": _l("格式不对时的提示"), "pattern_message_en": _l("格式不对时的英文提示"), "format": _l("号码格式"), "rows": _l("行高"), "min": _l("最小值"),
    "max": _l("最大值"), "decimals": _l("小数位"), "unit": _l("单位"), "unit_en": _l("英文单位"), "not_before": _l("不早于"), "not_after": _l("不晚于"),
    "options": _l("选项"), "code_table": _l("代码表"), "style": _l("样式"), "levels": _l("各级"), "level_labels": _l("各级名称"), "level_labels_en": _l("各级英文名称"),
    "exclusive": _l("互斥选项"), "min_rows": _l("最少行数"), "max_rows": _l("最多行数"), "list_columns": _l("列表中的列"), "row_valid_when": _l("每行的校验"),
    "row_warn_when": _l("每行的提醒"), "rows_from": _l("行的来源"), "accept": _l("可上传的类型"), "max_mb": _l("最大 MB"), "max_files": _l("最多文件数"),
    "description": _l("说明"), "description_en": _l("英文说明"), "blank": _l("待签字的报表"), "sample": _l("样例"), "for_rows": _l("对应的行"), "photo_width": _l("照片宽"),
    "photo_height": _l("照片高"), "photo_rule": _l("照片尺寸要求"), "connector": _l("连接器"), "ask": _l("查询依据"), "fills": _l("填入"), "button": _l("按钮文字"),
    "button_en": _l("按钮英文"), "auto": _l("自动查询"), "role": _l("角色"), "scope": _l("范围"), "kind": _l("种类"), "among": _l("可选范围"), "register": _l("台账"),
    "filter": _l("筛选"), "prefer": _l("优先"), "empty_text": _l("没有可选时的提示"), "empty_text_en": _l("没有可选时的英文提示"), "process": _l("流程"),
    "waiting_for": _l("等待"), "group": _l("分组"), "value": _l("显示的值"), "link": _l("链接"), "text": _l("文字"), "text_en": _l("英文文字"), "box": _l("票箱"),
    "cases": _l("事项"), "names_person": _l("指明当事人"), "readers": _l("可查看的角色"), "layout": _l("排版"), "kinds.field": _l("区分类别的列"), "kinds.options": _l("类别"),
    # of reports, roles and registers
    "name": _l("名称"), "name_en": _l("英文名称"), "roles": _l("可打印的角色"), "available_when": _l("开放打印的条件"), "stage": _l("所属阶段"), "stages": _l("各角色所见的阶段"),
    "over": _l("列出多个事项"), "offered_at": _l("提供的环节"), "shows": _l("用到的字段"), "members": _l("用到的批内字段"), "desk": _l("从待领取中领"), "masked": _l("个人信息打码"),
    "given_to": _l("注册即得"), "granted_by": _l("可由谁授权"), "business": _l("授权业务"), "business_en": _l("授权业务英文"), "named_to": _l("可见办理人姓名的角色"),
    "form": _l("表单"), "managed_by": _l("维护的角色"), "seen_by": _l("可查看的角色"), "within": _l("限本单位"), "unique": _l("唯一的列"), "kept": _l("带入的列"),
    "announces": _l("公告链接"), "announced_from": _l("公告起"), "announced_until": _l("公告止"), "cutoffs": _l("倒计时日期"), "opening": _l("开放"), "pool": _l("人员库"),
    "bars": _l("限制"), "numbering": _l("编号"), "process_id": _l("流程"), "clock": _l("开始时间"), "people": _l("人员"), "organisations": _l("单位"), "start": _l("发起"),
    "steps": _l("步骤"), "also": _l("另外的事项"), "registers": _l("台账"),
}
_VALUES = {
    ("width", "full"): _l("整行"), ("width", "half"): _l("半行"), ("width", "third"): _l("三分之一行"), ("style", "radio"): _l("单选按钮"), ("style", "select"): _l("下拉"),
    ("format", "id-card"): _l("身份证号"), ("format", "phone"): _l("电话"), ("format", "email"): _l("电子邮件"), ("format", "uscc"): _l("统一社会信用代码"),
    ("scope", "organisation"): _l("单位"), ("scope", "person"): _l("本人"), ("scope", "none"): _l("不限"),
    ("personal", "identity"): _l("身份"), ("personal", "contact"): _l("联系方式"), ("personal", "biometric"): _l("生物识别"), ("personal", "health"): _l("健康"),
    ("personal", "finance"): _l("财务"), ("personal", "family"): _l("家庭"), ("personal", "employment"): _l("工作"), ("personal", "belief"): _l("信仰"),
    ("personal", "opinion"): _l("意见"), ("personal", "other"): _l("其他"),
}


def label(key: str) -> str:
    return str(ATTRIBUTES.get(key, key))


def type_name(name: str) -> str:
    return str(TYPES.get(name, name))


def value(key: str, text: str) -> str:
    """A word of the language as people say it; every other text as it is."""
    return type_name(text) if key == "type" else str(_VALUES.get((key, text), text))
