"""A running case in another process: each token lands where it belongs, or the reason why not is true."""
from datetime import timedelta

import pytest

from app import engine
from app.errors import MoveRefused
from diagrams import (
    NOON, Run, begin, both, call, diagram, end, facts, flow, load, many, on_message, on_timer, path, process, receive, script, service, sub, user, wait,
    wait_message, xor,
)

LINE = load(begin(), user("a"), user("b"), user("c"), end(), path("begin", "a", "b", "c", "done"))


def moved(run: Run, new: engine.Process, mapping=None, since=None, **given) -> Run:
    """The run goes on in the new process."""
    step = engine.move(run.process, new, run.step.state, mapping or {}, run.facts(**given), since)
    assert engine.look(new, step.state).digest == step.digest
    run.process = new
    return run._took(step)


def refusal(run: Run, new: engine.Process, mapping=None) -> engine.Obstacle:
    """The one obstacle of a move that is refused."""
    trial = engine.try_move(run.process, new, run.step.state, mapping or {}, facts("x"))
    assert trial.step is None and len(trial.obstacles) == 1, trial
    with pytest.raises(MoveRefused, match=trial.obstacles[0].reason[:6]):
        engine.move(run.process, new, run.step.state, mapping or {}, facts("x"))
    return trial.obstacles[0]


def test_where_nothing_changed_the_state_is_the_same_to_the_byte():
    run = Run(LINE).do("a")
    before = run.step.digest
    assert moved(run, LINE).step.digest == before and run.trail[-1].kind != "cancel"


def test_a_step_added_later_on_is_met_and_one_added_before_is_not():
    new = load(begin(), user("x"), user("a"), user("b"), user("y"), user("c"), end(), path("begin", "x", "a", "b", "y", "c", "done"))
    run = moved(Run(LINE).do("a"), new)
    assert run.open == ["b"] and run.do("b").do("y").do("c").ended == "done"


def test_a_step_that_is_gone_asks_for_another_and_proposes_the_next_one():
    new = load(begin(), user("a"), user("c"), end(), path("begin", "a", "c", "done"))
    run = Run(LINE).do("a")
    task = run.step.open_tasks[0].id
    found = refusal(run, new)
    assert (found.kind, found.element, found.proposals) == ("choose", "b", ("c",)) and "b" in found.reason
    run = moved(run, new, {"b": "c"})
    assert run.open == ["c"] and run.step.open_tasks[0].id == task and run.do("c").ended == "done"


def test_a_step_that_only_has_another_id_is_proposed_by_its_name_and_keeps_its_visits():
    old = load(begin(), user("a", name="初审"), user("b", name="复审"), end(), path("begin", "a", "b", "done"))
    new = load(begin(), user("a2", name="初审"), user("b", name="复审"), end(), path("begin", "a2", "b", "done"))
    run = Run(old)
    assert refusal(run, new).proposals == ("a2",)
    assert moved(run, new, {"a": "a2"}).do("a2").open == ["b"]
    later = moved(Run(old).do("a"), new, {"a": "a2"})
    assert later.step.visits == {"begin": 1, "a2": 1}


def test_a_task_of_another_lane_gets_the_people_of_that_lane_and_of_the_same_one_keeps_them():
    old = load(begin(), user("a", props={"scope": "case.parties.one"}), end(), path("begin", "a", "done"))
    new = load(begin(), user("a", props={"scope": "case.parties.two"}), end(), path("begin", "a", "done"))
    given = {"case": {"parties": {"one": {"ref": "org:1"}, "two": {"ref": "org:2"}}}}
    run = Run(old, **given)
    assert moved(run, new, **given).step.open_tasks[0].scope == "org:2"
    other = {"case": {"parties": {"one": {"ref": "org:9"}}}}
    assert moved(Run(old, **given), old, **other).step.open_tasks[0].scope == "org:1"


def test_events_that_are_new_begin_to_wait_those_that_are_gone_end_and_the_rest_keep_their_due():
    old = load(begin(), user("a"), on_timer("late", "a", "P5D"), on_message("stop", "a", "stop"), end(), end("e1"), end("e2"),
               path("begin", "a", "done"), path("late", "e1"), path("stop", "e2"))
    new = load(begin(), user("a"), on_timer("late", "a", "P5D"), on_timer("warn", "a", "P3D", interrupting=False), on_message("urge", "a", "urge", interrupting=False),
               end(), end("e1"), end("e2"), end("e3"), path("begin", "a", "done"), path("late", "e1"), path("warn", "e2"), path("urge", "e3"))
    run = moved(Run(old), new, hours=24)
    dues = {timer.element: timer.due for timer in run.step.timers}
    assert dues == {"late": NOON + timedelta(days=5), "warn": NOON + timedelta(days=4)} and run.messages == ["urge"]
    assert run.send("urge").ring(hours=24 * 4).open == ["a"] and run.ring(hours=24 * 5).ended == "e1"


