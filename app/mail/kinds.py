"""The kinds of notices: what a person may choose not to get by mail, and what is always sent. Data only."""
from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

DUTY = "duty"


@dataclass(frozen=True)
class Kind:
    """A kind of notice. `may_refuse`: the person may do without the mail; the notice in the service is always there."""

    name: str
    gloss: str
    may_refuse: bool = True


KINDS: dict[str, Kind] = {
    DUTY: Kind(_l("需要您办理"), _l("退回修改、请缴费、请公示等，须在期限内办理"), may_refuse=False),
    "reminder": Kind(_l("期限提醒"), _l("期限前的提醒")),
    "progress": Kind(_l("进展"), _l("通过一个环节、到账、撤回等")),
    "result": Kind(_l("结果"), _l("评审结果、证书")),
}
