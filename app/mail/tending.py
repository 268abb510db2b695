"""Mails that nobody will send by themselves any more, for whoever looks after the service."""
from __future__ import annotations

import sqlalchemy as sa

from app.clock import Clock
from app.mail.models import Mail
from app.store import session, transaction


def sending_stands_still() -> list[dict]:
    """`{case, element, what, why}` of mails set aside, as `pingshen stuck` lists them; the address shortened."""
    rows = session().execute(sa.select(Mail.id, Mail.address, Mail.error).where(Mail.state == "set_aside").order_by(Mail.id))
    return [{"case": f"mail {key}", "element": _shortened(address), "what": "mail", "why": why or "not sent in time"}
            for key, address, why in rows]


def try_again(clock: Clock) -> int:
    """Lets mails that the server refused be tried again; returns how many. One whose words are forgotten is dropped."""
    with transaction() as store:
        store.execute(sa.update(Mail).where(Mail.state == "set_aside", Mail.text == "").values(state="late"))
        again = sa.update(Mail).where(Mail.state == "set_aside").values(state="new", tries=0, next_at=clock(), error="")
        return store.execute(again).rowcount


def _shortened(address: str) -> str:
    name, _, host = address.partition("@")
    return f"{name[:2]}…@{host}"
