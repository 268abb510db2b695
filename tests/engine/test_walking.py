"""How tokens move: each kind of element, alone and combined; the case is restored before every step."""
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import pytest

from app.engine import EngineError, NotWaiting, NoWayOut, TaskNotOpen, UnknownOutcome, Walked, complete, look
from diagrams import (
    Run, begin, both, call, diagram, end, facts, flow, load, many, on_message, on_timer, path, process, receive, rule, script,
    service, sub, table, user, wait, wait_message, xor,
)


def review(**given):
    """fill → check, which returns to fill, or approves."""
    return load(
        begin(), user("fill"), user("check"), xor("choice"), end("ok", props={"result": "通过", "tone": "good"}),
        path("begin", "fill", "check", "choice"), flow("choice", "ok", 'outcome == "approve"', name="同意"),
        flow("choice", "fill", 'outcome == "return"', name="退回", props={"reason": "required", "style": "danger"}), **given)


def test_the_flows_behind_the_gateway_are_the_buttons_of_the_task_before_it():
    decisions = review().elements["check"].decisions
    assert [(each.outcome, each.label, each.reason, each.style) for each in decisions] == [
        ("approve", "同意", "", ""), ("return", "退回", "required", "danger")]
    assert [(each.outcome, each.label) for each in review().elements["fill"].decisions] == [("submit", "提交")]


def test_a_returned_case_goes_back_and_counts_the_visits():
    run = Run(review()).do("fill").do("check", "return")
    assert run.open == ["fill"] and run.step.visits == {"begin": 1, "fill": 1, "check": 1}
    run.do("fill").do("check", "approve")
    assert (run.step.ended.element, run.step.ended.result, run.step.ended.tone) == ("ok", "通过", "good")
    assert run.step.visits["check"] == 2 and not run.open


def test_the_trail_tells_every_flow_and_element_in_order():
    run = Run(review()).do("fill")
    assert run.step.trail == (Walked("leave", "fill"), Walked("flow", "fill_check"), Walked("enter", "check"))
    run.do("check", "approve")
    assert run.step.trail == tuple(Walked(*each) for each in [
        ("leave", "check"), ("flow", "check_choice"), ("enter", "choice"), ("leave", "choice"),
        ("flow", "choice_ok_同意"), ("enter", "ok"), ("leave", "ok")])


def test_completing_a_task_twice_says_that_it_is_gone():
    run = Run(review())
    task = run.task("fill")
    run.do("fill")
    with pytest.raises(TaskNotOpen):
        complete(run.process, run.step.state, task.id, "submit", facts())
    with pytest.raises(TaskNotOpen):
        complete(run.process, run.step.state, "no-such-task", "submit", facts())


def test_an_unknown_outcome_is_refused_with_a_near_miss():
    run = Run(review()).do("fill")
    with pytest.raises(UnknownOutcome) as caught:
        run.do("check", "aprove")
    assert caught.value.hint == "是否想写 `approve`？" and caught.value.element == "check"


def test_a_gateway_without_a_true_condition_names_its_conditions_and_the_outcome():
    of = load(begin(), user("fill"), xor("choice"), end(), path("begin", "fill", "choice"),
              flow("choice", "done", "form.fill.years >= 5"), flow("choice", "fill", "form.fill.years < 0"))
    with pytest.raises(NoWayOut) as caught:
        Run(of).do("fill", forms={"fill": {"years": 3}})
    assert caught.value.element == "choice" and caught.value.outcome == "submit"
    assert caught.value.conditions == ("form.fill.years >= 5", "form.fill.years < 0")
    assert Run(of).do("fill", forms={"fill": {"years": 7}}).ended == "done"


