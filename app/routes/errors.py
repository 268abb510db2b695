"""The one table from errors to HTTP. A body {"code", "message", "fields"} for programs, a calm page for people."""
from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from flask import Flask, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask_babel import format_datetime, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException, SecurityError

from app import errors
from app.ballots.box import BoxDamaged
from app.engine import NotWaiting, TaskNotOpen
from app.logs import get_logger
from app.materials.blobs import BlobDamaged
from app.metrics import count_refusal
from app.payments.callbacks import CallbackForged, OrderUnknown
from app.payments.gateway import GatewayDown
from app.rendering import ReportBusy, ReportFailed, ReportTooLarge
from app.routes.actors import find_actor
from app.routes.languages import chosen_language
from app.routes.tracing import request_id

log = get_logger(__name__)

# The first class that matches counts; what is not named here is 400.
STATUS = {
    errors.NotFound: 404,
    errors.SignInNeeded: 401,
    errors.SignInRefused: 401,
    errors.AccountLocked: 403,
    errors.NotAllowed: 403,
    errors.FourEyes: 403,
    errors.SampleDiffers: 409,
    errors.MayNotStart: 403,
    CallbackForged: 401,
    OrderUnknown: 404,
    errors.CallbackRefused: 400,
    errors.TaskNoLongerOpen: 409,
    errors.TaskTaken: 409,
    errors.NotWaitingFor: 409,
    errors.ClaimTaken: 409,
    errors.Barred: 409,
    errors.DraftConflict: 409,
    errors.EntryChanged: 409,
    TaskNotOpen: 409,
    NotWaiting: 409,
    errors.BallotRefused: 409,
    errors.BankFileRefused: 422,
    errors.AnswersInvalid: 422,
    errors.UnknownOutcome: 422,
    errors.NotReadyToOpen: 409,
    errors.ReasonNeeded: 422,
    errors.KeyReused: 422,
    errors.ReleaseRefused: 422,
    errors.PackRefused: 422,
    errors.TooManyForPack: 422,
    errors.PackTooLarge: 422,
    errors.PackIncomplete: 409,
    errors.UploadTooLarge: 413,
    errors.UploadRefused: 422,
    errors.PieceOutOfPlace: 409,
    errors.PieceDamaged: 460,  # tus: the checksum does not fit
    errors.SheetRefused: 422,
    errors.ListRefused: 422,
    errors.DetailsRefused: 422,
    errors.NothingChosen: 422,
    errors.JobNotReady: 409,
    errors.NotForMany: 422,
    errors.NotAPool: 400,
    errors.PhraseRefused: 422,
    errors.ProposalRefused: 422,
    errors.ProposalClosed: 409,
    errors.PlayRefused: 422,
    errors.ProposalConflict: 409,
    errors.WhatIfOutdated: 409,
    errors.ReportEntryRefused: 422,
    errors.FixRefused: 409,
    errors.PurposeNeeded: 428,
    errors.PurposeRefused: 422,
    errors.SampleRefused: 422,
    errors.RetentionRefused: 422,
    errors.MaterialErased: 410,
    errors.NoteChanged: 409,
    errors.NoteUnread: 409,
    errors.EditRefused: 422,
    errors.WorkbenchRefused: 409,
    errors.NotSubmitted: 409,
    errors.OwnProposal: 403,
    errors.ArchiveRefused: 422,
    errors.MoveRefused: 409,
    errors.MoveNotUndone: 409,
    errors.AccountClosed: 403,
    errors.TooManyChosen: 422,
    errors.ListNotOpen: 409,
    errors.RegistrationRefused: 422,
    errors.CodeRefused: 422,
    errors.ProofNeeded: 422,
    errors.AccountThere: 409,
    errors.NotAuthorised: 403,
    errors.PasswordToChange: 403,
    errors.ProviderFailed: 502,
    errors.MailRefused: 422,
    errors.RequestInvalid: 400,
    errors.DatabaseBusy: 503,
    errors.BackupRefused: 409,
    errors.BackupUnreadable: 500,
    errors.RestoreRefused: 409,
    errors.CaseStuck: 500,
    ReportFailed: 500,
    ReportTooLarge: 500,
    ReportBusy: 503,
    BlobDamaged: 500,
    BoxDamaged: 500,
    GatewayDown: 503,
}
# What werkzeug and the extensions refuse: status -> (code, message).
HTTP = {
    400: ("bad-request", _l("请求格式不对，请返回上一页重试。")),
    403: ("not-allowed", _l(errors.NotAllowed.__doc__)),
    404: ("not-found", _l(errors.NotFound.__doc__)),
    405: ("method-not-allowed", _l("此地址不支持这种操作。")),
    408: ("too-slow", _l("上传太慢，连接已中断，请重试。")),
    413: ("too-large", _l("内容太大，没有上传。请压缩文件后重试。")),
    415: ("unsupported-type", _l("请以 application/json 发送内容。")),
    422: ("request-invalid", _l("请求内容不完整或格式不对，请按提示修改。")),
    429: ("too-many-requests", _l("操作太频繁，请稍后再试。")),
}
CSRF = ("csrf", _l("页面已过期，或请求不是从本站发出。请刷新页面后重试。"))
FAILED = ("failed", _l("系统出错，您的操作没有完成。请稍后重试；如仍有问题，请把事件编号告诉技术支持。"))
RETRY_AFTER = 3  # seconds


