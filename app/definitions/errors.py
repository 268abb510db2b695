"""What a definition file can be refused for. Nothing about a particular file format goes in."""
from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from app.errors import PingshenError


@dataclass(frozen=True)
class Problem:
    """One fault in a file; `line` counts from 1, 0 when the fault has no line."""
    line: int
    why: str
    code: str = "definition"


class DefinitionError(PingshenError):
    """{file}第{line}行：{why}"""

    code = "definition"

    def __init__(self, file: str, problems: Iterable[Problem]):
        """`problems` are all that were found; the message tells the first."""
        self.problems = tuple(problems)
        super().__init__(file=file, line=self.problems[0].line, why=self.problems[0].why)


def near_miss(word: str, words: Iterable[str]) -> str:
    """A hint such as “，是否想写 decision？”, empty when nothing is near."""
    near = difflib.get_close_matches(str(word), list(words), 1, 0.6)
    return f"，是否想写 {near[0]}？" if near else ""
