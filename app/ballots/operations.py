"""Verbs on ballots: open, cast, close, read the counts. Look at the package's head before changing any of them."""
from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app.ballots import box
from app.ballots.models import Ballot, BallotBox, BallotTurnout
from app.clock import Clock
from app.errors import BallotRefused
from app.store import after_commit, session, transaction

DEFAULT_OPTIONS = ("yes", "no", "abstain")
RESERVED = {"members", "attending", "cast"}  # words of the result beside the options


@dataclass(frozen=True)
class Turnout:
    """How far a ballot is, in numbers: never who, never what."""

    attending: int
    cast: int
    open: bool


def open_ballot(call_id: str, case_id: int, voters: Iterable[str], members: int, subject: str = "", *, clock: Clock,
                options: Iterable[str] = DEFAULT_OPTIONS, quorum: int = 0) -> Ballot:
    """Opens a ballot, once per call. `voters` are the person ids of those attending; `members` counts the whole body.

    `options` are words, the last of which is what silence counts as; `quorum` is how many must attend.
    Raises BallotRefused.
    """
    voters, options = sorted(set(voters)), list(options)
    _ensure_votable(voters, members, options, quorum)
    with transaction():
        known = session().scalar(sa.select(Ballot).where(Ballot.call_id == call_id))
        if known:
            return known
        ballot = Ballot(
            id=secrets.token_hex(16), call_id=call_id, case_id=case_id, subject=subject, options=options, members=members,
            opened_at=clock(),
        )
        session().add(ballot)
        session().flush()
        session().add(BallotTurnout(ballot_id=ballot.id, voted=dict.fromkeys(voters, False)))
        session().add(BallotBox(ballot_id=ballot.id, sealed=box.seal(ballot.id, bytes(len(voters)))))
        session().flush()
        return ballot


def cast(ballot_id: str, person_id: str, choice: str) -> None:
    """Puts a person's choice into the box, inside the transaction around it: turnout and choice together or neither.

    Returns nothing and refuses in words that do not depend on the choice. Raises BallotRefused, BoxDamaged.
    """
    with transaction():
        ballot = _locked(ballot_id)
        turnout = session().get(BallotTurnout, ballot_id, populate_existing=True)
        _ensure_may_cast(ballot, turnout.voted, person_id, choice)
        sealed = session().get(BallotBox, ballot_id, populate_existing=True)
        slots = _checked_slots(ballot_id, sealed, turnout)
        sealed.sealed = box.seal(ballot_id, box.put_choice(slots, ballot.options.index(choice) + 1))
        turnout.voted = turnout.voted | {person_id: True}
        session().flush()


def close_ballot(ballot_id: str, *, clock: Clock) -> dict:
    """Ends the ballot and returns its counts: {members, attending, cast, <option>: number …}. Again: the same counts.

    Who attended and did not cast counts for the last option. The box is emptied and its key destroyed.
    """
    with transaction():
        ballot = _locked(ballot_id)
        if ballot.state == "open":
            turnout = session().get(BallotTurnout, ballot_id, populate_existing=True)
            sealed = session().get(BallotBox, ballot_id, populate_existing=True)
            ballot.counts = _count(ballot, _checked_slots(ballot_id, sealed, turnout))
            ballot.state, ballot.closed_at = "closed", clock()
            sealed.sealed = bytes(len(sealed.sealed))
        # Not before the commit: a count that is rolled back must find its key again.
        after_commit(lambda: box.destroy_key(ballot_id))
        return ballot.counts


def counts_of(ballot_id: str) -> dict:
    """The counts of a closed ballot. Raises BallotRefused while it is open (K-07)."""
    ballot = _known(session().get(Ballot, ballot_id))
    if ballot.state == "open":
        raise BallotRefused(why=_("投票尚未结束，不能查看票数。"))
    return ballot.counts


def has_voted(ballot_id: str, person_id: str) -> bool | None:
    """Whether this person has voted; None when they are not among the voters."""
    turnout = session().get(BallotTurnout, ballot_id)
    return turnout.voted.get(person_id) if turnout else None


def turnout_of(case_ids: Iterable[int]) -> dict[int, Turnout]:
    """case id -> how many may vote and have, in the latest ballot of each case that has one. Numbers only, open or not."""
    rows = session().execute(
        sa.select(Ballot.case_id, Ballot.state, BallotTurnout.voted).join(BallotTurnout, BallotTurnout.ballot_id == Ballot.id)
        .where(Ballot.case_id.in_(list(case_ids))).order_by(Ballot.case_id, Ballot.opened_at))
    return {case_id: Turnout(len(voted), sum(voted.values()), state == "open") for case_id, state, voted in rows}


def is_open(ballot_id: str) -> bool:
    """Whether votes are still taken."""
    return _known(session().get(Ballot, ballot_id)).state == "open"


def attending(ballot_id: str) -> int:
    """How many may vote."""
    return len(session().get(BallotTurnout, ballot_id).voted)


def options_of(ballot_id: str) -> list[str]:
    """The words one may choose from."""
    return _known(session().get(Ballot, ballot_id)).options


def _locked(ballot_id: str) -> Ballot:
    query = sa.select(Ballot).where(Ballot.id == ballot_id).with_for_update().execution_options(populate_existing=True)
    return _known(session().scalar(query))


def _known(ballot: Ballot | None) -> Ballot:
    if ballot is None:
        raise BallotRefused(why=_("没有这次投票。"))
    return ballot


def _ensure_votable(voters: list[str], members: int, options: list[str], quorum: int) -> None:
    if not voters or len(voters) > members:
        raise BallotRefused(why=_("到会 %(present)s 人、应到 %(members)s 人，人数不合理。", present=len(voters), members=members))
    if len(voters) < quorum:
        raise BallotRefused(why=_("到会 %(present)s 人，未达到规定的 %(quorum)s 人，不能开始投票。", present=len(voters), quorum=quorum))
    if not 2 <= len(set(options)) == len(options) <= 255 or RESERVED & set(options):
        raise BallotRefused(why=_("选项应为两个以上互不相同的词，且不得使用保留词。"))


def _ensure_may_cast(ballot: Ballot, voted: dict, person_id: str, choice: str) -> None:
    if person_id not in voted:
        raise BallotRefused(why=_("您不在本次投票的到会人员名单中。"))
    if ballot.state != "open":
        raise BallotRefused(why=_("投票已经结束，不能再投，也不能补投。"))
    if voted[person_id]:
        raise BallotRefused(why=_("您已经投过票，每人只能投一次。"))
    if choice not in ballot.options:
        raise BallotRefused(why=_("请从所列选项中选择一项。"))


def _checked_slots(ballot_id: str, sealed: BallotBox, turnout: BallotTurnout) -> bytes:
    """The slots, if as many are filled as people have voted: a box put back to an earlier state does not pass."""
    slots = box.unseal(ballot_id, sealed.sealed)
    if len(slots) - slots.count(box.EMPTY) != sum(turnout.voted.values()):
        raise box.BoxDamaged(ballot=ballot_id)
    return slots


def _count(ballot: Ballot, slots: bytes) -> dict:
    counts = {option: slots.count(place) for place, option in enumerate(ballot.options, start=1)}
    counts[ballot.options[-1]] += slots.count(box.EMPTY)
    return {"members": ballot.members, "attending": len(slots), "cast": len(slots) - slots.count(box.EMPTY)} | counts
