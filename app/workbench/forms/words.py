"""The form language in words people know: label, help and group of every key, and of every type of field.

Read by the form editor. What each key takes comes from the form language itself, so that nothing can be missing here
without a test saying so.
"""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.definitions import form_language as language

GROUPS = (("what", _l("基本")), ("ask", _l("必填与显示")), ("own", _l("内容")), ("rules", _l("校验")), ("value", _l("初值与计算")), ("look", _l("外观")), ("data", _l("数据")), ("english", _l("英文")))

TYPES = {
    "text": _l("单行文字"), "long_text": _l("多行文字"), "number": _l("数字"), "money": _l("金额"), "date": _l("日期"), "month": _l("年月"), "choice": _l("单选"),
    "cascade": _l("逐级选择"), "yes_no": _l("是 / 否"), "checks": _l("多选"), "table": _l("表格（多行）"), "file": _l("附件"), "photo": _l("照片"), "look_up": _l("查询按钮"),
    "person": _l("选一个人"), "people": _l("选多个人"), "organisation": _l("选单位"), "entry": _l("选台账条目"), "cases": _l("选事项"), "read_only": _l("显示内容（不填）"),
    "note": _l("说明文字"), "ballot": _l("表决（无记名）"), "turnout": _l("投票进度"),
}

# key -> (group, label, help)
WORDS = {
    "key": ("what", _l("字段名"), _l("流程、报表用它引用这个字段：英文字母开头，字母、数字、下划线。改名会列出所有引用处，一起改。")),
    "type": ("what", _l("类型"), _l("换类型时，新类型没有的设置会去掉。")),
    "label": ("what", _l("标签"), _l("填表人看到的名称。")),
    "title": ("what", _l("标题"), ""),
    "hint": ("what", _l("填写提示"), _l("显示在字段下方的说明。")),
    "required": ("ask", _l("必填"), ""),
    "required_when": ("ask", _l("在此条件下必填"), _l("条件成立时必须填写，例如 answers.kind == \"other\"。")),
    "shown_when": ("ask", _l("在此条件下显示"), _l("条件不成立时不显示，也不要求填写。留空表示总是显示。")),
    "valid_when": ("rules", _l("必须成立的条件"), _l("不成立时不能提交，显示后面的提示语。提示语里可以用 {表达式}。")),
    "warn_when": ("rules", _l("只提醒的条件"), _l("不成立时只提醒，仍可提交。")),
    "default": ("value", _l("初值"), _l("打开表单时先填好的内容。固定文字加英文引号，例如 \"无\"。")),
    "generated": ("value", _l("自动生成"), _l("由其他字段算出的内容，其他字段变化时跟着变；填表人可以改。")),
    "readonly": ("value", _l("只读"), _l("显示给填表人看，不能改。")),
    "hidden": ("look", _l("不显示"), _l("保存并可打印在报表里，但不出现在页面上。")),
    "width": ("look", _l("宽度"), ""),
    "personal": ("data", _l("个人信息类别"), _l("属于个人信息的必须选：决定遮盖、导出和保存期限。")),
    "names_person": ("data", _l("能看出是谁"), _l("盲评时对评审人隐藏。")),
    "summary": ("data", _l("用作事项标题"), _l("列表里用它的内容称呼这个事项。")),
    "copied": ("data", _l("重新申报时带入"), _l("不选时：普通字段带入，附件和照片不带入。")),
    "min_length": ("own", _l("最少字数"), ""), "max_length": ("own", _l("最多字数"), ""),
    "pattern": ("own", _l("格式（正则表达式）"), _l("整段文字必须符合，例如 [A-Z]{2}[0-9]{6}。")),
    "pattern_message": ("own", _l("格式不符时的提示"), ""),
    "format": ("own", _l("常用格式"), _l("按规则校验，不必自己写正则表达式。")),
    "rows": ("own", _l("高度（行）"), ""),
    "min": ("own", _l("最小 / 最少"), _l("金额以分为单位。")), "max": ("own", _l("最大 / 最多"), _l("金额以分为单位。")),
    "decimals": ("own", _l("小数位数"), ""), "unit": ("own", _l("单位"), _l("写在输入框后面，例如 天、篇。")),
    "not_before": ("own", _l("不早于"), _l("日期表达式，例如 answers.begun 或 today。")), "not_after": ("own", _l("不晚于"), _l("日期表达式，例如 today。")),
    "options": ("own", _l("选项"), _l("“值”存进数据并用于条件，用了就不要改；“显示”可以随时改。选项多或要停用时请用代码表。")),
    "code_table": ("own", _l("代码表"), _l("选项来自代码表，与“选项”二者取一。")),
    "style": ("own", _l("样式"), _l("不选时：选项少用单选钮，多用下拉框。")),
    "levels": ("own", _l("各级的名称（英文）"), _l("每一级存成什么名字，从上到下。")), "level_labels": ("own", _l("各级的标签"), ""),
    "exclusive": ("own", _l("互斥的选项值"), _l("选了它就不能选别的，例如“以上都没有”。")),
    "columns": ("own", _l("列"), _l("在左侧结构中添加、移动列。")),
    "kinds": ("own", _l("分类填写"), _l("不同类别的行有不同的列：哪一列说明类别，有哪些类别。各类的列在左侧结构中。")),
    "min_rows": ("own", _l("最少行数"), ""), "max_rows": ("own", _l("最多行数"), ""),
    "list_columns": ("own", _l("列表中显示的列"), _l("不写时显示所有列。")),
    "row_valid_when": ("rules", _l("每一行必须成立的条件"), _l("用 row.列名 引用这一行。")), "row_warn_when": ("rules", _l("每一行只提醒的条件"), ""),
    "rows_from": ("own", _l("行由谁给出"), _l("表达式给出行，填表人只填每行里的空格。")),
    "accept": ("own", _l("可上传的类型"), ""), "max_mb": ("own", _l("单个文件最大（MB）"), ""), "max_files": ("own", _l("最多几个文件"), ""),
    "description": ("own", _l("文件要求"), ""), "blank": ("own", _l("空白表（报表）"), _l("打印后签字再上传的报表。")),
    "sample": ("own", _l("填写范本"), _l("samples 文件夹里的文件。")),
    "for_rows": ("own", _l("证明哪些行"), _l("表格名与条件：这些行要有本附件。")),
    "photo_width": ("own", _l("照片宽（像素）"), ""), "photo_height": ("own", _l("照片高（像素）"), ""), "photo_rule": ("own", _l("照片尺寸要求"), ""),
    "connector": ("own", _l("向哪个系统查询"), ""), "ask": ("own", _l("按哪些字段查"), _l("这些字段填好后才能查询。")),
    "fills": ("own", _l("查到的填入"), _l("左边是本表单的字段，右边是查询结果里的名称。")),
    "button": ("own", _l("按钮文字"), ""), "auto": ("own", _l("打开时自动查询"), ""),
    "role": ("own", _l("角色"), _l("从这个角色的人员里选。")), "scope": ("own", _l("哪个单位的"), _l("单位表达式，例如 case.parties.employer。")),
    "party": ("own", _l("作为当事方"), _l("流程中用 case.parties.名称 引用所选的人或单位。")), "kind": ("own", _l("单位类型"), ""),
    "among": ("own", _l("只能选这些"), _l("给出可选范围的表达式。")), "empty_text": ("own", _l("没有可选时显示"), ""),
    "register": ("own", _l("台账"), ""), "filter": ("own", _l("只列出符合条件的"), _l("用 row.列名 引用台账的条目。")), "prefer": ("own", _l("优先"), _l("只列出此值最大的条目。")),
    "process": ("own", _l("流程"), ""), "waiting_for": ("own", _l("正在等待的消息"), ""), "group": ("own", _l("分组"), ""),
    "value": ("own", _l("显示什么"), _l("表达式，例如 form.request.title。")), "link": ("own", _l("链接地址"), ""),
    "text": ("own", _l("文字"), ""), "box": ("own", _l("票箱"), _l("表达式：给出投的是哪一项表决。")), "cases": ("own", _l("哪些事项的投票"), _l("表达式：事项编号的列表。")),
    "layout": ("look", _l("版式"), _l("材料清单：把附件排成一张表。")),
    "readers": ("data", _l("只有这些角色可以看"), _l("留空表示按流程的一般规则。")),
    "label_en": ("english", _l("英文标签"), ""), "title_en": ("english", _l("英文标题"), ""), "hint_en": ("english", _l("英文提示"), ""), "pattern_message_en": ("english", _l("格式不符时的英文提示"), ""),
    "unit_en": ("english", _l("英文单位"), ""), "level_labels_en": ("english", _l("各级的英文标签"), ""), "description_en": ("english", _l("英文文件要求"), ""),
    "button_en": ("english", _l("英文按钮文字"), ""), "empty_text_en": ("english", _l("没有可选时的英文"), ""), "text_en": ("english", _l("英文文字"), ""),
}
MANY_LINES = frozenset({"hint", "hint_en", "description", "description_en", "text", "text_en"})
# Where the choices of a key come from: a list that the page brings (`known`), or the fields of the form itself.
FROM = {"code_table": "code_tables", "role": "roles", "register": "registers", "connector": "connectors", "process": "processes", "waiting_for": "messages", "blank": "reports",
        "sample": "samples", "readers": "roles", "list_columns": "columns", "ask": "fields", "levels": "", "kind": "kinds_of_organisations", "exclusive": "options"}
