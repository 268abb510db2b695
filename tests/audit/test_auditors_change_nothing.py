"""The auditor's role: reads everything but ballots and secrets, changes nothing of a case, and its own acts are in the log."""
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import keys, people
from app.routes import seen
from app.store import session
from app.viewings.models import Viewing
from tests.routes.test_access_matrix import MATRIX, NONE, PROVES, World, _rows_of, routes

UNSAFE = [name for name, (allowed, _concerned) in MATRIX.items() if not name.startswith("GET")]
OPEN = [name for name in UNSAFE if MATRIX[name][0] is not PROVES and "auditor" in MATRIX[name][0]]
# What belongs to cases, people, procedures and their papers: nothing of it is the auditor's to change.
NOT_THEIRS = {
    "case_", "case_party", "case_move", "event", "answers", "snapshot", "task", "subscription", "timer", "draft", "outbox", "mark", "mark_reply", "claim", "ballot",
    "ballot_box", "ballot_turnout", "certificate", "certificate_change", "payment_receipt", "register_entry", "register_change", "release", "release_file", "process",
    "proposal", "proposal_file", "draw", "participation", "batch", "batch_member", "role_assignment", "organisation", "membership", "listed_person", "phrase",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("auditors"))


@pytest.fixture(scope="module")
def rules(world):
    return routes(world.app)


def test_whatever_an_auditor_may_send_changes_nothing_that_is_not_their_own(world, rules):
    changed = {}
    with world.pristine():
        before = _rows_of(world)
        for name in OPEN:
            if name != "POST sign_in.leave":
                world.ask("auditor", name.split(" ")[0], rules[name])
                after = _rows_of(world)
                changed |= {name: table for table in NOT_THEIRS & set(after) if after[table] != before[table]}
    assert changed == {} and len(NOT_THEIRS & set(before)) > 30


def test_the_desk_is_open_to_auditors_and_no_reader_of_a_case_sends_more_than_they_do():
    """An unsafe route of a case or a procedure that lets the auditor in needs a thought: this list is it."""
    allowed = {name for name in OPEN if len(MATRIX[name][0]) < 6 and "worker" not in MATRIX[name][0]}
    thought_of = ("POST audit", "POST workbench_forms.", "POST workbench_reports.preview", "POST workbench_scenarios.check", "POST workbench_changes.mark_read",
                  "POST workbench_whatif.begin")  # of the workbench: what gives text back and keeps nothing, or is the reader's own mark
    assert {name for name in allowed if not name.startswith(thought_of)} == set()


def test_no_page_shows_an_auditor_a_secret(world, rules):
    shown = {}
    with world.pristine():
        token = people.issue_token("reader_wang", "phone", world.app.extensions["clock"])
        hidden = _secrets(world) | {token}
        for name, (allowed, _concerned) in MATRIX.items():
            if name.startswith("GET") and allowed not in (PROVES, NONE) and "auditor" in allowed:
                answer = world.ask("auditor", "GET", rules[name])
                found = [secret for secret in hidden if secret.encode() in answer.data]
                shown |= {name: found} if found else {}
    assert shown == {} and len(hidden) > 8


def _secrets(world) -> set[str]:
    """What nobody may read: passwords, tokens, sign-ins, keys, secrets of the settings, sealed boxes."""
    columns = (people.Person.password_hash, people.ApiToken.hash, people.SignIn.id)
    stored = {value for column in columns for value in session().scalars(sa.select(column)) if len(value) > 20}
    settings = {str(world.app.config[name]) for name in ("SECRET_KEY", "GATEWAY_SECRET", "OIDC_CLIENT_SECRET")}
    files = {path.read_text().strip() for path in Path(world.app.config["KEYS"]).rglob("*") if path.is_file() and _is_text(path)}
    return {one for one in stored | settings | files | {keys.signing_key("events")[1].hex()} if len(one) > 10}


def _is_text(path: Path) -> bool:
    try:
        path.read_text()
    except UnicodeDecodeError:
        return False
    return True


def test_what_an_auditor_does_on_the_desk_is_in_the_log(world, rules):
    with world.pristine():
        for name in ("GET audit.show", "GET audit.export", "GET audit.samples", "GET audit.sample", "GET audit_viewings.index", "GET audit_player.show", "POST audit.draw"):
            world.ask("auditor", name.split(" ")[0], rules[name])
        session().rollback()
        kinds = [row.kind for row in session().query(Viewing).filter_by(reader_id="auditor")]
    assert {"audit", "export", "sample", "viewings", "play"} <= set(kinds)


def test_every_page_of_the_desk_is_accounted_for(world):
    endpoints = {rule.endpoint for rule in world.app.url_map.iter_rules() if rule.endpoint.startswith("audit") and "POST" not in rule.methods}
    assert {name for name in endpoints if not (name in seen.LISTS or seen.listed_in(seen.UNSEEN, name) or seen.listed_in(seen.NOTED_BY_VIEW, name)
                                                or seen.viewings.NAMES & set().union(*(r.arguments for r in world.app.url_map.iter_rules(name))))} == set()