def test_a_changed_time_limit_counts_from_the_move_or_on_wish_from_when_the_task_opened():
    old = load(begin(), user("a"), on_timer("late", "a", "P9D"), end(), end("e1"), path("begin", "a", "done"), path("late", "e1"))
    new = load(begin(), user("a"), on_timer("late", "a", "P2D"), end(), end("e1"), path("begin", "a", "done"), path("late", "e1"))
    run = Run(old)
    task = run.step.open_tasks[0].id
    assert moved(Run(old), new, hours=24).step.timers[0].due == NOON + timedelta(days=3)
    assert moved(run, new, since={task: NOON}, hours=24).step.timers[0].due == NOON + timedelta(days=2)


def test_an_activity_that_had_no_events_gets_its_first_and_may_lose_its_last():
    new = load(begin(), user("a"), on_message("stop", "a", "stop"), user("b"), user("c"), end(), end("e1"), path("begin", "a", "b", "c", "done"), path("stop", "e1"))
    run = moved(Run(LINE), new)
    assert run.messages == ["stop"] and run.step.subscriptions[0].attached_task == run.task("a").id
    back = moved(run, LINE)
    assert back.messages == [] and back.do("a").open == ["b"]
    assert moved(Run(LINE), new).send("stop").ended == "e1"


def test_a_reminder_that_has_rung_does_not_ring_again():
    old = load(begin(), user("a"), on_timer("warn", "a", "P1D", interrupting=False), end(), end("e1"), path("begin", "a", "done"), path("warn", "e1"))
    run = Run(old).ring(hours=25)
    assert run.step.timers == () and moved(run, old, hours=26).step.timers == ()


FORK = load(begin(), both("fork"), user("a"), user("b"), both("join"), user("c"), end(),
            path("begin", "fork", "a", "join", "c", "done"), path("fork", "b", "join"))


def test_what_waits_at_a_join_goes_on_waiting_though_a_step_was_put_before_it():
    new = load(begin(), both("fork"), user("a"), user("a2"), user("b"), both("join"), user("c"), end(),
               path("begin", "fork", "a", "a2", "join", "c", "done"), path("fork", "b", "join"))
    run = moved(Run(FORK).do("a"), new)
    assert run.open == ["b"] and run.do("b").do("c").ended == "done"


def test_a_branch_that_is_gone_can_be_let_go_and_the_join_does_not_wait_for_it():
    new = load(begin(), both("fork"), user("a"), both("join"), user("c"), end(), path("begin", "fork", "a", "join", "c", "done"))
    run = Run(FORK).do("a")
    assert (refusal(run, new).kind, refusal(run, new).proposals) == ("choose", ("join",))
    assert moved(run, new, {"b": ""}).open == ["c"]
    assert moved(Run(FORK).do("a"), new, {"b": "join"}).open == ["c"]
    assert "越过汇合" in refusal(Run(FORK), new, {"b": "c"}).reason


def test_a_step_taken_out_of_a_branch_counts_as_done_at_the_join_behind_it():
    new = load(begin(), both("fork"), user("a"), both("join"), user("c"), end(), path("begin", "fork", "a", "join", "c", "done"), flow("fork", "join"))
    run = Run(FORK)
    assert refusal(run, new).proposals == ("join",) and "不会再来" in refusal(run, new, {"b": ""}).reason
    assert moved(run, new, {"b": "join"}).open == ["a"] and run.do("a").do("c").ended == "done"
    assert moved(Run(FORK).do("a"), new, {"b": "join"}).open == ["c"]


def test_a_new_branch_beside_those_that_have_begun_is_refused_since_the_join_would_wait_for_ever():
    new = load(begin(), both("fork"), user("a"), user("b"), user("z", name="会签"), both("join"), user("c"), end(),
               path("begin", "fork", "a", "join", "c", "done"), path("fork", "b", "join"), path("fork", "z", "join"))
    found = refusal(Run(FORK).do("a"), new)
    assert found.kind == "refused" and "会签" in found.reason and "join" in found.reason
    assert moved(Run(FORK).do("a").do("b"), new).do("c").ended == "done"


def test_the_last_step_cannot_be_let_go():
    assert "最后一个环节" in refusal(Run(LINE), LINE, {"a": ""}).reason


PEOPLE = '["person:1", "person:2", "person:3"]'


def several(*, sequential=False, until="", collection=PEOPLE, **given):
    return load(begin(), user("a", many(collection, sequential=sequential, until=until), props={"scope": "item"}, **given), user("b"), end(), path("begin", "a", "b", "done"))


def test_people_who_answer_side_by_side_keep_their_tasks_whatever_became_of_the_list():
    run = Run(several()).do("a", item="person:2")
    before = {task.id: task.scope for task in run.step.open_tasks}
    run = moved(run, several(collection='["person:9"]'))
    assert {task.id: task.scope for task in run.step.open_tasks} == before
    assert run.do("a", item="person:1").do("a", item="person:3").do("b").ended == "done"


