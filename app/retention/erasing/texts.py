"""Finding a person's texts in values, and taking them out. Plain functions on plain values."""
from __future__ import annotations

from app.erased import ERASED
from app.proof.digests import is_branch, is_erased, pointer
from app.retention.erasing.who import Who

_LEADS = ("ref", "kind")  # of a party: these stay, they lead to the pseudonym


def scrubbed(value, who: Who):
    """The value without the person's texts: their own anywhere, their name in whatever leads to them."""
    if isinstance(value, str):
        return _without(value, who.spelt)
    if isinstance(value, list):
        return [scrubbed(child, who) for child in value]
    if isinstance(value, dict) and not is_erased(value):
        theirs = value.get("ref") in who.refs
        return {_without(key, who.spelt): _theirs(key, child, who) if theirs else scrubbed(child, who) for key, child in value.items()}
    return value


def paths_about(value, who: Who, path: str = "") -> list[str]:
    """JSON pointers of the leaves that say something of the person: to be erased where a digest must hold."""
    if is_erased(value):
        return []
    if not is_branch(value):
        return [path] if says(value, who) else []
    if isinstance(value, dict):
        if value.get("ref") in who.refs:
            return [f"{path}/{pointer(key)}" for key in value if key not in _LEADS and value[key] not in (None, "", [])]
        return [found for key, child in value.items() for found in paths_about(child, who, f"{path}/{pointer(key)}")]
    return [found for place, child in enumerate(value) for found in paths_about(child, who, f"{path}/{place}")]


def says(value, who: Who) -> bool:
    """Whether a leaf holds a text that is the person's alone, or is their name as a whole."""
    if isinstance(value, str):
        return value in who.names or any(text in value for text in who.unique)
    return isinstance(value, list) and any(says(child, who) for child in value)


def _theirs(key: str, child, who: Who):
    if key in _LEADS:
        return child
    return who.pseudonym if isinstance(child, str) and child in who.names else scrubbed(child, who)


def _without(text: str, unique: tuple[str, ...]) -> str:
    for one in unique:
        if one in text:
            text = text.replace(one, ERASED)
    return text
