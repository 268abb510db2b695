"""J-12 in small: whatever is sent to any route, it is never the server's fault. Values come from a seeded generator."""
from __future__ import annotations

import random

import pytest

from tests.routes.test_access_matrix import QUERIES, World, routes

SEED = 20260302
WORDS = (
    "", " ", "0", "-1", "9" * 40, "x" * 3000, "null", "true", "《》", "𠮷䶮", "\u0000", "\u202e", "../../etc/passwd", "<script>", "%s%n",
    "' OR 1=1 --", "{{7*7}}", "person:nobody", "org:city_library", "2026-02-30", "2026-03-02", "lend", "submit", "cancel", "NaN", "1e999",
)
FIELDS = (
    "answers", "outcome", "reason", "process", "parties", "payload", "to", "version", "account", "password", "name", "days", "next", "do",
    "key", "book", "branch", "promise", "in_stock", "shelf", "remark", "organisation", "old", "new", "again", "lang", "tab", "q", "cursor", "part",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("world"))


def made_up(dice: random.Random, depth: int = 0):
    kind = dice.randrange(9 if depth < 3 else 6)
    if kind < 3:
        return dice.choice(WORDS)
    if kind == 3:
        return dice.choice((0, -1, 10**30, 1.5, 2**63, True, False, None))
    if kind < 6:
        return None
    if kind == 6:
        return [made_up(dice, depth + 1) for _ in range(dice.randrange(3))]
    return {dice.choice(FIELDS): made_up(dice, depth + 1) for _ in range(dice.randrange(5))}


def body_of(dice: random.Random, path: str) -> dict:
    if path.startswith("/api/"):
        value = {dice.choice(FIELDS): made_up(dice) for _ in range(dice.randrange(6))} if dice.random() < 0.9 else made_up(dice)
        return {"json": value}
    return {"data": {dice.choice(FIELDS): dice.choice(WORDS) for _ in range(dice.randrange(6))}}


def _argument(dice: random.Random, world, rule, name: str):
    """A part of an address: mostly that of something there is, as far as the rule lets it be written at all."""
    chosen = world.values.get(name, "0") if dice.random() < 0.7 else dice.choice(WORDS[2:])
    converter = rule._converters[name]
    if hasattr(converter, "items"):  # one of a few words
        return sorted(converter.items)[0]
    if hasattr(converter, "num_convert"):
        return int(chosen) if str(chosen).isdecimal() else 10**25
    return chosen


def names(world):
    return sorted(name for name in routes(world.app) if not name.endswith((" static", " health.ready")))


@pytest.mark.parametrize("who", ["owner", "worker", "administrator"])
def test_nothing_that_is_sent_to_a_route_is_a_server_error(who, world):
    dice, found = random.Random(f"{SEED}{who}"), {}
    for name in names(world):
        method, rule = name.split(" ")[0], routes(world.app)[name]
        with world.pristine():
            client = world.app.test_client()
            client.set_cookie("session", world.cookies[who])
            for _ in range(4):
                values = {key: _argument(dice, world, rule, key) for key in sorted(rule.arguments)}
                path = rule.build(values, append_unknown=False)[1]
                body = body_of(dice, path) if method != "GET" else {}
                query = {dice.choice(FIELDS): dice.choice(WORDS) for _ in range(dice.randrange(3))} | QUERIES.get(rule.endpoint, {})
                answer = client.open(path, method=method, query_string=query, headers={"X-CSRFToken": world.tokens[who]}, **body)
                if answer.status_code == 500:
                    found[name] = (path, query, body)
    assert found == {}


@pytest.mark.parametrize("seed", range(12))
def test_a_draft_of_anything_can_be_kept_shown_and_handed_in_without_a_server_error(seed, world):
    dice = random.Random(SEED + seed)
    with world.pristine():
        client, task = world.app.test_client(), world.values["task_id"]
        client.set_cookie("session", world.cookies["worker"])
        headers = {"X-CSRFToken": world.tokens["worker"]}
        answers = {key: made_up(dice) for key in ("in_stock", "shelf", "remark", dice.choice(FIELDS))}
        given = [
            client.put(f"/api/v1/tasks/{task}/draft", json={"answers": answers}, headers=headers),
            client.get(f"/api/v1/tasks/{task}"),
            client.get(f"/tasks/{task}"),
            client.post(f"/tasks/{task}", data={key: str(value) for key, value in answers.items()}, headers=headers),
            client.post(f"/api/v1/tasks/{task}/completion", json={"answers": answers, "outcome": "lend"}, headers=headers),
        ]
    assert [answer.status_code for answer in given if answer.status_code >= 500] == [], answers
