"""docs/error-codes.md and the code agree: every code, its HTTP status and its message."""
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import app
from app.errors import PingshenError
from app.routes import errors as routes

PAGE = Path(__file__).resolve().parents[2] / "docs" / "error-codes.md"
NO_MODULES_TO_IMPORT = ("app.migrations", "app.wsgi", "app.worker")  # they start an application


def _classes(root=PingshenError):
    for each in root.__subclasses__():
        yield each
        yield from _classes(each)


def _status(kind) -> int:
    return next((status for known, status in routes.STATUS.items() if issubclass(kind, known)), 400)


def _rows_of_the_code() -> set[tuple[str, str, str]]:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not module.name.startswith(NO_MODULES_TO_IMPORT):
            importlib.import_module(module.name)
    own = {(kind.code, str(_status(kind)), _one_line(kind.__doc__)) for kind in _classes() if kind.__module__.startswith("app.")}
    http = {(code, str(status), str(message)) for status, (code, message) in routes.HTTP.items()}
    return own | http | {(routes.CSRF[0], "403", str(routes.CSRF[1])), (routes.FAILED[0], "500", str(routes.FAILED[1]))}


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def _rows_of_the_page() -> set[tuple[str, str, str]]:
    cells = (line.strip("| \n").split(" | ") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `"))
    return {(code.strip("`"), status, message) for code, status, message, _meaning in cells}


@pytest.fixture
def rows(app):
    with app.test_request_context():    # messages of the web shell are translated when they are read
        return _rows_of_the_code()


def test_every_error_code_is_listed_with_its_status_and_message(rows):
    missing = rows - _rows_of_the_page()
    assert not missing, "add to docs/error-codes.md:\n" + "\n".join(f"| `{c}` | {s} | {m} | … |" for c, s, m in sorted(missing))


def test_no_listed_error_code_is_unknown_to_the_service(rows):
    assert _rows_of_the_page() - rows == set()
