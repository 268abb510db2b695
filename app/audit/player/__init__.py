"""播放: a case played back event by event. `track_of` is the whole course as plain data; the rest looks closer at one event.

Routes, packs and suspicion import from here. Reads only; nothing here knows a request or the reader's language beyond `_`.
"""
from app.audit.player.track import track_of

__all__ = ["track_of"]