def test_conditions_are_asked_in_file_order_and_the_default_flow_last():
    of = load(begin(), user("a"), xor("choice", default="choice_rest"), end("rest"), end("big"), end("small"),
              path("begin", "a", "choice"), flow("choice", "rest"),
              flow("choice", "big", "form.a.n > 10"), flow("choice", "small", "form.a.n > 1"))
    assert [Run(of).do("a", forms={"a": {"n": n}}).ended for n in (50, 5, 0)] == ["big", "small", "rest"]


def test_a_condition_must_be_true_or_false():
    of = load(begin(), user("a"), xor("choice"), end(), path("begin", "a", "choice"), flow("choice", "done", "form.a.n"))
    with pytest.raises(EngineError, match="真或假"):
        Run(of).do("a", forms={"a": {"n": "yes"}})


def test_scripts_set_variables_and_parties_and_see_earlier_lines():
    of = load(begin(), script("count", 'a = 1\nb = vars.a + 1\n# a comment\nparties.boss = {"ref": "org:9", "name": "局"}'),
              user("t", props={"scope": "case.parties.boss", "role": "chief"}), end(), path("begin", "count", "t", "done"))
    run = Run(of, case={"parties": {"owner": {"ref": "person:1"}}})
    assert run.step.variables == {"a": 1, "b": 2}
    assert run.step.parties == {"owner": {"ref": "person:1"}, "boss": {"name": "局", "ref": "org:9"}}
    assert (run.task("t").role, run.task("t").scope) == ("chief", "org:9")


def test_a_scope_is_settled_when_the_task_opens():
    of = load(begin(), user("a"), user("b", props={"scope": "case.parties.owner"}), end(), path("begin", "a", "b", "done"))
    run = Run(of).do("a", case={"parties": {"owner": {"ref": "person:1"}}})
    assert run.task("b").scope == "person:1" and run.task("b").opened_by_step
    again = look(of, run.step.state).open_tasks[0]
    assert again.scope == "person:1" and not again.opened_by_step


def test_a_scope_that_is_no_reference_is_refused():
    of = load(begin(), user("a", props={"scope": '"acme"'}), end(), path("begin", "a", "done"))
    with pytest.raises(EngineError, match="scope"):
        Run(of)


def test_roles_come_from_the_innermost_lane_and_a_task_may_override_them():
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="外"><bpmn:extensionElements><camunda:properties>'
        '<camunda:property name="role" value="office"/><camunda:property name="scope" value="case.parties.office"/>'
        '<camunda:property name="not" value="a"/></camunda:properties></bpmn:extensionElements>'
        '<bpmn:flowNodeRef>a</bpmn:flowNodeRef><bpmn:flowNodeRef>b</bpmn:flowNodeRef>'
        '<bpmn:childLaneSet id="cls"><bpmn:lane id="l2" name="内"><bpmn:extensionElements><camunda:properties>'
        '<camunda:property name="role" value="chief"/></camunda:properties></bpmn:extensionElements>'
        '<bpmn:flowNodeRef>b</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>')
    of = load(lanes, begin(), user("a"), user("b"), user("c", props={"role": "guest"}), end(), path("begin", "a", "b", "c", "done"))
    found = {id: (each.lane, each.role, each.scope, each.excluded) for id, each in of.elements.items() if each.kind == "userTask"}
    assert found == {"a": ("外", "office", "case.parties.office", ("a",)), "b": ("内", "chief", "", ("a",)), "c": ("", "guest", "", ())}


def test_a_service_task_asks_and_goes_on_when_it_is_answered():
    of = load(begin(), service("pay", "payment.order", inputs={"amount": "40000 + 5000", "who": "case.parties.owner.ref"},
                               outputs={"paid": "result.ok", "number": "result.receipt.number"}), user("t"), end(),
              path("begin", "pay", "t", "done"))
    run = Run(of, case={"parties": {"owner": {"ref": "person:1"}}})
    request, = run.step.requests
    assert (request.element, request.topic, request.parameters) == ("pay", "payment.order", {"amount": 45000, "who": "person:1"})
    assert not look(of, run.step.state).requests
    run.answer(request, {"ok": True, "receipt": {"number": "R1"}})
    assert run.step.variables == {"paid": True, "number": "R1"} and run.open == ["t"]
    with pytest.raises(NotWaiting):
        run.answer(request, {})


