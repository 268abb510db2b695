"""权限管理: the operators of an organisation and the two kinds of authorisation they are given (S1-030 … S1-037, D-36)."""
from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _, lazy_gettext as _l

from app import people
from app.errors import NotAllowed, PingshenError, RegistrationRefused
from app.operations.standing import businesses
from app.people import memberships, registering
from app.rendering.texts import masked
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import fields_of, message_of, status_of
from app.routes.languages import chosen_language
from app.routes.pages.unit import organisation_id

blueprint = Blueprint("operators", __name__, url_prefix="/operators")
MENU_NAMES = {
    "home": _l("首页"), "unit": _l("单位信息"), "cases": _l("单位事项"), "personnel": _l("人员管理"), "upkeep": _l("维护管理"),
    "rights": _l("权限管理"), "payments": _l("集体缴费"),
}


@blueprint.before_request
def ensure_admin() -> None:
    """Nobody but the administrator of the organisation gets further."""
    if not people.is_admin_of(current_actor(), organisation_id()):
        raise NotAllowed()


@blueprint.get("")
@access("menu:rights")
def show():
    """Everybody with an account here."""
    rows = [(row, person, people.profile_of(person.id), memberships.made_here(row, person))
            for row, person in memberships.members_of(organisation_id())]
    return render_template("accounts/operators.html", rows=rows, masked=masked)


@blueprint.route("/new", methods=["GET", "POST"])
@access("menu:rights")
def new():
    """A new operator; the first password is shown once."""
    if request.method == "GET":
        return _new_page({}, None)
    try:
        person, password = registering.register_operator(organisation_id(), request.form.to_dict(), actor=current_actor(), clock=clock())
    except RegistrationRefused as error:
        return _new_page(request.form.to_dict(), error)
    return render_template("accounts/first_password.html", person=person, password=password)


@blueprint.get("/<person_id>")
@access("menu:rights")
def rights(person_id: str):
    """The authorisation of one operator, as it is saved."""
    row, person = memberships.operator_of(organisation_id(), person_id)
    tab = "menus" if request.args.get("tab") == "menus" else "business"
    return render_template("accounts/rights.html", row=row, person=person, businesses=businesses(_held_here(), chosen_language()), menu_names=MENU_NAMES, tab=tab)


@blueprint.post("/<person_id>")
@access("menu:rights")
def authorise(person_id: str):
    """Saves one tab of the authorisation; what the other one holds stays."""
    actor, form = current_actor(), request.form
    row, person = memberships.operator_of(organisation_id(), person_id)
    grantable = {code for business in businesses(_held_here()) for code, _name in business.roles}
    business_tab = form.get("tab") != "menus"
    changes = {
        "may_sign_in": form.get("sign_in") == "yes" if business_tab else row.may_sign_in,
        "roles": grantable & set(form.getlist("role")) if business_tab else row.roles,
        "menus": row.menus if business_tab else form.getlist("menu"),
    }
    memberships.authorise(organisation_id(), person_id, **changes, actor=actor, clock=clock())
    flash(_("已保存%(name)s的授权，立即生效。", name=person.name))
    return redirect(url_for("operators.rights", person_id=person_id, tab=form.get("tab")), 303)


@blueprint.post("/<person_id>/password")
@access("menu:rights")
def reset(person_id: str):
    """A new first password, shown once. Not for accounts that people made themselves."""
    row, person = memberships.operator_of(organisation_id(), person_id)
    if not memberships.made_here(row, person):
        raise NotAllowed()
    password = registering.new_password_for(person.id, actor=current_actor(), clock=clock())
    return render_template("accounts/first_password.html", person=person, password=password)


@blueprint.post("/<person_id>/removal")
@access("menu:rights")
def remove(person_id: str):
    """Ends every authorisation here at once; the account and its history stay."""
    _row, person = memberships.operator_of(organisation_id(), person_id)
    memberships.authorise(organisation_id(), person_id, may_sign_in=False, roles=(), menus=(), actor=current_actor(), clock=clock())
    flash(_("%(name)s的授权已停用，其待办仍在单位待领取。", name=person.name))
    return redirect(url_for("operators.show"), 303)


def _held_here() -> set[str]:
    """The administrator's roles in this organisation: what they hold elsewhere grants nothing here."""
    return {role for role, where in current_actor().roles if where == organisation_id()}


def _new_page(typed: dict, error: PingshenError | None) -> Response:
    page = render_template("accounts/operator_new.html", typed=typed, fields=fields_of(error) if error else {},
                           problem=message_of(error) if error else "")
    return Response(page, status_of(error) if error else 200)
