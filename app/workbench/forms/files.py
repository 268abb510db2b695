"""The forms and code tables of a proposal: listed with what is known of each, begun, copied, taken out.

Reads and writes files of proposals through `proposals` alone.
"""
from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

from flask_babel import gettext as _

from app.connectors import KNOWN_TOPICS
from app.definitions import Bundle, DefinitionError, Procedure, check, load_code_table, load_form
from app.errors import ProposalRefused
from app.workbench import proposals
from app.workbench.forms.edits import Edit, edited
from app.workbench.forms.preview import form_path, samples_of
from app.workbench.models import Proposal

NAME = re.compile(r"[a-z][a-z0-9_]{1,50}", re.ASCII)
CODES_NAME = re.compile(r"[a-z][a-z0-9-]{1,50}", re.ASCII)
EMPTY_FORM = "title: {title}\nsections:\n  - key: main\n    title: 填写内容\n    fields:\n      - {{key: remark, type: long_text, label: 说明}}\n"
EMPTY_CODES = "# {title}\n- {{code: \"1\", name: 第一项}}\n"


@dataclass(frozen=True)
class Listed:
    """A form or code table in the list. `steps`: (name, path of the diagram, element) of the steps that ask it."""

    key: str
    title: str
    count: int
    steps: tuple = ()
    errors: int = 0
    warnings: int = 0
    changed: bool = False
    by: str = ""


def listed_forms(proposal: Proposal) -> tuple[list[Listed], list[Listed]]:
    """(forms, code tables) as the proposal has them, those that cannot be read too."""
    bundle, changed = proposals.bundle_of(proposal), proposals.changed_files(proposal)
    procedure, found = bundle.procedure(proposal.procedure), _findings(bundle)
    steps = steps_of(procedure)
    forms = [_form(procedure, path, steps, found, changed) for path in procedure.form_paths]
    users = _users_of_codes(procedure)
    codes = [_codes(procedure, path, users, found, changed) for path in procedure.paths("forms", "codes/*.yml")]
    return forms, codes


def _findings(bundle: Bundle) -> dict[str, list]:
    found: dict[str, list] = {}
    for one in check(bundle, topics=KNOWN_TOPICS):
        found.setdefault(one.file, []).append(one.severity)
    return found


def _form(procedure: Procedure, path: str, steps, found, changed) -> Listed:
    key, title, count = path.rsplit("/", 1)[1].removesuffix(".yml"), "", 0
    with suppress(DefinitionError):
        form = load_form(procedure.files[path], path)
        title, count = form.title, sum(1 for _field in form.fields())
    return _listed(key, title, count, steps.get(key, ()), path, found, changed)


def _codes(procedure: Procedure, path: str, users, found, changed) -> Listed:
    key, count = path.rsplit("/", 1)[1].removesuffix(".yml"), 0
    with suppress(DefinitionError):
        count = _size(load_code_table(procedure.files[path], path))
    return _listed(key, "", count, users.get(key, ()), path, found, changed)


def _size(codes) -> int:
    return sum(1 + _size(code.children) for code in codes)


def _listed(key, title, count, steps, path, found, changed) -> Listed:
    severities, own = found.get(path, []), changed.get(path)
    return Listed(key, title, count, tuple(steps), severities.count("error"), len(severities) - severities.count("error"), own is not None, own.by if own else "")


def steps_of(procedure: Procedure) -> dict[str, list[tuple[str, str, str]]]:
    """Form key -> (name, diagram, element) of the steps that ask it."""
    found: dict[str, list] = {}
    with suppress(DefinitionError):
        for diagram in procedure.diagrams:
            for process in diagram.processes:
                for element in process.walk():
                    key = element.xml.get("{http://camunda.org/schema/1.0/bpmn}formKey")
                    if key:
                        found.setdefault(key, []).append((element.name or element.id, diagram.path, element.id))
    return found


def _users_of_codes(procedure: Procedure) -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list] = {}
    for path in procedure.form_paths:
        with suppress(DefinitionError):
            form = load_form(procedure.files[path], path)
            for one in form.fields():
                for field in (one, *one.all_columns()):
                    if field.code_table:
                        found.setdefault(field.code_table, []).append((f"{form.title}：{field.label or field.key}", path, field.key))
    return found


