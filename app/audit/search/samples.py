"""Random samples of cases: drawn once from a search, frozen, and noted about by auditors. `cases_of` is for packs and replays."""
from __future__ import annotations

import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _, lazy_gettext as _l

from app.audit.search.asked import Asked
from app.audit.search.drawing import ALGORITHM, drawn_from, faults_of, record_of, seed_of
from app.audit.search.finding import all_numbers
from app.audit.search.models import VERDICTS, Sample, SampleCase
from app.errors import NotFound, SampleRefused
from app.operations.contexts import SHANGHAI
from app.operations.reading.keysets import cut_page, read_cursor
from app.pools import lots
from app.store import session, transaction
from app.store.models import Case

MOST_FOUND = 200_000  # cases of a search that a sample is drawn from
MOST = 5000  # cases of a sample
PAGE = 50
VERDICT_WORDS = {"": _l("未看"), "fine": _l("无异常"), "doubt": _l("有疑点"), "explain": _l("需说明")}
# What strata are made by -> its label and its column of the case.
STRATA = {"process": (_l("流程"), "process_id"), "result": (_l("办理结果"), "result"), "group": (_l("分组"), "grouping"),
          "year": (_l("年份"), "started_at"), "release": (_l("发布版本"), "release")}


@dataclass(frozen=True)
class Progress:
    """How far the notes of a sample are: verdict -> how many."""

    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def looked_at(self) -> int:
        return self.total - self.counts.get("", 0)


def draw_sample(asked: Asked, wanted: str, *, title: str, reason: str, actor, clock, by: str = "", said: str = "") -> Sample:
    """Draws from all that the search finds now, and freezes it. Raises SampleRefused.

    Every draw stays in the list: who draws until it suits is seen.
    """
    title, reason, count = _ensured(title, reason, wanted)
    now = clock()
    rows = all_numbers(asked, clock, *(STRATA[by][1:] if by in STRATA else ()))
    if not rows:
        raise SampleRefused(why=_("没有查到事项"))
    if len(rows) > MOST_FOUND:
        raise SampleRefused(why=_("查到的事项超过 %(most)s 件，请缩小范围", most=MOST_FOUND))
    population = _population(rows, by)
    chance = secrets.token_hex(32)
    seed = seed_of(population, chance, said[:200])
    sample = Sample(title=title, reason=reason, query=asked.words(), population=population, found=len(rows), wanted=count, by=by if by in STRATA else "",
                    said=said[:200], chance=chance, seed=seed, algorithm=ALGORITHM, digest="", person_id=actor.id, person_name=actor.name, at=now)
    sample.digest = lots.digest_of(record_of(sample))
    return _kept(sample, {row[1]: row[0] for row in rows}, dict(population))


def samples_drawn(*, cursor: str = "", size: int = PAGE) -> tuple[list[tuple[Sample, Progress]], str]:
    """(samples with their progress, newest first; cursor of the next page or "")."""
    query = sa.select(Sample).options(sa.orm.defer(Sample.population)).order_by(Sample.id.desc()).limit(size + 1)
    if after := read_cursor(cursor, int):
        query = query.where(Sample.id < after[0])
    rows, following = cut_page(session().scalars(query).all(), size, lambda sample: (sample.id,))
    return [(sample, progress_of(sample.id)) for sample in rows], following


def sample_with(sample_id: int) -> Sample:
    """A sample. Raises NotFound."""
    sample = session().get(Sample, sample_id)
    if sample is None:
        raise NotFound()
    return sample


def cases_of(sample_id: int) -> list[int]:
    """The ids of a sample's cases that still are there, in the order of the lot. Raises NotFound."""
    sample_with(sample_id)
    drawn = sa.select(SampleCase.case_id).join(Case, Case.id == SampleCase.case_id).where(SampleCase.sample_id == sample_id)
    return list(session().scalars(drawn.order_by(SampleCase.position)))


def progress_of(sample_id: int) -> Progress:
    """How far the notes are."""
    rows = session().execute(sa.select(SampleCase.verdict, sa.func.count()).where(SampleCase.sample_id == sample_id).group_by(SampleCase.verdict))
    return Progress({verdict: count for verdict, count in rows})


def lines_of(sample: Sample, *, verdict: str | None = None, cursor: str = "", size: int = PAGE) -> tuple[list[tuple[SampleCase, Case | None]], str]:
    """(the sample's cases in the order of the lot, of one verdict alone when named; None in place of a case that is gone)."""
    query = (sa.select(SampleCase, Case).outerjoin(Case, Case.id == SampleCase.case_id).where(SampleCase.sample_id == sample.id)
             .order_by(SampleCase.position).limit(size + 1))
    if verdict is not None:
        query = query.where(SampleCase.verdict == verdict)
    if after := read_cursor(cursor, int):
        query = query.where(SampleCase.position > after[0])
    rows, following = cut_page(session().execute(query).all(), size, lambda row: (row[0].position,))
    return [tuple(row) for row in rows], following


def note_case(sample_id: int, position: int, verdict: str, note: str, version: int, *, actor, clock) -> SampleCase:
    """What an auditor found of a case. Raises NotFound, SampleRefused: somebody else noted meanwhile."""
    with transaction() as store:
        line = store.get(SampleCase, (sample_id, position), with_for_update=True, populate_existing=True)
        if line is None:
            raise NotFound()
        if verdict not in ("", *VERDICTS):
            raise SampleRefused(why=_("没有这样的结论"))
        if line.version != version:
            raise SampleRefused(why=_("%(by)s刚才也记录过这一件，请看过后再记录", by=line.noted_by_name))
        line.verdict, line.note, line.version = verdict, note.strip()[:1000], line.version + 1
        line.noted_by, line.noted_by_name, line.noted_at = actor.id, actor.name, clock()
        return line


def check_sample(sample: Sample) -> list[str]:
    """Does the draw again from its record; what does not follow, in words."""
    drawn = session().scalars(sa.select(SampleCase.number).where(SampleCase.sample_id == sample.id).order_by(SampleCase.position)).all()
    record = record_of(sample)
    words = {"seed": _("随机种子与记录不符"), "drawn": _("抽中的事项与重算不符")}
    faults = [words[fault] for fault in faults_of(record, drawn)]
    return faults if lots.digest_of(record) == sample.digest else [*faults, _("记录摘要不符")]


def _ensured(title: str, reason: str, wanted: str) -> tuple[str, str, int]:
    title, reason = " ".join(title.split())[:100], reason.strip()[:500]
    if not title or not reason:
        raise SampleRefused(why=_("请写明样本名称和抽样事由"))
    count = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 6 else 0
    if not 1 <= count <= MOST:
        raise SampleRefused(why=_("抽取件数须为 1 至 %(most)s", most=MOST))
    return title, reason, count


def _population(rows: list[tuple], by: str) -> list[tuple[str, str]]:
    if by not in STRATA:
        return [(number, "") for _id, number in rows]
    if by == "year":
        return [(number, str(began.astimezone(SHANGHAI).year)) for _id, number, began in rows]
    return [(number, value) for _id, number, value in rows]


def _kept(sample: Sample, ids: dict[str, int], strata: dict[str, str]) -> Sample:
    drawn = drawn_from(sample.population, sample.seed, sample.wanted)
    with transaction() as store:
        store.add(sample)
        store.flush()
        store.execute(sa.insert(SampleCase), [
            {"sample_id": sample.id, "position": place, "case_id": ids[number], "number": number, "stratum": strata[number][:100], "verdict": "", "note": "",
             "noted_by": "", "noted_by_name": "", "noted_at": None, "version": 0} for place, number in enumerate(drawn, 1)])
    return sample
