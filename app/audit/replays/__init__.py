"""Histories run again through engine and releases: badges, jobs over thousands, and the sample replayed before a new version starts."""
from app.audit.replays.badges import Badge, badge_of, badges_of

__all__ = ["Badge", "badge_of", "badges_of"]
