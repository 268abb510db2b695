"""The register of certificates for whoever looks after them: list, one with its history, Excel. Reads only; keyset pages."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.certificates.keeping import procedures_kept, reads_all
from app.certificates.models import STATES, Certificate, CertificateChange, CertificateCheck
from app.certificates.numbers import SHANGHAI
from app.certificates.operations import day_of
from app.errors import NotAllowed, NotFound
from app.operations.reading.keysets import cut_page, read_cursor
from app.sheets import Column, write_book
from app.store import session
from app.store.models import Case

PAGE = 50
MOST = 20_000  # rows of a workbook
DATES = "dates"  # member of `fields`: {name: date}, said by the diagram
COLUMNS = (
    Column("number", "证书编号", code=True, width=24), Column("edition", "版次", width=8), Column("holder", "持证人"), Column("title", "证书名称", width=24),
    Column("issued", "发证日期", width=14), Column("state", "状态", width=20), Column("state_at", "状态日期", width=14), Column("category", "原因类别"),
    Column("batch", "批次", width=20), Column("case", "业务流水号", code=True, width=24), Column("replaces", "原编号", code=True, width=24))


@dataclass(frozen=True)
class Filter:
    """`q`: number, holder's name or case number; `year`: of the day of issue. Earlier editions are left out unless `state` or `q` asks."""

    q: str = ""
    state: str = ""
    batch: str = ""
    year: str = ""


@dataclass(frozen=True)
class Known:
    """One certificate as its page shows it: all editions (oldest first), what happened (newest first), who asked."""

    certificate: Certificate
    editions: tuple[Certificate, ...]
    changes: tuple[CertificateChange, ...]
    checks: tuple[CertificateCheck, ...]
    case: Case
    dates: dict[str, str]


def list_certificates(asked: Filter, actor, *, cursor: str = "", size: int = PAGE) -> tuple[list[tuple[Certificate, str]], str, int]:
    """(rows with their case numbers newest first, cursor of the next page, how many there are). Raises NotAllowed."""
    where = _where(asked, actor)
    joined = sa.join(Certificate, Case, Case.id == Certificate.case_id)
    count = session().scalar(sa.select(sa.func.count()).select_from(joined).where(*where))
    query = sa.select(Certificate, Case.number).select_from(joined).where(*where).order_by(Certificate.id.desc()).limit(size + 1)
    if after := read_cursor(cursor, int):
        query = query.where(Certificate.id < after[0])
    rows, following = cut_page([tuple(row) for row in session().execute(query)], size, lambda row: (row[0].id,))
    return list(rows), following, count


def certificates_book(asked: Filter, actor) -> bytes:
    """What the filter leaves as a workbook."""
    rows, _following, _count = list_certificates(asked, actor, size=MOST)
    return write_book("证书台账", COLUMNS, [
        (c.number, c.edition, c.holder_name, c.title, day_of(c.issued_at), STATES[c.state], day_of(c.state_at), c.state_category, c.batch, case, c.replaces)
        for c, case in rows])


def one_of_register(certificate_id: int, actor) -> Known:
    """A certificate with all that is known of it. Raises NotFound, also for whoever may not look."""
    certificate = session().get(Certificate, certificate_id)
    if certificate is None or certificate.procedure not in _seen(actor):
        raise NotFound()
    editions = line_of(certificate)
    ids = [edition.id for edition in editions]
    changes = session().scalars(sa.select(CertificateChange).where(CertificateChange.certificate_id.in_(ids)).order_by(CertificateChange.id.desc()))
    checks = session().scalars(sa.select(CertificateCheck).where(CertificateCheck.certificate_id.in_(ids)).order_by(CertificateCheck.id.desc()).limit(50))
    return Known(certificate, tuple(editions), tuple(changes), tuple(checks), session().get(Case, certificate.case_id), dict(certificate.fields.get(DATES) or {}))


def line_of(certificate: Certificate) -> list[Certificate]:
    """All editions of the certificate, before and after this one, oldest first."""
    found = [certificate]
    while found[0].replaces_id and (older := session().get(Certificate, found[0].replaces_id)):
        found.insert(0, older)
    while newer := session().scalar(sa.select(Certificate).where(Certificate.replaces_id == found[-1].id, Certificate.state != "making").limit(1)):
        found.append(newer)
    return found


def years(actor) -> list[str]:
    """The years in which certificates were issued, newest first."""
    first, last = session().execute(sa.select(sa.func.min(Certificate.issued_at), sa.func.max(Certificate.issued_at)).where(Certificate.procedure.in_(_seen(actor)))).one()
    if first is None:
        return []
    return [str(year) for year in range(_local(last).year, _local(first).year - 1, -1)]


def _local(moment) -> datetime:
    return (moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment))).astimezone(SHANGHAI)


def _where(asked: Filter, actor) -> list:
    seen = _seen(actor)
    if not seen:
        raise NotAllowed()
    found = [Certificate.procedure.in_(seen), Certificate.state != "making"]
    if asked.state in STATES:
        found.append(Certificate.state == asked.state)
    elif not asked.q.strip():
        found.append(Certificate.state.not_in(("corrected", "reissued")))
    if asked.batch.strip():
        found.append(Certificate.batch == asked.batch.strip())
    if asked.year.isdecimal() and 1900 <= int(asked.year) <= 9998:
        begins = datetime(int(asked.year), 1, 1, tzinfo=SHANGHAI)
        found += [Certificate.issued_at >= begins, Certificate.issued_at < begins.replace(year=begins.year + 1)]
    if q := asked.q.strip():
        found.append(sa.or_(*(column.contains(q, autoescape=True) for column in (Certificate.number, Certificate.holder_name, Case.number))))
    return found


def _seen(actor) -> set[str]:
    if reads_all(actor):
        return set(session().scalars(sa.select(Certificate.procedure).distinct()))
    return procedures_kept(actor)
