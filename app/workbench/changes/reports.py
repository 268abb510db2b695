"""What differs between two versions of a report: the words it prints, sentence by sentence, and its other code.

The printed words are the template without its tags; what it prints of a case stands there under the field's name.
"""
from __future__ import annotations

import html
import re

from flask_babel import gettext as _

from .note import Change, Detail, Piece
from .trees import compared, line_pieces, sentences
from .words import Words

_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
_PRINTED = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%-?\s*(\w+)\s*(.*?)\s*-?%\}", re.DOTALL)
_BREAK = re.compile(r"</?(?:p|h\d|tr|table|thead|tbody|div|li|ul|ol|td|th|br|hr|section|header|footer)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_SILENT = re.compile(r"<(style|script)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TEXTS = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")


def template_changes(old: str, new: str, words: Words, title: str, roles: frozenset[str]) -> list[Change]:
    """The changes of one template that has two versions."""
    before, after = printed_words(old, words), printed_words(new, words)
    place = {"roles": roles, "subject": title}
    found = []
    if before != after:
        pieces = compared(before, after, near=1)
        found.append(Change("changed", _("报表「%(title)s」印出的文字有修改", title=title), (Detail(_("印出的文字"), "", "", pieces=pieces),), **place))
    if _rest(old) != _rest(new):
        lines = _plain_lines(line_pieces(old.encode(), new.encode(), near=1))
        text = _("报表「%(title)s」的排版或取数的写法有修改", title=title)
        found.append(Change("changed", text, lines=lines, **place))
    return found


def _plain_lines(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return tuple(Piece(piece.sign, piece.text.strip()) for piece in pieces if piece.text.strip())


def printed_words(template: str, words: Words) -> list[str]:
    """The sentences that a template prints; conditions as 〔如果 …〕, values of the case as 〔field〕."""
    text = _SILENT.sub("\n", _COMMENT.sub("", template))
    text = _PRINTED.sub(lambda found: _value(found[1], words), text)
    text = _STATEMENT.sub(lambda found: _condition(found[1], found[2], words), text)
    text = _TAG.sub("", _BREAK.sub("\n", text))
    return sentences(re.sub(r"[ \t]+", " ", html.unescape(text)))


def _value(expression: str, words: Words) -> str:
    """What stands in the paper: a field's name, and every text that is written inside the expression."""
    if "(" in expression:
        said = [first or second for first, second in _TEXTS.findall(expression)]
        return "\n" + "\n".join(said) + "\n" if said else f"〔{expression}〕"
    return f"〔{words.printed(expression)}〕"


def _condition(name: str, rest: str, words: Words) -> str:
    if name in ("if", "elif"):
        return _("〔如果 %(what)s：〕", what=words.explain(re.sub(r"\blabels\.", "form.", rest)) or rest)
    if name == "else":
        return _("〔否则：〕")
    return ""


def _rest(template: str) -> str:
    """The template without its words, its comments and its blanks: how it looks and where it gets its values."""
    text = _COMMENT.sub("", template)
    kept = "".join(re.findall(r"<[^>]*>|\{\{.*?\}\}|\{%.*?%\}", text, re.DOTALL)) + "".join(match[0] for match in _SILENT.finditer(text))
    return re.sub(r"\s+", " ", _TEXTS.sub('""', kept) if "{{" in kept and "(" in kept else kept)
