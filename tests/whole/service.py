"""The real service as a process of its own, started as `make run` does, with a folder and ports of its own. Tests only."""
from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
PINGSHEN = Path(sys.executable).with_name("pingshen")
START_WITHIN = 240.0  # seconds; two very busy cores need some
MANY = "100000/minute"


class RunningService:
    """Web, worker and sandbox below one `pingshen run`."""

    def __init__(self, folder: Path):
        port, gateway = free_ports(2)
        self.url, self.gateway = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{gateway}"
        self.log, self.var = folder / "run.log", str(folder / "var")
        self.environ = _environ_without_settings() | {
            "PORT": str(port), "PINGSHEN_MODE": "local", "PINGSHEN_VAR": self.var, "PINGSHEN_SWEEP_EVERY": "1", "PINGSHEN_PURPOSE_ASKED": "never",
            "PINGSHEN_GATEWAY_URL": self.gateway, "PINGSHEN_LOOKUP_URL": f"{self.gateway}/lookup",
            "PINGSHEN_RATE_LIMIT": MANY, "PINGSHEN_SIGN_IN_RATE": MANY, "PINGSHEN_VERIFY_RATE": MANY,
        }
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Starts everything and waits until it is ready. Raises AssertionError with what it printed."""
        with self.log.open("wb") as log:
            self._process = subprocess.Popen([PINGSHEN, "run"], cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_WITHIN
        while not self._is_ready():
            assert self._process.poll() is None and time.monotonic() < deadline, self.log.read_text("utf-8")
            time.sleep(0.3)

    def stop(self) -> None:
        """Stops it as Ctrl+C does, and waits; what is left after that is killed with its children."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)

    def command(self, *arguments: str) -> subprocess.CompletedProcess:
        """Runs `pingshen …` on the same database while the service runs."""
        return subprocess.run([PINGSHEN, *arguments], cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=120)

    def _is_ready(self) -> bool:
        # The line comes after web answered; the worker and the sandbox were started before it.
        if "按 Ctrl+C 停止" not in self.log.read_text("utf-8"):
            return False
        try:
            return all(httpx.get(f"{url}", timeout=2).status_code == 200 for url in (f"{self.url}/health/ready", f"{self.gateway}/health"))
        except httpx.HTTPError:
            return False


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _environ_without_settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PINGSHEN_") and name != "PORT"}
