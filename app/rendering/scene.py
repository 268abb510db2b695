"""A form at one moment: its answers, the row one is in, and what conditions may read. Conditions are asked here only.

Internal to rendering. Answers are never changed in place.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import get_locale

from app.expressions import EvaluationError, compile_expression
from app.rendering.choices import Choices, NoChoices, Remembered
from app.rendering.texts import readable


PLACES = re.compile(r"\{([^{}]+)\}")


def asked_language() -> str:
    """The language of the request in which messages are wanted; Chinese where there is none."""
    return str(get_locale() or "zh")[:2]


@dataclass(frozen=True)
class Scene:
    """`context` is the vocabulary of expressions; `answers` and `row` are added to it here and shadow nothing else."""

    form: Any
    answers: Mapping = field(default_factory=dict)
    context: Mapping = field(default_factory=dict)
    choices: Choices = field(default_factory=NoChoices)
    row: Mapping | None = None
    language: str = "zh"
    mask: bool = False
    _shown: dict = field(default_factory=dict, init=False, repr=False, compare=False)  # condition -> whether it holds: a page asks each many times

    def __post_init__(self):
        if not isinstance(self.choices, Remembered):
            object.__setattr__(self, "choices", Remembered(self.choices))

    def evaluate(self, text: str):
        """The value of an expression; None for no expression, and where it stumbles over what people typed."""
        if not text:
            return None
        try:
            return compile_expression(text).evaluate({**self.context, "answers": self.answers, "row": self.row or {}})
        except EvaluationError:
            return None

    def shows(self, part) -> bool:
        """Whether a section or field is shown."""
        if not part.shown_when:
            return True
        if part.shown_when not in self._shown:
            self._shown[part.shown_when] = self.evaluate(part.shown_when) is True
        return self._shown[part.shown_when]

    def requires(self, fld) -> bool:
        """Whether a field must be answered now."""
        return bool(fld.required) or bool(fld.required_when and self.evaluate(fld.required_when) is True)

    def broken_rules(self, rules: Iterable) -> list[str]:
        """The messages of the rules that do not hold."""
        return [self.said(rule) for rule in rules if self.evaluate(rule.rule) is not True]

    def failed_rules(self, rules: Iterable) -> list[str]:
        """The messages of the rules that say no; one that cannot be worked out says nothing."""
        return [self.said(rule) for rule in rules if self.evaluate(rule.rule) is False]

    def said(self, rule) -> str:
        """The message of a rule, with the expressions in its braces worked out: `{cn_date(answers.started)}`."""
        return PLACES.sub(lambda place: readable(self.evaluate(place[1]), self.language), self.text(rule, "message"))

    def with_answers(self, answers: Mapping) -> Scene:
        return replace(self, answers=answers)

    def in_row(self, row: Mapping) -> Scene:
        # Not `replace`, which checks every field anew: a form with sixty rows asks this thousands of times.
        within = object.__new__(Scene)
        within.__dict__.update(self.__dict__, row=row, _shown={})
        return within

    def text(self, part, name: str = "label") -> str:
        """A label, title or hint in the language of the page; Chinese where there is no other."""
        return (self.language == "en" and getattr(part, f"{name}_en", "")) or getattr(part, name, "")
