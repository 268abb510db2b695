"""The history of a case as a paper: cover, people, every event, the forms at each decision, digests. Drawn like every report, in Chinese."""
from __future__ import annotations

from app import rendering
from app.operations import releases
from app.operations.contexts import instant
from app.rendering import ReportTooLarge
from app.rendering.report_template import BASE_TEMPLATES
from app.store.models import Case
from app.system_roles import SYSTEM_ROLES

TEMPLATE = "case_history.html"
MOST_CHARACTERS = 120_000  # of forms on one paper; what is beyond them is in the pack as data
_SECONDS = ((86400, "天"), (3600, "小时"), (60, "分钟"), (1, "秒"))


def history_of(case: Case, track: dict, looks: list[dict], *, clock) -> bytes:
    """The PDF. `track` and `looks` as the pack holds them, without names where there are none. Raises ReportFailed, ReportBusy."""
    template = (BASE_TEMPLATES / TEMPLATE).read_text("utf-8")
    forms = _forms(looks, track)
    told = _context(case, track, clock)
    try:
        return rendering.render_apart(template, told | {"forms": forms}).pdf
    except ReportTooLarge:  # a paper with everything but the forms is worth more than none
        return rendering.render_apart(template, told | {"forms": [], "too_long": True}).pdf


def _context(case: Case, track: dict, clock) -> dict:
    people: dict[tuple, dict] = {}
    names = SYSTEM_ROLES | {code: role.name for release in track["releases"] for code, role in releases.procedure_of(release["digest"]).roles.items()}
    drawn = {one["process_id"]: one["name"] for release in track["releases"] for one in release["diagrams"]}
    for frame in track["frames"]:
        one = people.setdefault((frame["who_id"], frame["who"]), {"name": frame["who"], "account": frame["who_id"], "roles": "、".join(names.get(role, role) for role in frame["roles"]),
                                                                  "events": 0, "for": set()})
        one["events"] += 1
        one["for"] |= {frame["who_for"]} if frame["who_for"] else set()
    return {
        "case": track["case"], "head": case.head, "made_at": instant(clock()), "releases": track["releases"], "too_long": False,
        "people": [one | {"for": "、".join(sorted(one["for"]))} for one in people.values()], "events": [_event(frame) for frame in track["frames"]],
        "digests": [{"seq": frame["seq"], "form": form["title"], "revision": form["revision"], "digest": form["digest"]}
                    for frame in track["frames"] for form in frame["forms"]],
        "materials": [{"name": one["name"] or one["label"], "sha256": one["sha256"]} for frame in track["frames"] for one in frame["materials"] if one["new"]],
        "paper": {"number": case.number}, "process": drawn.get(case.process_id, case.process_id),
    }


def _event(frame: dict) -> dict:
    what = "：".join(text for text in (frame["kind_label"], frame["outcome_label"]) if text)
    who = f"{frame['who']}（代 {frame['who_for']}）" if frame["who_for"] else frame["who"]
    return {"seq": frame["seq"], "at": frame["at"][:19].replace("T", " "), "step": frame["element_name"], "who": who, "what": what, "reason": frame["reason"],
            "waited": _lasting(frame["waited_seconds"]), "administrative": frame["administrative"]}


def _forms(looks: list[dict], track: dict) -> list[dict]:
    """Every form in full when it came first, then what changed in it; as far as a paper can hold."""
    changes = {frame["seq"]: frame["changes"] for frame in track["frames"]}
    found, left = [], MOST_CHARACTERS
    for look in looks:
        first = look["revision"] == 1
        sections = look["sections"] if first else []
        changed = [] if first else [one for one in changes.get(look["seq"], ()) if one.get("form") == look["form"]]
        left -= len(str(sections)) + len(str(changed))
        found.append({"seq": look["seq"], "title": look["title"], "revision": look["revision"], "digest": look["digest"],
                      "sections": sections if left > 0 else [], "changes": changed if left > 0 else [], "cut": left <= 0})
    return found


def _lasting(seconds: int | None) -> str:
    """A time in its two greatest units."""
    if seconds is None:
        return ""
    words = []
    for size, word in _SECONDS:
        if seconds >= size:
            words.append(f"{seconds // size} {word}")
            seconds %= size
    return " ".join(words[:2]) or "不到 1 秒"
