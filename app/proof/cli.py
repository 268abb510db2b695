"""Commands: verify, anchor and keys."""
from __future__ import annotations

from app.proof import models  # noqa: F401 — its table
