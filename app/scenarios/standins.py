"""What a scenario's answers stand for: numbers of cases, people, and small files where a form asks for a file."""
from __future__ import annotations

import io
import re
from functools import cache

import pikepdf
from PIL import Image

from app import materials
from app.definitions import Form
from app.store.models import Case

CASE = re.compile(r"\$\{case:([\w-]+)\}")
FILE_TYPES = ("file", "photo")


def filled(value, numbers: dict[str, str]):
    """The value with `${case:<name>}` replaced by the number of that case."""
    if isinstance(value, str):
        return CASE.sub(lambda match: numbers.get(match[1], match[0]), value)
    if isinstance(value, dict):
        return {key: filled(member, numbers) for key, member in value.items()}
    return [filled(member, numbers) for member in value] if isinstance(value, list) else value


def with_files(form: Form, answers: dict, *, case: Case | None, task_id: str, owner: str, clock) -> dict:
    """The answers with a stored stand-in for each file name."""
    changed = dict(answers)
    for section in form.sections:
        for field in section.fields:
            if field.type in FILE_TYPES and answers.get(field.key):
                changed[field.key] = _stored(field, answers[field.key], case, task_id, owner, clock)
    return changed


def _stored(field, value, case: Case | None, task_id: str, owner: str, clock):
    if isinstance(value, list):
        return [_stored(field, name, case, task_id, owner, clock) for name in value]
    content = _photo() if field.type == "photo" or value.lower().endswith((".jpg", ".jpeg")) else _pdf()
    stored = materials.store_upload(
        content, value, owner=owner, clock=clock, case_id=case.id if case else None, task_id=task_id, field=field.key)
    return stored.id


@cache
def _pdf() -> bytes:
    document, out = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.save(out)
    return out.getvalue()


@cache
def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (295, 413), (90, 140, 200)).save(out, "JPEG")
    return out.getvalue()
