"""Viewings: who of the staff looked at whose personal data, when, where and for what purpose (D-125, C-061).

Beside the layers: routes note what they show, operations and other packages what they export. Knows no procedure.
"""
from app.viewings.kinds import KINDS, kind_words
from app.viewings.noting import note_viewing
from app.viewings.own import looks_at
from app.viewings.purposes import PURPOSES, keep_words, must_say_why, purpose_of, say_why
from app.viewings.reading import Filter, Look, book_of, forget_old_viewings, viewings_found
from app.viewings.subjects import NAMES, Subject, subject_of
from app.viewings.unusual import unusual_reading

__all__ = [
    "KINDS", "NAMES", "PURPOSES", "Filter", "Look", "Subject", "book_of", "forget_old_viewings", "keep_words", "kind_words", "looks_at", "must_say_why",
    "note_viewing", "purpose_of", "say_why", "subject_of", "unusual_reading", "viewings_found",
]
