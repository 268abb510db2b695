"""Identifiers with rules of their own: identity numbers, credit codes, phones, mail addresses.

Each checker takes the normalised text and returns it as it is to be stored, or raises ValueError whose text
says to the person what to do. Imported by the text field type; the rules are C-080 … C-085 of the requirements.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from flask_babel import gettext as _

from app.rendering.texts import with_middle_dot

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}


def id_card_check_digit(first17: str) -> str:
    """The 18th character of a resident identity number (GB 11643)."""
    return _ID_CHECK[sum(int(d) * w for d, w in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def id_card(text: str) -> str:
    """A resident identity number or residence permit of 18 characters; one of 15 digits becomes 18 (C-080 … C-083)."""
    number = _compact(text)
    if re.fullmatch(r"[A-Z]{3}\d{12}", number):  # a foreigner's permanent residence card before December 2023
        return number
    if re.fullmatch(r"\d{15}", number):
        number = number[:6] + "19" + number[6:]
        number += id_card_check_digit(number)
    if not re.fullmatch(r"\d{17}[0-9X]", number):
        raise ValueError(_("证件号码应为 18 位（末位可为 X），现为 %(count)d 位，请核对", count=len(number)))
    if id_card_check_digit(number[:17]) != number[17]:
        raise ValueError(_("证件号码的校验位不对，请对照证件逐位核对"))
    if not _is_date(number[6:14]):
        raise ValueError(_("证件号码第 7 至 14 位不是有效的出生日期，请核对"))
    return number


def uscc(text: str) -> str:
    """A unified social credit code of 18 characters (GB 32100-2015)."""
    code = _compact(text)
    if len(code) != 18:
        raise ValueError(_("统一社会信用代码应为 18 位，现为 %(count)d 位，请核对", count=len(code)))
    if any(c not in _USCC_ALPHABET for c in code):
        raise ValueError(_("统一社会信用代码只含数字和大写字母（不含 I、O、S、V、Z），请核对"))
    total = sum(_USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    if _USCC_ALPHABET[-total % 31] != code[17]:
        raise ValueError(_("统一社会信用代码的校验位不对，请对照证照逐位核对"))
    return code


def phone(text: str) -> str:
    """A mobile number (11 digits, +86 dropped) or a landline with area code and optional extension."""
    number = re.sub(r"^\+?86(?=1\d{10}$)", "", re.sub(r"[\s()]", "", text.translate(_FULL_WIDTH)))
    if not re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?", number):
        raise ValueError(_("请填写 11 位手机号码，或带区号的固定电话（如 0755-12345678）"))
    return number


def email(text: str) -> str:
    """A mail address: one @, a domain with a dot, no blanks."""
    address = text.translate(_FULL_WIDTH)
    if len(address) > 254 or not re.fullmatch(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9\u0080-\uffff-]+(\.[A-Za-z0-9\u0080-\uffff-]+)+", address):
        raise ValueError(_("请填写完整的电子邮箱，如 name@example.com"))
    return address


FORMATS: dict[str, Callable[[str], str]] = {
    "id-card": id_card, "uscc": uscc, "phone": phone, "email": email, "name": with_middle_dot,
}


def _compact(text: str) -> str:
    return re.sub(r"[\s-]", "", text.translate(_FULL_WIDTH)).upper()


def _is_date(digits: str) -> bool:
    try:
        return bool(date(int(digits[:4]), int(digits[4:6]), int(digits[6:])))
    except ValueError:
        return False
