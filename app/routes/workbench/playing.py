"""试走: a walk through a proposal as any person, with a pretend clock. The forms in it are the real pages, answered inside."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.errors import NotFound, PlayRefused
from app.extensions import csrf
from app.operations import releases
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.languages import COOKIE, chosen_language
from app.routes.security import POLICY
from app.routes.workbench.frame import ANALYST, READERS, editor_page, proposal_page
from app.workbench import beginnings, keeping, playing, plays, proposals, scenarios, stepping
from app.workbench.playable import playable, readable_scenarios

blueprint = Blueprint("workbench_play", __name__, url_prefix="/workbench/<int:proposal_id>/play")
ALL = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@blueprint.get("")
@access(*READERS)
def index(proposal_id: int):
    """The walks of the proposal, and the form that begins one."""
    proposal = proposals.proposal_of(proposal_id)
    return proposal_page("workbench/play.html", proposal, plays=plays.plays_of(proposal), offered=beginnings.offered(proposal), digest=playable(proposals.bundle_of(proposal)).digest)


@blueprint.post("")
@access(ANALYST)
def begin(proposal_id: int):
    """Begins a walk."""
    proposal = proposals.proposal_of(proposal_id)
    try:
        play = beginnings.begin(proposal, request.form, actor=current_actor(), clock=clock())
    except PlayRefused as refusal:
        flash(message_of(refusal), "error")
        return redirect(url_for("workbench_play.index", proposal_id=proposal_id), 303)
    return _to(play)


@blueprint.get("/<int:play_id>")
@access(ANALYST)
def show(proposal_id: int, play_id: int):
    """The walk: its diagram, who can act, what it waits for, how it got here."""
    play, proposal = plays.play_of(proposal_id, play_id), proposals.proposal_of(proposal_id)
    return editor_page("workbench/play_walk.html", proposal, **_seen(proposal, play))


@blueprint.get("/<int:play_id>/panel")
@access(ANALYST)
def panel(proposal_id: int, play_id: int):
    """What changes on the page of a walk when a step is done."""
    play, proposal = plays.play_of(proposal_id, play_id), proposals.proposal_of(proposal_id)
    return render_template("workbench/play_panel.html", proposal=proposal, **_seen(proposal, play))


def _seen(proposal, play) -> dict:
    bundle, scene, problem, more = proposals.bundle_of(proposal), None, "", {}
    try:
        samples = readable_scenarios(bundle.procedure(proposal.procedure))
        with plays.standing(play) as now:
            scene = playing.scene_of(now, samples)
            procedure = releases.procedure_of(play.digest)
            more = {"processes": beginnings.names_of(procedure), "titles": beginnings.element_names(play.digest, procedure), "started": bool(now.walk), "start_samples": len(playing.start_samples(samples, play.script["process"])), "roles": list(procedure.roles.values()),
                    "organisations": procedure.demo.get("organisations") or {}}
    except PlayRefused as refusal:
        problem = message_of(refusal)
    return {"play": plays.play_of(proposal.id, play.id), "scene": scene, "problem": problem, "stale": play.digest != playable(bundle).digest, "process": play.script["process"],
            "covered": scenarios.coverage_of(proposal, bundle) if scene else None, **more}


@blueprint.post("/<int:play_id>/step")
@access(ANALYST)
def step(proposal_id: int, play_id: int):
    """A step that is nobody's task: the clock, a message from outside, the answer of an outside system."""
    return _tried(proposal_id, play_id, lambda play: stepping.step(play, request.form, clock=clock()))


@blueprint.post("/<int:play_id>/back")
@access(ANALYST)
def back(proposal_id: int, play_id: int):
    """Back to after a step, or on again to it."""
    return _tried(proposal_id, play_id, lambda play: plays.go_back(play, request.form.get("position", -1, type=int)))


@blueprint.post("/<int:play_id>/again")
@access(ANALYST)
def again(proposal_id: int, play_id: int):
    """All steps again through the proposal as it is now; says where they lead elsewhere."""
    def work(play):
        for words, kind in stepping.told(plays.remake(play)):
            flash(words, kind)
    return _tried(proposal_id, play_id, work)


@blueprint.post("/<int:play_id>/people")
@access(ANALYST)
def add_person(proposal_id: int, play_id: int):
    """Somebody made up joins the walk."""
    return _tried(proposal_id, play_id, lambda play: plays.add_person(play, *beginnings.made_up(request.form)))


@blueprint.post("/<int:play_id>/drop")
@access(ANALYST)
def drop(proposal_id: int, play_id: int):
    """Forgets a walk."""
    plays.drop_play(plays.play_of(proposal_id, play_id).id)
    flash(_("已删除这次试走。"))
    return redirect(url_for("workbench_play.index", proposal_id=proposal_id), 303)


