"""Keys that sign events, anchors, ballots and certificates: files outside the database, made once.

Anybody may import it. A key file is named `<use>-<key id>`; the newest signs, older ones still verify.
"""
from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from flask import Flask, current_app

KEY_BYTES = 32


def signing_key(use: str) -> tuple[str, bytes]:
    """(key id, 32 bytes) of the key that signs now; made on first use."""
    files = _files(use)
    if not files:
        return _make(use, "1")
    newest = max(files, key=lambda path: int(path.name.rpartition("-")[2]))
    return newest.name.rpartition("-")[2], newest.read_bytes()


def verifying_key(use: str, key_id: str) -> bytes | None:
    """The key of that id, or None when it is not known here."""
    path = _folder() / f"{use}-{key_id}"
    return path.read_bytes() if key_id.isdigit() and path.exists() else None


def key_ids(use: str) -> list[str]:
    """The ids of all keys of this use, oldest first."""
    return sorted((path.name.rpartition("-")[2] for path in _files(use)), key=int)


def rotate(use: str) -> str:
    """Makes a new key for this use and returns its id; what older ones signed still verifies."""
    last = max((int(path.name.rpartition("-")[2]) for path in _files(use)), default=0)
    return _make(use, str(last + 1))[0]


def use_secret_key(app: Flask) -> None:
    """Gives Flask its secret key: the setting, or locally a key made once."""
    if not app.config["SECRET_KEY"] and app.config["MODE"] != "production":
        with app.app_context():
            app.config["SECRET_KEY"] = signing_key("session")[1].hex()
    app.secret_key = app.config["SECRET_KEY"]


def _folder() -> Path:
    return Path(current_app.config["KEYS"])


def _files(use: str) -> list[Path]:
    return [path for path in _folder().glob(f"{use}-*") if path.name.rpartition("-")[2].isdigit()]


def _make(use: str, key_id: str) -> tuple[str, bytes]:
    path = _folder() / f"{use}-{key_id}"
    # A whole file appears under its name at once: another process must never read half a key.
    handle, draft = tempfile.mkstemp(dir=_folder())
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:  # another process was first
        pass
    finally:
        os.unlink(draft)
    return key_id, path.read_bytes()
