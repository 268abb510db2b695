"""An expression said in words: `form.a.b >= 2 && vars.c` becomes 〔表·字段〕 不小于 2，并且 变量 c 成立.

Only `words.py` imports it. It explains and never judges: what cannot be read is left as it is written.
"""
from __future__ import annotations

from flask_babel import gettext as _

from app.expressions import ExpressionError, parse
from app.expressions.nodes import Binary, Call, Choice, ListOf, Literal, MapOf, Member, Name, Unary

LONGEST = 600  # characters of an expression that is said in words; beyond that words help nobody


def spoken(text: str, names) -> str:
    """The expression in words, "" when it cannot be read. `names.path(parts)` and `names.value(parts, value)` give names."""
    if len(text) > LONGEST:
        return ""
    try:
        return _Speaker(names).say(parse(text))
    except (ExpressionError, RecursionError):
        return ""


def _calls() -> dict[str, str]:
    return {
        "workdays_after": _("%s起第 %s 个工作日（当天算）"), "workdays_following": _("%s之后第 %s 个工作日"), "workdays_between": _("%s至%s的工作日数"),
        "add_days": _("%s之后 %s 天"), "add_months": _("%s之后 %s 个月"), "days_between": _("%s到%s的天数"), "at": _("%s %s"), "year": _("%s的年份"),
        "length": _("%s的字数"), "size": _("%s的项数"), "has": _("%s已填写"), "coalesce": _("%s（空时为%s）"), "trimmed": _("%s"), "string": _("%s"),
        "int": _("%s"), "double": _("%s"), "cn_date": _("%s（年月日）"), "money": _("%s（元）"), "sum_of": _("%s的合计"), "max_of": _("%s中最大的"),
        "min_of": _("%s中最小的"), "distinct": _("%s（去重）"), "pluck": _("%s各行的%s"), "is_workday": _("%s是工作日"), "without": _("%s去掉%s"),
        "join": _("%s连成的文字（以%s隔开）"), "lookup": _("%s中%s的值"), "calendar_known": _("%s年的放假安排已公布"),
    }


def _methods() -> dict[str, str]:
    return {"startsWith": _("%s以%s开头"), "endsWith": _("%s以%s结尾"), "contains": _("%s含有%s"), "matches": _("%s符合格式%s")}


def _walks() -> dict[str, str]:
    return {"exists": _("%s中有一项：%s"), "all": _("%s中每一项：%s"), "exists_one": _("%s中恰有一项：%s"), "filter": _("%s中满足“%s”的各项"), "map": _("%s各项的%s")}


def _comparisons() -> dict[str, str]:
    return {"==": _("%s为%s"), "!=": _("%s不为%s"), ">": _("%s大于%s"), ">=": _("%s不小于%s"), "<": _("%s小于%s"), "<=": _("%s不大于%s")}


class _Speaker:
    def __init__(self, names):
        self.names, self.bound = names, {}

    def say(self, node) -> str:
        return getattr(self, f"_{type(node).__name__.lower()}")(node)

    def _literal(self, node: Literal) -> str:
        return {None: _("空"), True: _("是"), False: _("否")}[node.value] if node.value is None or isinstance(node.value, bool) else (
            f"“{node.value}”" if isinstance(node.value, str) else node.source)

    def _listof(self, node: ListOf) -> str:
        return "、".join(map(self.say, node.items)) or _("空列表")

    def _mapof(self, node: MapOf) -> str:
        return "；".join(f"{self.say(key)}：{self.say(value)}" for key, value in node.entries)

    def _path(self, node) -> tuple[str, ...] | None:
        if isinstance(node, Name):
            return self.bound.get(node.name, (node.name,))
        if isinstance(node, Member) and isinstance(node.key, Literal):
            above = self._path(node.target)
            return above and (*above, node.key.value if isinstance(node.key.value, str) else f"[{node.key.value}]")
        return None

    def _name(self, node: Name) -> str:
        return self.names.path(self._path(node))

    def _member(self, node: Member) -> str:
        path = self._path(node)
        return self.names.path(path) if path else _("%s的%s") % (self.say(node.target), self.say(node.key))

    def _unary(self, node: Unary) -> str:
        if node.operator == "-":
            return f"-{self.say(node.operand)}"
        return (_("%s为空或为“否”") if self._path(node.operand) else _("并非（%s）")) % self.say(node.operand)

    def _choice(self, node: Choice) -> str:
        return _("如果%s，则为%s，否则为%s") % (self.say(node.condition), self.say(node.yes), self.say(node.no))

    def _binary(self, node: Binary) -> str:
        if node.operator in ("&&", "||"):
            joint = _("，并且") if node.operator == "&&" else _("，或者")
            return joint.join(self._inside(side, node.operator) for side in (node.left, node.right))
        if node.operator == "in":
            return _("%s是其中之一：%s") % (self.say(node.left), self._value(node.left, node.right))
        if node.operator in ("==", "!=") and isinstance(node.right, Literal) and isinstance(node.right.value, bool):
            yes = _("“是”") if node.right.value else _("“否”")
            return _comparisons()[node.operator] % (self.say(node.left), yes)
        form = _comparisons().get(node.operator)
        if form is None:
            return f"{self._inside(node.left, '')} {node.operator} {self._inside(node.right, '')}"
        if isinstance(node.right, Literal) and node.right.value is None and node.operator in ("==", "!="):
            return (_("%s为空") if node.operator == "==" else _("%s已有内容")) % self.say(node.left)
        return form % (self._value(node.right, node.left), self._value(node.left, node.right))

    def _inside(self, node, operator: str) -> str:
        bracket = isinstance(node, Choice) or isinstance(node, Binary) and (
            node.operator in ("&&", "||") and node.operator != operator or not operator and node.operator in ("+", "-"))
        return f"（{self.say(node)}）" if bracket else self.say(node)

    def _value(self, other, node) -> str:
        """A value as the field on the other side of the comparison calls it."""
        path = self._path(other)
        if path and isinstance(node, Literal) and isinstance(node.value, str):
            return f"“{self.names.value(path, node.value)}”"
        if path and isinstance(node, ListOf):
            return "、".join(self._value(other, item) for item in node.items)
        return self.say(node)

    def _call(self, node: Call) -> str:
        if node.name in _walks() and node.target is not None and isinstance(node.arguments[0], Name):
            return self._walk(node)
        given = [self.say(each) for each in ((node.target,) if node.target is not None else ()) + node.arguments]
        form = _methods().get(node.name) if node.target is not None else _calls().get(node.name)
        if form is None or form.count("%s") != len(given):
            return f"{node.name}({'，'.join(given)})"
        return form % tuple(given)

    def _walk(self, node: Call) -> str:
        before, origin = self.bound, self._path(node.target)
        self.bound = {**before, node.arguments[0].name: (*(origin or ("",)), "[]")}
        inner = self.say(node.arguments[-1])
        self.bound = before
        return _walks()[node.name] % (self.say(node.target), inner)