def test_a_late_answer_to_a_cancelled_request_is_refused():
    of = load(begin(), service("pay", "payment.order"), on_message("stop", "pay", "withdraw"), end(), end("gone"),
              path("begin", "pay", "done"), path("stop", "gone"))
    run = Run(of)
    request, = run.step.requests
    run.send("withdraw")
    assert run.ended == "gone" and ("cancel", "pay") in run.trail
    with pytest.raises(NotWaiting):
        run.answer(request, {})


def test_rule_tasks_put_the_outputs_of_a_table_into_a_variable():
    files = {"fee.dmn": table("fee", {"级别": "form.a.level", "年限": "form.a.years"}, ["amount", "note"], [
        ['"高级"', ">= 5", "45000", '"正常"'], ['"中级","初级"', "", "30000", ""]])}
    of = load(begin(), user("a"), rule("charge", "fee", "fee"), user("b"), end(), path("begin", "a", "charge", "b", "done"), files=files)

    def fee(level, years):
        return Run(of).do("a", forms={"a": {"level": level, "years": years}}).step.variables["fee"]
    assert fee("高级", 6) == {"amount": 45000, "note": "正常"}
    assert fee("初级", 1) == {"amount": 30000, "note": None}
    assert fee("高级", 2) == {"amount": None, "note": None}


def test_two_matches_in_a_unique_table_are_an_error_that_names_rows_and_values():
    files = {"fee.dmn": table("fee", {"年限": "form.a.years"}, ["amount"], [["> 1", "1"], ["> 2", "2"]])}
    of = load(begin(), user("a"), rule("charge", "fee", "fee"), end(), path("begin", "a", "charge", "done"), files=files)
    with pytest.raises(EngineError) as caught:
        Run(of).do("a", forms={"a": {"years": 3}})
    assert "第 1、2 行" in str(caught.value) and "年限 = 3" in str(caught.value) and "fee.dmn" in str(caught.value)


def test_first_takes_one_row_and_collect_all_of_them():
    rows = [["> 1", "1"], ["> 2", "2"], ["? in [3, 4]", "3"]]
    for policy, expected in (("FIRST", {"n": 1}), ("COLLECT", [{"n": 1}, {"n": 2}, {"n": 3}])):
        files = {"t.dmn": table("t", {"x": "vars.x"}, ["n"], rows, policy)}
        of = load(begin(), script("s", "x = 3"), rule("r", "t", "out"), user("u"), end(), path("begin", "s", "r", "u", "done"), files=files)
        assert Run(of).step.variables["out"] == expected


def test_an_interrupting_message_cancels_the_task_and_its_other_events():
    of = load(begin(), user("t"), on_message("withdraw", "t", "withdraw"), on_timer("late", "t", "P1D"), end(), end("gone"), end("over"),
              path("begin", "t", "done"), path("withdraw", "gone"), path("late", "over"))
    run = Run(of)
    assert run.messages == ["withdraw"] and len(run.step.timers) == 1
    assert run.step.subscriptions[0].attached_to == "t" and run.step.subscriptions[0].attached_task == run.task("t").id
    run.send("withdraw", {"why": "wrong level"})
    assert run.ended == "gone" and not run.step.timers and run.step.variables == {"withdraw": {"why": "wrong level"}}
    assert [each for each in run.step.trail if each.kind != "flow"] == [
        Walked("enter", "withdraw"), Walked("cancel", "t"), Walked("leave", "withdraw"), Walked("enter", "gone"), Walked("leave", "gone")]


