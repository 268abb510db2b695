"""Whose data an address names: from what stands in it (a case, a task, a file, a certificate, an order, a person)."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.certificates.models import Certificate
from app.materials.models import Material
from app.payments.models import PaymentOrder
from app.store import session
from app.store.models import Task


@dataclass(frozen=True)
class Subject:
    """What was looked at: a case, or a person without one. `detail` says which of their things."""

    case_id: int | None = None
    person_id: str = ""
    detail: str = ""


def subject_of(values: dict) -> Subject | None:
    """The subject of an address's values; None when it names nobody's data. The first known name counts."""
    for name, find in _FINDERS.items():
        if name in values:
            return find(values[name])
    return None


def _case(case_id: int) -> Subject:
    return Subject(case_id=case_id)


def _task(task_id: str) -> Subject | None:
    row = session().execute(sa.select(Task.case_id, Task.name).where(Task.id == task_id)).first()
    return row and Subject(case_id=row.case_id, detail=row.name)


def _material(material_id: str) -> Subject | None:
    row = session().execute(sa.select(Material.case_id, Material.owner, Material.label, Material.name).where(Material.id == material_id)).first()
    return row and Subject(case_id=row.case_id, person_id="" if row.case_id else row.owner, detail=row.label or row.name)


def _certificate(certificate_id: int) -> Subject | None:
    return _of_certificate(Certificate.id == certificate_id)


def _number(number: str) -> Subject | None:
    return _of_certificate(Certificate.number == number)


def _of_certificate(condition) -> Subject | None:
    row = session().execute(sa.select(Certificate.case_id, Certificate.holder, Certificate.number).where(condition).limit(1)).first()
    return row and Subject(row.case_id, _person_behind(row.holder), row.number)


def _order(order_no: str) -> Subject | None:
    row = session().execute(sa.select(PaymentOrder.case_id, PaymentOrder.payer).where(PaymentOrder.order_no == order_no)).first()
    return row and Subject(row.case_id, _person_behind(row.payer), order_no)


def _person(person_id: str) -> Subject:
    return Subject(person_id=person_id)


def _person_behind(ref: str) -> str:
    kind, _colon, key = ref.partition(":")
    return key if kind == "person" else ""


_FINDERS = {"case_id": _case, "task_id": _task, "material_id": _material, "certificate_id": _certificate, "number": _number,
            "order_no": _order, "person_id": _person}
NAMES = frozenset(_FINDERS)  # names of an address's values that stand for somebody's data
