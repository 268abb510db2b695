"""What the change note's page gives to its script: the diagrams to draw and the words to say. For `changes.py` alone."""
from __future__ import annotations

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _

from app.workbench.changes import ChangeNote
from app.workbench.changes.sides import Side


def drawn(note: ChangeNote, before: Side, newer: Callable[[str], str]) -> list[dict]:
    """Each diagram that differs: where its two versions are, and what is marked on them."""
    found = []
    for block in note.blocks:
        if block.drawn:
            had = before.procedure is not None and before.procedure.file(block.path) is not None
            gone = block.changes and all(change.kind == "removed" for change in block.changes)
            found.append({
                "path": block.path, "title": block.title, "marks": {"old": block.marks[0], "new": block.marks[1]},
                "old": url_for("workbench_changes.file", digest=before.release.digest, path=block.path) if had else "",
                "new": "" if gone and had else newer(block.path)})
    return found


def note_words() -> dict[str, str]:
    """The words that the script writes."""
    return {"added": _("新"), "removed": _("删"), "changed": _("改"), "none": _("这一版没有这张图"), "failed": _("图没有画出来，文字说明不受影响")}