def test_a_non_interrupting_message_can_come_again_and_again():
    of = load(begin(), user("t"), on_message("urge", "t", "urge", interrupting=False), script("note", "n = case.visits.note"), end(), end("noted"),
              path("begin", "t", "done"), path("urge", "note", "noted"))
    run = Run(of)
    first = run.step.subscriptions[0].id
    run.send("urge")
    assert run.open == ["t"] and run.messages == ["urge"] and run.step.subscriptions[0].id != first
    with pytest.raises(NotWaiting):
        run.send("urge", subscription=first)
    run.send("urge").send("urge").do("t")
    assert run.ended == "done" and run.step.visits["note"] == 3 and not run.messages


def test_a_message_that_nobody_waits_for_is_refused():
    with pytest.raises(NotWaiting):
        Run(review()).send("withdraw")


def test_receive_tasks_and_message_events_wait_and_keep_the_payload():
    of = load(begin(), receive("paid", "payment"), wait_message("published", "published"), end(), path("begin", "paid", "published", "done"))
    run = Run(of)
    assert run.messages == ["payment"]
    run.send("payment", {"fen": 100})
    assert run.messages == ["published"]
    assert run.send("published").ended == "done" and run.step.variables == {"payment": {"fen": 100}}


def test_a_timer_fires_only_when_timers_are_fired_and_only_once():
    of = load(begin(), user("t"), on_timer("late", "t", "PT2H", interrupting=False), user("chase"), end(), end("chased"),
              path("begin", "t", "done"), path("late", "chase", "chased"))
    run = Run(of)
    assert run.step.timers[0].due == datetime(2026, 3, 2, 6, 0, tzinfo=timezone.utc)
    assert run.ring(hours=1.9).open == ["t"]
    assert run.ring(hours=2).open == ["t", "chase"] and not run.step.timers
    assert run.ring(hours=9).open == ["t", "chase"]


def test_a_late_completion_is_not_overtaken_by_the_due_timer():
    of = load(begin(), user("t"), on_timer("late", "t", "PT2H"), end(), end("over"), path("begin", "t", "done"), path("late", "over"))
    assert Run(of).do("t", hours=5).ended == "done"
    assert Run(of).ring(hours=5).ended == "over"


@pytest.mark.parametrize("date, due", [
    ("2026-03-05", "2026-03-04T16:00:00+00:00"), ("2026-03-05T09:30:00", "2026-03-05T01:30:00+00:00"),
    ("2026-03-05T09:30:00Z", "2026-03-05T09:30:00+00:00"), ("add_days(today, 3)", "2026-03-04T16:00:00+00:00"),
    ('at(workdays_after(today, 5), "17:00")', "2026-03-06T09:00:00+00:00")])
def test_a_date_means_its_first_minute_in_shanghai(date, due):
    run = Run(load(begin(), wait("pause", date=date), end(), path("begin", "pause", "done")))
    assert run.step.timers[0].due.isoformat() == due


@pytest.mark.parametrize("duration, due", [
    ("P1M", "2026-04-02T04:00:00+00:00"), ("P1Y2W1DT1H1M1S", "2027-03-17T05:01:01+00:00"), ('"P" + "3D"', "2026-03-05T04:00:00+00:00"), ("PT0S", "2026-03-02T04:00:00+00:00")])
def test_durations_are_iso_8601_or_an_expression_that_gives_one(duration, due):
    run = Run(load(begin(), wait("pause", duration), end(), path("begin", "pause", "done")))
    assert run.step.timers[0].due.isoformat() == due


def test_a_timer_expression_that_gives_nothing_is_an_error_at_the_event():
    with pytest.raises(EngineError) as caught:
        Run(load(begin(), wait("pause", date="vars.day"), end(), path("begin", "pause", "done")))
    assert caught.value.element == "pause" and caught.value.expression == "vars.day"


