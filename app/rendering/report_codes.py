"""The check code of a printed page: what it is a digest of, how it is written, and how a paper names itself.

Plain functions on text. The code is over what can be read on the page and over its pictures, so that two prints of
the same content have the same code whatever their day, and any change of shown data gives another one.
"""
from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U to be misread
LENGTH = 8  # 40 bits: tells versions apart; it proves nothing to whoever wants to deceive
PREFIX = "PS1"
_UNREAD = re.compile(r"<(head|style|title)\b.*?</\1>|<!--.*?-->", re.S | re.I)
_PICTURE = re.compile(r'<img\b[^>]*\bsrc="([^"]*)"[^>]*>', re.I)
_TAG = re.compile(r"<[^>]*>")
FOOT = re.compile(r'<div id="page-foot">.*?</div>', re.S)


@dataclass(frozen=True)
class PaperName:
    """What a printed page says of itself: case number, key of the report, check code."""

    case: str
    report: str
    code: str

    def __str__(self) -> str:
        return f"{PREFIX}:{self.case}:{self.report}:{self.code}"


def read_name(text: str) -> PaperName | None:
    """The name in the text of a QR code; None when it is another's."""
    found = re.fullmatch(rf"{PREFIX}:(\w{{1,32}}):([\w-]{{1,100}}):([{ALPHABET}]{{{LENGTH}}})", text)
    return PaperName(*found.groups()) if found else None


def shown_text(page: str) -> str:
    """What a reader sees of a filled template: words in order, a digest for each picture; no style, no page foot."""
    body = FOOT.sub("", _UNREAD.sub("", page))
    body = _PICTURE.sub(lambda found: f" {hashlib.sha256(found[1].encode()).hexdigest()} ", body)
    return "".join(html.unescape(_TAG.sub("|", body)).replace("\u00a0", " ").split()).strip("|")


def code_of(page: str) -> str:
    """The check code of a filled template."""
    number = int.from_bytes(hashlib.sha256(re.sub(r"\|+", "|", shown_text(page)).encode()).digest()[:5], "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))


def written(code: str) -> str:
    """The code as people compare it: 7K3F-9Q2M."""
    return f"{code[:4]}-{code[4:]}" if len(code) == LENGTH else code
