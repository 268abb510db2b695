"""Every text that a page or a refusal says in Chinese has its English, and the catalogue holds nothing else."""
import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import app
from app.errors import PingshenError

APP = Path(app.__file__).parent
CATALOGUE = APP / "translations" / "en" / "LC_MESSAGES" / "messages.po"
WHAT = [("frontend/**", "ignore"), ("static/**", "ignore"), ("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
CALLS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
NO_MODULES_TO_IMPORT = ("app.migrations", "app.wsgi", "app.worker")  # they start an application
PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def _written() -> set[str]:
    found = extract_from_dir(str(APP), method_map=WHAT, keywords=CALLS)
    return {text for _file, _line, text, _comments, _context in found if text}


def _refusals(root=PingshenError) -> set[str]:
    own = {root.__doc__.strip()} if root.__doc__ and root.__module__.startswith("app.") else set()
    return own.union(*(_refusals(kind) for kind in root.__subclasses__()))


@pytest.fixture(scope="module")
def said() -> set[str]:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not module.name.startswith(NO_MODULES_TO_IMPORT):
            importlib.import_module(module.name)
    return _written() | _refusals()


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def test_every_text_has_its_english(said, catalogue):
    english = {entry.id for entry in catalogue if entry.id and entry.string and not entry.fuzzy}
    missing = sorted(said - english)
    assert not missing, f"add to {CATALOGUE.relative_to(APP.parent)}:\n" + "\n".join(f'msgid "{text}"\nmsgstr ""\n' for text in missing)


def test_the_catalogue_holds_no_text_that_nobody_says(said, catalogue):
    assert {entry.id for entry in catalogue if entry.id} - said == set()
    assert not catalogue.obsolete


def test_the_english_fills_in_the_same_places(catalogue):
    differing = [entry.id for entry in catalogue if entry.id and isinstance(entry.id, str)
                 and sorted(PLACES.findall(entry.id)) != sorted(PLACES.findall(entry.string))]
    assert differing == []
