"""The player without a network: one page that opens from the disk, with the same drawing code as the service's own player."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
from flask import render_template

from app.store.models import Case

_DIST = Path(__file__).resolve().parents[2] / "static" / "dist"


def player_files(cases: list[Case]) -> Iterator[tuple[str, bytes]]:
    """(path in the pack, content): the page and what it loads. What belongs to a case is `player/data/<number>.js`."""
    return iter(())
