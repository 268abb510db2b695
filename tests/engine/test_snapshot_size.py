"""The state stays small and flat, and holds nothing that belongs elsewhere."""
from app.engine import variables_of
from diagrams import Run, begin, both, end, flow, load, many, on_message, on_timer, path, script, service, user, xor


def thirteen_steps():
    """Declare, five reviews that can send back, a paid fee, nine experts, publicity with a timer, and an issue."""
    reviews = [f"review{n}" for n in range(5)]
    parts = [begin(), xor("again"), user("declare", props={"scope": "case.parties.owner"}), path("begin", "again", "declare", reviews[0])]
    for this, following in zip(reviews, [*reviews[1:], "pay"]):
        parts += [user(this, props={"role": "officer", "scope": "case.parties.office"}), xor(f"choice_{this}"), path(this, f"choice_{this}"),
                  on_message(f"withdraw_{this}", this, "withdraw"), path(f"withdraw_{this}", "again"),
                  on_timer(f"late_{this}", this, "P30D", interrupting=False), end(f"noted_{this}"), path(f"late_{this}", f"noted_{this}"),
                  flow(f"choice_{this}", following, 'outcome == "approve"', name="同意"), flow(f"choice_{this}", "again", 'outcome == "return"', name="退回")]
    return load(*parts, service("pay", "payment.order", inputs={"amount": "45000"}, outputs={"paid": "result.ok"}), both("f"), both("j"), user("x"), user("y"),
                script("list", 'experts = ["person:1", "person:2", "person:3", "person:4", "person:5", "person:6", "person:7", "person:8", "person:9"]'),
                user("vote", many("vars.experts"), props={"scope": "item"}), user("publicity"), user("issue"), end(),
                path("pay", "f", "x", "j", "list", "vote", "publicity", "issue", "done"), path("f", "y", "j"))


def loop(run: Run, times: int) -> None:
    for _ in range(times):
        run.do("declare")
        for this in range(4):
            run.do(f"review{this}", "approve")
        run.do("review4", "return")


def test_the_state_is_small_and_flat_in_return_loops():
    run = Run(thirteen_steps(), case={"parties": {"owner": {"ref": "person:1", "name": "李雷", "kind": "person"}}})
    loop(run, 3)
    early = len(run.step.state)
    loop(run, 50)
    assert len(run.step.state) <= early + 20 and len(run.step.state) < 4096


def test_the_state_with_all_experts_at_work_is_small():
    run = Run(thirteen_steps()).do("declare")
    for this in range(5):
        run.do(f"review{this}", "approve")
    run.answer(run.step.requests[0], {"ok": True}).do("x").do("y")
    assert run.open == ["vote"] * 9 and len(run.step.state) < 4096


def test_a_finished_case_keeps_its_variables_and_no_tasks():
    run = Run(load(begin(), script("s", "a = 1"), user("x"), end(), path("begin", "s", "x", "done"))).do("x")
    assert variables_of(run.step.state) == {"a": 1} and len(run.step.state) < 250
