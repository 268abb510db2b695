"""Telling a person what happened to their account: a notice in the service, and a letter where the address is known to be theirs."""
from __future__ import annotations

import secrets

from app.clock import Clock
from app.people.letters import write_letter
from app.people.registered import PersonProfile
from app.store import transaction
from app.store.models import Notice


def tell(person_id: str, title: str, text: str, clock: Clock) -> None:
    """Part of the transaction around it. About one's account nobody does without."""
    with transaction() as store:
        store.add(Notice(person_id=person_id, case_id=None, request=secrets.token_hex(16), kind="duty", title=title, text=text, at=clock()))
        profile = store.get(PersonProfile, person_id)
        if profile is not None and profile.verified and profile.email:
            write_letter(profile.email, title, text, clock)
