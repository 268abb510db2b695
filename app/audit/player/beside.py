"""What happened beside the events of a case: papers printed, notices and mails, payments, ballots. Each is told at one event.

What a request made is told at the event of that request; what came by itself (a print, money) at the last event before it.
Of ballots nothing but numbers ever comes from here, and of an open one only how many there are of the whole body.
"""
from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.audit.player.walking import Walk
from app.audit.player.words import person
from app.ballots import Ballot
from app.mail.models import Mail
from app.operations import releases
from app.operations.contexts import instant
from app.operations.telling import told_id
from app.payments import PaymentOrder, PaymentReceipt
from app.payments.listing import state_word
from app.store import session
from app.store.models import Case, Event, Notice, Printing

CLOSING = "ballot.close"  # the connector that counts
COUNTED = {"yes": _l("同意"), "no": _l("反对"), "abstain": _l("弃权"), "members": _l("应到"), "attending": _l("到会"), "cast": _l("已投")}


class Beside:
    """All of it for one case: `printings`, `notices`, `payments`, `ballots`, each a map from the number of an event."""

    def __init__(self, walk: Walk, events: Mapping[int, Event]):
        self.case, self.walk, self.events = walk.case, walk, events
        self._times = [(event.at, seq) for seq, event in sorted(events.items())]

    @cached_property
    def printings(self) -> dict[int, list[dict]]:
        """`{report, title, code, version, who, at}`."""
        rows = session().scalars(sa.select(Printing).where(Printing.case_id == self.case.id).order_by(Printing.at, Printing.id))
        found = defaultdict(list)
        for row in rows:
            seq = self._at(row.at)
            known = releases.procedure_of(self.walk.past.digest_at(seq + 1)).reports.get(row.report)
            found[seq].append({"report": row.report, "title": known.title if known else row.report, "code": row.code, "version": row.version,
                               "who": person(row.person_id), "at": instant(row.at)})
        return found

    @cached_property
    def notices(self) -> dict[int, list[dict]]:
        """`{what: notice, to, title, text, at, read_at, mail}`; `mail` is the state of the mail beside it, "" for none."""
        rows = session().scalars(sa.select(Notice).where(Notice.case_id == self.case.id).order_by(Notice.id)).all()
        mails = self._mails(rows)
        found = defaultdict(list)
        for row in rows:
            seq = self.made.get(row.request) or self._at(row.at)
            found[seq].append({"what": "notice", "to": person(row.person_id), "title": row.title, "text": row.text, "at": instant(row.at),
                               "read_at": instant(row.read_at) if row.read_at else "", "mail": mails.get(_mail_key(row), "")})
        return found

    def _mails(self, notices: list[Notice]) -> dict[str, str]:
        keys = [_mail_key(row) for row in notices if row.request]
        return dict(session().execute(sa.select(Mail.key, Mail.state).where(Mail.key.in_(keys))).all()) if keys else {}

    @cached_property
    def payments(self) -> dict[int, list[dict]]:
        """`{what: ordered|paid|refunded, order_no, subject, amount, channel, state, at}`; amounts in fen."""
        found = defaultdict(list)
        for order in session().scalars(sa.select(PaymentOrder).where(PaymentOrder.case_id == self.case.id).order_by(PaymentOrder.id)):
            said = {"order_no": order.order_no, "subject": order.subject, "amount": order.amount, "channel": order.channel, "state": state_word(order)}
            found[self.made.get(order.call_id) or self._at(order.created_at)].append(said | {"what": "ordered", "at": instant(order.created_at)})
            for receipt in session().scalars(sa.select(PaymentReceipt).where(PaymentReceipt.order_no == order.order_no).order_by(PaymentReceipt.paid_at)):
                self._add_receipt(found, receipt, said)
        return found

    def _add_receipt(self, found, receipt: PaymentReceipt, said: dict) -> None:
        arrived = said | {"what": "paid", "amount": receipt.amount, "channel": receipt.channel, "at": instant(receipt.paid_at), "reason": receipt.reason}
        found[self._at(receipt.paid_at)].append(arrived)
        if receipt.refunded_at:
            found[self._at(receipt.refunded_at)].append(arrived | {"what": "refunded", "at": instant(receipt.refunded_at)})

    @cached_property
    def ballots(self) -> dict[int, list[dict]]:
        """`{subject, members, state: open|closed, counts}`: `counts` are [label, number] and there only once it is closed."""
        found = defaultdict(list)
        for ballot in session().scalars(sa.select(Ballot).where(Ballot.case_id == self.case.id).order_by(Ballot.opened_at, Ballot.call_id)):
            said = {"subject": ballot.subject, "members": ballot.members}
            opened = self.answered.get(ballot.call_id) or self._at(ballot.opened_at)
            found[opened].append(said | {"state": "open", "counts": None})
            if ballot.closed_at:
                found[self._closing(opened, ballot.closed_at)].append(said | {"state": "closed", "counts": _counted(ballot)})
        return found

    @cached_property
    def made(self) -> dict[str, int]:
        """id of a request to a connector -> the event that made it."""
        made = {request: seq for seq, stand in self.walk.stands.items() for request in stand.opened}
        for seq, event in self.events.items():
            tells = self.walk.past.at(seq).tells | self.walk.past.at(seq + 1).tells
            told = {place for kind, place in event.details.get("trail", ()) if kind in ("enter", "flow") and place in tells}
            made |= {told_id(self.case.number, seq, place): seq for place in told}
        return made

    @cached_property
    def answered(self) -> dict[str, int]:
        """id of a request -> the event of its answer."""
        return {event.details["request"]: seq for seq, event in self.events.items() if event.kind == "answer" and "request" in event.details}

    def _at(self, at: datetime) -> int:
        """The last event that was not after this instant."""
        place = bisect_right(self._times, at, key=lambda pair: pair[0])
        return self._times[max(place - 1, 0)][1]

    def _closing(self, opened: int, at: datetime) -> int:
        """The event that brought the counts of a ballot opened at event `opened`."""
        counted = (seq for seq, event in self.events.items() if seq > opened and event.details.get("topic") == CLOSING)
        return next(counted, self._at(at))


def _mail_key(notice: Notice) -> str:
    return f"notice:{notice.request}:{notice.person_id}"


def _counted(ballot: Ballot) -> list[list]:
    """The sums of a closed ballot in the order of a tally sheet."""
    counts = ballot.counts or {}
    return [[str(COUNTED.get(name, name)), number] for name in ("members", "attending", "cast", *ballot.options) if (number := counts.get(name)) is not None]
