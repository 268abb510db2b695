"""What an expression can be refused for. Anybody may import it; nothing about files or diagrams goes in."""
from __future__ import annotations

from app.errors import PingshenError


class ExpressionError(PingshenError):
    """表达式“{text}”{where}：{why}"""

    code = "expression"

    def __init__(self, text: str, why: str, offset: int | None = None):
        """`offset` is the place in `text` in code points, counted from 0; None when the fault has no place."""
        self.offset = offset
        self.line, self.column = place(text, offset) if offset is not None else (None, None)
        where = f"第{self.line}行第{self.column}列有误" if offset is not None else "有误"
        super().__init__(text=text, why=why, where=where)


class UnknownFunction(ExpressionError):
    """表达式“{text}”{where}：{why}"""

    code = "unknown-function"


class EvaluationError(ExpressionError):
    """表达式“{text}”不能计算：{why}"""

    code = "evaluation"


class Refusal(Exception):
    """A function's own complaint about its arguments; turned into EvaluationError with the expression's text."""


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both counted from 1, of an offset."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
