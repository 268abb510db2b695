"""The formats that a text field may ask for; their rules are in `app/identifiers.py`."""
from __future__ import annotations

from collections.abc import Callable

from app.identifiers import email, id_card, id_card_check_digit, phone, uscc, with_middle_dot

FORMATS: dict[str, Callable[[str], str]] = {
    "id-card": id_card, "uscc": uscc, "phone": phone, "email": email, "name": with_middle_dot,
}
__all__ = ["FORMATS", "email", "id_card", "id_card_check_digit", "phone", "uscc"]
