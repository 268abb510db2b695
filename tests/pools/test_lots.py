"""The lot itself: the same from the same, fair over seeds, never anybody who may not, and as docs/draws.md says."""
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.pools import lots

PAGE = Path(__file__).resolve().parents[2] / "docs" / "draws.md"
REFS = st.lists(st.integers(0, 400).map(lambda number: f"person:{number}"), unique=True, max_size=60)
SEEDS = st.integers(0, 2 ** 256 - 1).map(lambda number: f"{number:064x}")


def seeds(count: int):
    return (lots.seed_of("c" * 64, "5" * 64, f"第{number}句") for number in range(count))


@settings(deadline=None, max_examples=100)
@given(refs=REFS, seed=SEEDS, again=st.randoms(use_true_random=False))
def test_the_order_depends_on_who_and_the_seed_and_not_on_how_the_rows_came(refs, seed, again):
    mixed = list(refs)
    again.shuffle(mixed)
    order = lots.order_of(refs, seed)
    assert order == lots.order_of(mixed, seed) and sorted(order) == sorted(refs)


@settings(deadline=None, max_examples=100)
@given(data=st.data(), refs=REFS, seed=SEEDS)
def test_nobody_sits_where_they_do_not_fit_nobody_twice_and_no_seat_stays_empty_without_need(data, refs, seed):
    names = ["甲", "乙", "丙"]
    fits = {ref: data.draw(st.lists(st.sampled_from(names), unique=True, min_size=1)) for ref in refs}
    seats = [{"name": name, "count": data.draw(st.integers(0, 12))} for name in names]
    found = lots.take(lots.order_of(fits, seed), seats, fits)
    taken = [ref for seat in found for ref in seat["drawn"]]
    assert len(taken) == len(set(taken))
    for seat, wanted in zip(found, seats, strict=True):
        assert len(seat["drawn"]) + seat["missing"] == wanted["count"]
        assert all(seat["name"] in fits[ref] for ref in seat["drawn"])
        assert not seat["missing"] or not [ref for ref in refs if ref not in taken and seat["name"] in fits[ref]]


def test_over_many_seeds_everybody_is_drawn_equally_often():
    refs = [f"person:{letter}" for letter in "abcdefghij"]
    counts = Counter(ref for seed in seeds(6000) for ref in lots.order_of(refs, seed)[:3])
    expected = 6000 * 3 / 10
    chi = sum((counts[ref] - expected) ** 2 / expected for ref in refs)
    assert chi < 27.9  # 9 degrees of freedom, p = 0.001; drawing without replacement makes it smaller still


def test_over_many_seeds_every_order_of_four_is_equally_likely():
    counts = Counter("".join(lots.order_of("abcd", seed)) for seed in seeds(12000))
    chi = sum((count - 500) ** 2 / 500 for count in counts.values())
    assert len(counts) == 24 and chi < 49.7  # 23 degrees of freedom, p = 0.001


def test_the_words_are_the_same_however_they_were_typed():
    assert lots.seed_of("c", "s", "é") == lots.seed_of("c", "s", "e\u0301")


def record_with(words="春风", people=9):
    listed = [{"ref": f"person:{n}", "name": f"专家{n}", "seats": [] if n == 3 else ["甲"] if n % 2 else ["甲", "乙"], "reasons": ["已退休"] if n == 3 else []} for n in range(people)]
    plan = {"people": listed, "seats": [{"name": "乙", "count": 2}, {"name": "甲", "count": 3}], "criteria": {"panel": "senior"}}
    record = {"algorithm": lots.ALGORITHM, "number": "CQ1", "plan": plan, "plan_digest": lots.digest_of(plan), "secret": "ab" * 32, "words": words}
    record["commitment"] = lots.commitment_of(record["plan_digest"], record["secret"])
    record["seed"] = lots.seed_of(record["commitment"], record["secret"], words)
    fits = {one["ref"]: one["seats"] for one in listed if one["seats"]}
    record["order"] = lots.order_of(fits, record["seed"])
    record["seats"] = lots.take(record["order"], plan["seats"], fits)
    return record | {"digest": lots.digest_of(record)}


def test_a_draw_of_today_comes_out_the_same_for_ever():
    record = record_with()
    assert record["seed"] == "bc34887d498eaaea75cb9b92bf97816ee30ab74e0cb1fe861e6d56b81693d1f5" and [ref[7:] for ref in record["order"]] == list("60485172")


def test_the_script_of_the_page_agrees_with_the_service(tmp_path):
    script = tmp_path / "check_draw.py"
    script.write_text(re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)[1], "utf-8")

    def run(record):
        file = tmp_path / "record.json"
        file.write_bytes(lots.canonical(record))
        return subprocess.run([sys.executable, "-I", str(script), str(file)], capture_output=True, text=True)

    record = record_with()
    assert lots.faults_of(record) == [] and run(record).stdout.strip() == "the same"
    altered = json.loads(lots.canonical(record))
    altered["seats"][0]["drawn"].reverse()
    assert lots.faults_of(altered) and run(altered).returncode == 1
