"""The driver process of tests/faults/driver.py, one per test that asks for it."""
import json
import subprocess
import sys
from dataclasses import asdict

import pytest

from tests.support.builders import ROOT


class Driver:
    """Asks the driver process for one child after the other."""

    def __init__(self, folder, url: str):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver", str(folder), url], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def perform(self, command, now, crashpoint: str = "") -> dict:
        return self._ask(command=asdict(command), now=now.isoformat(), crashpoint=crashpoint)

    def drain(self, now, crashpoint: str = "") -> dict:
        return self._ask(drain=True, now=now.isoformat(), crashpoint=crashpoint)

    def _ask(self, **asked) -> dict:
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait(10)


@pytest.fixture
def driver(app, store, tmp_path):
    """Starts the driver: what is published by then is parsed once for all its children."""
    made = []

    def start() -> Driver:
        made.append(Driver(tmp_path, store))
        return made[0]

    yield start
    for each in made:
        each.stop()
