"""更换管理员: asking to become an organisation's administrator with a proof, and the decision of the service's (D-35)."""
from __future__ import annotations

import sqlalchemy as sa
from flask_babel import gettext as _

from app import identifiers
from app.clock import Clock
from app.errors import NotFound, RegistrationRefused
from app.people.actors import Actor
from app.people.journal import note
from app.people.memberships import make_admin
from app.people.models import Organisation, Person
from app.people.profiles import profile_of
from app.people.registered import AdminChange
from app.people.registering import ensure_faultless, organisation_with_code
from app.store import session, transaction


def checked_request(values: dict, actor: Actor) -> Organisation:
    """The organisation somebody asks to administer. Raises RegistrationRefused with `fields`."""
    faults, found = {}, None
    try:
        found = organisation_with_code(identifiers.body_code(str(values.get("organisation_code", ""))))
    except ValueError as error:
        faults["organisation_code"] = str(error)
    if found is None and not faults:
        faults["organisation_code"] = _("没有登记此代码的单位。新单位请先办理“单位注册”")
    if not str(values.get("reason", "")).strip():
        faults["reason"] = _("请说明更换的原因，如原管理员已离职")
    if profile_of(actor.id) is None:
        faults["reason"] = _("您的账号没有登记证件，请先注册个人账号")
    ensure_faultless(faults)
    if found is not None and open_request(found.id, actor.id):
        raise RegistrationRefused(why=_("您对此单位的申请还在审核中，不必重复提交"), fields={})
    return found


def open_request(organisation_id: str, person_id: str) -> AdminChange | None:
    """A request of this person that is not decided yet."""
    query = sa.select(AdminChange).where(
        AdminChange.organisation_id == organisation_id, AdminChange.person_id == person_id, AdminChange.state == "open")
    return session().scalar(query)


def ask_to_administer(organisation: Organisation, *, reason: str, proof: str, actor: Actor, clock: Clock) -> AdminChange:
    """Writes the request; `proof` is the id of the uploaded letter."""
    with transaction() as store:
        row = AdminChange(organisation_id=organisation.id, person_id=actor.id, reason=reason.strip()[:500], proof=proof,
                          state="open", asked_at=clock())
        store.add(row)
        note(actor.id, "admin-asked", actor.id, clock(), organisation=organisation.id)
    return row


def requests_of(person_id: str = "", state: str = "") -> list[tuple[AdminChange, Organisation, Person]]:
    """Requests with their organisation and person, newest first; of one person, in one state, or all."""
    query = sa.select(AdminChange, Organisation, Person).join(Organisation, Organisation.id == AdminChange.organisation_id).join(
        Person, Person.id == AdminChange.person_id).order_by(AdminChange.id.desc()).limit(200)
    if person_id:
        query = query.where(AdminChange.person_id == person_id)
    if state:
        query = query.where(AdminChange.state == state)
    return [tuple(row) for row in session().execute(query)]


def decide(request_id: int, *, approved: bool, answer: str, roles, actor: Actor, clock: Clock) -> AdminChange:
    """The service's administrator decides; a refusal says why. Raises NotFound, also for one that was decided."""
    if not approved and not answer.strip():
        raise RegistrationRefused(why=_("请填写不同意的原因"), fields={"answer": _("请填写不同意的原因")})
    with transaction() as store:
        row = store.get(AdminChange, request_id, with_for_update=True)
        if row is None or row.state != "open":
            raise NotFound()
        row.state, row.answer = "approved" if approved else "refused", answer.strip()[:500]
        row.decided_by, row.decided_at = actor.id, clock()
        if approved:
            make_admin(row.organisation_id, row.person_id, roles=roles, actor=actor, clock=clock)
        else:
            note(row.person_id, "admin-refused", actor.id, clock(), organisation=row.organisation_id)
    return row


def request_with(request_id: int) -> AdminChange:
    """One request. Raises NotFound."""
    row = session().get(AdminChange, request_id)
    if row is None:
        raise NotFound()
    return row
