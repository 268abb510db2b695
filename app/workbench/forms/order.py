"""Where a new key is written in a mapping: in the order of the form language, as people write it. Nothing else."""
from __future__ import annotations

from collections.abc import Sequence

ORDER = (
    "key", "type", "field", "code", "value", "rule", "title", "title_en", "label", "label_en", "name", "name_en", "message", "message_en",
    "required", "required_when", "hint", "hint_en", "readers", "options", "code_table", "style", "levels", "level_labels", "level_labels_en",
    "min_length", "max_length", "pattern", "pattern_message", "pattern_message_en", "format", "rows", "min", "max", "decimals", "unit", "unit_en",
    "not_before", "not_after", "default", "generated", "shown_when", "readonly", "hidden", "copied", "summary", "personal", "names_person",
    "width", "min_rows", "max_rows", "list_columns", "rows_from", "kinds", "columns", "valid_when", "warn_when", "row_valid_when", "row_warn_when",
    "valid_from", "valid_to", "children", "layout", "fields", "sections",
)
_RANK = {key: rank for rank, key in enumerate(ORDER)}


def place_for(key: str, present: Sequence[str]) -> int:
    """Before which of the present keys a new one belongs; their number for the end. The order that stands is left alone."""
    rank = _RANK.get(key, len(ORDER))
    behind = [place for place, other in enumerate(present) if _RANK.get(other, len(ORDER)) <= rank]
    return behind[-1] + 1 if behind else len(present)
