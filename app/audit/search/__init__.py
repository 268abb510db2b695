"""Search over cases and events, searches that are kept, and random samples that anybody can draw again."""
from app.audit.search.samples import cases_of

__all__ = ["cases_of"]
