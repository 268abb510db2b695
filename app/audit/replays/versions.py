"""Which engine and which service replay: what must not decide otherwise after an upgrade."""
from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from app.config import ROOT

LIBRARIES = ("SpiffWorkflow", "common-expression-language", "chinesecalendar", "orjson")  # that have a say in what a state is
DECIDING = ("engine", "expressions", "definitions", "operations")  # our own packages that have one


@dataclass(frozen=True)
class Versions:
    """`engine`: the libraries with their versions; `service`: our version and the digest of the sources that decide."""

    engine: str
    service: str


@cache
def versions() -> Versions:
    """Those of this process. The sources themselves are digested: a mended file counts, with or without a new number."""
    return Versions(" · ".join(f"{name} {version(name)}" for name in LIBRARIES), f"{version('pingshen')}+{_digest()}")


def _digest() -> str:
    digest = hashlib.sha256()
    for package in DECIDING:
        for path in sorted(Path(ROOT, "app", package).rglob("*.py")):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