def test_due_timers_fire_in_due_order_each_followed_by_its_steps():
    of = load(begin(), both("fork"), wait("b", "PT2H"), wait("a", "PT1H"), script("sa", 'order = coalesce(vars.order, "") + "a"'),
              script("sb", 'order = coalesce(vars.order, "") + "b"'), end("ea"), end("eb"),
              path("begin", "fork", "b", "sb", "eb"), path("fork", "a", "sa", "ea"))
    assert Run(of).ring(hours=3).step.variables == {"order": "ab"}


def test_a_timer_that_a_timer_starts_fires_in_the_same_command_when_it_is_due():
    of = load(begin(), wait("a", date="2026-03-03"), wait("b", date="2026-03-04"), end(), path("begin", "a", "b", "done"))
    assert Run(of).ring(hours=100).ended == "done"


def test_parallel_branches_meet_and_one_of_them_may_loop():
    of = load(begin(), both("fork"), user("a"), user("b"), xor("again"), both("join"), end(),
              path("begin", "fork", "a", "join", "done"), path("fork", "b", "again"),
              flow("again", "join", 'outcome == "ok"', name="ok"), flow("again", "b", 'outcome == "more"', name="more"))
    run = Run(of).do("b", "more").do("b", "more").do("a").do("b", "more")
    assert run.open == ["b"]
    assert run.do("b", "ok").ended == "done"


def test_a_loop_around_a_parallel_block_needs_both_branches_each_time():
    of = load(begin(), xor("merge"), both("fork"), user("a"), user("b"), both("join"), user("check"), xor("choice"), end(),
              path("begin", "merge", "fork", "a", "join", "check", "choice"), path("fork", "b", "join"),
              flow("choice", "done", 'outcome == "ok"', name="ok"), flow("choice", "merge", 'outcome == "no"', name="no"))
    run = Run(of)
    for _ in range(3):
        run.do("a")
        assert run.open == ["b"]
        run.do("b")
        assert run.open == ["check"]
        run.do("check", "no")
    assert run.do("b").do("a").do("check", "ok").ended == "done"


def test_two_tokens_on_one_flow_of_a_join_do_not_count_for_the_other():
    of = load(begin(), both("fork"), user("a"), on_message("more", "a", "more", interrupting=False), user("b"), both("join"), user("c"), end(),
              path("begin", "fork", "a", "join", "c", "done"), path("fork", "b", "join"), path("more", "join"))
    run = Run(of)
    run.send("more").send("more").do("a")
    assert run.open == ["b"]


def test_a_join_that_can_never_be_complete_is_an_error_and_not_a_silent_stop():
    of = load(begin(), user("t"), xor("x"), user("a"), user("b"), both("join"), end(), path("begin", "t", "x"),
              flow("x", "a", 'outcome == "a"'), flow("x", "b", 'outcome == "b"'), path("a", "join", "done"), path("b", "join"))
    with pytest.raises(EngineError, match="永远不会到达"):
        Run(of).do("t", "a").do("a")


def test_a_loop_that_waits_for_nobody_is_stopped():
    of = load(begin(), xor("a"), script("s", "n = 1"), user("u"), end(), path("begin", "a"), flow("a", "u", "vars.n == 2"),
              flow("a", "s", "true"), path("s", "a"), path("u", "done"))
    with pytest.raises(EngineError, match="循环不停"):
        Run(of)


def test_a_sub_process_gives_its_outcome_to_the_gateway_behind_it():
    of = load(begin(), sub("block", begin("b2"), user("inner"), xor("x"), end("e1"), end("e2"), path("b2", "inner", "x"),
                           flow("x", "e1", 'outcome == "yes"'), flow("x", "e2", 'outcome == "no"')),
              xor("choice"), end("good"), end("bad"), path("begin", "block", "choice"), flow("choice", "good", 'outcome == "yes"'), flow("choice", "bad", 'outcome == "no"'))
    assert Run(of).do("inner", "no").ended == "bad"
    assert of.subprocess_of["inner"] == "block"


