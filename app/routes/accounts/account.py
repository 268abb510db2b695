"""One's own account: details and how to be reached, mails, sign-ins, a copy of one's data (S0-026, S1-149, D-124)."""
from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, session as browser, url_for
from flask_babel import gettext as _

from app import mail, people
from app.errors import CodeRefused, DetailsRefused
from app.extensions import limiter
from app.operations import own_data
from app.people import own_account
from app.people.memberships import memberships_of
from app.routes.access import access
from app.routes.actors import SIGN_IN, clock, current_actor
from app.routes.errors import fields_of, message_of

blueprint = Blueprint("account", __name__, url_prefix="/me")


def _rate():
    return current_app.config["SIGN_IN_RATE"]


@blueprint.get("")
@access("signed-in")
def show():
    """个人信息: who I am here, how I am reached, which mails I get."""
    return _page({}, {})


@blueprint.post("/phone")
@access("signed-in")
def phone():
    """Changes the phone number."""
    try:
        own_account.change_phone(current_actor(), request.form.get("phone", ""), clock())
    except DetailsRefused as error:
        return _page(request.form, fields_of(error)), 422
    flash(_("手机号码已保存。"))
    return redirect(url_for("account.show"), 303)


@blueprint.post("/email")
@access("signed-in")
@limiter.limit(_rate)
def email():
    """Sends a code to the new mail address."""
    try:
        handle = own_account.ask_address(current_actor(), request.form.get("email", ""), clock())
    except DetailsRefused as error:
        return _page(request.form, fields_of(error)), 422
    return _code_page(handle)


@blueprint.post("/email/code")
@access("signed-in")
@limiter.limit(_rate)
def confirm():
    """The code from the new address: from now on it is mine."""
    handle = request.form.get("handle", "")
    try:
        address = own_account.confirm_address(current_actor(), handle, request.form.get("code", ""), clock())
    except CodeRefused as error:
        return _code_page(handle, message_of(error)), 422
    flash(_("电子邮件已更换为 %(address)s。", address=address))
    return redirect(url_for("account.show"), 303)


@blueprint.post("/mails")
@access("signed-in")
def mails():
    """Which kinds of notices come by mail too."""
    mail.choose(current_actor().id, set(request.form.getlist("kind")))
    flash(_("邮件设置已保存。"))
    return redirect(url_for("account.show"), 303)


@blueprint.get("/account")
@access("signed-in")
def manage():
    """账户管理: my sign-ins, my password, my data."""
    actor = current_actor()
    return render_template("accounts/own_account.html", visits=own_account.sign_ins_of(actor.id, browser.get(SIGN_IN, "")), asked=own_data.requests_of(actor), is_kept=_is_kept)


@blueprint.post("/sign-ins/<sign_in_id>/end")
@access("signed-in")
def end(sign_in_id: str):
    """Ends one of my sign-ins; `others`: all but this one."""
    if sign_in_id == "others":
        own_account.end_others(current_actor().id, browser.get(SIGN_IN, ""), clock())
    else:
        own_account.end_sign_in(current_actor().id, sign_in_id, clock())
    flash(_("登录已结束。"))
    return redirect(url_for("account.manage"), 303)


@blueprint.post("/copy")
@access("signed-in")
def ask_copy():
    """Asks for a copy of my data."""
    own_data.ask_copy(current_actor(), clock())
    flash(_("正在生成您的数据副本，可离开本页，稍后回来下载。"))
    return redirect(url_for("account.manage", _anchor="data"), 303)


@blueprint.get("/copy/<copy_id>.zip")
@access("signed-in")
def copy(copy_id: str):
    """The copy, for a day, for nobody else."""
    path = own_data.copy_of(copy_id, current_actor(), clock())
    return send_file(path, mimetype="application/zip", as_attachment=True, download_name=_("我的数据") + ".zip", max_age=0)


@blueprint.post("/deletion")
@access("signed-in")
def ask_deletion():
    """Records that I want my data deleted."""
    own_data.ask_deletion(current_actor(), request.form.get("reason", ""), clock())
    flash(_("您的要求已登记。"))
    return redirect(url_for("account.manage", _anchor="data"), 303)


def _page(typed, fields: dict):
    actor = current_actor()
    return render_template("accounts/own_details.html", profile=people.profile_of(actor.id), typed=typed, fields=fields, kinds=mail.KINDS,
                           wanted=mail.choices_of(actor.id), mail_is_on=mail.is_on(), memberships=memberships_of(actor.id))


def _code_page(handle: str, problem: str = ""):
    return render_template(
        "accounts/code.html", heading=_("确认电子邮件"), problem=problem, target=url_for("account.confirm"), handle=handle, fields={},
        words=_("验证码已发到新的电子邮件，请在 15 分钟内填写。填写正确之前，原来的地址不变。"), way="own", verb=_("确认"), again=url_for("account.show"))


def _is_kept(row) -> bool:
    return row.state == "ready" and clock()() - row.done_at <= own_data.KEPT
