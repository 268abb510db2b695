"""Forms and reports: what a definition says, as checks, as HTML, as JSON Schema and as print.

Imported by operations and routes, through the names below. Knows no request, no database and no engine.
"""
from app.rendering.answers import (
    Generated, apply_generated, changed_fields, defaults, generated_text, json_schema, labels, printed, row_defaults, words_of,
)
from app.rendering.choices import Choice, Choices, Entry, FormUrls, Material, NoChoices
from app.rendering.codes import options_of
from app.rendering.field_types.look_up import asked, filled, missing, not_found, sealed
from app.rendering.fonts import FontMissing, FontSet, find_fonts
from app.rendering.form_data import (
    Command, joined, last_generated, merged_row, parse_row, parse_section, read_command, with_row, with_rows_changed, without_file,
)
from app.rendering.pages import render_mistakes, render_readonly, render_row, render_section, render_sections
from app.rendering.report_codes import PaperName, code_of, read_name, written
from app.rendering.reports import Report, ReportBusy, ReportFailed, ReportTooLarge, fill_report, preview_report, render_apart, render_report
from app.rendering.validation import ballots, form_schema, read_part, section_report, section_states, scene_of, validate, validate_row
from app.rendering.warned import warnings

__all__ = [
    "Choice", "Choices", "Command", "Entry", "FontMissing", "FontSet", "FormUrls", "Generated", "Material", "NoChoices", "PaperName", "Report",
    "ReportBusy", "ReportFailed", "ReportTooLarge", "apply_generated", "asked", "ballots", "changed_fields", "code_of", "defaults", "fill_report", "filled", "find_fonts",
    "form_schema", "generated_text", "joined", "json_schema", "labels", "last_generated", "merged_row", "missing", "not_found", "options_of", "parse_row", "parse_section", "preview_report", "printed", "read_command", "read_name", "read_part", "render_apart",
    "render_mistakes", "render_readonly", "render_report", "render_row", "render_section", "render_sections", "row_defaults",
    "sealed", "section_report", "section_states", "scene_of", "validate", "validate_row", "warnings", "with_row", "with_rows_changed", "without_file", "words_of", "written",
]