def test_called_processes_share_variables_and_parties():
    called = process("q", begin("qb"), script("qs", 'x = vars.x + 1\nparties.done = {"ref": "org:1"}'), user("qt"), end("qe"), path("qb", "qs", "qt", "qe"))
    of = load(begin(), script("s", "x = 1"), call("c", "q"), user("after"), end(), path("begin", "s", "c", "after", "done"), files={"q.bpmn": diagram(called)})
    run = Run(of)
    assert run.open == ["qt"] and run.step.variables == {"x": 2} and run.step.parties == {"done": {"ref": "org:1"}}
    assert of.called == {"c": "q"} and "qt" in of.elements
    assert run.do("qt").open == ["after"]


def test_an_event_on_a_sub_process_cancels_all_that_runs_inside():
    of = load(begin(), sub("block", begin("b2"), both("f"), user("x"), service("y", "notify"), end("e1"), end("e2"), path("b2", "f", "x", "e1"), path("f", "y", "e2")),
              on_message("stop", "block", "stop"), end(), end("gone"), path("begin", "block", "done"), path("stop", "gone"))
    run = Run(of)
    request, = run.step.requests
    run.send("stop")
    assert run.ended == "gone" and not run.open and set(run.walked("cancel")) == {"x", "y", "block"}
    with pytest.raises(NotWaiting):
        run.answer(request)


def test_a_terminate_end_stops_the_other_branches_of_its_own_process_only():
    of = load(begin(), both("f"), sub("block", begin("b2"), both("f2"), user("x"), user("y"), end("e1", True), end("e2"), path("b2", "f2", "x", "e1"), path("f2", "y", "e2")),
              user("z"), both("j"), user("last"), end("stop", True), path("begin", "f", "block", "j", "last", "stop"), path("f", "z", "j"))
    run = Run(of).do("x")
    assert run.open == ["z"] and run.walked("cancel") == ["y"]
    assert run.do("z").do("last").ended == "stop"


def experts(**given):
    return load(begin(), script("list", 'all = ["person:1", "person:2", "person:3"]'), user("vote", many("vars.all", **given), props={"scope": "item", "role": "expert"}),
                user("after"), end(), path("begin", "list", "vote", "after", "done"))


def test_a_parallel_multi_instance_opens_one_task_per_member():
    run = Run(experts())
    assert [(each.element, each.item, each.scope) for each in run.step.open_tasks] == [("vote", f"person:{n}", f"person:{n}") for n in (1, 2, 3)]
    run.do("vote", item="person:2").do("vote", item="person:1")
    assert run.open == ["vote"] and run.walked("leave")[-1] == "list"
    run.do("vote", item="person:3")
    assert run.open == ["after"] and run.step.visits["vote"] == 1 and run.walked("enter").count("vote") == 1
    assert run.task("after").item is None


def test_a_sequential_multi_instance_opens_one_task_after_another():
    run = Run(experts(sequential=True))
    for n in (1, 2, 3):
        assert [each.item for each in run.step.open_tasks] == [f"person:{n}"]
        run.do("vote")
    assert run.open == ["after"]


def test_a_completion_condition_ends_the_rest():
    run = Run(experts(until='item == "person:2"')).do("vote", item="person:1")
    assert len(run.open) == 2
    assert run.do("vote", item="person:2").open == ["after"]


GATHERS = {"scope": "item", "gather": 'outcome == "no" ? null : [item, index, form.f.word]', "gather_into": "heard"}


def gathering(*inner: str, **given):
    return load(begin(), user("ask", many('["person:1", "person:2", "person:3"]', **given), props=GATHERS), user("after"), xor("more"), end(), *inner,
                path("begin", "ask", "after", "more"), flow("more", "done", 'outcome == "end"', name="end"), flow("more", "ask", 'outcome == "again"', name="again"))


