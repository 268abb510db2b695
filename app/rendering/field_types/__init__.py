"""The field types, by name: `FIELD_TYPES`. A new type is a class in a module here, listed below.

Imported by the modules of rendering. See `base.FieldType` for what a type is.
"""
from app.rendering.field_types import cascade, choice, dates, entry, files, look_up, number, parties, shown, table, text
from app.rendering.field_types.base import FIELD_TYPES, FieldType, field_type

__all__ = [
    "FIELD_TYPES", "FieldType", "field_type",
    "cascade", "choice", "dates", "entry", "files", "look_up", "number", "parties", "shown", "table", "text",
]
