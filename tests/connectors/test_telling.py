"""Notices that a diagram tells along the way: nobody waits for them."""
import pytest

from app.definitions import Bundle
from app.operations import outbox
from app.operations.releases import findings_of
from app.operations.replay import replay_case
from app.store import session
from app.store.models import Notice, Outbox, Task
from tests.support.builders import DATA, MONDAY, bundle_of, complete, publish, sample, start_case

LENDING = "processes/lending-library/lending.bpmn"
NOW = lambda: MONDAY  # noqa: E731


def library(**said):
    """The lending library; the step after the request tells what is said."""
    files = dict(bundle_of(DATA / "lending-library").files)
    told = "".join(f'<camunda:property name="tell_{name}" value=\'{text}\' />' for name, text in said.items())
    text, mark = files[LENDING].decode(), '<camunda:property name="stage" value="审核" />'
    assert mark in text
    files[LENDING] = text.replace(mark, mark + told, 1).encode()
    return Bundle(files)


def request(author="鲁迅"):
    case = start_case()
    complete(case, "request", "reader_wang", {**sample("request"), "author": author})
    return case


@pytest.mark.both_stores
def test_a_notice_told_along_the_way_is_sent_once_and_the_step_is_open_before_it(app):
    publish(library(to="case.starter", title='"已交审核：" + form.request.book', text='"流水号" + case.number', kind='"progress"'))
    case = request()
    assert session().query(Task).filter_by(case_id=case.id, state="open", stage="审核").count() == 1 and session().query(Notice).count() == 0
    for _again in range(2):
        outbox.drain_outbox(NOW)
    told = session().query(Notice).filter_by(case_id=case.id).one()
    assert (told.person_id, told.kind, told.text) == ("reader_wang", "progress", f"流水号{case.number}") and told.title.startswith("已交审核：")
    assert {row.state for row in session().query(Outbox).filter_by(case_id=case.id)} == {"done"} and replay_case(case).difference == ""


def test_nobody_to_tell_or_words_that_cannot_be_worked_out_hold_nothing_up(app):
    publish(library(to='form.request.author == "鲁迅" ? case.starter : null', title='"第" + string(int(form.request.author)) + "本"'))
    for author in ("鲁迅", "老舍"):
        case = request(author)
        assert session().query(Task).filter_by(case_id=case.id, state="open", stage="审核").count() == 1
    assert session().query(Outbox).filter(Outbox.id.startswith("tell-")).count() == 0


def test_a_notice_without_a_title_or_with_a_wrong_word_is_found_before_publishing(app):
    said = [str(finding) for finding in findings_of(library(to="case.startr"))]
    assert any("还要写 tell_title" in one for one in said) and any("startr" in one for one in said)
