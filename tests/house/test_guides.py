"""The guides and the code agree: whatever an analyst may write stands in a guide, and what a guide shows can be read."""
import re
import textwrap
from pathlib import Path

import pytest

from app.connectors import KNOWN_TOPICS
from app.definitions import form_language, load_form, load_scenario, scenario
from app.definitions.linter.codes import CODES
from app.engine import dialect
from app.expressions import FUNCTIONS, VOCABULARY

DOCS = Path(__file__).resolve().parents[2] / "docs"
DIAGRAMS = (DOCS / "diagram-guide.md").read_text("utf-8")
FORMS = (DOCS / "form-guide.md").read_text("utf-8")
SCENARIOS = (DOCS / "scenario-guide.md").read_text("utf-8")
BLOCKS = re.compile(r"```yaml\n(.*?)```", re.S)


def _missing(names, guide: str) -> list[str]:
    """The names that the guide does not set in code letters, alone or at the head of an assignment."""
    return sorted(name for name in names if not re.search(rf"`{re.escape(name)}[`:. ]", guide))


def _rows(names_and_glosses, guide: str) -> list[str]:
    return sorted(name for name, gloss in names_and_glosses.items() if f"| {gloss} |" not in guide)


def test_every_element_property_and_attribute_of_the_dialect_is_in_the_guide_to_diagrams():
    properties = set().union(*dialect.PROPERTIES.values())
    attributes = set().union(*dialect.ATTRIBUTES.values()) | dialect._TEMPLATE
    assert _missing(properties | attributes, DIAGRAMS) == []
    assert [name for name in dialect.NODES if name not in DIAGRAMS] == []


def test_every_fixed_word_of_a_property_is_in_the_guide_to_diagrams():
    assert _missing(set().union(*dialect._VALUES.values()), DIAGRAMS) == []


def test_every_code_of_the_linter_is_in_the_guide_to_diagrams_with_its_gloss():
    assert _rows({code: gloss for code, (_severity, gloss) in CODES.items()}, DIAGRAMS) == []
    assert _missing(CODES, DIAGRAMS) == []


def test_every_word_and_function_of_expressions_is_in_the_guide_to_diagrams_with_its_gloss():
    assert _rows(VOCABULARY, DIAGRAMS) == []
    assert _missing(VOCABULARY, DIAGRAMS) == []
    assert _rows(FUNCTIONS, DIAGRAMS) == []


def test_every_topic_with_its_parameters_is_in_the_guide_to_diagrams():
    rows = {line.split("|")[1].strip(" `"): line for line in DIAGRAMS.splitlines() if line.startswith("| `")}
    for topic in KNOWN_TOPICS.values():
        assert topic.gloss in rows[topic.name]
        assert _missing((*topic.needs, *topic.may, *topic.gives), rows[topic.name]) == [], topic.name


def test_every_field_type_with_its_attributes_is_in_the_guide_to_forms():
    words = set().union(form_language.COMMON, form_language.FORM, form_language.SECTION, *form_language.TYPES.values())
    fixed = set().union(*form_language.WORDS.values()) | {"pdf", "jpg", "png"}
    assert _missing(form_language.TYPES, FORMS) == []
    assert _missing(words | fixed, FORMS) == []


def test_every_key_of_a_scenario_is_in_the_guide_to_scenarios():
    keys = {*scenario._SCENARIO, *scenario._PERSON, *scenario._MAIN, *scenario._ALSO, *scenario._EXPECT, *scenario._ORGANISATION, *scenario._FOR}
    assert _missing(keys.union(scenario._STEPS, *scenario._STEPS.values()), SCENARIOS) == []


@pytest.mark.parametrize("guide", [DIAGRAMS, FORMS], ids=["diagrams", "forms"])
def test_every_form_shown_in_a_guide_can_be_read(guide):
    for block in BLOCKS.findall(guide):
        if block.startswith("- key:") or block.startswith("- {key:"):
            head = "title: 例\nsections:\n  - key: example\n    title: 例\n    fields:\n"
            block = head + textwrap.indent(block, "      ")
        if block.startswith("title:"):
            assert list(load_form(block, "guide.yml").fields())


def test_the_scenario_shown_in_the_guide_can_be_read():
    shown = [block for block in BLOCKS.findall(SCENARIOS) if block.startswith("process:")]
    assert [load_scenario(block, "guide.yml").title for block in shown] != []


def test_every_picture_and_page_that_a_document_names_is_there():
    lost = []
    for page in [*DOCS.glob("*.md"), DOCS.parent / "README.md"]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not target.startswith("http") and not (page.parent / target).exists():
                lost.append(f"{page.name}: {target}")
    assert lost == []


def test_pictures_are_small():
    assert [picture.name for picture in (DOCS / "pictures").glob("*") if picture.stat().st_size > 200_000] == []
