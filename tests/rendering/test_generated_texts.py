"""Generated sentences (S1-171, B.1.4): they follow what is filled in until a person changes them, and come back on request."""
from app import rendering
from app.definitions import load_form

FORM = load_form("""
title: 公示
sections:
  - key: main
    title: 公示
    fields:
      - {key: started, type: date, label: 开始}
      - {key: ended, type: date, label: 结束}
      - {key: opinion, type: long_text, label: 意见, generated: '"自" + coalesce(answers.started, "") + "至" + coalesce(answers.ended, "")'}
""", "forms/sample/publicity.yml")


def _followed(answers, previous, shown):
    return rendering.apply_generated(FORM, answers, previous, {}, None, shown).answers["opinion"]


def test_a_second_change_before_saving_is_followed_too():
    saved = {"started": "2026-03-02", "ended": "2026-03-06", "opinion": "自2026-03-02至2026-03-06"}
    once = saved | {"ended": "2026-03-09", "opinion": "自2026-03-02至2026-03-09"}
    twice = once | {"ended": "2026-03-10"}
    assert _followed(twice, saved, {"opinion": "自2026-03-02至2026-03-09"}) == "自2026-03-02至2026-03-10"


def test_a_sentence_that_a_person_changed_stays_as_it_is():
    written = {"started": "2026-03-02", "ended": "2026-03-10", "opinion": "另有说明"}
    assert _followed(written, {}, {"opinion": "自2026-03-02至2026-03-09"}) == "另有说明"


def test_a_changed_sentence_offers_the_way_back():
    answers = {"started": "2026-03-02", "ended": "2026-03-10", "opinion": "另有说明"}
    field = FORM.field("opinion")
    assert rendering.generated_text(field, FORM, answers, {}) == "自2026-03-02至2026-03-10"
