"""docs/coverage.md tells what is done of the manuals: each line has a word for its state, and what it names is there."""
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "coverage.md").read_text("utf-8")
ROW = re.compile(r"^\| ((?:S[01]|[DCQ])-\d{2,3}) \| (.*?) \| (.*?) \| (.*) \|$", re.M)
STATES = {"done", "partly", "not done", "later", "no requirement"}
TEST = re.compile(r"`(tests/[\w/.-]+?\.py)((?:::\w+)*)`")
YAML = re.compile(r"`(\w+\.yml)`")
PLACE = re.compile(r"`((?:app|forms|reports|processes)/[\w./-]+)`")
# Lines of the two manuals, edge cases (D), public rules (C.1, C.2) and decisions on what the sources leave open (Q).
EXPECTED = 374
KNOWN = {path.name for folder in ("processes", "forms", "reports") for path in (ROOT / folder).rglob("*.yml")}
SCENARIOS = {path.name for path in (ROOT / "processes").glob("*/scenarios/*.yml")}


def _rows() -> dict[str, tuple[str, str]]:
    return {line: (state, shown) for line, _what, state, shown in ROW.findall(TEXT)}


def test_every_line_is_there_once_and_says_its_state():
    assert len(ROW.findall(TEXT)) == len(_rows()) == EXPECTED
    assert {line: state for line, (state, _shown) in _rows().items() if state not in STATES} == {}


def test_what_is_done_names_what_shows_it_and_what_is_not_says_why():
    shows = lambda text: TEST.search(text) or set(YAML.findall(text)) & SCENARIOS  # noqa: E731
    silent = [line for line, (state, shown) in _rows().items()
              if (state in ("done", "partly") and not shows(shown)) or len(TEST.sub("", shown).strip(" ,;?")) < 10 and state != "done"]
    assert silent == []


def test_the_sum_at_the_head_is_right():
    states = [state for state, _shown in _rows().values()]
    said = f"Of {EXPECTED} lines {states.count('done')} are done, {states.count('partly')} partly, {states.count('not done')} not."
    assert said in " ".join(TEXT.split())


@pytest.mark.parametrize("file", sorted({file for file, _name in TEST.findall(TEXT)}))
def test_a_named_test_exists(file):
    text = (ROOT / file).read_text("utf-8")
    named = {name for path, names in TEST.findall(TEXT) if path == file for name in names.split("::") if name}
    assert sorted(name for name in named if not re.search(rf"\b(?:def {name}\(|class {name}\b)", text)) == []


def test_a_named_file_exists():
    assert sorted(set(YAML.findall(TEXT)) - KNOWN) == []
    assert [place for place in PLACE.findall(TEXT) if not (ROOT / place).exists()] == []
