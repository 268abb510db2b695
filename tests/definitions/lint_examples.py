"""Reads `tests/data/lint`: the examples of every rule, each laid over the base."""
from __future__ import annotations

from pathlib import Path

from app.definitions import Bundle

FOLDER = Path(__file__).resolve().parents[1] / "data" / "lint"
STORED = {"role-nobody-holds", "register-in-use"}       # the database says whether they hold
TOPICS = frozenset({"notify", "message.send", "payment.order"})


def codes() -> list[str]:
    return sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir() and folder.name != "base")


def example(code: str, kind: str) -> Bundle:
    """The base with the files of `<code>/<kind>` over it."""
    return Bundle(_files(FOLDER / "base") | _files(FOLDER / code / kind))


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "as-base"}
