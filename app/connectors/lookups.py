"""Look-ups in outside registers, for form fields of type `look_up`. Reads only; keeps nothing."""
from __future__ import annotations

import re

import httpx
from flask import current_app

from app.errors import PingshenError

TIMEOUT = httpx.Timeout(3.0, connect=1.5)  # seconds; a person is waiting
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class LookUpFailed(PingshenError):
    """暂时查询不到（{why}），请稍后再试，或直接手工填写。"""

    code = "look-up-failed"


def look_up(register: str, asked: dict) -> dict:
    """What the register says about `asked` (texts); {} when it knows nothing. Raises LookUpFailed (S1-069)."""
    if not _NAME.fullmatch(register):
        raise LookUpFailed(why="没有这个登记库")
    stand_in = current_app.extensions.get("look-ups")
    if stand_in is not None:  # a walk of the workbench: nothing outside is asked
        return stand_in(register, asked) or {}
    url = f"{current_app.config['LOOKUP_URL'].rstrip('/')}/{register}"
    try:
        answer = httpx.get(url, params={key: str(value) for key, value in asked.items()}, timeout=TIMEOUT, trust_env=False)
        if answer.status_code == 404:
            return {}
        answer.raise_for_status()
        result = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise LookUpFailed(why="登记库没有应答") from error
    if not isinstance(result, dict):
        raise LookUpFailed(why="登记库的应答无法识别")
    return {str(key): value for key, value in result.items() if isinstance(value, (str, int, float, bool))}
