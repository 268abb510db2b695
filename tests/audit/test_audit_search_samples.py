"""Random samples: drawn by a recorded seed that anybody can compute again, frozen, noted about, handed on."""
import random
from collections import Counter
from io import BytesIO

import orjson
import pytest
from openpyxl import load_workbook

from app.audit.search import cases_of, samples
from app.audit.search.asked import asked_for
from app.audit.search.drawing import drawn_from, record_of, seed_of, shares
from app.errors import NotFound, SampleRefused
from app.store import session, transaction
from app.store.models import Case
from app.viewings.models import Viewing
from tests.support.builders import actor, csrf_token, person, publish, sign_in, start_case


@pytest.fixture
def drawn(app, clock):
    publish()
    person("checker", "auditor")
    for _number in range(7):
        start_case(clock=clock)
    return samples.draw_sample(asked_for({"process": "lending"}), "3", title="借书抽查", reason="年度审计", actor=actor("checker"), clock=clock, said="春江花月夜")


@pytest.fixture
def auditor(app, drawn):
    client = app.test_client()
    sign_in(client, "checker")
    return client


@pytest.mark.both_stores
def test_the_draw_follows_from_its_record_alone_and_stays_as_it_is(clock, drawn):
    record = orjson.loads(orjson.dumps(record_of(drawn)))
    assert record["seed"] == seed_of(record["population"], record["chance"], "春江花月夜") and len(record["population"]) == 7
    numbers = [line.number for line, _case in samples.lines_of(drawn)[0]]
    assert numbers == drawn_from(record["population"], record["seed"], 3) and len(set(numbers)) == 3
    start_case(clock=clock)
    session().rollback()
    again = samples.sample_with(drawn.id)
    assert samples.check_sample(again) == [] and len(cases_of(drawn.id)) == 3


def test_whoever_changes_a_sample_is_found_out(drawn):
    with transaction():
        line, _case = samples.lines_of(samples.sample_with(drawn.id))[0][0]
        line.number = "1" * 19
    assert samples.check_sample(samples.sample_with(drawn.id)) == ["抽中的事项与重算不符"]
    with transaction():
        samples.sample_with(drawn.id).reason = "其他"
    assert len(samples.check_sample(samples.sample_with(drawn.id))) == 2


def test_every_case_is_as_likely_as_every_other():
    population, hits = [[f"n{place}", ""] for place in range(10)], Counter()
    chance = random.Random(5)
    for _draw in range(2000):
        hits.update(drawn_from(population, seed_of(population, f"{chance.getrandbits(256):064x}", ""), 3))
    assert all(abs(hits[number] - 600) < 100 for number, _stratum in population)


def test_each_stratum_gives_its_share_and_the_small_ones_are_not_forgotten():
    assert shares({"a": 90, "b": 9, "c": 1}, 10) == {"a": 7, "b": 2, "c": 1}
    assert shares({"a": 3, "b": 3}, 60) == {"a": 3, "b": 3} and shares({"a": 5, "b": 5, "c": 5}, 2) == {"a": 1, "b": 1, "c": 0}
    for wanted in range(1, 60):
        strata = {"a": 40, "b": 15, "c": 4, "d": 1}
        given = shares(strata, wanted)
        assert sum(given.values()) == min(wanted, 60) and all(0 <= given[name] <= strata[name] for name in strata)
    population = [[f"{stratum}{place}", stratum] for stratum, size in (("a", 9), ("b", 3)) for place in range(size)]
    taken = Counter(number[0] for number in drawn_from(population, seed_of(population, "00", ""), 4))
    assert taken == {"a": 3, "b": 1}


def test_a_sample_needs_a_name_a_reason_a_number_and_something_to_draw_from(clock, drawn):
    who = {"actor": actor("checker"), "clock": clock}
    for wanted, title, reason, words in (("0", "t", "r", {}), ("x", "t", "r", {}), ("5", "", "r", {}), ("5", "t", " ", {}), ("5", "t", "r", {"q": "没有"})):
        with pytest.raises(SampleRefused):
            samples.draw_sample(asked_for(words), wanted, title=title, reason=reason, **who)
    with pytest.raises(NotFound):
        cases_of(999)


def test_auditors_note_what_they_found_and_two_do_not_overwrite_each_other(clock, drawn):
    samples.note_case(drawn.id, 1, "doubt", "签名不清", 0, actor=actor("checker"), clock=clock)
    with pytest.raises(SampleRefused):
        samples.note_case(drawn.id, 1, "fine", "", 0, actor=actor("checker"), clock=clock)
    assert samples.progress_of(drawn.id).counts == {"": 2, "doubt": 1} and samples.progress_of(drawn.id).looked_at == 1
    assert [line.position for line, _case in samples.lines_of(drawn, verdict="doubt")[0]] == [1]


def test_on_the_pages_one_draws_notes_checks_and_takes_it_to_excel(app, auditor, drawn):
    token = csrf_token(auditor)
    assert "从查到的 7 件中抽取" in auditor.get("/audit/samples/new?process=lending").text
    refused = auditor.post("/audit/samples", data={"title": "", "reason": "r", "wanted": "2", "csrf_token": token})
    assert refused.status_code == 422 and "请写明样本名称" in refused.text
    made = auditor.post("/audit/samples", data={"process": "lending", "title": "第二次", "reason": "复核", "wanted": "2", "by_column": "year", "csrf_token": token})
    page = auditor.get(made.location).text
    assert "第二次" in page and "按年份分层" in page
    auditor.post(f"{made.location}/cases/1", data={"verdict": "explain", "note": "=1+1", "version": "0", "csrf_token": token})
    twice = auditor.post(f"{made.location}/cases/1", data={"verdict": "fine", "version": "0", "csrf_token": token})
    assert twice.status_code == 409 and "请看过后再记录" in twice.text
    session().rollback()
    assert {"2 1", "2"} <= {row.detail for row in session().query(Viewing).filter_by(reader_id="checker", kind="sample")}  # a refusal shows the sample, too
    assert "都一致" in auditor.get(f"{made.location}?check=1").text
    sheet = load_workbook(BytesIO(auditor.get(f"{made.location}/excel").data)).active
    assert sheet["H2"].value == "需说明" and sheet["I2"].value == "=1+1" and sheet["I2"].data_type == "s"
    assert auditor.get(f"{made.location}/record.json").json["wanted"] == 2
    listed = auditor.get("/audit/samples").text
    assert "第二次" in listed and "借书抽查" in listed


def test_a_sample_outlives_a_case_that_was_erased_by_law(auditor, drawn):
    with transaction() as store:
        line, _case = samples.lines_of(samples.sample_with(drawn.id))[0][0]
        line.case_id = 10_000
        store.flush()
    assert "已依法清除" in auditor.get(f"/audit/samples/{drawn.id}").text and len(cases_of(drawn.id)) == 2
    assert session().query(Case).count() == 7
