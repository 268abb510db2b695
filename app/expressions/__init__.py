"""Expressions in CEL and the working-day calendar. A leaf: anybody may import it, it imports only `app.errors`.

Nothing about diagrams, forms, files or the database goes in here.
"""
from .calendar import CALENDAR, Calendar, calendar_known, is_workday, workdays_after, workdays_between, workdays_following
from .cells import compile_cell, constants_of
from .errors import EvaluationError, ExpressionError, UnknownFunction
from .expression import Expression, compile_expression, parse_assignments
from .functions import FUNCTIONS, VOCABULARY
from .reads import compared_words, given_values, needed_values
from .patterns import compile_pattern, fits_pattern
from .syntax import parse

__all__ = [
    "CALENDAR", "Calendar", "EvaluationError", "Expression", "ExpressionError", "FUNCTIONS", "UnknownFunction",
    "VOCABULARY", "calendar_known", "compared_words", "given_values", "compile_cell", "compile_expression", "compile_pattern", "constants_of", "fits_pattern", "is_workday", "needed_values", "parse", "parse_assignments",
    "workdays_after", "workdays_between", "workdays_following",
]
