"""What the tests of accounts share: the real procedure's roles, a filled registration, the code from the last mail."""
from __future__ import annotations

import re

import pytest

from app.people.registered import Letter
from app.store import session
from tests.support.builders import ROOT, answered, csrf_token, publish

UNIT_CODE = "91350100M000100Y43"


@pytest.fixture
def world(app):
    """The title review published, its demo people made."""
    publish(ROOT)
    return app


def registration(**changes) -> dict:
    """A registration as a person types it."""
    typed = {"name": "高云", "id_type": "111", "id_number": "44030419870315002 2", "phone": "13900139002", "email": "gaoyun@example.cn",
             "account": "gaoyun1", "password": "spring2026x", "again": "spring2026x", "agreed": "yes"}
    return typed | changes


def unit_registration(**changes) -> dict:
    """The registration of an organisation with its administrator."""
    return registration(organisation="福建某某研究院有限公司", organisation_code=UNIT_CODE, account="unitadmin", **changes)


def mailed_code() -> str:
    """The code of the newest mail."""
    session().rollback()
    newest = session().query(Letter).order_by(Letter.id.desc()).first()
    return re.search(r"\d{6}", newest.text)[0]


def mailed_to() -> str:
    """The address of the newest mail."""
    session().rollback()
    return session().query(Letter).order_by(Letter.id.desc()).first().address


def fill(client, path: str, data: dict):
    """Sends the form of a page as a browser without scripts does: token, sum, fields."""
    page = client.get(path).text
    return client.post(path, data={"csrf_token": csrf_token(client)} | answered(page) | data)


def handle_in(page: str) -> str:
    """The handle of the code that the page asks for."""
    return re.search(r'name="handle" value="([^"]+)"', page)[1]

