"""Patterns of text fields, matched in time that grows with the text alone: Python's own would backtrack for ever (faults H-03).

Anybody may import it through `app.expressions`.
"""
from __future__ import annotations

import json

from .expression import Expression, compile_expression


def compile_pattern(pattern: str) -> Expression:
    """The pattern over a whole text, cached. Raises ExpressionError for what is no pattern, too long or repeats too much."""
    return compile_expression(f"answers.text.matches({json.dumps(f'^(?:{pattern})$', ensure_ascii=False)})")


def fits_pattern(pattern: str, text: str) -> bool:
    """Whether the whole text is as the pattern says."""
    return compile_pattern(pattern).evaluate({"answers": {"text": text}}) is True
