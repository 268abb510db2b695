"""How people are called in what leaves the house: by name, or by a pseudonym that is the same throughout one export and in no other."""
from __future__ import annotations

import hashlib
import hmac
import secrets

from app.people import SYSTEM


class Naming:
    """Names, or pseudonyms of a key that is thrown away with the export: two exports cannot be laid side by side."""

    def __init__(self, names: bool, key: bytes = b""):
        self.names = names
        self.people: dict[str, str] = {}  # account -> what it is called, of everybody who was spoken of
        self._key = key or secrets.token_bytes(32)

    def person(self, person_id: str) -> str:
        """What an account is called; the service itself keeps its name."""
        if person_id and person_id not in self.people:
            self.people[person_id] = person_id if self.names or person_id == SYSTEM.id else self._code("P", person_id)
        return self.people.get(person_id, "")

    def reference(self, reference: str) -> str:
        """A reference; organisations keep theirs, they are no persons."""
        kind, _, key = reference.partition(":")
        return f"person:{self.person(key)}" if kind == "person" else reference

    def thing(self, key: str) -> str:
        """A number that leads to a person elsewhere: of a certificate, of an order."""
        return key if self.names or not key else self._code("N", key)

    def word(self, text: str) -> str:
        """A free text that may name people; left out without names."""
        return text if self.names else ""

    def _code(self, letter: str, text: str) -> str:
        return f"{letter}-{hmac.new(self._key, f'{letter}{text}'.encode(), hashlib.sha256).hexdigest()[:12]}"
