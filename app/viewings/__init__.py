"""Viewings: who of the staff looked at whose personal data, when, where and for what purpose (D-125, C-061)."""
from app.viewings.noting import note_viewing

__all__ = ["note_viewing"]
