"""Forms and reports: what a definition says, as checks, as HTML, as JSON Schema and as print.

Imported by operations and routes, through the names below. Knows no request, no database and no engine.
"""
from app.rendering.answers import (
    Generated, apply_generated, changed_fields, defaults, generated_text, json_schema, labels, printed, row_defaults,
)
from app.rendering.choices import Choice, Choices, FormUrls, Material, NoChoices
from app.rendering.field_types.shown import filled
from app.rendering.fonts import FontMissing, FontSet, find_fonts
from app.rendering.form_data import (
    Command, last_generated, merged_row, parse_row, parse_section, read_command, with_row, with_rows_changed, without_file,
)
from app.rendering.pages import render_mistakes, render_readonly, render_row, render_section, render_sections
from app.rendering.reports import Report, ReportFailed, ReportTooLarge, render_report
from app.rendering.validation import ballots, form_schema, section_report, section_states, validate, validate_row

__all__ = [
    "Choice", "Choices", "Command", "FontMissing", "FontSet", "FormUrls", "Generated", "Material", "NoChoices", "Report",
    "ReportFailed", "ReportTooLarge", "apply_generated", "ballots", "changed_fields", "defaults", "filled", "find_fonts",
    "form_schema", "generated_text", "json_schema", "labels", "last_generated", "merged_row", "parse_row", "parse_section", "printed", "read_command",
    "render_mistakes", "render_readonly", "render_report", "render_row", "render_section", "render_sections", "row_defaults",
    "section_report", "section_states", "validate", "validate_row", "with_row", "with_rows_changed", "without_file",
]
