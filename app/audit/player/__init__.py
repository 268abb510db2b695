"""播放: a case played back event by event. `track_of` is the whole course as plain data, `Looks` looks closer at one event.

Routes, packs and suspicion import from here. Reads only; nothing here knows a request.
"""
from app.audit.player.links import matching
from app.audit.player.looks import Evidence, Filled, Look, Looks
from app.audit.player.track import ensure_may_play, track_of

__all__ = ["Evidence", "Filled", "Look", "Looks", "ensure_may_play", "matching", "track_of"]
