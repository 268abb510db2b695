"""Identifiers with rules of their own: documents of persons, codes of organisations, phones, mail addresses, names.

A leaf that anybody may import. Each checker takes what was typed and returns it as it is to be stored, or raises ValueError
whose text says to the person what to do. The rules are C-080 … C-085, D-15 … D-18 of the requirements.
"""
from __future__ import annotations

import re
import unicodedata
from datetime import date

from flask_babel import get_locale, gettext as _

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}
_CHINESE = "\u3400-\u9fff\U00020000-\U0003ffff"
_NAME_DOT = re.compile(f"(?<=[{_CHINESE}])\\s*[\u00b7•・‧∙⋅●．.˙ꞏ᛫･]\\s*(?=[{_CHINESE}])")
_BETWEEN_CHINESE = re.compile(f"(?<=[{_CHINESE}])\\s+(?=[{_CHINESE}])")
LONGEST_NAME = 50  # code points (D-16)

# kind of document -> (Chinese name, English name); the first one is meant where nothing is said
DOCUMENTS = {
    "111": ("居民身份证", "Resident identity card"),
    "HMT": ("港澳台居民居住证", "Residence permit for Hong Kong, Macao and Taiwan residents"),
    "HMP": ("港澳居民来往内地通行证", "Mainland travel permit for Hong Kong and Macao residents"),
    "TWP": ("台湾居民来往大陆通行证", "Mainland travel permit for Taiwan residents"),
    "414": ("普通护照", "Passport"),
    "553": ("外国人永久居留身份证", "Foreign permanent resident ID card"),
    "WORK": ("外国人工作许可证", "Foreigner's work permit"),
}
_SHAPES = {"HMP": r"[HM]\d{8}(\d{2})?", "TWP": r"\d{8}|\d{10}[A-Z]?", "414": r"[A-Z0-9]{5,17}", "WORK": r"[A-Z0-9]{5,20}"}


def document_name(kind: str) -> str:
    """What a kind of document is called in the language of the page."""
    chinese, english = DOCUMENTS[kind]
    return english if str(get_locale() or "zh").startswith("en") else chinese


def document_number(kind: str, text: str) -> str:
    """The number of a document of this kind as stored. Raises ValueError, also for a kind that is not in DOCUMENTS."""
    if kind not in DOCUMENTS:
        raise ValueError(_("请选择证件类型"))
    number = compact(text)
    if not number:
        raise ValueError(_("请填写证件号码"))
    if kind in _SHAPES:
        return _shaped(kind, number)
    return {"111": _resident, "HMT": _residence_permit, "553": _permanent_residence}[kind](number)


def facts_of(kind: str, number: str) -> tuple[str, str]:
    """(birth date, sex "1" or "2") that a stored number tells; ("", "") where it tells nothing."""
    if kind not in ("111", "HMT", "553") or not re.fullmatch(r"\d{17}[0-9X]", number):
        return "", ""
    return f"{number[6:10]}-{number[10:12]}-{number[12:14]}", "1" if int(number[16]) % 2 else "2"


