"""Erasing an account: what a person is called and how to reach them. The row stays under a pseudonym, so that ids stay meaningful."""
from __future__ import annotations

import sqlalchemy as sa
from flask_babel import gettext as _

from app.errors import NotFound, RetentionRefused
from app.jobs.models import Job, JobItem
from app.mail.models import Mail
from app.materials.models import Material, Transfer
from app.people import Person
from app.people.journal import note
from app.people.listed import ListedPerson
from app.people.registered import Letter, PersonProfile
from app.people.restrictions import lift_restriction
from app.retention.erasing import tables
from app.retention.erasing.files import erase_copies, erase_materials, erase_transfers
from app.retention.erasing.tombstones import Act
from app.retention.erasing.who import Who
from app.store import session
from app.store.models import Case


def erase_account(who: Who, act: Act) -> int:
    """Everything of the person outside cases. Raises RetentionRefused while a case of theirs runs."""
    person = session().get(Person, who.id, with_for_update=True, populate_existing=True)
    if person is None:
        raise NotFound()
    if session().scalar(sa.select(Case.id).where(Case.starter_id == who.id, Case.ended_at.is_(None)).limit(1)):
        raise RetentionRefused(why=_("还有未办结的事项"))
    erase_copies(who.id, act)
    erase_materials(Material.owner == who.id, act)
    erase_transfers(Transfer.owner == who.id, act)
    _forget_listed(who, act)
    _forget_jobs(who, act)
    _forget_mail(who, act)
    tables.clear_person(who, act)
    person.name, person.password_hash, person.active = who.pseudonym, "", False
    act.took("person", 1, [who.id])
    lift_restriction(who.id)  # nothing is left to be hidden
    note(who.id, "erased", act.actor.id, act.clock(), run=act.run_id)
    return act.bury()


def _forget_listed(who: Who, act: Act) -> None:
    """Rows of personnel lists with this person's document, or their name where they have none."""
    profile = session().get(PersonProfile, who.id)
    number = profile.id_number if profile else ""
    where = ListedPerson.number == number if number else sa.and_(ListedPerson.name.in_(who.names), ListedPerson.number.in_(who.unique))
    rows = session().scalars(sa.select(ListedPerson.id).where(where)).all()
    session().execute(sa.delete(ListedPerson).where(ListedPerson.id.in_(rows)))
    act.took("listed_person", len(rows), sorted(map(str, rows)))


def _forget_jobs(who: Who, act: Act) -> None:
    """Jobs that the person had done, once they are over: title, choices and each item's words."""
    mine = sa.select(Job.id).where(Job.person_id == who.id, Job.state.in_(("prepared", "done", "stopped")))
    items = session().execute(sa.update(JobItem).where(JobItem.job_id.in_(mine)).values(label="", item={}, words="", detail={})).rowcount
    session().execute(sa.update(Job).where(Job.id.in_(mine)).values(title="", parameters={}))
    act.took("job_item", items, [f"job of {who.id}"])


def _forget_mail(who: Who, act: Act) -> None:
    """Mails to the person's own address: with another address in it they would go astray."""
    for table in (Letter, Mail):
        gone = session().scalars(sa.select(table.id).where(table.address.in_(who.unique))).all()
        session().execute(sa.delete(table).where(table.id.in_(gone)))
        act.took(table.__tablename__, len(gone), sorted(map(str, gone)))
