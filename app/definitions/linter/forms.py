"""Forms: every expression, every reference to fields, code tables, roles and processes, and personal data."""
from __future__ import annotations

import re

from ..errors import near_miss
from ..form import Field, Form
from ..form_language import COMMON, NOBODY, RESERVED, TYPES, CEL
from .expressions import BASE, MEMBERS, Place, check_expression
from .knowledge import Knowledge
from .processes import check_role

_ROOTS = BASE | MEMBERS | {"answers"}
_OF_ENTRIES = ("filter", "prefer")
_PERSONAL_FORMATS = ("id-card", "phone", "email")
_PERSONAL_WORDS = re.compile("身份证|证件号|护照|手机|住址|银行卡|银行账|出生日期")
_ALL_CEL = sorted({name for attributes in (COMMON, *TYPES.values()) for name, kind in attributes.items() if kind == CEL})


def check_forms(known: Knowledge) -> None:
    for form in known.forms.values():
        if form.key not in known.used_forms:
            known.findings.add("unused-form", form.path, "", f"没有任何环节使用表单“{form.key}”")
        for role in form.readers:
            if role not in known.roles and role != NOBODY:
                known.findings.add("unknown-role", form.path, "", f"readers：没有角色“{role}”{near_miss(role, known.roles)}")
        for section in form.sections:
            place = Place(form.path, section.key, f"分节“{section.title}”的 shown_when", _ROOTS, form)
            check_expression(known, section.shown_when, place)
            for field in section.fields:
                _check_field(known, form, field, ())


def _place(form: Form, field: Field, what: str, row: tuple[Field, ...]) -> Place:
    roots = _ROOTS | {"row"} if row else _ROOTS
    return Place(form.path, field.key, f"第{field.line}行，字段“{field.label or field.key}”的 {what}", roots, form, row)


def _check_field(known: Knowledge, form: Form, field: Field, row: tuple[Field, ...]) -> None:
    if field.key.lower() in RESERVED:
        known.findings.add("reserved-name", form.path, field.key,
                           f"第{field.line}行：“{field.key}”是表达式中已有含义的词，不能作字段名")
    chosen = _columns_of_register(known, field)
    for name in _ALL_CEL:
        check_expression(known, getattr(field, name), _place(form, field, name, chosen if name in _OF_ENTRIES else row))
    for name in ("valid_when", "warn_when"):
        for rule in getattr(field, name):
            _check_rule(known, rule, _place(form, field, name, row))
    _check_references(known, form, field, row)
    if _tells_of_a_person(field) and not field.personal:
        known.findings.add("personal-without-class", form.path, field.key,
                           f"第{field.line}行：字段“{field.label or field.key}”是个人信息，请写 personal")
    columns = field.all_columns()
    for name in ("row_valid_when", "row_warn_when"):
        for rule in getattr(field, name):
            _check_rule(known, rule, _place(form, field, name, columns))
    for column in columns:
        _check_field(known, form, column, columns)


def _tells_of_a_person(field: Field) -> bool:
    if field.format in _PERSONAL_FORMATS or field.type == "photo":
        return True
    return field.type in ("text", "long_text", "date") and not field.readonly and bool(_PERSONAL_WORDS.search(field.label))


def _check_proofs(known: Knowledge, form: Form, field: Field) -> None:
    """The rows that a file proves, and the sample beside it."""
    tables = {other.key: other for other in form.fields() if other.type == "table"} if field.for_rows else {}
    for key, text in field.for_rows.items():
        if key not in tables:
            known.findings.add("unknown-field", form.path, field.key, f"第{field.line}行：表单没有表格“{key}”{near_miss(key, tables)}")
        else:
            check_expression(known, text, _place(form, field, "for_rows", tables[key].all_columns()))
    folder = form.path.rpartition("/")[0]
    if field.sample and f"{folder}/samples/{field.sample}" not in known.procedure.files:
        known.findings.add("no-sample-file", form.path, field.key, f"第{field.line}行：{folder}/samples/ 里没有“{field.sample}”")


def _check_rule(known: Knowledge, rule, place: Place) -> None:
    """A rule and the expressions in the braces of its messages."""
    check_expression(known, rule.rule, place)
    for text in re.findall(r"\{([^{}]+)\}", f"{rule.message}{rule.message_en}"):
        check_expression(known, text, place)


def _columns_of_register(known: Knowledge, field: Field) -> tuple[Field, ...]:
    """What `row` has in the filter of an `entry` field."""
    register = known.registers.get(field.register)
    form = known.forms.get(register.form) if register else None
    return tuple(form.fields()) if form else ()


def _check_references(known: Knowledge, form: Form, field: Field, row: tuple[Field, ...]) -> None:
    if field.register and field.register not in known.registers:
        known.findings.add("unknown-register", form.path, field.key,
                           f"第{field.line}行：没有台账“{field.register}”{near_miss(field.register, known.registers)}")
    if field.code_table and field.code_table not in known.code_tables:
        known.findings.add("unknown-code-table", form.path, field.key,
                           f"第{field.line}行：没有代码表“{field.code_table}”{near_miss(field.code_table, known.code_tables)}")
    if field.role:
        check_role(known, form.path, field.key, field.role, f"第{field.line}行，字段“{field.label or field.key}”")
    ids = [process.id for process in known.processes]
    if field.process and field.process not in ids:
        known.findings.add("unknown-process", form.path, field.key,
                           f"第{field.line}行：没有流程“{field.process}”{near_miss(field.process, ids)}")
    if field.waiting_for and field.waiting_for not in known.message_names:
        known.findings.add("unknown-message", form.path, field.key,
                           f"第{field.line}行：没有消息“{field.waiting_for}”{near_miss(field.waiting_for, known.message_names)}")
    _check_proofs(known, form, field)
    if not field.ask and not field.fills:
        return
    own = [column.key for column in row] or [other.key for other in form.fields()]
    keys = [*own, *(other.key for other in form.fields())]
    for name in (*field.ask, *field.fills):
        if name not in (own if name in field.fills else keys):
            known.findings.add("unknown-field", form.path, field.key,
                               f"第{field.line}行：表单没有字段“{name}”{near_miss(name, keys)}")
