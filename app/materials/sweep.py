"""Removes blobs without a row: what a crash between file and row left behind (E-07). Run daily by the worker."""
from __future__ import annotations

from collections.abc import Iterable
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


def named_blobs() -> sa.Select:
    """The digests of all blobs that rows name, each once; without those of erased materials, whose bytes are gone."""
    columns = (Material.sha256, Material.served, Material.thumbnail)
    return sa.union(*(sa.select(column.label("digest")).where(sa.func.length(column) == 64, Material.erased_at.is_(None)) for column in columns)).order_by("digest")


def forget_blobs(digests: Iterable[str]) -> int:
    """Removes these blobs at once, those that another material still needs not; how many. For contents that were erased."""
    return sum(_forget(digest) for digest in digests if not _is_named(digest))


def _forget(digest: str) -> bool:
    try:
        remove_blob(digest)
    except FileNotFoundError:
        return False
    return True


def _is_named(digest: str) -> bool:
    """Whether a material that was not erased has this content."""
    named = sa.select(Material.id).where(Material.erased_at.is_(None), sa.or_(
        Material.sha256 == digest, Material.served == digest, Material.thumbnail == digest)).limit(1)
    return session().scalar(named) is not None
