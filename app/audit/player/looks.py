"""A closer look at one event: the forms it brought as they looked then, and whether their files still are what was handed in."""
from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup

from app import materials
from app.audit.player.filled import Forms
from app.audit.player.track import ensure_may_play, events_of
from app.audit.player.walking import Walk
from app.errors import NotFound
from app.materials.blobs import BlobDamaged, read_blob
from app.store.models import Case


@dataclass(frozen=True)
class Filled:
    """A form as it looked. `changed` says in how many places it differs from the revision before, None for a first one."""

    key: str
    title: str
    revision: int
    html: Markup
    changed: int | None


@dataclass(frozen=True)
class Evidence:
    """A file of an event. `intact`: what lies on the disk now has the digest that the event's answers stand for."""

    id: str
    name: str
    label: str
    sha256: str
    media_type: str
    new: bool
    intact: bool
    words: str


@dataclass(frozen=True)
class Look:
    """What an event brought."""

    seq: int
    forms: tuple[Filled, ...]
    files: tuple[Evidence, ...]


class Looks:
    """The looks at the events of one case: made once, asked for many. Raises NotAllowed as `track_of`."""

    def __init__(self, case: Case, *, actor, language: str = "zh"):
        ensure_may_play(case, actor)
        self._events = events_of(case)
        self._forms = Forms(Walk(case), self._events, actor, language)

    def at(self, seq: int, urls=None) -> Look:
        """What event `seq` brought; `urls` (FormUrls) gives files their addresses. Raises NotFound."""
        if seq not in self._events:
            raise NotFound()
        revisions = self._forms.at(seq)
        forms = tuple(Filled(one.row.form, self._forms.title(one), one.row.revision, self._forms.drawn(one, urls),
                             len(self._forms.changes(one)) if one.before else None) for one in revisions)
        return Look(seq, forms, tuple(_evidence(said) for one in revisions for said in self._forms.materials(one)))


def _evidence(said: dict) -> Evidence:
    row = materials.materials_by_id([said["id"]]).get(said["id"])
    intact, words = _looked_into(row)
    return Evidence(said["id"], said["name"], said["label"], said["sha256"], said["media_type"], said["new"], intact, words)


def _looked_into(row) -> tuple[bool, str]:
    """Whether the stored file is the one of its digest, and that in words."""
    if row is None:
        return False, _("文件记录已不存在")
    try:
        read_blob(row.sha256)
    except BlobDamaged:
        return False, _("存储中的文件缺失或已被改动，与摘要不符")
    return True, _("与提交时的摘要一致")
