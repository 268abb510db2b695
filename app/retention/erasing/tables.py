"""Clearing the plain tables by the inventory: rows of a case, rows of a person, a person's texts in anybody's rows, rows by age."""
from __future__ import annotations

import sqlalchemy as sa

from app.extensions import db
from app.jobs.models import Job
from app.retention.erasing.texts import scrubbed
from app.retention.erasing.tombstones import Act
from app.retention.erasing.who import Who
from app.retention.inventory import INVENTORY
from app.store import PackedJson, session

_FIRST = 500  # rows read at a time


def clear_part(part: str, case_id: int, act: Act) -> None:
    """The rows of a case that belong to this part of it: deleted, or their columns wiped."""
    for name, kept in INVENTORY.items():
        if kept.case == part:
            table = db.metadata.tables[name]
            _clear(table, kept, table.c.case_id == case_id, act)


def clear_person(who: Who, act: Act) -> None:
    """The person's own rows, their name beside their id in others, and their texts wherever they stand."""
    for name, kept in INVENTORY.items():
        table = db.metadata.tables[name]
        if kept.person:
            _clear(table, kept, table.c[kept.person].in_((who.id, who.ref)), act)
        for column, of in kept.names.items():
            changed = session().execute(sa.update(table).where(table.c[of].in_((who.id, who.ref)), table.c[column] != "").values({column: who.pseudonym})).rowcount
            act.took(name, changed, [f"{column}:{who.id}"])
        for column in (*kept.texts.split(), *kept.wiped):  # rows of others may speak of them too: a search that named them, a finding
            _scrub(table, table.c[column], who, act)


def _clear(table: sa.Table, kept, where, act: Act) -> None:
    where = sa.and_(where, _at_rest(table))
    keys = [":".join(map(str, row)) for row in session().execute(sa.select(*table.primary_key.columns).where(where))]
    if not keys:
        return
    if kept.gone:
        session().execute(sa.delete(table).where(where))
    else:
        session().execute(sa.update(table).where(where).values(kept.wiped))
    act.took(table.name, len(keys), sorted(keys))


def _at_rest(table: sa.Table):
    """Leaves out what a worker is at: the items of the very job that erases name cases by number alone."""
    if table.name != "job_item":
        return sa.true()
    return table.c.job_id.in_(sa.select(Job.id).where(Job.state.in_(("done", "stopped"))))


def _scrub(table: sa.Table, column: sa.Column, who: Who, act: Act) -> None:
    """Takes the person's texts out of one column of all rows. A rare act: the whole column is read."""
    keys = tuple(table.primary_key.columns)
    query = sa.select(*keys, column).where(column.is_not(None), _at_rest(table))
    if not isinstance(column.type, PackedJson):  # packed values can only be opened
        text = sa.type_coerce(column, sa.Text)
        query = query.where(sa.or_(*(text.contains(one, autoescape=True) for one in (*who.spelt, *who.refs))))
    changed = []
    for *key, value in session().execute(query.execution_options(yield_per=_FIRST)):
        clean = scrubbed(value, who)
        if clean != value:
            changed.append((key, clean))
    for key, clean in changed:
        session().execute(sa.update(table).where(*(k == v for k, v in zip(keys, key))).values({column.name: _fitting(clean, column)}))
    act.took(table.name, len(changed), sorted(":".join(map(str, key)) for key, _clean in changed))


def _fitting(value, column: sa.Column):
    length = getattr(column.type, "length", None)
    return value[:length] if isinstance(value, str) and length else value
