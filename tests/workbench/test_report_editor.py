"""The report editor: the list is changed entry by entry, a template is previewed on a walked scenario or a covered past case."""
import io

import pytest
from PIL import Image

from app.errors import NotFound, ProposalConflict, ReportEntryRefused
from app.rendering import FontMissing, find_fonts
from app.store import session
from app.store.models import Case, Event, Printing
from app.workbench import proposals, report_desk, report_entries, report_preview
from tests.support import builders

try:
    find_fonts()
except FontMissing:
    pytest.skip("no fonts: run `make setup`", allow_module_level=True)

LIST, SLIP = "reports/lending-library/reports.yml", "reports/lending-library/lending_slip.html"
WALKED = "scenario:processes/lending-library/scenarios/lent_and_returned.yml"
TEXT = (builders.DATA / "lending-library" / SLIP).read_text("utf-8")
TWO = """# 报表清单（注释要留着）
lending_slip: {title: 借阅单, title_en: Lending slip, roles: [member, librarian], available_when: vars.due != null, stage: 借阅}
late_slip:   # 第二张
  title: "逾期单"
  roles: [librarian]
  stage: 借阅
"""


@pytest.fixture
def proposal(app, clock):
    builders.publish(clock=clock)
    builders.person("ada", "analyst", clock=clock)
    return proposals.begin_proposal("lending-library", title="改借阅单", actor=builders.actor("ada"), clock=clock)


def save(proposal, path, text, clock):
    version = proposals.changed_files(proposal)[path].version if path in proposals.changed_files(proposal) else 0
    proposals.save_file(proposal.id, path, text.encode(), expected=version, actor=builders.actor("ada"), clock=clock)


def text_of(proposal, path):
    return proposals.read_file(proposal, path).content.decode()


def preview(proposal, text, source=WALKED, role="member"):
    sample, procedure = report_desk.sample_for(proposal, "lending_slip", source, role)
    return sample, report_preview.preview_of(text, sample.content, procedure, "lending_slip")


def told(preview):
    return [(one.line, one.severity, one.message) for one in preview.problems]


# -- the list

def test_an_edited_entry_leaves_every_other_line_as_it_was(proposal, clock):
    save(proposal, LIST, TWO, clock)
    typed = {"title": "借书单据", "title_en": "Lending slip", "available_when": "vars.due != null", "stage": "借阅", "roles": ["member", "librarian"]}
    report_entries.save_entry(proposal, "lending_slip", typed, expected=1, actor=builders.actor("ada"), clock=clock)
    after, before = text_of(proposal, LIST).splitlines(), TWO.splitlines()
    assert [line for line in after if line not in before] == [before[1].replace("借阅单", "借书单据")] and len(after) == len(before)


def test_two_who_edit_the_list_are_told_of_each_other(proposal, clock):
    typed = {"title": "甲", "title_en": "", "available_when": "", "stage": "", "roles": []}
    report_entries.save_entry(proposal, "lending_slip", typed, expected=0, actor=builders.actor("ada"), clock=clock)
    with pytest.raises(ProposalConflict):
        report_entries.save_entry(proposal, "lending_slip", typed, expected=0, actor=builders.actor("ada"), clock=clock)


@pytest.mark.parametrize(("typed", "why"), [({"title": " "}, "名称"), ({"available_when": "vars.due !="}, "条件")])
def test_an_entry_that_could_not_work_is_refused(proposal, clock, typed, why):
    whole = {"title": "甲", "title_en": "", "available_when": "", "stage": "", "roles": []} | typed
    with pytest.raises(ReportEntryRefused, match=why):
        report_entries.save_entry(proposal, "lending_slip", whole, expected=0, actor=builders.actor("ada"), clock=clock)


def test_a_report_is_added_copied_and_taken_out_with_its_template(proposal, clock):
    ada = {"actor": builders.actor("ada"), "clock": clock}
    report_entries.add_report(proposal, "receipt", "回执", **ada)
    report_entries.add_report(proposal, "second_slip", "第二联", copy_of="lending_slip", **ada)
    assert text_of(proposal, "reports/lending-library/second_slip.html") == TEXT
    procedure = proposals.bundle_of(proposal).procedure("lending-library")
    assert list(procedure.reports) == ["lending_slip", "receipt", "second_slip"]
    assert (procedure.reports["second_slip"].roles, procedure.reports["second_slip"].title) == (("member", "librarian"), "第二联")
    with pytest.raises(ReportEntryRefused, match="已经有"):
        report_entries.add_report(proposal, "receipt", "又一张", **ada)
    report_entries.take_out(proposal, "lending_slip", **ada)
    with pytest.raises(NotFound):
        proposals.read_file(proposal, SLIP)
    assert "lending_slip" not in proposals.bundle_of(proposal).procedure("lending-library").reports


