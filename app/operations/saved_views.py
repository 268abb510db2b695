"""Filters of a list that a person keeps under a name. The address of a list says the same."""
from __future__ import annotations

import sqlalchemy as sa
from flask_babel import gettext as _

from app.errors import RequestInvalid
from app.store import session, transaction
from app.store.models import SavedView

MOST = 20  # views of one person in one place


def views_of(actor, place: str) -> list[SavedView]:
    """The person's views of a list, by name."""
    return list(session().scalars(_mine(actor, place).order_by(SavedView.name)))


def keep_view(actor, place: str, name: str, query: str, clock) -> None:
    """Keeps the query under the name; the one that has the name is replaced. Raises RequestInvalid."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 40 or len(query) > 500:
        raise RequestInvalid(why=_("请给视图起一个 1 至 40 字的名称。"))
    with transaction() as store:
        known = {view.name for view in store.scalars(_mine(actor, place))}
        if name not in known and len(known) >= MOST:
            raise RequestInvalid(why=_("最多保存 %(most)s 个视图，请先删除不用的。", most=MOST))
        store.merge(SavedView(person_id=actor.id, place=place, name=name, query=query, at=clock()))


def drop_view(actor, place: str, name: str) -> None:
    """Forgets a view; one that is not there is forgotten already."""
    with transaction() as store:
        store.execute(sa.delete(SavedView).where(SavedView.person_id == actor.id, SavedView.place == place, SavedView.name == name))


def _mine(actor, place: str):
    return sa.select(SavedView).where(SavedView.person_id == actor.id, SavedView.place == place)