def begin_form(proposal: Proposal, key: str, title: str, *, copy_of: str = "", actor, clock) -> str:
    """A new form, or a copy of one. Raises ProposalRefused for a name that is taken or cannot be one."""
    _ensure_name(key, NAME, _("表单的文件名用小写英文字母、数字和下划线，以字母开头"))
    title = " ".join(title.split())
    if not title:
        raise ProposalRefused(why=_("请写表单的标题"))
    text = proposals.read_file(proposal, form_path(proposal.procedure, copy_of)).content.decode() if copy_of else EMPTY_FORM.format(title="x")
    _begin(proposal, form_path(proposal.procedure, key), edited(text, [Edit("set", ("title",), title)]), actor, clock)
    return key


def begin_codes(proposal: Proposal, name: str, title: str, *, actor, clock) -> str:
    """A new code table with one entry. Raises ProposalRefused."""
    _ensure_name(name, CODES_NAME, _("代码表的文件名用小写英文字母、数字和连字符，以字母开头"))
    _begin(proposal, codes_path(proposal, name), EMPTY_CODES.format(title=" ".join(title.split()) or name), actor, clock)
    return name


def codes_path(proposal: Proposal, name: str) -> str:
    return f"forms/{proposal.procedure}/codes/{name}.yml"


def _ensure_name(name: str, pattern: re.Pattern, why: str) -> None:
    if not pattern.fullmatch(name) or name in ("registers", "codes", "new"):
        raise ProposalRefused(why=why)


def _begin(proposal: Proposal, path: str, text: str, actor, clock) -> None:
    if path in proposals.files_of(proposal):
        raise ProposalRefused(why=_("已经有这个文件名，请换一个"))
    taken_out = proposals.changed_files(proposal).get(path)
    proposals.save_file(proposal.id, path, text.encode(), expected=taken_out.version if taken_out else 0, actor=actor, clock=clock)


def take_out(proposal: Proposal, path: str, *, actor, clock) -> None:
    """Takes a form or code table out of the procedure; the findings say who misses it."""
    proposals.save_file(proposal.id, path, None, expected=proposals.read_file(proposal, path).version, actor=actor, clock=clock)


def known_of(bundle: Bundle, procedure: str) -> dict[str, list]:
    """What the properties of fields may name, as [value, label] by kind; what cannot be read is left out."""
    own = bundle.procedure(procedure)
    return {
        "code_tables": [[name, name] for name in (path.rsplit("/", 1)[1].removesuffix(".yml") for path in own.paths("forms", "codes/*.yml"))],
        "roles": _pairs(lambda: [[code, role.name] for code, role in own.roles.items()]),
        "registers": _pairs(lambda: [[key, one.title] for key, one in own.registers.items()]),
        "processes": _pairs(lambda: [[process.id, process.name or process.id] for diagram in own.diagrams for process in diagram.processes]),
        "messages": _pairs(lambda: [[name, name] for diagram in own.diagrams for name in diagram.messages.values()]),
        "reports": _pairs(lambda: [[key, report.title] for key, report in own.reports.items()]),
        "samples": [[name, name] for name in (path.rsplit("/", 1)[1] for path in own.files if path.startswith(f"forms/{procedure}/samples/"))],
        "connectors": _pairs(lambda: [[name, name] for name in sorted({one.connector for form in own.forms.values() for top in form.fields() for one in (top, *top.all_columns()) if one.connector})]),
        "kinds_of_organisations": _pairs(lambda: [[kind, kind] for kind in sorted({str(one.get("kind")) for one in (own.demo.get("organisations") or {}).values() if one.get("kind")})]),
        "forms": _pairs(lambda: [[key, form.title, [[f.key, f.label or f.key] for f in form.fields()]] for key, form in own.forms.items()]),
        "sample_names": [[name, name] for name in samples_of(own)],
    }


def _pairs(ask) -> list:
    with suppress(DefinitionError, AttributeError):
        return ask()
    return []
