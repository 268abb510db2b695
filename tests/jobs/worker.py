"""A worker of its own process, for tests that kill it: runs jobs until none is left. `python -m tests.jobs.worker FOLDER URL NOW`."""
import sys
from datetime import datetime
from pathlib import Path

from app import jobs
from app.clock import PretendClock
from tests.support import builders


def main(folder: str, url: str, now: str) -> None:
    clock = PretendClock(datetime.fromisoformat(now))
    app = builders.make_app(Path(folder), url, clock)
    with app.app_context():
        print("ready", flush=True)
        while jobs.run_jobs(clock, seconds=5):
            pass


if __name__ == "__main__":
    main(*sys.argv[1:])
