"""Files: content of materials, uploads on their way, copies made for people. Bytes go after the commit; a crash leaves them to the daily sweep."""
from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app.audit.packs.operations import forget_packs_about
from app.certificates.models import Certificate
from app.erased import ERASED
from app.materials.models import Material, Transfer
from app.materials.sweep import forget_blobs
from app.materials.transfers import part_of
from app.retention.erasing.tombstones import Act
from app.store import after_commit, session
from app.store.models import DataRequest


def erase_materials(where, act: Act) -> None:
    """Takes name, label and content of these materials away; the digest of the content stays. The PDF of a certificate stays whole."""
    certified = sa.select(Certificate.material_id).where(Certificate.material_id != "")
    rows = session().scalars(sa.select(Material).where(where, Material.erased_at.is_(None), Material.id.not_in(certified))).all()
    for row in rows:
        row.name, row.label, row.erased_at, row.removed_at = ERASED, "", act.clock(), row.removed_at or act.clock()
    session().flush()
    act.took("material", len(rows), sorted(row.sha256 for row in rows))
    digests = {digest for row in rows for digest in (row.sha256, row.served, row.thumbnail) if len(digest) == 64}
    if digests:
        after_commit(lambda: forget_blobs(digests))


def erase_transfers(where, act: Act) -> None:
    """Forgets uploads on their way in with what has come of them."""
    rows = session().scalars(sa.select(Transfer).where(where)).all()
    parts = [part_of(row) for row in rows]
    act.took("transfer", len(rows), sorted(row.id for row in rows))
    for row in rows:
        session().delete(row)
    after_commit(lambda: _unlink(parts))


def erase_copies(person_id: str, act: Act) -> None:
    """Removes the copies of their data that the person asked for; those they downloaded are theirs."""
    rows = session().scalars(sa.select(DataRequest).where(DataRequest.person_id == person_id, DataRequest.kind == "copy")).all()
    places = [Path(current_app.config["VAR"]) / "copies" / f"{row.id}{ending}" for row in rows for ending in (".zip", ".part")]
    act.took("data_request", sum(row.state == "ready" for row in rows), sorted(row.id for row in rows))
    for row in rows:
        row.state = "gone"
    after_commit(lambda: _unlink(places))


def _unlink(places: list[Path]) -> None:
    for place in places:
        place.unlink(missing_ok=True)


def remove_exports(case_ids) -> int:
    """Removes packs, logs and workbooks that may hold something of these cases; how many. Called again it does nothing."""
    removed = forget_packs_about(case_ids)
    places = list((Path(current_app.config["VAR"]) / "exports").glob("*.*"))  # made for a day and for anybody's search: all of them
    _unlink(places)
    return removed + len(places)
