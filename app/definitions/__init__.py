"""Definitions of procedures: the only reader of processes/, forms/ and reports/. Rendering and operations import it.

It knows no engine, no database and no request. What runs a procedure does not go in.
"""
from .bundle import Bundle, Procedure, digest_of, read_folder
from .durations import Duration, parse_duration
from .errors import DefinitionError, Problem
from .form import Code, Field, Form, Kinds, Option, Rule, Section
from .forms import load_code_table, load_form
from .linter import CODES, Finding, check
from .registers import Register
from .scenario import (
    MAIN, Expectation, FurtherCase, Scenario, ScenarioPerson, ScenarioStart, ScenarioStep, load_scenario, read_scenario,
)
from .supplements import Report, Role

__all__ = [
    "MAIN", "FurtherCase", "Bundle", "CODES", "Code", "DefinitionError", "Duration", "Expectation", "Field", "Finding", "Form", "Kinds", "Option", "Problem",
    "Procedure", "Register", "Report", "Role", "Rule", "Scenario", "ScenarioPerson", "ScenarioStart", "ScenarioStep", "Section",
    "check", "digest_of", "load_code_table", "load_form", "load_scenario", "parse_duration", "read_folder", "read_scenario",
]
