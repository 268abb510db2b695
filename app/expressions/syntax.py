"""Reads CEL text into a tree with positions: paths and near misses need a tree, the CEL library offers none.

Only `app/expressions` imports this. Evaluation does not happen here, and no text is accepted that CEL would not accept.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import cel

from .errors import ExpressionError
from .nodes import Binary, Call, Choice, ListOf, Literal, MapOf, Member, Name, Unary, children

MAX_TEXT = 2000        # code points of one expression
MAX_DEPTH = 25         # nested brackets and calls: the parser recurses
MAX_HEIGHT = 120       # of the tree: the translation recurses

RESERVED = frozenset(
    "as break const continue else for function if import let loop package namespace return var void while".split()
)

_TOKEN = re.compile(
    r"""(?P<space>(?:\s+|//[^\n]*)+)
      | (?P<string>[rR]?(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
      | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.\d+|\.\d+|\d+(?=[eE][+-]?\d))(?:[eE][+-]?\d+)?|\d+)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<operator>\|\||&&|==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int


def parse(text: str):
    """The tree of an expression. Raises ExpressionError with the position for text that is no CEL."""
    if not isinstance(text, str) or not text.strip():
        raise ExpressionError(str(text or ""), "内容为空")
    if len(text) > MAX_TEXT:
        raise ExpressionError(text[:60] + "…", f"超过{MAX_TEXT}个字符")
    node = _Parser(text).whole()
    _ensure_flat(text, node)
    return node


def _ensure_flat(text: str, node) -> None:
    waiting = [(node, 1)]
    while waiting:
        node, height = waiting.pop()
        if height > MAX_HEIGHT:
            raise ExpressionError(text, "过于复杂，请分成几步", node.offset)
        waiting += [(child, height + 1) for child in children(node)]


def tokens(text: str) -> list[_Token]:
    found, offset = [], 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise ExpressionError(text, f"不能识别“{text[offset]}”", offset)
        if match.lastgroup != "space":
            found.append(_Token(match.lastgroup, match.group(), offset))
        offset = match.end()
    return [*found, _Token("end", "", len(text))]


@lru_cache(maxsize=4096)
def _literal_value(source: str):
    return cel.evaluate(source)


class _Parser:
    """Recursive descent with the precedence of the CEL specification, one method per level."""

    def __init__(self, text: str):
        self.text = text
        self.tokens = tokens(text)
        self.place = 0
        self.depth = 0

    def whole(self):
        node = self.choice()
        if self.token.kind != "end":
            self.refuse()
        return node

    @property
    def token(self) -> _Token:
        return self.tokens[self.place]

    def refuse(self, why: str | None = None):
        token = self.token
        why = why or ("没有写完" if token.kind == "end" else f"此处不应出现“{token.text}”")
        raise ExpressionError(self.text, why, token.offset)

    def take(self) -> _Token:
        token = self.token
        self.place += 1
        return token

    def seen(self, *operators: str) -> _Token | None:
        token = self.token
        if token.kind == "operator" and token.text in operators:
            return self.take()
        return None

    def need(self, operator: str) -> None:
        if not self.seen(operator):
            token = self.token
            self.refuse(f"缺少“{operator}”" if token.kind == "end" else f"此处应为“{operator}”，而不是“{token.text}”")

    def choice(self):
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"嵌套超过{MAX_DEPTH}层")
        condition = self.either()
        mark = self.seen("?")
        if mark:
            yes = self.choice()
            self.need(":")
            condition = Choice(condition, yes, self.choice(), mark.offset)
        self.depth -= 1
        return condition

    def chain(self, below, *operators: str):
        node = below()
        while mark := self.seen(*operators):
            node = Binary(mark.text, node, below(), mark.offset)
        return node

    def either(self):
        return self.chain(self.both, "||")

    def both(self):
        return self.chain(self.relation, "&&")

    def relation(self):
        node = self.sum()
        while True:
            mark = self.seen("==", "!=", "<", "<=", ">", ">=")
            if mark is None and self.token.kind == "name" and self.token.text == "in":
                mark = self.take()
            if mark is None:
                return node
            node = Binary(mark.text, node, self.sum(), mark.offset)

    def sum(self):
        return self.chain(self.product, "+", "-")

    def product(self):
        return self.chain(self.unary, "*", "/", "%")

    def unary(self):
        mark = self.seen("!", "-")
        if mark is None:
            return self.member()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"嵌套超过{MAX_DEPTH}层")
        node = Unary(mark.text, self.unary(), mark.offset)
        self.depth -= 1
        return node

    def member(self):
        node = self.primary()
        while mark := self.seen(".", "["):
            if mark.text == "[":
                node = Member(node, self.choice(), mark.offset)
                self.need("]")
                continue
            if self.token.kind != "name":
                self.refuse()
            name = self.take()
            if self.seen("("):
                node = Call(name.text, node, self.listed(")"), name.offset)
            else:
                self.ensure_plain_name(name)
                node = Member(node, Literal(f'"{name.text}"', name.text, name.offset), name.offset)
        return node

    def listed(self, end: str) -> tuple:
        items = []
        while not self.seen(end):
            if items:
                self.need(",")
                if end != ")" and self.seen(end):
                    break
            items.append(self.choice())
        return tuple(items)

    def primary(self):
        token = self.token
        if token.kind in ("string", "number"):
            return self.literal(self.take())
        if token.kind == "name":
            return self.named(self.take())
        if self.seen("("):
            node = self.choice()
            self.need(")")
            return node
        if self.seen("["):
            return ListOf(self.listed("]"), token.offset)
        if self.seen("{"):
            return MapOf(self.entries(), token.offset)
        return self.refuse()

    def literal(self, token: _Token) -> Literal:
        try:
            return Literal(token.text, _literal_value(token.text), token.offset)
        except Exception as cause:
            raise ExpressionError(self.text, f"“{token.text}”不是合法的数或文字", token.offset) from cause

    def named(self, token: _Token):
        constants = {"true": True, "false": False, "null": None}
        if token.text in constants:
            return Literal(token.text, constants[token.text], token.offset)
        if self.seen("("):
            return Call(token.text, None, self.listed(")"), token.offset)
        self.ensure_plain_name(token)
        return Name(token.text, token.offset)

    def ensure_plain_name(self, token: _Token) -> None:
        if token.text.startswith("_"):
            raise ExpressionError(self.text, f"名称不能以下划线开头：“{token.text}”", token.offset)
        if token.text in RESERVED or token.text == "in":
            raise ExpressionError(self.text, f"“{token.text}”是保留字，不能作名称", token.offset)

    def entries(self) -> tuple:
        entries = []
        while not self.seen("}"):
            if entries:
                self.need(",")
                if self.seen("}"):
                    break
            key = self.choice()
            self.need(":")
            entries.append((key, self.choice()))
        return tuple(entries)
