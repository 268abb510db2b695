"""What the engine refuses: broken diagrams (EngineError) and commands that come too late (the others).

Anybody may catch these through `app.engine`. Messages are made here, HTTP statuses are not.
"""
from __future__ import annotations

import difflib
from collections.abc import Iterable

from app import errors
from app.errors import PingshenError


def near(word: str, known: Iterable[str]) -> str:
    """The sentence that suggests the known word next to a mistyped one; "" when none is close."""
    found = difflib.get_close_matches(word or "", sorted(known), 1)
    return f"是否想写 `{found[0]}`？" if found else ""


class EngineError(PingshenError):
    """{place}{reason}{said}{suggestion}"""

    code = "engine"

    def __init__(self, reason: str, *, file: str = "", element: str = "", element_name: str = "", expression: str = "",
                 hint: str = "", **facts):
        where = f"“{element_name}”（{element}）" if element_name and element else element and f"元素 {element}"
        super().__init__(
            reason=reason, file=file, element=element, element_name=element_name, expression=expression, hint=hint,
            place="".join(f"{part}：" for part in (file, where) if part),
            said=f"（表达式：{expression}）" if expression else "", suggestion=f" {hint}" if hint else "", **facts)

    @classmethod
    def at(cls, element, reason: str, *, expression: str = "", hint: str = "", **facts) -> "EngineError":
        """The error at an `Element`, with its file, id and name."""
        return cls(reason, file=element.file, element=element.id, element_name=element.name, expression=expression,
                   hint=hint, **facts)


class NoWayOut(EngineError):
    """{place}没有一条去路的条件成立：{listed}；办理结果为 {outcome}。"""

    code = "no-way-out"

    def __init__(self, reason: str = "", *, conditions: tuple[str, ...] = (), outcome=None, **facts):
        super().__init__(reason, conditions=conditions, outcome=outcome, listed="；".join(conditions), **facts)


class TaskNotOpen(PingshenError):
    """此环节已办理或已撤销，不能再次办理。"""

    code = "task-not-open"


class NotWaiting(PingshenError):
    """事项当前没有等待“{name}”。"""

    code = "not-waiting"


class UnknownOutcome(errors.UnknownOutcome):
    """“{element_name}”没有名为“{outcome}”的办理结果。{hint}"""
