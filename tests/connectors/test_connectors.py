"""What service tasks can ask for: notices, words to other cases, ballots, documents; each once per request."""
import threading
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from app import connectors, materials
from app.connectors import KNOWN_TOPICS, Call, ParameterMissing, UnknownTopic, handler_of
from app.connectors.lookups import LookUpFailed, look_up
from app.connectors.references import person_ids
from app.operations.contexts import case_variables
from app.operations.outbox import drain_outbox
from app.sandbox.gateway import create_gateway
from app.store import session
from app.store.models import Notice
from tests.connectors.bare import bare_case
from tests.connectors.procedures import catch, line, service
from tests.support import builders


@pytest.fixture
def case(app):
    return bare_case("li")


def ask(topic, case, clock, call="call-1", dry=False, **parameters):
    return handler_of(topic)(Call(call, case.id, case.number, parameters, clock, dry=dry))


def test_every_known_topic_has_a_handler_and_an_unknown_one_is_named():
    for topic in KNOWN_TOPICS:
        assert callable(handler_of(topic))
    with pytest.raises(UnknownTopic):
        handler_of("no.such")
    with pytest.raises(UnknownTopic):
        connectors.connector("no.such")


def test_a_missing_parameter_is_named(case, clock):
    for topic, known in ((topic, known) for topic, known in KNOWN_TOPICS.items() if known.needs):
        with pytest.raises(ParameterMissing) as refusal:
            ask(topic, case, clock)
        assert refusal.value.parameter in known.needs


class TestReferences:
    @pytest.fixture(autouse=True)
    def people(self, app, clock):
        builders.person("li", "clerk@acme", clock=clock)
        builders.person("wang", "clerk@acme", "boss@acme", clock=clock)
        builders.person("chen", "clerk@bay", clock=clock)

    @pytest.mark.parametrize("value, found", [
        ("person:li", ["li"]), ({"ref": "person:li", "name": "李", "kind": "person"}, ["li"]), ("org:acme", ["li", "wang"]),
        ({"role": "clerk", "scope": "org:bay"}, ["chen"]), ({"role": "clerk"}, ["chen", "li", "wang"]),
        ({"role": "clerk", "scope": {"ref": "org:acme", "name": "A"}}, ["li", "wang"]),
        (["person:li", ["org:acme", None], {"role": "boss"}], ["li", "wang"]), (None, []), ("nonsense", []),
    ])
    def test_whom_a_value_means(self, value, found):
        ids = person_ids(value)
        assert sorted(ids) == found and len(ids) == len(set(ids))


def test_a_notice_reaches_each_person_once(case, clock):
    for _ in range(2):
        assert ask("notify", case, clock, to=["person:a", "person:b", "person:a"], title="请缴费", text="…") == {"notified": 2}
    assert sorted(n.person_id for n in session().query(Notice)) == ["a", "b"]


def test_a_word_to_other_cases_says_who_waited_for_it(app, clock):
    builders.publish(builders.bundle_from(line("waiter", catch("wait_word", "word"), messages=("word",)), name="waiter", roles="{}"),
                     demo=False, clock=clock)
    li = builders.person("li", clock=clock)
    waiting, sender = builders.start_case("waiter", li, clock=clock), bare_case()
    for _ in range(2):
        result = ask("message.send", sender, clock, to=[waiting.number, sender.number, "000"], message="word", payload={"n": 1})
        assert result == {"delivered": [waiting.number], "not_waiting": [sender.number, "000"]}
    session().refresh(waiting)
    assert waiting.ended_at is not None
    assert ask("message.send", sender, clock, call="call-2", to=waiting.number, message="word")["not_waiting"] == [waiting.number]


def test_a_message_to_many_brings_each_what_is_for_it_alone(app, clock):
    builders.publish(builders.bundle_from(line("waiter", catch("wait_word", "word"), messages=("word",)), name="waiter", roles="{}"), demo=False, clock=clock)
    li = builders.person("li", clock=clock)
    waiting, sender = [builders.start_case("waiter", li, clock=clock) for _ in range(3)], bare_case()
    first, second, third = (case.number for case in waiting)
    result = ask("message.send", sender, clock, to=[first, second, third], message="word", payload={"n": 1, "m": 1},
                 each={first: {"n": 2}, second: {"o": [3]}, "000": {"n": 9}})
    assert result["delivered"] == [first, second, third]
    session().expire_all()
    assert [case_variables(case)["word"] for case in waiting] == [
        {"from": sender.number, "n": 2, "m": 1}, {"from": sender.number, "n": 1, "m": 1, "o": [3]}, {"from": sender.number, "n": 1, "m": 1}]


