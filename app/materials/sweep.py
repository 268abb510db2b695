"""Removes blobs without a row: what a crash between file and row left behind (E-07). Run daily by the worker."""
from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.clock import Clock
from app.materials.blobs import all_blobs, remove_blob
from app.materials.models import Material
from app.materials.transfers import sweep_transfers
from app.store import session

KEPT = timedelta(hours=24)  # a row may still be on its way


def sweep_orphans(clock: Clock) -> int:
    """Removes blobs and broken uploads older than a day that nothing names; returns how many."""
    removed = sweep_transfers(clock)
    for digest, written in list(all_blobs()):
        if clock() - written > KEPT and not _is_named(digest):
            remove_blob(digest)
            removed += 1
    return removed


def _is_named(digest: str) -> bool:
    named = sa.select(Material.id).where(sa.or_(
        Material.sha256 == digest, Material.served == digest, Material.thumbnail == digest)).limit(1)
    return session().scalar(named) is not None
