"""查阅记录: who looked at whose data, and what stands out. For auditors and administrators, whose own looks are in it too."""
from __future__ import annotations

from dataclasses import fields
from io import BytesIO

from flask import Blueprint, request, send_file
from flask_babel import gettext as _

from app.routes.access import access
from app.routes.actors import clock
from app.routes.audit.frame import AUDITOR, audit_page
from app.sheets import XLSX
from app.viewings import KINDS, Filter, book_of, kind_words, unusual_reading, viewings_found
from app.viewings.unusual import MANY_PEOPLE, MANY_READERS

blueprint = Blueprint("audit_viewings", __name__, url_prefix="/audit/viewings")
READERS = (AUDITOR, "role:administrator")
NAMES = tuple(field.name for field in fields(Filter))


@blueprint.get("")
@access(*READERS)
def index():
    """The log, filtered by the address; what is unusual above its first page."""
    asked, cursor = _asked(), request.args.get("cursor", "")
    looks, following = viewings_found(asked, cursor=cursor)
    unusual = unusual_reading(clock()) if not asked.words() and not cursor else None
    return audit_page("audit/viewings.html", looks=looks, cursor=following, asked=asked, unusual=unusual, kinds=KINDS, kind_words=kind_words,
                      most_people=MANY_PEOPLE, most_readers=MANY_READERS)


@blueprint.get("/excel")
@access(*READERS)
def export():
    """The filtered log as a workbook."""
    return send_file(BytesIO(book_of(_asked())), mimetype=XLSX, as_attachment=True, download_name=_("查阅记录") + ".xlsx")


def _asked() -> Filter:
    return Filter(**{name: request.args.get(name, "").strip()[:100] for name in NAMES})