def test_one_after_another_the_rest_of_the_list_still_has_its_turn():
    run = moved(Run(several(sequential=True)).do("a"), several(sequential=True, name="改名"))
    assert run.do("a").task("a").item == "person:3" and run.do("a").open == ["b"]


def test_several_do_not_become_one_nor_one_several():
    one = load(begin(), user("a"), user("b"), end(), path("begin", "a", "b", "done"))
    assert "一人办理" in refusal(Run(several()), one).reason and refusal(Run(several()), one, {"a": "b"}).kind == "refused"
    assert "多人" in refusal(Run(one), several()).reason


def nested(inner: str, outside: str = "", **names):
    return load(begin(), call("part", "q"), user("z"), end(), path("begin", "part", "z", "done"),
                files={"q.bpmn": diagram(process("q", begin("b2"), inner, end("e2"), outside))})


def test_called_processes_and_sub_processes_go_along_with_what_runs_inside():
    old = nested(user("in1") + user("in2"), path("b2", "in1", "in2", "e2"))
    new = nested(user("in1") + user("in3") + user("in2"), path("b2", "in1", "in3", "in2", "e2"))
    assert moved(Run(old), new).do("in1").do("in3").do("in2").do("z").ended == "done"
    gone = load(begin(), user("z"), end(), path("begin", "z", "done"))
    assert "正在进行" in refusal(Run(old), gone).reason
    framed = [load(begin(), sub("s", begin("b2"), user("in1"), *more, end("e2"), path("b2", "in1", *names, "e2"), many('["person:1", "person:2"]')), user("z"), end(),
                   path("begin", "s", "z", "done")) for more, names in (((), ()), ((user("in2"),), ("in2",)))]
    run = moved(Run(framed[0]), framed[1])
    assert run.open == ["in1", "in1"]
    for _each in range(2):
        run.do("in1")
    assert run.do("in2").do("in2").do("z").ended == "done"


def test_a_request_to_another_system_goes_along_while_the_same_system_is_asked():
    old, same, other = (load(begin(), service("s", topic, outputs={"got": "result"}), user("b"), end(), path("begin", "s", "b", "done")) for topic in ("pay", "pay", "stamp"))
    run = Run(old)
    request = run.step.requests[0]
    run = moved(run, same)
    assert run.step.requests == () and run.answer(request, 7).open == ["b"] and run.step.variables["got"] == 7
    assert "答复" in refusal(Run(old), other).reason
    assert refusal(Run(old), load(begin(), user("b"), end(), path("begin", "b", "done"))).kind == "refused"


def test_a_wait_that_is_gone_goes_on_from_a_chosen_step():
    old = load(begin(), receive("r", "go"), user("b"), end(), path("begin", "r", "b", "done"))
    new = load(begin(), user("b"), end(), path("begin", "b", "done"))
    assert refusal(Run(old), new).proposals == ("b",)
    run = moved(Run(old), new, {"r": "b"})
    assert run.open == ["b"] and run.messages == [] and run.do("b").ended == "done"


def test_a_step_goes_on_from_a_script_or_a_gateway_when_one_says_so():
    new = load(begin(), user("a"), script("s", "n = 1"), xor("x"), user("c"), end(), path("begin", "a", "s", "x", "c", "done"))
    run = moved(Run(LINE).do("a"), new, {"b": "s"})
    assert run.open == ["c"] and run.step.variables == {"n": 1} and run.do("c").ended == "done"


def test_a_move_that_would_end_the_case_is_refused():
    new = load(begin(), user("a"), script("s", "n = 1"), end(), path("begin", "a", "s", "done"))
    assert "办结" in refusal(Run(LINE).do("a"), new, {"b": "s"}).reason


def test_a_message_under_another_name_is_a_reason():
    old, new = (load(begin(), wait_message("w", name), user("b"), end(), path("begin", "w", "b", "done")) for name in ("go", "went"))
    assert "消息" in refusal(Run(old), new).reason


def test_a_running_clock_keeps_its_due_unless_the_diagram_says_another_time():
    old, new = (load(begin(), wait("w", text), user("b"), end(), path("begin", "w", "b", "done")) for text in ("P5D", "P9D"))
    assert moved(Run(old), old, hours=48).step.timers[0].due == NOON + timedelta(days=5)
    assert moved(Run(old), new, hours=48).step.timers[0].due == NOON + timedelta(days=11)


def test_a_step_before_a_fork_goes_on_from_the_fork_into_all_its_branches():
    old = load(begin(), user("x"), both("fork"), user("a"), user("b"), both("join"), user("c"), end(),
               path("begin", "x", "fork", "a", "join", "c", "done"), path("fork", "b", "join"))
    assert refusal(Run(old), FORK).proposals == ("fork",)
    run = moved(Run(old), FORK, {"x": "fork"})
    assert run.open == ["a", "b"] and run.do("a").do("b").do("c").ended == "done"
