"""Forgotten user name, forgotten password, and the second way in while a name is locked. Same words for unknown names (J-07, J-08)."""
from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app import people
from app.errors import CodeRefused, NotAuthorised, PingshenError, ProofNeeded, RegistrationRefused
from app.extensions import limiter
from app.identifiers import compact, id_card
from app.people import proofs, registering
from app.routes.access import access
from app.routes.accounts.proofs import ensure_human
from app.routes.actors import begin_session, clock
from app.routes.errors import fields_of, message_of, status_of

blueprint = Blueprint("recovery", __name__)


def _rate():
    return current_app.config["SIGN_IN_RATE"]


@blueprint.route("/recover/name", methods=["GET", "POST"])
@access("public")
@limiter.limit(_rate, methods=["POST"])
def name():
    """The user name of a document and a name."""
    if request.method == "GET":
        return _page("name", {})
    typed = request.form.to_dict()
    try:
        ensure_human()
    except ProofNeeded as error:
        return _page("name", typed, error)
    found = registering.send_account_name(typed.get("id_type", ""), typed.get("id_number", ""), typed.get("name", ""), clock())
    return _page("name", typed, found=found, problem="" if found else _("没有找到与此姓名和证件一致的账号。请核对后再试，或先注册。"))


@blueprint.route("/recover/password", methods=["GET", "POST"])
@access("public")
@limiter.limit(_rate, methods=["POST"])
def password():
    """Asks for a code to set a new password."""
    return _page("password", {}) if request.method == "GET" else _send("password", request.form.get("id_number", ""))


@blueprint.post("/recover/password/code")
@access("public")
@limiter.limit(_rate)
def set_password():
    """The code from the mail and a new password."""
    form = request.form
    try:
        registering.set_password_with_code(form.get("handle", ""), form.get("code", ""), form.get("password", ""), form.get("again", ""), clock())
    except (CodeRefused, RegistrationRefused) as error:
        return _code_page("password", form.get("handle", ""), "", error)
    flash(_("密码已修改，请用新密码登录。"))
    return redirect(url_for("sign_in.show"), 303)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@access("public")
@limiter.limit(_rate, methods=["POST"])
def second_way():
    """Asks for a code to sign in with, for a name that is locked."""
    return _page("sign-in", request.args.to_dict()) if request.method == "GET" else _send("sign-in", None)


@blueprint.post("/sign-in/code/enter")
@access("public")
@limiter.limit(_rate)
def enter():
    """The code from the mail and the password: a new session."""
    form = request.form
    try:
        _person, secret = people.sign_in_with_code(
            form.get("account", ""), form.get("password", ""), form.get("handle", ""), form.get("code", ""), clock(), address=request.remote_addr or "")
    except (CodeRefused, NotAuthorised) as error:
        return _code_page("sign-in", form.get("handle", ""), form.get("account", ""), error)
    begin_session(secret)
    return redirect("/", 303)


def _send(way: str, id_number: str | None):
    typed = request.form.to_dict()
    account = typed.get("account", "").strip()
    try:
        ensure_human()
    except ProofNeeded as error:
        return _page(way, typed, error)
    number = None if id_number is None else _as_kept(id_number)
    return _code_page(way, registering.send_account_code(way, account, clock(), id_number=number), account)


def _as_kept(number: str) -> str:
    """A number as profiles keep it: one of 15 digits has 18 there (D-17)."""
    try:
        return id_card(number)
    except ValueError:
        return compact(number)


def _words(way: str) -> tuple[str, str]:
    return {
        "name": (_("找回用户名"), _("用注册时的姓名和证件查找用户名。用省政务服务网账号的，请在该网站找回。")),
        "password": (_("找回密码"), _("验证码会发送到注册时的邮箱，输入后可以设置新密码。")),
        "sign-in": (_("用邮箱验证码登录"), _("账号因他人多次输错密码被锁定时，用邮箱验证码和密码仍可登录。")),
    }[way]


def _page(way: str, typed: dict, error: PingshenError | None = None, found: str = "", problem: str = "") -> Response:
    heading, words = _words(way)
    page = render_template(
        "accounts/recover.html", way=way, heading=heading, words=words, typed=typed, found=found,
        problem=message_of(error) if error else problem, asked=proofs.new_question(clock()))
    return Response(page, status_of(error) if error else 200)


def _code_page(way: str, handle: str, account: str, error: PingshenError | None = None) -> Response:
    targets = {"password": ("recovery.set_password", "recovery.password"), "sign-in": ("recovery.enter", "recovery.second_way")}
    page = render_template(
        "accounts/code.html", heading=_words(way)[0], way=way, handle=handle, account=account, target=url_for(targets[way][0]),
        words=_("如果您填写的内容与账号一致，验证码已发送到该账号的邮箱。"), again=url_for(targets[way][1]),
        verb=_("登录") if way == "sign-in" else _("设置新密码"), fields=fields_of(error) if error else {},
        problem=message_of(error) if error else "")
    return Response(page, status_of(error) if error else 200)
