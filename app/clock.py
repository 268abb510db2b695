"""The clock: an argument of every operation, so that tests, scenarios and replays can pretend a time.

Anybody may import it. Nothing else in the service reads the wall clock for a decision.
"""
from datetime import datetime, timezone
from typing import Callable

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(timezone.utc)


class PretendClock:
    """A clock that stands still until it is moved; for tests and scenarios."""

    def __init__(self, start: datetime):
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, instant: datetime) -> None:
        """Moves the clock; it never goes back."""
        self.now = max(self.now, instant)
