"""Turns a tree into CEL that never trips over null: what the expression reads becomes numbered variables.

`form.review.opinion == "yes"` becomes `p0 == "yes"`, and p0 is read from the context member by member, null when a
member is missing. Completing a copy of the whole context instead would convert 30 KB of answers for one comparison.
"""
from __future__ import annotations

import difflib
import re

import cel

from . import syntax
from .errors import ExpressionError, UnknownFunction
from .functions import MACROS, TABLE, TEXT_TESTS
from .nodes import Binary, Call, Choice, ListOf, Literal, MapOf, Member, Name, Unary

MAX_MACROS = 4   # nested filter/map/exists/all

_OPERATORS = {"<": "_lt({0}, {1})", "<=": "_le({0}, {1})", ">": "_lt({1}, {0})", ">=": "_le({1}, {0})",
              "+": "_add({0}, {1})", "-": "_sub({0}, {1})", "*": "_mul({0}, {1})", "/": "_div({0}, {1})",
              "%": "_mod({0}, {1})"}
_CALLED = re.compile(r"_\w+")


class Translation:
    """The CEL text of one tree, with everything that was learnt on the way."""

    def __init__(self, text: str, tree):
        self.text = text
        self.slots: dict[tuple[str, ...], str] = {}      # path -> variable of the CEL text
        self.row_paths: set[str] = set()                 # "form.a.rows[].b"
        self.functions: set[str] = set()
        self.helpers: set[str] = set()                   # functions that the CEL text needs at run time
        self.sized: list = []                            # nodes handed to size()
        self.equal: dict[str, set] = {}                  # path -> literals it is compared with by == or in
        self.walks = False
        self._macros = 0
        self._scope: dict[str, tuple[str, str]] = {}     # macro variable -> (its name in CEL, path of its list)
        self.source, self.kind = self.emit(tree)
        if len(self.source) > 20 * syntax.MAX_TEXT:
            raise ExpressionError(text, "过于复杂")

    def refuse(self, why: str, node):
        raise ExpressionError(self.text, why, node.offset)

    def emit(self, node) -> tuple[str, str]:
        """CEL text and kind (bool, number, text, list, any) of a node."""
        return getattr(self, f"_{type(node).__name__.lower()}")(node)

    def of(self, node) -> str:
        return self.emit(node)[0]

    def truth(self, node) -> str:
        source, kind = self.emit(node)
        return source if kind == "bool" else self.helper("_truth", source)

    def helper(self, name: str, *arguments: str) -> str:
        self.helpers.add(name)
        return f"{name}({', '.join(arguments)})"

    # -- values

    def _literal(self, node: Literal):
        if isinstance(node.value, bool):
            return node.source, "bool"
        if isinstance(node.value, str):
            return node.source, "text"
        return node.source, "any" if node.value is None else "number"

    def _listof(self, node: ListOf):
        return "[" + ", ".join(map(self.of, node.items)) + "]", "list"

    def _mapof(self, node: MapOf):
        for key, _ in node.entries:
            if not (isinstance(key, Literal) and isinstance(key.value, str)):
                self.refuse("对象的键必须是引号中的文字", key)
        return "{" + ", ".join(f"{self.of(key)}: {self.of(value)}" for key, value in node.entries) + "}", "any"

    # -- paths

    def _path(self, node) -> tuple[str, ...] | None:
        """The path of a chain of plain members that starts at a root of the vocabulary."""
        if isinstance(node, Name):
            return None if node.name in self._scope else (node.name,)
        if isinstance(node, Member) and isinstance(node.key, Literal) and isinstance(node.key.value, str):
            path = self._path(node.target)
            return None if path is None else (*path, node.key.value)
        return None

    def origin(self, node) -> str:
        """Where a value comes from, with `[]` for a member of a list; "" when nobody can say."""
        path = self._path(node)
        if path is not None:
            return ".".join(path)
        if isinstance(node, Name):
            return self._scope[node.name][1]
        if isinstance(node, Call) and node.name == "filter" and node.target is not None:
            return self.origin(node.target)
        if isinstance(node, Member) and isinstance(node.key, Literal):
            inner = self.origin(node.target)
            return inner and (f"{inner}.{node.key.value}" if isinstance(node.key.value, str) else f"{inner}[]")
        return ""

    def _slot(self, path: tuple[str, ...]) -> str:
        return self.slots.setdefault(path, f"p{len(self.slots)}")

    def _name(self, node: Name):
        if node.name in self._scope:
            return self._scope[node.name][0], "any"
        return self._slot((node.name,)), "any"

    def _member(self, node: Member):
        path = self._path(node)
        if path is not None:
            return self._slot(path), "any"
        if "[]." in (origin := self.origin(node)):
            self.row_paths.add(origin)
        return self.helper("_member", self.of(node.target), self.of(node.key)), "any"

    # -- operators

    def _unary(self, node: Unary):
        if node.operator == "!":
            return f"(!{self.truth(node.operand)})", "bool"
        if isinstance(node.operand, Literal):
            return f"(-{self.of(node.operand)})", "number"
        return self.helper("_sub", "0", self.of(node.operand)), "number"

    def _choice(self, node: Choice):
        (yes, kind), (no, other) = self.emit(node.yes), self.emit(node.no)
        return f"({self.truth(node.condition)} ? {yes} : {no})", kind if kind == other else "any"

    def _binary(self, node: Binary):
        if node.operator in ("&&", "||"):
            return f"({self.truth(node.left)} {node.operator} {self.truth(node.right)})", "bool"
        left, right = self.of(node.left), self.of(node.right)
        self._note_equal(node)
        if node.operator in ("==", "!="):
            return f"({left} {node.operator} {right})", "bool"
        if node.operator == "in":
            plain = isinstance(node.right, ListOf)
            return (f"({left} in {right})" if plain else self.helper("_in", left, right)), "bool"
        source = _OPERATORS[node.operator].format(left, right)
        self.helpers.add(_CALLED.match(source).group())
        return source, "bool" if node.operator[0] in "<>" else "any"

    def _note_equal(self, node: Binary) -> None:
        pairs = [(node.left, node.right), (node.right, node.left)] if node.operator == "==" else []
        if node.operator == "in" and isinstance(node.right, ListOf):
            pairs = [(node.left, item) for item in node.right.items]
        for side, other in pairs:
            path = self._path(side)
            if path is not None and isinstance(other, Literal):
                self.equal.setdefault(".".join(path), set()).add(other.value)

    # -- calls

    def _call(self, node: Call):
        function = TABLE.get(node.name)
        if function is None:
            self._refuse_unknown(node)
        self.functions.add(node.name)
        self._ensure_form(node, function)
        if node.name in MACROS:
            return self._macro(node)
        if node.name in TEXT_TESTS:
            return self._text_test(node)
        arguments = node.arguments if node.target is None else (node.target,)
        if node.name == "has":
            return self._has(arguments[0])
        if node.name == "size":
            self.sized.append(arguments[0])
        # A name of our own: the CEL library's size(), int() and string() win over functions of the same name.
        return self.helper(f"_f_{node.name}", *map(self.of, arguments)), "any"

    def _refuse_unknown(self, node: Call):
        near = difflib.get_close_matches(node.name, TABLE, 1)
        hint = f"，是否想写 {near[0]}？" if near else ""
        raise UnknownFunction(self.text, f"没有名为“{node.name}”的函数{hint}", node.offset)

    def _ensure_form(self, node: Call, function) -> None:
        called_as_method = node.target is not None
        count = len(node.arguments)
        if node.name == "size" and called_as_method:
            count += 1
        elif called_as_method != function.method:
            example = TABLE[node.name].gloss.split("：")[0]
            self.refuse(f"请写成 {example}", node)
        low, high = function.arguments
        if not low <= count <= high:
            self.refuse(f"{node.name} 需要{low if low == high else f'{low}或{high}'}个参数，而不是{count}个", node)

    def _has(self, node):
        if not isinstance(node, (Member, Name)):
            self.refuse("has(…) 里只能是路径", node)
        return f"({self.of(node)} != null)", "bool"

    def _text_test(self, node: Call):
        target = self.helper("_text", self.of(node.target))
        argument = self.of(node.arguments[0])
        if node.name != "matches":
            return f"{target}.{node.name}({self.helper('_text', argument)})", "bool"
        cost = self._pattern_cost(node.arguments[0])
        source = f"{target}.matches({argument})"
        return (f"({self.helper('_spend', str(cost))} ? {source} : false)" if self._macros else source), "bool"

    def _pattern_cost(self, node) -> int:
        """Compiling a pattern is the dear part, and CEL compiles it anew for every member of a list."""
        if not (isinstance(node, Literal) and isinstance(node.value, str) and len(node.value) <= 200):
            self.refuse("正则表达式必须是引号中的文字，不超过200个字符", node)
        try:
            cel.evaluate('"".matches(p)', {"p": node.value})
        except Exception as cause:
            raise ExpressionError(self.text, f"不是合法的正则表达式：{node.value}", node.offset) from cause
        cost = 4 * len(node.value) * (10 if re.search(r"\\[wWpP]", node.value) else 1)    # thousands of Chinese letters
        for low, high in re.findall(r"\{(\d+)(?:,(\d*))?\}", node.value):
            cost *= max(int(low), int(high or 0), 1)
        if cost > 100_000:
            self.refuse("正则表达式的重复次数过多", node)
        return cost

    def _macro(self, node: Call):
        variable, *rest = node.arguments
        if not isinstance(variable, Name):
            self.refuse(f"{node.name} 的第一个参数应是一个名称，例如 {node.name}(x, …)", variable)
        target = self.helper("_walked", self.of(node.target))
        self.walks, self._macros = True, self._macros + 1
        if self._macros > MAX_MACROS:
            self.refuse(f"{node.name} 嵌套超过{MAX_MACROS}层", node)
        origin = self.origin(node.target)
        before, self._scope = self._scope, {
            **self._scope, variable.name: (f"m{self._macros}", f"{origin}[]" if origin else "")}
        body = [self.truth(part) for part in rest[:-1]]
        # CEL goes on with the next member after an error: the guard makes the rest cheap once the budget is used up.
        body.append(f"(_solvent() ? {self._kept(rest[-1]) if node.name == 'map' else self.truth(rest[-1])} : false)")
        self._scope, name = before, f"m{self._macros}"
        self._macros -= 1
        return f"{target}.{node.name}({', '.join([name, *body])})", "list" if node.name in ("filter", "map") else "bool"

    def _kept(self, node) -> str:
        source, kind = self.emit(node)
        return source if kind in ("bool", "number") else self.helper("_kept", source)
