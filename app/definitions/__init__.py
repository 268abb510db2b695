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
from .placeholders import listed, substituted
from .scenario import load_scenario, read_scenario, scenario_of
from .scenario_parts import MAIN, Expectation, FurtherCase, Scenario, ScenarioOrganisation, ScenarioPerson, ScenarioStart, ScenarioStep
from .supplements import Report, Role

__all__ = [
    "MAIN", "FurtherCase", "Bundle", "CODES", "Code", "DefinitionError", "Duration", "Expectation", "Field", "Finding", "Form", "Kinds", "Option", "Problem",
    "Procedure", "Register", "Report", "Role", "Rule", "Scenario", "ScenarioOrganisation", "ScenarioPerson", "ScenarioStart", "ScenarioStep", "Section",
    "check", "digest_of", "listed", "load_code_table", "load_form", "load_scenario", "parse_duration", "read_folder", "read_scenario",
    "scenario_of", "substituted",
]
