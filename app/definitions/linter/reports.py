"""Reports, scenarios, demo people and files that belong to nothing."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

import jinja2

from app.system_roles import SYSTEM_ROLES

from .. import kept
from ..errors import near_miss
from ..scenario_parts import Scenario, ScenarioStep
from ..supplements import load_demo, load_reports
from .expressions import BASE, Place, check_expression
from .knowledge import Knowledge
from .processes import check_role
from .templates import check_paths

_KNOWN_ENDINGS = {"processes": (".bpmn", ".dmn", ".yml", ".md"), "forms": (".yml", ".md"),
                  "reports": (".html", ".yml", ".css", ".png", ".jpg", ".svg", ".md")}


def check_reports(known: Knowledge) -> None:
    procedure = known.procedure
    path = f"reports/{procedure.name}/reports.yml"
    templates = procedure.templates
    reports = known.attempt(path, lambda content, name: load_reports(content, name, dict(templates))) \
        if path in procedure.files else {}
    stages = [stage for process in known.processes for stage in process.stages]
    for report in (reports or {}).values():
        what = f"报表“{report.title or report.key}”"
        if report.key not in templates:
            known.findings.add("report-without-template", path, report.key,
                               f"{what}没有模板 {report.key}.html{near_miss(report.key, templates)}")
        for role in report.roles:
            check_role(known, path, report.key, role, what)
        for role in report.stages:
            check_role(known, path, report.key, role, f"{what}的 stages")
        for stage in filter(None, (report.stage, *report.stages.values())):
            if stage not in stages:
                known.findings.add("unknown-stage", path, report.key, f"{what}：没有阶段“{stage}”{near_miss(stage, stages)}")
        _check_list(known, path, report, what)
        check_expression(known, report.available_when, Place(path, report.key, f"{what}的 available_when", BASE))
    for key, text in templates.items():
        _check_template(known, key, text, reports or {})


def _check_list(known: Knowledge, path: str, report, what: str) -> None:
    if not report.over and (report.ask or report.offered_at or report.shows):
        known.findings.add("list-report", path, report.key, f"{what}：ask、offered_at、shows 只用于 over: cases 的报表")
    for element in report.offered_at:
        if element not in known.element_ids:
            known.findings.add("unknown-element", path, report.key, f"{what}：没有元素“{element}”{near_miss(element, known.element_ids)}")
    if report.ask and report.ask not in known.forms and report.ask not in known.forms_broken:
        known.findings.add("unknown-form", path, report.key, f"{what}：没有表单“{report.ask}”{near_miss(report.ask, known.forms)}")
    for shown in (*report.shows, *report.members):
        form, _, key = shown.partition(".")
        if form in known.forms_broken:
            continue
        if form not in known.forms or key not in {field.key for field in known.forms[form].fields()}:
            known.findings.add("unknown-field", path, report.key, f"{what}：没有字段“{shown}”（写作 表单.字段）")


def _check_template(known: Knowledge, key: str, text: str, reports: Mapping) -> None:
    path = f"reports/{known.procedure.name}/{key}.html"
    report = reports.get(key)
    try:
        check_paths(known, path, text, known.forms.get(report.ask) if report else None)
    except jinja2.TemplateSyntaxError as error:
        known.findings.add("report-syntax", path, f"line {error.lineno}", f"第{error.lineno}行：{error.message}")
    if key not in reports and not key.startswith("_"):
        known.findings.add("unused-template", path, "", f"模板 {key}.html 没有写进 reports.yml")


def check_scenarios(known: Knowledge) -> None:
    files = known.procedure.files
    for path in known.procedure.paths("processes", "scenarios/*.yml"):
        scenario = known.attempt(path, lambda content, name: kept.scenario(content, name, files))
        if scenario:
            _check_scenario(known, scenario)


def _check_scenario(known: Knowledge, scenario: Scenario) -> None:
    def tell(code: str, line: int, message: str) -> None:
        known.findings.add(code, scenario.path, f"line {line}", f"第{line}行：{message}")

    ids = [process.id for process in known.processes]
    named = [(scenario.process, scenario.lines.get("process", 0))]
    named += [(further.process, scenario.lines.get("also", 0)) for further in scenario.also]
    named += [(step.process, step.line) for step in scenario.steps if step.process]
    for process, line in dict(named).items():
        if process not in ids:
            tell("unknown-process", line, f"没有流程“{process}”{near_miss(process, ids)}")
    for name in scenario.registers:
        if name not in known.procedure.registers:
            tell("unknown-register", scenario.lines["registers"], f"没有台账“{name}”{near_miss(name, known.procedure.registers)}")
    for person in scenario.people.values():
        for role in person.roles:
            check_role(known, scenario.path, person.key, role, f"人员“{person.key}”")
    for step in scenario.steps:
        _check_step(known, step, tell)


def _check_step(known: Knowledge, step: ScenarioStep, tell) -> None:
    opened = step.expect.open or () if step.expect else ()
    ended = [step.expect.ended] if step.expect and step.expect.ended else []
    for name in filter(None, (step.task, *opened, *ended)):
        if name not in known.element_ids:
            tell("unknown-element", step.line, f"没有元素“{name}”{near_miss(name, known.element_ids)}")
    expected = step.expect.messages or () if step.expect else ()
    for name in filter(None, (step.message, *expected)):
        if name not in known.message_names:
            tell("unknown-message", step.line, f"没有消息“{name}”{near_miss(name, known.message_names)}")


def check_other_files(known: Knowledge) -> None:
    name = known.procedure.name
    demo = f"processes/{name}/demo.yml"
    if demo in known.procedure.files:
        _check_demo(known, demo)
    samples = {f"forms/{name}/samples/{each.sample}" for form in known.forms.values() for field in form.fields()
               for each in (field, *field.all_columns()) if each.sample}
    for path in known.procedure.files:
        if path not in samples and PurePosixPath(path).suffix not in _KNOWN_ENDINGS[path.split("/")[0]]:
            known.findings.add("unknown-file", path, "", "不认识的文件，不会被使用")


def _check_demo(known: Knowledge, path: str) -> None:
    demo = known.read(path, load_demo) or {}
    for key, person in (demo.get("people") or {}).items():
        for held in (person or {}).get("roles") or ():
            role = held.get("role") if isinstance(held, dict) else held
            if role not in SYSTEM_ROLES:
                check_role(known, path, key, str(role), f"演示人员“{key}”")
            organisation = held.get("organisation") if isinstance(held, dict) else None
            if organisation and str(organisation) not in (demo.get("organisations") or {}):
                known.findings.add("unknown-person", path, key, f"没有单位“{organisation}”")
