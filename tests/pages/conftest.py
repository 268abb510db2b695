"""The lending library published, and browsers in which its people are signed in."""
from __future__ import annotations

import re

import pytest

from tests.support import builders

PASSWORDS = {"reader_wang": "reads-a-lot", "librarian_zhao": "keeps-books", "librarian_sun": "keeps-books", "head_qian": "leads-well"}


class Browser:
    """A person at a browser without a script: opens pages, sends their forms, follows redirects."""

    def __init__(self, app, person: str):
        self.client = app.test_client()
        builders.sign_in(self.client, person, PASSWORDS.get(person, builders.PASSWORD))
        self.page = None

    def open(self, address: str):
        self.page = self.client.get(address, follow_redirects=True)
        return self.page

    def send(self, address: str = "", data: dict | None = None):
        """Posts the hidden fields of the page's main form with `data`, to that form's address."""
        hidden = dict(re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)">', self.text))
        hidden["csrf_token"] = re.search(r'name="csrf-token" content="([^"]+)"', self.text).group(1)
        self.page = self.client.post(address or self.address, data={**hidden, **(data or {})}, follow_redirects=True)
        return self.page

    @property
    def text(self) -> str:
        return self.page.text

    @property
    def address(self) -> str:
        request = self.page.request
        return request.path + (f"?{request.query_string.decode()}" if request.query_string else "")


@pytest.fixture
def library(app, clock):
    """The app with the lending library in use."""
    builders.publish(clock=clock)
    return app


@pytest.fixture
def browser(library):
    """`browser(person id)`: that person's browser."""
    return lambda person: Browser(library, person)


@pytest.fixture
def lent(library, clock):
    """A case whose request was handed in: it waits for the library."""
    case = builders.start_case(clock=clock)
    builders.complete(case, "request", "reader_wang", builders.sample("request"), clock=clock)
    return case
