"""A pack of two cases, opened so that tests can play its attackers: files as bytes, JSON to change, digests made anew."""
from __future__ import annotations

import io
import sys
import zipfile
from datetime import timedelta

import orjson

from app.audit.packs import Asked, Options, make_pack, making
from app.audit.packs.writing import json_of
from app.proof import heads
from tests.support import builders
from tests.support.builders import complete, person, publish, sample, start_case

sys.path.insert(0, str(making.OFFLINE))
from verifying.checks import check_pack  # noqa: E402
from verifying.digests import hash_of, tree_digest  # noqa: E402

PURPOSE = "行政复议案件举证"


class Opened:
    """A pack as the verifier reads it, whose files can be changed."""

    def __init__(self, files: dict[str, bytes]):
        self.files = dict(files)

    @property
    def names(self) -> list[str]:
        return sorted(self.files)

    def read(self, name: str) -> bytes:
        return self.files[name]

    def open(self, name: str) -> io.BytesIO:
        return io.BytesIO(self.files[name])

    def json(self, name: str):
        return orjson.loads(self.files[name])

    def put(self, name: str, value) -> None:
        self.files[name] = json_of(value)

    def copy(self) -> Opened:
        return Opened(self.files)

    def check(self, key: str = "") -> dict:
        return check_pack(self, key)


def opened(path) -> Opened:
    with zipfile.ZipFile(path) as pack:
        return Opened({name: pack.read(name) for name in pack.namelist()})


def walked(app):
    """Two cases: one handed out, one asked back and sent again; heads over all but nothing after them."""
    clock = builders.clock_of(app)
    publish()
    lent, again = start_case(clock=clock), start_case(clock=clock)
    for case in (lent, again):
        complete(case, "request", "reader_wang", sample("request"), clock=clock)
        clock.move_to(clock() + timedelta(minutes=7))
    complete(lent, "check", "librarian_zhao", {"in_stock": True}, "lend", clock=clock)
    complete(again, "check", "librarian_zhao", {"in_stock": False}, "ask_back", reason="请王小满写明版本", clock=clock)
    complete(again, "request", "reader_wang", sample("request") | {"book": "十万个为什么（第六版）"}, clock=clock)
    clock.move_to(clock() + timedelta(minutes=2))
    heads.write_heads(clock)
    return lent, again


def packed(app, folder, cases, *, names: bool = True, materials: bool = True) -> Opened:
    """The pack of these cases, made by an auditor."""
    auditor = builders.actor("ming") if builders.session().get(builders.people.Person, "ming") else person("ming", "auditor", name="明审计")
    target = folder / f"pack-{names}-{materials}.zip"
    make_pack(target, [case.id for case in cases], Asked(Options(names, materials), "试验包", PURPOSE, auditor.name), actor=auditor, clock=builders.clock_of(app))
    return opened(target)


def rechained(events: list[dict], number: str, start: int = 0) -> None:
    """Makes every hash anew from this event on, as an attacker would who has no key."""
    previous = events[start - 1]["link"] if start else ""
    for event in events[start:]:
        said = tree_digest(event["said"], event["salt"], event["kept"], event["scheme"])
        event["hash"] = event["link"] = previous = hash_of([
            previous, number, event["seq"], event["at"], event["kind"], event["element"], event["task_id"], event["actor_id"], said,
            event["answers_digest"], event["state_digest"], event["scheme"]], event["scheme"])
