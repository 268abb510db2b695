"""What operators do with values at run time: null reads as "nothing yet", and work is counted against a budget.

Only `app/expressions` imports this. Every function is pure, apart from the budget of its one evaluation.
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from .errors import Refusal

MAX_LIST = 5_000          # members of a list that an expression may walk
MAX_WORK = 500_000        # members walked and values handed to functions in one evaluation
MAX_READ = 60_000        # plain values that an expression reads, each as often as it is named, and that it gives
MAX_STRING = 200_000      # code points of a text that an expression builds
MAX_INTEGER = 2**63 - 1   # CEL's own range


def plain(value):
    """The value as CEL takes it: only None, bool, int, float, str, list and dict."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        if len(value) > MAX_LIST:
            raise Refusal(f"列表超过{MAX_LIST}项")
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise Refusal(f"不能使用{type(value).__name__}类型的值")


def weight(value) -> int:
    """How many plain values a value consists of, a long text counting more than a short one."""
    if isinstance(value, str):
        return 1 + len(value) // 64
    if isinstance(value, list):
        return 1 + sum(map(weight, value))
    if isinstance(value, dict):
        return 1 + sum(map(weight, value.values()))
    return 1


def number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def said(value) -> str:
    """A value's kind for a message; never the value itself, which may be personal data."""
    if value is None:
        return "空值"
    names = {bool: "真假", int: "整数", float: "小数", str: "文字", list: "列表", dict: "对象"}
    return names.get(type(value), type(value).__name__)


def truth(value) -> bool:
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    raise Refusal(f"此处需要真或假，而不是{said(value)}")


def member(value, key):
    """`value.key` or `value[key]`; null when there is no such member."""
    if isinstance(value, dict):
        return value.get(key) if isinstance(key, str) else None
    if isinstance(value, list):
        inside = isinstance(key, int) and not isinstance(key, bool) and 0 <= key < len(value)
        return value[key] if inside else None
    return None


def contains_member(value, container) -> bool:
    if container is None:
        return False
    if isinstance(container, (list, dict)):
        return value in container
    raise Refusal(f"in 的右边需要列表，而不是{said(container)}")


def _comparable(left, right) -> bool:
    if left is None or right is None:
        return False
    if number(left) and number(right) or isinstance(left, str) and isinstance(right, str):
        return True
    raise Refusal(f"{said(left)}与{said(right)}不能比较大小")


def less(left, right) -> bool:
    return _comparable(left, right) and left < right


def less_or_equal(left, right) -> bool:
    return _comparable(left, right) and left <= right


def _numbers(left, right, sign: str) -> None:
    if not (number(left) and number(right)):
        raise Refusal(f"{said(left)}与{said(right)}不能用“{sign}”计算")


def _bounded(value):
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise Refusal("数过大")
    return value


def add(left, right):
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > MAX_STRING:
            raise Refusal(f"文字超过{MAX_STRING}个字符")
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        if len(left) + len(right) > MAX_LIST:
            raise Refusal(f"列表超过{MAX_LIST}项")
        return left + right
    if isinstance(left, str) and number(right) or isinstance(right, str) and number(left):
        raise Refusal("文字与数不能相加，请用 string(…) 把数变成文字")
    _numbers(left, right, "+")
    return _bounded(left + right)


def subtract(left, right):
    _numbers(left, right, "-")
    return _bounded(left - right)


def multiply(left, right):
    _numbers(left, right, "*")
    return _bounded(left * right)


def divide(left, right):
    """Two integers divide as in CEL: towards zero."""
    _numbers(left, right, "/")
    if right == 0:
        raise Refusal("除数为零")
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    return left / right


def remainder(left, right):
    if not (type(left) is int and type(right) is int):
        raise Refusal(f"{said(left)}与{said(right)}不能用“%”计算")
    return left - right * divide(left, right)


def size(value) -> int:
    if value is None:
        return 0
    if isinstance(value, (list, dict)):
        return len(value)
    raise Refusal("文字的长度请用 length(…)：size(…) 数的是字节" if isinstance(value, str) else f"{said(value)}没有长度")


def text(value) -> str:
    """A text for startsWith, endsWith, contains and matches: nothing is the empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise Refusal(f"此处需要文字，而不是{said(value)}")


class Budget:
    """The work that one evaluation may do. Nested map() over long lists would otherwise never come back."""

    __slots__ = ("left", "longest")

    def __init__(self):
        self.left = MAX_WORK
        self.longest = 0

    def spend(self, amount: int) -> bool:
        self.left -= amount
        if self.left < 0:
            raise Refusal("计算量过大，请简化表达式或减少行数")
        return True

    def solvent(self) -> bool:
        return self.left >= 0

    def walked(self, value):
        """A list about to be walked by a macro; nothing is an empty list."""
        if value is None:
            return []
        if not isinstance(value, (list, dict)):
            raise Refusal(f"此处需要列表，而不是{said(value)}")
        self.longest = max(self.longest, len(value))
        self.spend(self._copied(value))
        return value

    def _copied(self, value) -> int:
        """CEL's map() and filter() copy all they have gathered, members and all, for every further member."""
        return weight(value) * (1 + self.longest // 100)

    def kept(self, value):
        """A member of the list that map() builds."""
        self.spend(self._copied(value))
        return value

    def charged(self, function, cost=None):
        """The function, paying for what it is handed and what it will do: it may be called once per member of a list."""
        def call(*arguments):
            self.spend(sum(map(weight, arguments)) + (max(0, cost(*arguments)) if cost else 0))
            return function(*arguments)
        return call


OPERATORS = {
    "_truth": truth, "_member": member, "_in": contains_member, "_lt": less, "_le": less_or_equal,
    "_add": add, "_sub": subtract, "_mul": multiply, "_div": divide, "_mod": remainder, "_text": text,
}
