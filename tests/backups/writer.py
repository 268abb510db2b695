"""A process of its own that works on cases while a backup is made: `python -m tests.backups.writer FOLDER URL`. Tests only.

After each commit it prints how many events it has written; it ends with its input.
"""
from __future__ import annotations

import sys
import threading
from pathlib import Path

from app.clock import PretendClock
from tests.backups.vaults import work
from tests.support import builders


def main(folder: str, url: str) -> None:
    """Writes until the input ends."""
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    clock = PretendClock(builders.MONDAY)
    with builders.make_app(Path(folder), url, clock).app_context():
        number = 100
        while not ended.is_set():
            case = work(clock, number)
            builders.complete(case, "check", "librarian_zhao", {"in_stock": True}, outcome="lend", clock=clock)
            number += 1
            print(case.events, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
