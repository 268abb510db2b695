"""Numbers of another authority out of a workbook: checked row by row, shown, then taken one certificate after the other by a job."""
from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import sqlalchemy as sa
from flask_babel import gettext as _

from app.certificates.changing import take_number
from app.certificates.keeping import procedures_kept
from app.certificates.models import CURRENT, STATES, Certificate
from app.certificates.operations import newest
from app.certificates.verification import tidy_name
from app.errors import NotAllowed, RequestInvalid
from app.jobs import Done, Work, job_kind, start_job
from app.sheets import Column, read_rows
from app.store import session

KIND = "certificate-number"
LONGEST = 64
COLUMNS = (Column("number", "证书编号", required=True, code=True, width=26), Column("holder", "持证人"),
           Column("new", "上级系统编号", required=True, code=True, width=30))
NOTES = ("每行一张证书：本系统现在的编号、持证人姓名（可不填，填了就核对）、上级系统给的编号。",
         "导入前先显示核对结果；有一行不对，整个文件都不导入。", "启用新编号即出新的一版证书，原编号仍可查到，显示已更正。")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row of the workbook."""

    line: int
    label: str
    message: str


@dataclass(frozen=True)
class Pair:
    """An old number and the new one."""

    number: str
    holder: str
    new: str


def read_numbers(content: bytes, name: str, actor) -> tuple[list[Pair], list[Fault]]:
    """The pairs of a workbook with what is wrong. Raises SheetRefused, NotAllowed."""
    ensure_keeps(actor)
    rows = read_rows(content, name, columns=COLUMNS)
    pairs = [Pair(row.values.get("number", ""), row.values.get("holder", ""), row.values.get("new", "")) for row in rows]
    return pairs, judge(pairs, [row.line for row in rows], actor)


def judge(pairs: list[Pair], lines: list[int], actor) -> list[Fault]:
    """What stands in the way of each pair."""
    kept, faults, seen = procedures_kept(actor), [], set()
    used = _used([pair.new for pair in pairs])
    for line, pair in zip(lines, pairs, strict=True):
        certificate = newest(pair.number) if pair.number else None
        said = _fault(pair, certificate, kept, used, seen)
        seen |= {("old", pair.number), ("new", pair.new)}
        faults += [Fault(line, *said)] if said else []
    return faults


def start_renumbering(pairs: list[Pair], *, actor, clock):
    """The job that gives the certificates their new numbers. Raises NotAllowed, NothingChosen."""
    ensure_keeps(actor)
    items = [{"item": {"number": pair.number, "new": pair.new}, "label": f"{pair.number} → {pair.new}"} for pair in pairs]
    return start_job(KIND, actor=actor, clock=clock, title=_("启用上级系统的证书编号"), items=items)


def ensure_keeps(actor) -> None:
    if not procedures_kept(actor):
        raise NotAllowed()


@job_kind(KIND)
def give_number(work: Work) -> Done:
    """One certificate of the job; judged anew, the world may have moved since. Raises RequestInvalid with what stands in the way."""
    from app.connectors.certificates import drawn_again  # connectors import this package

    pair = Pair(work.item["number"], "", work.item["new"])
    faults = judge([pair], [0], work.actor)
    if faults:
        raise RequestInvalid(why=faults[0].message)
    # A digest, for the column is shorter than the key: cut off, the keys of items 100 and 1000 would be one.
    made = take_number(sha256(work.key.encode()).hexdigest()[:36], pair.number, pair.new, render=lambda one, extra: drawn_again(one, extra, work.clock),
                       clock=work.clock, reason="启用上级系统编号", by_name=work.actor.name)
    return Done(_("已启用"), {"certificate": made.id})


def _fault(pair: Pair, certificate: Certificate | None, kept: set[str], used: set[str], seen: set) -> tuple[str, str] | None:
    number, new = COLUMNS[0].label, COLUMNS[2].label
    if certificate is None or certificate.procedure not in kept:
        return number, _("没有编号为“%(number)s”的证书", number=pair.number)
    if certificate.state not in CURRENT:
        return number, _("这张证书%(state)s，不能改编号", state=STATES[certificate.state])
    if pair.holder and tidy_name(pair.holder) != tidy_name(certificate.holder_name):
        return COLUMNS[1].label, _("与证书上的持证人不一致，请核对是不是另一张证书")
    if not pair.new or len(pair.new) > LONGEST or not pair.new.isprintable():
        return new, _("请填写编号，最多 %(most)s 个字符", most=LONGEST)
    if ("old", pair.number) in seen:
        return number, _("同一张证书在文件中出现两次")
    if ("new", pair.new) in seen or (pair.new in used and pair.new != pair.number):
        return new, _("编号“%(number)s”已被使用", number=pair.new)
    return None


def _used(numbers: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(numbers), 500):
        found |= set(session().scalars(sa.select(Certificate.number).where(Certificate.number.in_(numbers[start:start + 500]))))
    return found
