"""Notices of a person and the catalogue of releases: small lists that pages show. `mark_read` is the only verb here."""
from __future__ import annotations

import sqlalchemy as sa

from app.errors import NotFound
from app.operations.blinding import veiled_notice
from app.operations.reading.keysets import PAGE, cut_page, read_cursor
from app.operations.reading.views import Counts, Page
from app.store import session, transaction
from app.store.models import Notice, Process, Release


def notices_of(actor, *, cursor: str = "", size: int = PAGE, unread: bool = False, kind: str = "") -> Page:
    """The person's notices, newest first."""
    after = read_cursor(cursor, int)
    statement = sa.select(Notice).where(Notice.person_id == actor.id).order_by(Notice.id.desc()).limit(size + 1)
    if after:
        statement = statement.where(Notice.id < after[0])
    if unread:
        statement = statement.where(Notice.read_at.is_(None))
    if kind:
        statement = statement.where(Notice.kind == kind)
    rows, following = cut_page(session().scalars(statement).all(), size, lambda n: (n.id,))
    return Page(tuple(veiled_notice(row, actor) for row in rows), following)


def notice_of(notice_id: int, actor) -> Notice:
    """One of the person's notices. Raises NotFound."""
    notice = session().get(Notice, notice_id)
    if notice is None or notice.person_id != actor.id:
        raise NotFound()
    return notice


def count_unread(actor) -> int:
    """How many notices the person has not read, up to `Counts.MOST`."""
    unread = sa.select(Notice.id).where(Notice.person_id == actor.id, Notice.read_at.is_(None)).limit(Counts.MOST)
    return session().scalar(sa.select(sa.func.count()).select_from(unread.subquery()))


def mark_read(actor, clock, notice_id: int | None = None) -> None:
    """Marks one notice of the person, or all of them, as read."""
    chosen = sa.update(Notice).where(Notice.person_id == actor.id, Notice.read_at.is_(None))
    with transaction():
        session().execute((chosen if notice_id is None else chosen.where(Notice.id == notice_id)).values(read_at=clock()))


def list_releases() -> list[tuple[Release, list[Process]]]:
    """All releases, newest first, each with the processes that new cases take from it."""
    current: dict[str, list[Process]] = {}
    for process in session().scalars(sa.select(Process).order_by(Process.name)):
        current.setdefault(process.release, []).append(process)
    rows = session().scalars(sa.select(Release).order_by(Release.published_at.desc(), Release.number.desc()))
    return [(release, current.get(release.digest, [])) for release in rows]