# -- the preview

def test_a_template_is_drawn_with_what_a_walked_scenario_leaves_and_nothing_real_is_touched(proposal, clock):
    save(proposal, "reports/lending-library/other.html", "{% if %}", clock)  # a template at fault is in nobody's way
    before = [session().query(model).count() for model in (Case, Event, Printing)]
    sample, drawn = preview(proposal, TEXT)
    assert sample.note == "" and drawn.problems == [] and (len(drawn.pages), drawn.total) == (1, 1)
    assert sample.content["labels"]["request"]["reader_name"] == "王小满" and sample.content["vars"]["due"]
    assert Image.open(io.BytesIO(drawn.pages[0])).width == report_preview.WIDTH
    assert [session().query(model).count() for model in (Case, Event, Printing)] == before


def test_every_page_says_that_it_is_a_preview():
    from app import rendering

    report = rendering.preview_report(TEXT, {"paper": {"number": "", "version": 0, "code": report_preview.MARK, "name": ""}})
    [page], _total = report_preview.pictures_of(report.pdf)
    colours = Image.open(io.BytesIO(page)).convert("RGB").getcolors(100_000)
    assert sum(count for count, (red, green, _blue) in colours if red > green + 10) > 2000, "no red words lie across the page"


def test_names_that_are_not_there_are_told_at_their_line_and_what_is_empty_is_not_silently_blank():
    text = TEXT.replace("labels.request.book]", "labels.request.bok]").replace("<h1>借阅单</h1>", "<h1>{{ case.nothing }}</h1>")
    drawn = report_preview.preview_of(text, {}, builders.bundle_of().procedure("lending-library"), "lending_slip")
    lines = text.splitlines()
    wrong, empty = (next(number for number, line in enumerate(lines, 1) if name in line) for name in ("bok", "case.nothing"))
    found = {line: (severity, message) for line, severity, message in told(drawn)}
    assert found[wrong][0] == "warning" and "是否想写 book" in found[wrong][1]
    assert found[empty][0] == "info" and "在这份样例中没有值" in found[empty][1]


@pytest.mark.parametrize(("body", "words"), [
    ("{% if x %}", "没有结束"), ("{{ x", "没有写完"), ("{% nonsense %}", "不认识 {% nonsense %}"), ("{{ x | nofilter }}", "nofilter"), ("{{ 1 / 0 }}", "0"),
    ("{{ ''.__class__ }}", "内部属性“__class__”"), ("{% include 'secret.html' %}", "base.html"), ("{{ 'a' + 1 }}", "文字"), ("{{ x() }}", "没有“x”"), ("{% import 'parts.html' as p %}{{ p.day }}", "补上括号"),
])
def test_a_fault_is_told_in_chinese_at_its_line(body, words):
    drawn = report_preview.preview_of("<p>好</p>\n" + body, {}, builders.bundle_of().procedure("lending-library"), "lending_slip")
    [(line, severity, message)] = told(drawn)
    assert (line, severity) == (2, "error") and words in message and drawn.pages == []


def test_a_past_case_is_shown_with_everything_personal_covered(proposal, clock):
    case = builders.start_case(clock=clock)
    builders.complete(case, "request", "reader_wang", builders.sample("request"), clock=clock)
    sample, drawn = preview(proposal, TEXT, source=f"case:{case.number}")
    assert drawn.total == 1 and "王小满" not in repr(dict(sample.content)) and sample.content["labels"]["request"]["book"]
    assert session().query(Printing).count() == 0
    with pytest.raises(NotFound):
        preview(proposal, TEXT, source="case:1")


def test_a_report_that_a_scenario_does_not_open_says_so(proposal):
    sample, _drawn = preview(proposal, TEXT, source="scenario:processes/lending-library/scenarios/refused.yml")
    assert "还没有开放打印" in sample.note


def test_what_is_offered_exists(proposal):
    procedure = proposals.bundle_of(proposal).procedure("lending-library")
    desk = report_desk.desk_of(proposal, "lending_slip")
    paths = {entry["path"] for entry in desk.known}
    assert {"labels.request.book", "vars.due", "case.number", "parts.grid"} <= paths and desk.groups[1].title in {form.title for form in procedure.forms.values()}
    for group in desk.groups:
        for entry in group.entries:
            if entry.insert.startswith("{"):
                problems = report_preview.problems_in(f'{{% import "parts.html" as parts %}}{entry.insert}', procedure, "lending_slip")
                assert problems == [], entry
