"""`notify`: a message to each of the people meant, once per request: inside the service, and by mail to whoever wants it."""
from __future__ import annotations

import sqlalchemy as sa
from flask import current_app, render_template
from flask_babel import force_locale

from app import mail
from app.connectors import Call, connector
from app.connectors.references import person_ids
from app.store import session, transaction
from app.store.models import Case, Notice


@connector("notify")
def notify(call: Call) -> dict:
    """Writes the notices, and the mails of those whose address is known to be theirs. Result: {notified: how many people}."""
    title, text = str(call.need("title"))[:200], str(call.parameters.get("text") or "")[:1000]
    kind = str(call.parameters.get("kind") or mail.DUTY)
    people = person_ids(call.need("to"))
    with transaction():
        told = set(session().scalars(sa.select(Notice.person_id).where(Notice.request == call.id)))
        for person in (person for person in people if person not in told):
            session().add(Notice(
                person_id=person, case_id=call.case_id, request=call.id, kind=kind, title=title, text=text, at=call.clock()))
            if not call.dry:
                _write_mail(call, person, title, kind)
    return {"notified": len(people)}


def _write_mail(call: Call, person: str, title: str, kind: str) -> None:
    """A mail without the notice's text: that may name people and reasons, and whoever reads the mailbox may be another."""
    address = mail.wants(person, kind) if mail.is_on() else ""
    if not address:
        return
    case = session().get(Case, call.case_id)
    values = {"title": title, "kind": kind, "may_refuse": kind in mail.KINDS and mail.KINDS[kind].may_refuse, "case": case,
              "site": current_app.config["SITE_NAME"], "url": current_app.config["PUBLIC_URL"]}
    with force_locale("zh"):
        mail.write(to=address, subject=f"【{values['site']}】{title}", text=render_template("mail/notice.txt", **values),
                   html=render_template("mail/notice.html", **values), clock=call.clock, key=f"notice:{call.id}:{person}")