def id_card_check_digit(first17: str) -> str:
    """The 18th character of a resident identity number (GB 11643)."""
    return _ID_CHECK[sum(int(d) * w for d, w in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def id_card(text: str) -> str:
    """A resident identity number or residence permit of 18 characters; one of 15 digits becomes 18 (C-080 … C-083)."""
    number = compact(text)
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


def plain_number(text: str) -> str:
    """A number of any kind for comparing with another: blanks, width and case do not count, and 15 digits are the 18 they became."""
    number = compact(text)
    try:
        return id_card(number)
    except ValueError:
        return number


def _resident(number: str) -> str:
    found = id_card(number)
    if found[0] not in "12345678" or found[:6] in ("810000", "820000", "830000"):
        raise ValueError(_("这不是居民身份证号码。如持港澳台居民居住证或外国人永久居留身份证，请改选证件类型"))
    return found


def _residence_permit(number: str) -> str:
    found = id_card(number)
    if found[:6] not in ("810000", "820000", "830000"):
        raise ValueError(_("港澳台居民居住证号码以 810000、820000 或 830000 开头，请核对证件类型和号码"))
    return found


def _permanent_residence(number: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}\d{12}|9\d{16}[0-9X]", number):
        raise ValueError(_("外国人永久居留身份证号码为 3 个字母加 12 位数字，或以 9 开头的 18 位号码，请核对"))
    return id_card(number)


def _shaped(kind: str, number: str) -> str:
    if not re.fullmatch(_SHAPES[kind], number):
        raise ValueError(_("%(document)s的号码格式不对，请对照证件逐位核对", document=document_name(kind)))
    return number


def uscc(text: str) -> str:
    """A unified social credit code of 18 characters (GB 32100-2015)."""
    code = compact(text)
    if len(code) != 18:
        raise ValueError(_("统一社会信用代码应为 18 位，现为 %(count)d 位，请核对", count=len(code)))
    if any(c not in _USCC_ALPHABET for c in code):
        raise ValueError(_("统一社会信用代码只含数字和大写字母（不含 I、O、S、V、Z），请核对"))
    total = sum(_USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    if _USCC_ALPHABET[-total % 31] != code[17]:
        raise ValueError(_("统一社会信用代码的校验位不对，请对照证照逐位核对"))
    return code


def organisation_code(text: str) -> str:
    """An organisation code of 9 characters as `D2143569-X` (GB 11714)."""
    code = compact(text)
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        raise ValueError(_("组织机构代码应为 9 位（末位可为 X），现为 %(count)d 位，请核对", count=len(code)))
    check = 11 - sum(_ORG_ALPHABET.index(c) * w for c, w in zip(code, _ORG_WEIGHTS, strict=False)) % 11
    if code[8] != {10: "X", 11: "0"}.get(check, str(check)):
        raise ValueError(_("组织机构代码的校验位不对，请对照证照逐位核对"))
    return f"{code[:8]}-{code[8]}"


def body_code(text: str) -> str:
    """The code by which an organisation is known: a unified social credit code or an organisation code."""
    return organisation_code(text) if len(compact(text)) == 9 else uscc(text)


def phone(text: str) -> str:
    """A mobile number (11 digits, +86 dropped) or a landline with area code and optional extension."""
    number = re.sub(r"^\+?86(?=1\d{10}$)", "", re.sub(r"[\s()]", "", text.translate(_FULL_WIDTH)))
    if not re.fullmatch(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?", number):
        raise ValueError(_("请填写 11 位手机号码，或带区号的固定电话（如 0755-12345678）"))
    return number


def email(text: str) -> str:
    """A mail address: one @, a domain with a dot, no blanks; ASCII alone, others reach few mail servers."""
    address = text.strip().translate(_FULL_WIDTH)
    if len(address) > 254 or not re.fullmatch(r"[^\x00-\x20\x7f-\U0010ffff@,;:<>()\[\]\\\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", address):
        raise ValueError(_("请填写完整的电子邮箱，如 name@example.com"))
    return address


def person_name(text: str) -> str:
    """A name as it is compared and stored: NFC, one kind of middle dot, no blanks between Chinese characters (D-15, D-16)."""
    name = _BETWEEN_CHINESE.sub("", with_middle_dot(re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).strip())))
    if not name:
        raise ValueError(_("请填写姓名"))
    if len(name) > LONGEST_NAME:
        raise ValueError(_("姓名有 %(count)d 字，最多 %(most)d 字", count=len(name), most=LONGEST_NAME))
    if any(unicodedata.category(c) in ("Co", "Cc", "Cn", "Cs") for c in name):
        raise ValueError(_("姓名中有无法识别的字符（自造字），请改用标准汉字；没有标准汉字的，请联系服务电话"))
    return name


def with_middle_dot(name: str) -> str:
    """A person's name with every kind of dot between Chinese characters as U+00B7 (C-068)."""
    return _NAME_DOT.sub("\u00b7", name)


def compact(text: str) -> str:
    """Half-width capitals without blanks and hyphens."""
    return re.sub(r"[\s-]", "", text.translate(_FULL_WIDTH)).upper()


def _is_date(digits: str) -> bool:
    try:
        return bool(date(int(digits[:4]), int(digits[4:6]), int(digits[6:])))
    except ValueError:
        return False
