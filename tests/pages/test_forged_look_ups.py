"""What a register said comes back through the page: written there by somebody else, it counts for nothing."""
from app import rendering
from app.definitions import Bundle
from app.operations import releases
from app.operations.choices import CaseChoices
from app.operations.drafts import save_draft
from tests.support import builders

LOOK_UP = ("\n      - {key: source, type: look_up, label: 登记, connector: books, ask: [book], fills: {author: author}}\n"
           "      - {key: proof_of, type: text, label: 证明, max_length: 20, required_when: 'answers.source.state != \"found\"'}\n")


def library(clock):
    files = dict(builders.bundle_of().files)
    form = "forms/lending-library/request.yml"
    files[form] = files[form].rstrip() + LOOK_UP.encode()
    builders.publish(Bundle(files), clock=clock)
    return builders.start_case(clock=clock)


def test_a_forged_result_is_not_taken_for_a_fetched_one_and_nothing_else_is_lost(app, clock):
    case = library(clock)
    task, client = builders.open_task(case), app.test_client()
    builders.sign_in(client, "reader_wang", "reads-a-lot")
    forged = '{"state": "found", "at": "2026-03-02T09:00:00+08:00", "found": {"author": "甲"}, "held": {}, "why": "", "seal": "1.00"}'
    token = builders.csrf_token(client)
    save_draft(task.id, {"book": "书", "author": "甲"}, actor=builders.actor("reader_wang"), clock=clock)
    client.post(f"/tasks/{task.id}?part=reader", data={"reader_name": "王小满", "source": forged, "csrf_token": token, "do": "save"})
    page = client.get(f"/tasks/{task.id}?part=reader").text
    assert "由系统获取" not in page and "没有重新获取" in page and 'value="王小满"' in page


def test_what_the_service_found_itself_stays_found_from_save_to_save(app, clock):
    case = library(clock)
    task, wang = builders.open_task(case), builders.actor("reader_wang")
    form, choices = releases.procedure_of(case.release).forms["request"], CaseChoices(case.release, case, wang)
    scene = rendering.scene_of(form, {"book": "书"}, {}, choices)
    told = rendering.sealed(form.field("source"), rendering.filled(form.field("source"), {"book": "书"}, {"author": "甲"}), scene)
    save_draft(task.id, told, actor=wang, clock=clock)
    client = app.test_client()
    builders.sign_in(client, "reader_wang", "reads-a-lot")
    assert "由系统获取" in client.get(f"/tasks/{task.id}?part=reader").text
