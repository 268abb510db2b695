"""`ballot.open` and `ballot.close`: secret ballots of the people attending."""
from __future__ import annotations

from app.ballots import attending, close_ballot, open_ballot
from app.ballots.operations import DEFAULT_OPTIONS
from app.connectors import Call, connector
from app.connectors.references import person_ids


@connector("ballot.open")
def open_(call: Call) -> dict:
    """Result: {ballot: its id, members, attending}. `members` may be a number or the list of the whole body."""
    members = call.need("members")
    members = len(person_ids(members)) if isinstance(members, (list, dict, str)) else int(members)
    voters = person_ids(call.need("voters"))
    ballot = open_ballot(
        call.id, call.case_id, voters, members, str(call.parameters.get("subject") or "")[:500], clock=call.clock,
        options=call.parameters.get("options") or DEFAULT_OPTIONS, quorum=int(call.parameters.get("quorum") or 0),
    )
    return {"ballot": ballot.id, "members": ballot.members, "attending": attending(ballot.id)}


@connector("ballot.close")
def close(call: Call) -> dict:
    """Result: {members, attending, cast, and the number of votes of each option}."""
    ballot = call.need("ballot")
    return close_ballot(ballot["ballot"] if isinstance(ballot, dict) else ballot, clock=call.clock)
