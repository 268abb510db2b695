"""Phrases: texts that an office keeps for its remarks, offered beside reasons and long texts. Knows no form by name."""
from app.phrases.models import Phrase
from app.phrases.operations import MOST, PLACES, add_phrase, change_phrase, drop_phrase, filled, may_keep, offices_of, offered_to, phrases_of, put_all

__all__ = ["MOST", "PLACES", "Phrase", "add_phrase", "change_phrase", "drop_phrase", "filled", "may_keep", "offices_of", "offered_to", "phrases_of", "put_all"]
