"""Numbers and amounts of money. Money is an integer number of fen in answers, yuan on screen."""
from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from flask_babel import gettext as _

from app.rendering.field_types.base import FieldType, nothing
from app.rendering.texts import cn_money

_LARGEST = Decimal(10) ** 15


def _decimal(raw) -> Decimal:
    """What a person typed as a number: full-width digits, grouping commas and blanks are understood."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        raise ValueError(_("请填写数字"))
    if len(str(raw)) > 60:
        raise ValueError(_("数字过大，请核对"))
    text = re.sub(r"[\s,，¥￥]", "", str(raw)).replace("．", ".").replace("－", "-")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(_("请填写数字，不要带文字或单位")) from None
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise ValueError(_("数字过大，请核对"))
    return number


class Number(FieldType):
    """A number: `min`, `max`, `decimals` (0: whole numbers), `unit`."""

    name = "number"
    asked_once = True
    template = "number"

    def clean(self, field, raw, scene):
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None
        number = _decimal(raw)
        return int(number) if number == number.to_integral_value() else float(number)

    def check(self, field, value, scene):
        number, unit, decimals, found = Decimal(str(value)), scene.text(field, "unit"), field.decimals, []
        if -number.normalize().as_tuple().exponent > decimals:
            found.append(_("请填写整数") if decimals == 0 else _("最多保留 %(count)d 位小数", count=decimals))
        if field.min is not None and number < Decimal(str(field.min)):
            found.append(_("不能小于 %(least)s%(unit)s", least=field.min, unit=unit))
        if field.max is not None and number > Decimal(str(field.max)):
            found.append(_("不能大于 %(most)s%(unit)s", most=field.max, unit=unit))
        return found

    def json_schema(self, field, scene):
        found = {"type": "number" if field.decimals else "integer", "minimum": field.min,
                 "maximum": field.max}
        return {k: v for k, v in found.items() if v is not None}

    def shown(self, field, value, scene):
        return {"unit": scene.text(field, "unit").strip(), "input_mode": "decimal" if field.decimals else "numeric"}

    def print(self, field, value, scene):
        return nothing() if value is None else f"{value}{scene.text(field, 'unit')}"


class Money(FieldType):
    """An amount; `min` and `max` in fen."""

    name = "money"
    asked_once = True
    template = "number"

    def clean(self, field, raw, scene):
        """Text is yuan as a person types it; an integer is fen as programs send it."""
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None
        if isinstance(raw, int) and not isinstance(raw, bool):
            return raw
        fen = _decimal(raw) * 100
        if fen != fen.to_integral_value():
            raise ValueError(_("金额最多保留两位小数（到分）"))
        return int(fen)

    def check(self, field, value, scene):
        found = []
        if value < (field.min or 0):
            found.append(_("金额不能小于 %(least)s", least=cn_money(field.min or 0)))
        if field.max is not None and value > field.max:
            found.append(_("金额不能大于 %(most)s", most=cn_money(field.max)))
        return found

    def json_schema(self, field, scene):
        return {"type": "integer", "description": "fen"}

    def shown(self, field, value, scene):
        typed = f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else value
        return {"unit": _("元"), "input_mode": "decimal", "typed": typed}

    def print(self, field, value, scene):
        return nothing() if value is None else cn_money(value)
