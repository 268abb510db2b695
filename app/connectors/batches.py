"""`batch.*`: the cases that travel in this case: number, put in, hold, release, take out, finish."""
from __future__ import annotations

from app.batches import Deed, change_members, number_batch, put_members
from app.connectors import Call, connector
from app.connectors.references import doer_of


@connector("batch.number")
def number(call: Call) -> dict:
    """Result: {number}. Given once; asked again, the same; "" when one set by hand is another batch's."""
    own = str(call.parameters.get("number") or "").strip()[:60]
    return {"number": number_batch(call.case_id, str(call.need("pattern")), _deed(call), own=own)}


@connector("batch.put")
def put(call: Call) -> dict:
    """Result: {put: case numbers, taken: those in another running batch}. `number` names the batch where none was given."""
    if call.parameters.get("number"):
        number_batch(call.case_id, "{seq}", _deed(call), own=str(call.parameters["number"])[:60])
    return put_members(call.case_id, _numbers(call.need("members")), _deed(call), readers=_numbers(call.parameters.get("readers") or []))


@connector("batch.hold")
def hold(call: Call) -> dict:
    """Result: {members: those held now}."""
    return _change(call, "held", named=True)


@connector("batch.release")
def release(call: Call) -> dict:
    """Result: {members: those that travel again}."""
    return _change(call, "released", named=True)


@connector("batch.out")
def out(call: Call) -> dict:
    """Result: {members: those taken out}. Without `members` all that run."""
    return _change(call, "out")


@connector("batch.done")
def done(call: Call) -> dict:
    """Result: {members: those finished}. Without `members` all that are in and not held."""
    return _change(call, "done")


def _change(call: Call, kind: str, named: bool = False) -> dict:
    """`named`: members must be given, if only as an empty list; otherwise nobody named means all."""
    members = call.need("members") if named and call.parameters.get("members") is None else call.parameters.get("members")
    return {"members": change_members(call.case_id, None if members is None else _numbers(members), kind, _deed(call))}


def _deed(call: Call) -> Deed:
    by, name = _named(call.parameters.get("by")) or doer_of(call.case_id)
    text = {key: str(call.parameters.get(key) or "") for key in ("reason", "note", "route")}
    return Deed(call=call.id, at=call.clock(), by=by, by_name=name, reason=text["reason"], note=text["note"] or text["route"])


def _named(by) -> tuple[str, str] | None:
    """The actor that the diagram names: a request may come from another case."""
    return (str(by.get("ref", "")).partition(":")[2], str(by.get("name", ""))) if isinstance(by, dict) else None


def _numbers(value) -> list[str]:
    return [value] if isinstance(value, str) else list(dict.fromkeys(str(one) for one in value))
