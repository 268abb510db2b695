"""Everything of a case or a sample in one file that proves itself: logs, diagrams, forms, answers, materials, history, verifier.

Event logs by themselves too, as XES and OCEL. Routes, the worker and the command line use it. Reads cases, changes none.
"""
from __future__ import annotations

from pathlib import Path

from app.audit.packs.gathering import Options
from app.audit.packs.making import Asked, make_pack
from app.audit.packs.naming import Naming
from app.audit.packs.ocel import write_ocel
from app.audit.packs.ocel_sqlite import write_ocel_sqlite
from app.audit.packs.operations import ask, download, forget_packs_about, pack_with_id, packs_made, remove, sweep_packs
from app.audit.packs.scope import Scope
from app.audit.packs.xes import write_xes

__all__ = ["Asked", "Naming", "Options", "Scope", "ask", "download", "forget_packs_about", "make_pack", "pack_with_id", "packs_made", "remove", "sweep_packs", "write_log"]


def write_log(form: str, target: Path, scope: Scope, naming: Naming) -> int:
    """Writes the events of these cases in the form `xes`, `ocel` or `ocel-sqlite`; returns how many events."""
    if form == "ocel-sqlite":
        return write_ocel_sqlite(target, scope, naming)
    with target.open("wb") as out:
        return (write_xes if form == "xes" else write_ocel)(out, scope, naming)
