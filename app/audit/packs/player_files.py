"""The player without a network: pages that open from the disk, drawn by the same code as the service's own player.

A page from the disk may fetch nothing, so that data is brought along as scripts.
"""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
from flask import render_template

from app.operations import releases
from app.operations.past_releases import releases_of
from app.store.models import Case

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"
BUNDLE = (("player.js", "audit-offline.js"), ("player.css", "audit-offline.css"))


def case_player(case: Case, track: dict, looks: list[dict], findings: list[dict], files: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """(path in the pack, content) of one case's page and data. `files`: material -> where its bytes lie in the pack."""
    data = {"track": track | {"findings": findings}, "looks": looks, "files": files}
    yield f"player/data/{case.number}.js", b"window.PACK = Object.assign(window.PACK || {}, " + orjson.dumps(data) + b");\n"
    digests = [release["digest"] for release in track["releases"]]
    yield f"player/{case.number}.html", render_template("audit/offline/player.html", case=track["case"], digests=digests).encode()


def shared_player(cases: list[Case], asked, made_at: str) -> Iterator[tuple[str, bytes]]:
    """What the pages of all cases share: the list of cases, the diagrams of their releases, code and style."""
    heads = [{"number": case.number, "title": case.title, "result": case.result} for case in cases]
    numbers = [case.number for case in cases]
    page = render_template("audit/offline/index.html", title=asked.title, purpose=asked.purpose, made_by=asked.made_by, made_at=made_at, cases=heads)
    yield "player/index.html", page.encode()
    yield "player/data/index.js", b"window.PACK = Object.assign(window.PACK || {}, " + orjson.dumps({"cases": numbers}) + b");\n"
    for digest in sorted(set().union(*(releases_of(case) for case in cases))):
        yield f"player/data/diagrams-{digest[:16]}.js", _diagrams(digest)
    for name, built in BUNDLE:
        yield f"player/{name}", (DIST / built).read_bytes()


def _diagrams(digest: str) -> bytes:
    procedure = releases.procedure_of(digest)
    drawn = {f"{digest}|{process_id}": procedure.files[path].decode() for process_id, path in procedure.processes.items()}
    return b"window.DIAGRAMS = Object.assign(window.DIAGRAMS || {}, " + orjson.dumps(drawn) + b");\n"