def register(app: Flask) -> None:
    """Hangs the table on the app."""
    app.register_error_handler(errors.PingshenError, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DataError, _out_of_range)
    app.register_error_handler(OverflowError, _out_of_range)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(PoolExhausted, _database)
    app.register_error_handler(Exception, _failed)


def status_of(error: errors.PingshenError) -> int:
    """The HTTP status of a refusal."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def message_of(error: errors.PingshenError) -> str:
    """The message in the language of the request; instants as people read them."""
    facts = {name: _readable(value) for name, value in error.facts.items()}
    return gettext(error.template).format_map(defaultdict(str, facts))


def fields_of(error: errors.PingshenError) -> dict:
    """field path -> message, for refusals of answers."""
    return dict(error.facts.get("fields") or {})


def wants_json() -> bool:
    """Whether a program asks: the API, or somebody who prefers JSON to HTML."""
    accepted = request.accept_mimetypes
    return request.path.startswith("/api/") or accepted["application/json"] > accepted["text/html"]


def _refused(error: errors.PingshenError):
    status = status_of(error)
    count_refusal(error.code)
    log.warning("refused", code=error.code, status=status)
    if isinstance(error, errors.SignInNeeded) and not wants_json() and request.method == "GET":
        return redirect(url_for("sign_in.show", next=request.full_path.rstrip("?")))
    if isinstance(error, errors.SignInNeeded) and not wants_json() and (kept := _kept_aside()):
        return kept
    if isinstance(error, errors.PasswordToChange) and not wants_json() and request.method == "GET":
        return redirect(url_for("sign_in.password"))
    return answer(status, error.code, message_of(error), fields_of(error))


def _forged(error: CSRFError):
    count_refusal("csrf")
    if not wants_json() and find_actor() is None and (kept := _kept_aside()):
        return kept
    return answer(403, CSRF[0], str(CSRF[1]))


def _kept_aside():
    """What was typed, kept for after the sign-in; here, because pages import this module."""
    from app.routes.pages.resuming import keep_aside

    return keep_aside()


def _http(error: HTTPException):
    if error.code is None or error.code < 400:  # a redirect
        return error
    if error.code >= 500:
        return _failed(error)
    code, message = HTTP.get(error.code, HTTP[400])
    response = answer(error.code, code, str(message), _flat(getattr(error, "data", None)))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def _out_of_range(error: Exception):
    """A value that no column can hold: a number of thirty digits in an address, a NUL in a name."""
    log.warning("out-of-range", exc_info=error)
    return _refused(errors.RequestInvalid(why=gettext("有内容超出允许的范围")))


def _database(error: Exception):
    log.error("database", exc_info=error)
    busy = errors.DatabaseBusy()
    return answer(503, busy.code, message_of(busy))


def _failed(error: Exception):
    log.error("failed", exc_info=getattr(error, "original_exception", None) or error)
    return answer(500, FAILED[0], str(FAILED[1]))


def answer(status: int, code: str, message: str, fields: dict | None = None) -> Response:
    """The answer to a refused request; the incident id is that of the request."""
    incident = request_id() if status >= 500 else ""
    if wants_json():
        body = {"code": code, "message": message, "fields": fields or {}}
        response = jsonify(body | {"incident": incident} if incident else body)
    elif status >= 500 or isinstance(request.routing_exception, SecurityError):
        response = Response(_bare_page(message, incident))
    else:
        response = Response(render_template("error.html", status=status, code=code, message=message, fields=fields or {}))
    response.status_code = status
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    if status == 401 and wants_json():
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _bare_page(message: str, incident: str) -> str:
    # Without the frame of pages and its context: that asks the database, which may be what failed, and makes
    # addresses, which a request for a foreign host must not get.
    return current_app.jinja_env.get_template("bare.html").render(
        language=chosen_language(), title=gettext("没有完成"), message=message, incident=incident,
        incident_label=gettext("事件编号"), home=gettext("回到首页"))


def _flat(data: dict | None) -> dict[str, str]:
    """webargs' nested messages as field path -> message."""
    found: dict[str, str] = {}
    for messages in ((data or {}).get("messages") or {}).values():
        _flatten("", messages, found)
    return found


def _flatten(path: str, messages, found: dict) -> None:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            _flatten(f"{path}.{key}" if path else str(key), inner, found)
    else:
        found[path] = "；".join(str(text) for text in messages) if isinstance(messages, list) else str(messages)


def _readable(value):
    if not isinstance(value, datetime):
        return value
    return format_datetime(value, "d MMM yyyy HH:mm" if chosen_language() == "en" else "yyyy年M月d日 HH:mm")