def test_what_is_for_each_alone_may_be_a_list_and_nobody_may_be_told(app, clock):
    builders.publish(builders.bundle_from(line("waiter", catch("wait_word", "word"), messages=("word",)), name="waiter", roles="{}"), demo=False, clock=clock)
    waiting, sender = builders.start_case("waiter", builders.person("li", clock=clock), clock=clock), bare_case()
    assert ask("message.send", sender, clock, to=[], message="word") == {"delivered": [], "not_waiting": []}
    ask("message.send", sender, clock, call="call-2", to=[waiting.number], message="word", each=[{"case": waiting.number, "n": 1}, {"case": "000", "n": 2}])
    session().expire_all()
    assert case_variables(waiting)["word"] == {"from": sender.number, "n": 1}


def test_a_diagram_learns_what_lists_say_of_other_cases(app, clock):
    builders.publish(builders.bundle_from(line("waiter", catch("wait_word", "word"), messages=("word",)), name="waiter", roles="{}"), demo=False, clock=clock)
    li = builders.person("li", name="李雷", clock=clock)
    first, second = (builders.start_case("waiter", li, clock=clock).number for _ in range(2))
    found = ask("case.list", bare_case(), clock, cases=[second, "000", first, second])["cases"]
    assert [(one["case"], one["name"], one["place"]) for one in found] == [(second, "李雷", 1), (first, "李雷", 2)]


def test_a_ballot_is_opened_and_counted_through_the_connectors(case, clock):
    from app.ballots import cast

    opened = ask("ballot.open", case, clock, voters=["person:a", "person:b", {"ref": "person:c", "name": "C"}], members=["person:a", "person:b", "person:c", "person:d"])
    assert opened == ask("ballot.open", case, clock, voters=["person:a"], members=4), "the same request is the same ballot"
    assert (opened["members"], opened["attending"]) == (4, 3)
    cast(opened["ballot"], "a", "yes")
    assert ask("ballot.close", case, clock, call="call-2", ballot=opened["ballot"]) == {
        "members": 4, "attending": 3, "cast": 1, "yes": 1, "no": 0, "abstain": 2}


REPORTS = {
    "reports/papers/reports.yml": "paper: {title: 证明}\n",
    "reports/papers/paper.html": "<html><body><p>{{ case.number }} {{ certificate.number }} {{ url }}</p></body></html>",
}


def _papers(clock, node: str):
    builders.publish(builders.bundle_from(line("papers", node), name="papers", roles="{}", **REPORTS), demo=False, clock=clock)
    li = builders.person("li", name="李雷", clock=clock)
    case = builders.start_case("papers", li, clock=clock)
    assert drain_outbox(clock) == 1
    session().refresh(case)
    assert case.ended_at is not None
    return case, li


def test_a_case_issues_a_certificate_from_a_report_of_its_release(app, clock):
    from app.certificates import certificates_of, verify_code

    node = service("make", "certificate.issue", "paper", holder="case.starter", title='"证明"', report='"paper"',
                   fields='{"a": "b"}', number_format='"演示{year}-{seq:4}"')
    _case, li = _papers(clock, node)
    certificate = certificates_of(li)[0]
    assert (certificate.number, certificate.holder_name) == ("演示2026-0001", "李雷")
    assert verify_code(certificate.code).state == "valid"


def test_a_report_is_filed_with_the_case_once(app, clock):
    case, li = _papers(clock, service("make", "file.report", report='"paper"', name='"证明书"'))
    kept = session().query(materials.Material).one()
    assert (kept.name, kept.case_id, kept.owner, kept.source) == ("证明书.pdf", case.id, "li", "made")
    assert materials.can_view_material(kept, li) and materials.library_of("li") == []


@pytest.fixture(scope="module")
def registers():
    server = make_server("127.0.0.1", 0, create_gateway(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/lookup"
    server.shutdown()


def test_a_register_always_says_the_same_and_knows_nothing_of_some(app, registers):
    app.config["LOOKUP_URL"] = registers
    for register in ("social-insurance", "diploma", "exam"):
        first = look_up(register, {"number": "440301199001011234"})
        assert first and first == look_up(register, {"number": "440301199001011234"})
        assert look_up(register, {"number": "10"}) == {}
    assert look_up("no-such-register", {"number": "1"}) == {}


def test_a_register_that_is_silent_tells_the_person_to_fill_in_by_hand(app):
    app.config["LOOKUP_URL"] = "http://127.0.0.1:1/lookup"
    with pytest.raises(LookUpFailed, match="手工填写"):
        look_up("diploma", {"number": "1"})
    with pytest.raises(LookUpFailed):
        look_up("../orders", {"number": "1"})


def test_the_service_never_imports_the_sandbox():
    app_folder = Path(connectors.__file__).parents[1]
    importing = [path for path in app_folder.rglob("*.py") if "sandbox" not in path.parts and "node_modules" not in path.parts
                 and ("import app.sandbox" in path.read_text("utf-8") or "from app.sandbox" in path.read_text("utf-8"))]
    assert importing == []