CHOICES = {
    "width": {"full": _l("整行"), "half": _l("半行"), "third": _l("三分之一行")}, "style": {"radio": _l("单选钮"), "select": _l("下拉框")},
    "format": {"id-card": _l("身份证号码"), "phone": _l("手机号码"), "email": _l("电子邮箱"), "uscc": _l("统一社会信用代码")},
    "personal": {"identity": _l("身份"), "contact": _l("联系方式"), "biometric": _l("生物识别"), "health": _l("健康"), "finance": _l("财务"), "family": _l("家庭"),
                 "employment": _l("从业"), "belief": _l("信仰、政治面貌"), "opinion": _l("评价意见"), "other": _l("其他")},
    "photo_rule": {"at_least": _l("不小于此尺寸，比例相同"), "exact": _l("必须正好此尺寸")}, "layout": {"catalogue": _l("材料清单")},
    "accept": {ending: ending.upper() for ending in language.ENDINGS},
}


def properties() -> dict:
    """Everything the editor must know of the language, as plain data in the language of the page."""
    return {
        "groups": [[key, str(label)] for key, label in GROUPS],
        "types": {key: {"label": str(TYPES[key]), "keys": [*language.COMMON, *own], "needed": list(language.NEEDED.get(key, ()))} for key, own in language.TYPES.items()},
        "section": [key for key in language.SECTION if key != "fields"], "form": [key for key in language.FORM if key != "sections"],
        "inPlace": list(language.IN_PLACE), "keys": {key: _described(key) for key in WORDS},
    }


def _described(key: str) -> dict:
    group, label, told = WORDS[key]
    found = {"group": group, "label": str(label), "help": str(told), "kind": KINDS.get(key, language.TEXT)}
    if key in CHOICES:
        found["choices"] = [[value, str(words)] for value, words in CHOICES[key].items()]
    if FROM.get(key):
        found["from"] = FROM[key]
    if key in MANY_LINES:
        found["lines"] = True
    return found


KINDS = {key: kind for keys in (language.SECTION, language.FORM, language.COMMON, *language.TYPES.values()) for key, kind in keys.items()}
# One key, two meanings: the language says text for some types and an expression for others.
EXPRESSIONS = frozenset(key for keys in (language.COMMON, *language.TYPES.values()) for key, kind in keys.items() if kind == language.CEL)