@blueprint.post("/<int:play_id>/keep")
@access(ANALYST)
def keep(proposal_id: int, play_id: int):
    """Saves the walk as a scenario and has it run."""
    play, form = plays.play_of(proposal_id, play_id), request.form
    try:
        path = keeping.keep_play(play, form.get("name", "").strip(), form.get("title", ""), replace="replace" in form, actor=current_actor(), clock=clock())
    except PlayRefused as refusal:
        flash(message_of(refusal), "error")
        return _to(play)
    scenarios.ask_runs(proposals.proposal_of(proposal_id), [path], clock=clock())
    flash(_("已保存为情景用例，正在运行一遍。"))
    return redirect(url_for("workbench_scenarios.index", proposal_id=proposal_id), 303)


@blueprint.post("/<int:play_id>/fill")
@access(ANALYST)
def fill(proposal_id: int, play_id: int):
    """Fills the form of a task with a sample of the scenarios, and shows it."""
    play, form, proposal = plays.play_of(proposal_id, play_id), request.form, proposals.proposal_of(proposal_id)
    samples = readable_scenarios(proposals.bundle_of(proposal).procedure(proposal.procedure))
    with plays.standing(play) as now:
        playing.fill_in(now, samples, form.get("task", ""), form.get("person", ""), form.get("which", 0, type=int))
    return redirect(url_for("workbench_play.real", proposal_id=proposal_id, play_id=play_id, person=form.get("person", ""), path=f"tasks/{form.get('task', '')}"), 303)


@blueprint.get("/<int:play_id>/diagrams/<process_id>.bpmn")
@access(ANALYST)
def diagram(proposal_id: int, play_id: int, process_id: str):
    """The diagram as it is walked."""
    with plays.standing(plays.play_of(proposal_id, play_id)) as now:
        procedure = releases.procedure_of(now.play.digest)
    if process_id not in procedure.processes:
        raise NotFound()
    return Response(procedure.files[procedure.processes[process_id]], mimetype="application/xml")


@csrf.exempt  # the pages inside have a session of their own, whose token they check
@access(ANALYST)
def real(proposal_id: int, play_id: int, person: str, path: str = ""):
    """The real pages of the service, inside the walk, as this person sees them."""
    if path.startswith("static/"):
        return current_app.send_static_file(path.removeprefix("static/"))
    if path.split("/")[0] == "workbench":  # a workbench inside would begin walks inside of walks without end
        raise NotFound()
    play, environ = plays.play_of(proposal_id, play_id), _environ(path)
    answer, steps = plays.work_in(play, lambda now: playing.page_in(now, person, environ), request.form, clock=clock())
    return Response(render_template("workbench/play_done.html", play=play)) if steps else answer


for rule in ("/<int:play_id>/as/<person>/", "/<int:play_id>/as/<person>/<path:path>"):
    blueprint.add_url_rule(rule, "real", real, methods=ALL, provide_automatic_options=False)


def _environ(path: str) -> dict:
    """The request as the app inside meets it: its own root, its own session, nothing of ours."""
    body = request.get_data(cache=True)
    kept = {key: value for key, value in request.environ.items()
            if not key.startswith(("werkzeug.", "pingshen.", "flask.", "gunicorn.")) and key not in ("HTTP_AUTHORIZATION", "RAW_URI", "REQUEST_URI")}
    return kept | {"SCRIPT_NAME": request.script_root + _root().encode().decode("latin-1"), "PATH_INFO": "/" + path.encode().decode("latin-1"),
                   "HTTP_COOKIE": f"{COOKIE}={chosen_language()}", "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}


def _root() -> str:
    """The address below which the app inside has its pages."""
    return request.path[: len(request.path) - len(request.view_args.get("path", ""))].rstrip("/")


@blueprint.after_request
def _framed(response):
    """The answer as a page in a frame of ours, without the bar above; a refusal, too, or the frame would stay white."""
    if request.endpoint != "workbench_play.real":
        return response
    policy = response.headers.get("Content-Security-Policy", POLICY)
    response.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    if response.mimetype == "text/html" and not response.direct_passthrough:
        style = f'<link rel="stylesheet" href="{url_for("static", filename="inside.css")}"></head>'
        body = response.get_data().replace(f'"{request.script_root}{_root()}/static/'.encode(), f'"{request.script_root}/static/'.encode())
        response.set_data(body.replace(b"</head>", style.encode(), 1))
    return response


def _tried(proposal_id: int, play_id: int, work):
    play = plays.play_of(proposal_id, play_id)
    try:
        work(play)
    except PlayRefused as refusal:
        flash(message_of(refusal), "error")
        return _to(play, anchor="main")
    return _to(play)


def _to(play, anchor: str | None = None):
    """The walk's page; without an anchor of ours the browser goes to the one that the pressed form's address had."""
    return redirect(url_for("workbench_play.show", proposal_id=play.proposal_id, play_id=play.id, _anchor=anchor), 303)
