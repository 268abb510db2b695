"""A field renamed in every file that uses it: what would change, line by line, and then all of it at once.

Texts are changed word by word, nothing is written anew. Afterwards the uses are asked for again: what still names the old
field is told as left to do, never hidden.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from app.definitions import Bundle, DefinitionError, load_form
from app.definitions.form_language import RESERVED
from app.errors import NotFound, ProposalRefused
from app.workbench import proposals, field_uses
from app.workbench.forms.preview import form_path
from app.workbench.line_matching import opcodes
from app.workbench.models import Proposal
from app.workbench.used_in_reports import asked_by, names_in
from app.workbench.uses import Use

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}", re.ASCII)
_MACRO = re.compile(r"\b(?:exists|exists_one|all|filter|map|sort_by|sum_of)\(\s*([A-Za-z_]\w*)\s*,")


@dataclass(frozen=True)
class Change:
    file: str
    line: int
    before: str
    after: str


@dataclass(frozen=True)
class Plan:
    """`files`: the new texts; `versions`: what they were read at; `left`: uses that have to be changed by hand."""

    files: Mapping[str, bytes]
    versions: Mapping[str, int]
    changes: tuple[Change, ...]
    left: tuple[Use, ...]


def plan_of(proposal: Proposal, form: str, field: str, new: str) -> Plan:
    """What renaming would change. `field` is a key, or `table.column`. Raises ProposalRefused and NotFound."""
    files, versions = proposals.files_of(proposal), proposals.changed_files(proposal)
    newer, left = renamed(files, proposal.procedure, form, field, new)
    return Plan(newer, {name: versions[name].version if name in versions else 0 for name in newer},
                tuple(change for name in newer for change in _changes(name, files[name], newer[name])), left)


def renamed(files: Mapping[str, bytes], procedure: str, form: str, field: str, new: str) -> tuple[dict[str, bytes], tuple[Use, ...]]:
    """(the files that change, the uses that are left to do by hand). Raises as `plan_of` does."""
    path = form_path(procedure, form)
    table, _dot, old = field.rpartition(".")
    _ensure_free(files, path, table, old, new)
    kinds: dict[str, set[str]] = {path: set()}
    lines: dict[str, set[int]] = {}
    for use in _uses(files, procedure, form, table, old):
        kinds.setdefault(use.file, set()).add(use.kind)
        if use.element.startswith("line "):
            lines.setdefault(use.file, set()).add(int(use.element[5:]))
    renamer, asked = _Renamer(form, table, old, new), asked_by(Bundle(files).procedure(procedure))
    newer = {name: renamer.text(files[name].decode("utf-8"), name == path, found) for name, found in kinds.items()}
    newer |= {name: renamer.template(newer[name], asked.get(name, ""), found) for name, found in lines.items()}
    newer = {name: text.encode() for name, text in newer.items()}
    newer = {name: content for name, content in newer.items() if content != files[name]}
    return newer, tuple(_uses({**files, **newer}, procedure, form, table, old))


def _uses(files: Mapping[str, bytes], procedure: str, form: str, table: str, old: str) -> list[Use]:
    found = field_uses.uses_of(Bundle(files).procedure(procedure))
    return [use for use in found if use.form == form and ((use.field, use.column) == (table, old) if table else use.field == old)]


def rename(proposal: Proposal, plan: Plan, *, actor, clock) -> None:
    """Saves the plan, all files or none. Raises ProposalConflict where somebody saved one of them meanwhile."""
    proposals.save_files(proposal.id, plan.files, plan.versions, actor=actor, clock=clock)


def _ensure_free(files: Mapping[str, bytes], path: str, table: str, old: str, new: str) -> None:
    if path not in files:
        raise NotFound()
    if not _NAME.fullmatch(new) or new.lower() in RESERVED:
        raise ProposalRefused(why=_("“%(name)s”不能作字段名：用英文字母开头，只含字母、数字和下划线，不能是表达式里已有含义的词", name=new))
    try:
        form = load_form(files[path], path)
    except DefinitionError as error:
        raise ProposalRefused(why=_("请先改正表单中的错误：%(why)s", why=str(error))) from error
    fields = form.field(table).all_columns() if table and form.field(table) else tuple(form.fields())
    keys = [one.key for one in fields]
    if old not in keys:
        raise NotFound()
    if new in keys:
        raise ProposalRefused(why=_("已经有字段“%(name)s”", name=new))


def _changes(name: str, before: bytes, after: bytes):
    old, new = before.decode().splitlines(), after.decode().splitlines()
    for tag, start, end, first, last in opcodes(old, new):
        if tag != "equal":
            for offset in range(max(end - start, last - first)):
                yield Change(name, start + offset + 1, old[start + offset].strip() if start + offset < end else "", new[first + offset].strip() if first + offset < last else "")


class _Renamer:
    """The ways in which a field is written, each with what it becomes."""

    def __init__(self, form: str, table: str, old: str, new: str):
        self.form, self.table, self.old, self.new = form, table, old, new

    def text(self, text: str, own: bool, kinds: set[str]) -> str:
        if self.table:
            return self._column(text, own)
        text = self._word(text, rf"\b(form|labels)\.{self.form}\.", self.old)
        text = re.sub(rf"(\[['\"])({self.form}\.){self.old}(['\"]\])", rf"\g<1>\g<2>{self.new}\g<3>", text)
        if own:
            text = self._own(text)
        if "report" in kinds:
            text = self._listed(text)
        if "register" in kinds:
            text = self._register(text)
        if "scenario" in kinds:
            text = re.sub(rf"(?m)^(\s*(?:-\s+)?|.*[{{,]\s*){self.old}(?=\s*:(?:\s|$))", rf"\g<1>{self.new}", text)
        if "form" in kinds and not own:
            text = self._word(text, r"\brow\.", self.old)
        return text

    def _word(self, text: str, before: str, old: str) -> str:
        return re.sub(rf"({before}){old}(?![\w-])", lambda found: found.group(1) + self.new, text)

    def _own(self, text: str) -> str:
        """The form's own file: its key, conditions over `answers`, and lists of fields."""
        text = re.sub(rf"(?m)((?:^|[{{,\s-])key:\s*['\"]?){self.old}(?=['\"]?\s*(?:[,}}#]|$))", rf"\g<1>{self.new}", text)
        text = self._word(text, r"\banswers\.", self.old)
        text = re.sub(rf"(\bask:\s*\[[^\]]*?\b){self.old}\b", rf"\g<1>{self.new}", text)
        text = re.sub(rf"(\bfor_rows:\s*\{{\s*){self.old}(?=\s*:)", rf"\g<1>{self.new}", text)
        return re.sub(rf"(\bfills:\s*\{{(?:[^}}]*[,\s])?){self.old}(?=\s*:)", rf"\g<1>{self.new}", text)

    def _listed(self, text: str) -> str:
        return re.sub(rf"(?<![\w.-]){self.form}\.{self.old}(?![\w-])", f"{self.form}.{self.new}", text)

    def template(self, text: str, asked: str, lines: set[int]) -> str:
        """In a template: behind the names that stand for the form or the table, and as the word for a column, on the lines that use it."""
        whole = ("form", "labels")
        meant = {(root, self.form, self.table) if self.table else (root, self.form) for root in whole}
        names = [name for name, found in names_in(text, asked).items() if found & meant] + (["asked"] if asked == self.form and not self.table else [])
        rows = text.split("\n")
        for number in lines:
            rows[number - 1] = self._on_line(rows[number - 1], names)
        return "\n".join(rows)

    def _on_line(self, line: str, names: list[str]) -> str:
        for name in names:
            line = self._word(line, rf"\b{name}\.", self.old)
        return re.sub(rf"(\[\s*['\"]){self.old}(?=['\"])", rf"\g<1>{self.new}", line) if self.table else line

    def _register(self, text: str) -> str:
        """Within the entry of `registers.yml` that has this form: words in lists, and `row.old`."""
        parts = re.split(r"(?m)^(?=\S)", text)
        return "".join(self._in_register(part) if re.search(rf"(?m)^\s+form:\s*{self.form}\s*(#.*)?$", part) else part for part in parts)

    def _in_register(self, part: str) -> str:
        part = self._word(part, r"\brow\.", self.old)
        return re.sub(rf"(?m)^(?!\s*(?:title|title_en|hint|hint_en|message|message_en|form)\s*:)(.*)$",
                      lambda line: re.sub(rf"(?<=[\[,\s]){self.old}(?=\s*(?:[,\]}}]|$))", self.new, line.group(1)), part)

    def _column(self, text: str, own: bool) -> str:
        """A column: `row.old` inside its table, the variable of a macro over the table, `table.old` of labels."""
        if own:
            start, end = self._table_span(text)
            text = text[:start] + self._in_table(text[start:end]) + text[end:]
        lines = text.split("\n")
        return "\n".join(self._walked(line) if self.table in line else line for line in lines)

    def _table_span(self, text: str) -> tuple[int, int]:
        found = re.search(rf"(?m)^(\s*)-\s+(?:\{{\s*)?key:\s*{self.table}\b", text)
        if not found:
            return 0, 0
        after = re.compile(rf"(?m)^\s{{0,{len(found.group(1))}}}(?=\S)(?!#)").search(text, found.end())
        return found.start(), after.start() if after else len(text)

    def _in_table(self, text: str) -> str:
        text = self._word(text, r"\brow\.", self.old)
        text = re.sub(rf"(?m)((?:^|[{{,\s-])key:\s*['\"]?){self.old}(?=['\"]?\s*(?:[,}}#]|$))", rf"\g<1>{self.new}", text)
        text = re.sub(rf"(\bfills:\s*\{{(?:[^}}]*[,\s])?){self.old}(?=\s*:)", rf"\g<1>{self.new}", text)
        text = re.sub(rf"(\bkinds:\s*(?:\n\s*|\{{\s*)field:\s*){self.old}\b", rf"\g<1>{self.new}", text)
        return re.sub(rf"(\b(?:list_columns|ask):\s*\[[^\]]*?\b){self.old}\b", rf"\g<1>{self.new}", text)

    def _walked(self, line: str) -> str:
        if re.search(rf"\bform\.(?!{self.form}\.)\w+\.{self.table}\b", line):
            return line  # a table of the same name in another form: whose row a variable is cannot be told by words
        for variable in set(_MACRO.findall(line)):
            if re.search(rf"\b{self.table}\b", line):
                line = self._word(line, rf"\b{variable}\.", self.old)
        line = re.sub(rf"\b((?:form\.{self.form}|answers)\.{self.table}(?:\[\d+\])?\.){self.old}\b", rf"\g<1>{self.new}", line)
        return re.sub(rf"(['\"]){self.table}\.{self.old}(['\"])", rf"\g<1>{self.table}.{self.new}\g<2>", line)
