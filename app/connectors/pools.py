"""`pool.*`: draws by lot, who steps aside, who took part. `register.*` and `role.*`: who is in a pool and may work in it."""
from __future__ import annotations

from app.connectors import Call, connector
from app.connectors.references import doer_of
from app.operations import releases
from app.operations.contexts import instant
from app.people import party_of, reference_of
from app.pools import PREPARED, Draw, Wanted, bind_lots, draw_lots, note_participation, panel_of
from app.pools.draws import prepared_for
from app.pools.participation import Deed
from app.pools.recusal import Asked
from app.store import session
from app.store.models import Case

LEFT_OUT = "不参加本次抽取"


@connector("pool.prepare")
def prepare(call: Call) -> dict:
    """Result: {draw: number, commitment, eligible, pool}: bound, not yet drawn; `pool.draw` with `prepared` draws it."""
    return _answer(bind_lots(call.case_id, _wanted(call), call=call.id, clock=call.clock))


@connector("pool.draw")
def draw(call: Call) -> dict:
    """Result: {draw, drawn: parties, missing: how many too few, seats, eligible, pool, digest, commitment}."""
    call.need("register")
    prepared, words = call.parameters.get("prepared"), str(call.parameters.get("words") or "")
    if prepared:
        number = prepared.get("draw") if isinstance(prepared, dict) else prepared
        found = prepared_for(str(number), call.case_id)
    else:
        found = bind_lots(call.case_id, _wanted(call), call=call.id, clock=call.clock)
    return _answer(draw_lots(found, words=words, supervisors=_names(call.parameters.get("supervisor")), by=doer_of(call.case_id), clock=call.clock))


@connector("pool.panel")
def panel(call: Call) -> dict:
    """Result: {each: case number -> {experts, recused, overridden}, short: case numbers}."""
    take = call.parameters.get
    asked = Asked(
        str(call.need("register")), _list(take("people")), [str(number) for number in _list(take("cases"))], declared=_list(take("declared")),
        groups=_list(take("groups")), overrides=_list(take("overrides")), minimum=int(take("minimum") or 0), today=instant(call.clock())[:10])
    return panel_of(_procedure(call), asked)


@connector("pool.record")
def record(call: Call) -> dict:
    """Result: {recorded: how many people}."""
    about = str(call.parameters.get("case") or call.parameters.get("sitting") or call.case_number)
    deed = Deed(str(call.need("kind"))[:20], about, call.clock(), call.id, str(call.parameters.get("note") or ""), doer_of(call.case_id)[1])
    return {"recorded": note_participation(_procedure(call).name, str(call.need("register")), _list(call.parameters.get("people")), deed)}


def _wanted(call: Call) -> Wanted:
    take = call.parameters.get
    seats = [{"name": str(seat.get("name") or ""), "count": int(seat["count"]), "criteria": seat.get("criteria") or {}} for seat in _list(take("seats"))]
    return Wanted(
        str(call.need("register")), seats or [{"name": "", "count": int(call.need("count")), "criteria": {}}], criteria=take("criteria") or {},
        left_out=dict(_left_out(_list(take("exclude")))), supervisors=_names(take("supervisor")), reason=str(take("reason") or ""),
        before=str(take("before") or ""), by=doer_of(call.case_id))


def _left_out(exclude: list):
    for one in exclude:
        reason = one.get("reason") if isinstance(one, dict) else ""
        yield reference_of(one), f"{LEFT_OUT}：{reason}" if reason else LEFT_OUT


def _answer(draw: Draw) -> dict:
    found = {"draw": draw.number, "commitment": draw.commitment, "eligible": draw.eligible, "pool": draw.pool}
    if draw.state == PREPARED:
        return found
    names = {one["ref"]: one["name"] for one in draw.plan["people"]}
    seats = [{**seat, "drawn": [_party(ref, names) for ref in seat["drawn"]]} for seat in draw.seats]
    drawn = [party for seat in seats for party in seat["drawn"]]
    return found | {"drawn": drawn, "missing": sum(seat["missing"] for seat in seats), "seats": seats, "digest": draw.digest}


def _party(ref: str, names: dict[str, str]) -> dict:
    return {"ref": ref, "name": (party_of(ref) or {"name": names[ref]})["name"]}


def _procedure(call: Call):
    return releases.procedure_of(session().get(Case, call.case_id).release)


def _list(value) -> list:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _names(value) -> list[str]:
    """The names in a text, a party, or a list of such."""
    return [str(one.get("name") or one.get("ref") or "") if isinstance(one, dict) else str(one) for one in _list(value)]
