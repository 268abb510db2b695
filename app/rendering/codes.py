"""Options to choose from: listed in the field or kept in a code table of the procedure, possibly as a tree.

Internal to rendering. A code that is no longer valid stays readable in old answers, and is refused in new ones.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Choosable:
    """One thing to choose: `value` is stored, `label` is read. Dates are ISO texts or ''."""

    value: str
    label: str
    label_en: str = ""
    children: tuple[Choosable, ...] = ()
    valid_from: str = ""
    valid_to: str = ""

    def in_words(self, language: str) -> str:
        return self.label_en if language == "en" and self.label_en else self.label

    def valid_on(self, day: str) -> bool:
        """Whether it may be chosen on a day (ISO; '' means always)."""
        return not day or ((not self.valid_from or self.valid_from <= day) and (not self.valid_to or day <= self.valid_to))


def options_of(field, scene) -> tuple[Choosable, ...]:
    """All options of a field, valid or not."""
    if field.code_table:
        return _remembered(scene.choices.code_table(field.code_table), _from_codes)
    return _remembered(field.options, _from_options)


def offered(options: Iterable[Choosable], scene, *kept) -> tuple[Choosable, ...]:
    """Those that may be chosen today, and those already chosen."""
    today = str(scene.context.get("today") or "")[:10]
    return tuple(option for option in options if option.valid_on(today) or option.value in kept)


def find(options: Iterable[Choosable], value) -> Choosable | None:
    """The option with a value."""
    return next((option for option in options if option.value == value), None)


def _from_options(options) -> tuple[Choosable, ...]:
    return tuple(Choosable(str(o.value), o.label, o.label_en) for o in options)


def _from_codes(codes) -> tuple[Choosable, ...]:
    return tuple(
        Choosable(str(c.code), c.name, c.name_en, _from_codes(c.children), c.valid_from, c.valid_to) for c in codes)


_REMEMBERED: dict[int, tuple] = {}  # id of a definition's tuple -> (that tuple, so that the id stays its own; the options)


def _remembered(source, make) -> tuple[Choosable, ...]:
    """Definitions are frozen and live as long as their release: each is turned into options once."""
    known = _REMEMBERED.get(id(source))
    if known is None or known[0] is not source:
        if len(_REMEMBERED) > 2000:
            _REMEMBERED.clear()
        known = _REMEMBERED[id(source)] = (source, make(source))
    return known[1]