@pytest.mark.parametrize("sequential", [False, True])
def test_each_instance_leaves_what_the_diagram_asks_of_it_in_the_order_of_completion(sequential):
    run = Run(gathering(sequential=sequential))
    assert run.step.variables["heard"] == []
    order = (1, 2, 3) if sequential else (3, 1, 2)
    for n in order:
        run.do("ask", item=f"person:{n}", forms={"f": {"word": f"w{n}"}})
    assert run.step.variables["heard"] == [[f"person:{n}", n - 1, f"w{n}"] for n in order]


def test_what_instances_left_begins_anew_when_they_are_asked_again():
    run = Run(gathering(until="index == 0")).do("ask", item="person:1", forms={"f": {"word": "w"}})
    assert len(run.step.variables["heard"]) == 1
    assert run.do("after", "again").step.variables["heard"] == []


def test_what_was_left_before_an_interruption_is_kept():
    run = Run(gathering(on_timer("late", "ask", "P1D"), path("late", "after"))).do("ask", item="person:2", forms={"f": {"word": "w"}})
    assert run.ring(hours=30).step.variables["heard"] == [["person:2", 1, "w"]]


def test_null_leaves_nothing():
    of = load(begin(), user("ask", many('["person:1", "person:2"]'), props=GATHERS | {"gather": 'item == "person:1" ? null : item'}), end(), path("begin", "ask", "done"))
    assert Run(of).do("ask", item="person:1").do("ask", item="person:2").step.variables["heard"] == ["person:2"]


def test_an_empty_list_is_passed_and_no_list_is_an_error():
    of = load(begin(), user("vote", many("vars.nobody")), end(), path("begin", "vote", "done"))
    with pytest.raises(EngineError, match="列表"):
        Run(of)
    assert Run(load(begin(), user("vote", many("[]")), end(), path("begin", "vote", "done"))).ended == "done"


def test_a_called_process_runs_once_per_member_and_sees_the_member():
    called = process("q", begin("qb"), user("qt", props={"scope": "item"}), end("qe"), path("qb", "qt", "qe"))
    of = load(begin(), call("c", "q", many('["person:1", "person:2"]')), on_timer("late", "c", "P1D"), end(), end("over"), path("begin", "c", "done"), path("late", "over"),
              files={"q.bpmn": diagram(called)})
    run = Run(of)
    assert [each.scope for each in run.step.open_tasks] == ["person:1", "person:2"]
    assert run.do("qt", item="person:2").do("qt").ended == "done"
    assert Run(of).do("qt", item="person:1").ring(hours=30).ended == "over"


def test_a_collection_is_asked_for_once():
    of = load(begin(), script("list", 'all = ["person:1", "person:2"]'), user("vote", many("vars.all", sequential=True)),
              on_message("change", "vote", "all", interrupting=False), end(), end("changed"), path("begin", "list", "vote", "done"), path("change", "changed"))
    run = Run(of).send("all", ["person:8"])
    assert [run.task("vote").item, run.do("vote").task("vote").item] == ["person:1", "person:2"]


def test_equal_facts_give_equal_bytes_and_another_seed_other_ids():
    def walk(seed):
        of = review()
        step = complete(of, Run(of).step.state, Run(of).task("fill").id, "submit", facts(seed))
        return step.state, step.digest, step.open_tasks[0].id
    assert walk("s") == walk("s") and walk("s")[2] != walk("r")[2]


def test_the_answers_of_forms_do_not_enter_the_state():
    run = Run(review(), forms={"fill": {"secret": "绝密内容"}}).do("fill", forms={"fill": {"secret": "绝密内容"}})
    assert "绝密内容" not in repr(run.step) and len(run.step.state) < 400


def test_cases_of_one_process_in_several_threads_do_not_touch_each_other():
    of = experts()

    def walk(_):
        run = Run(of)
        for n in (2, 1, 3):
            run.do("vote", item=f"person:{n}")
        return run.do("after").step.digest
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(walk, range(40)))) == 1
