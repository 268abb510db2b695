"""Expressions in CEL and the working-day calendar. A leaf: anybody may import it, it imports only `app.errors`.

Nothing about diagrams, forms, files or the database goes in here.
"""
from .calendar import CALENDAR, Calendar, calendar_known, is_workday, workdays_after, workdays_between, workdays_following
from .cells import compile_cell
from .errors import EvaluationError, ExpressionError, UnknownFunction
from .expression import Expression, compile_expression, parse_assignments
from .functions import FUNCTIONS, VOCABULARY

__all__ = [
    "CALENDAR", "Calendar", "EvaluationError", "Expression", "ExpressionError", "FUNCTIONS", "UnknownFunction",
    "VOCABULARY", "calendar_known", "compile_cell", "compile_expression", "is_workday", "parse_assignments",
    "workdays_after", "workdays_between", "workdays_following",
]
