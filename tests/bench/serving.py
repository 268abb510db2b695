"""Starts a WSGI app under gunicorn on a free port, as the service is started, and stops it. Used by the load rows."""
from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 60.0  # seconds


@contextmanager
def served(module: str, folder: Path, workers: int, threads: int, **environment: str):
    """The port of `module:application` with so many processes and threads; its log lies in `folder`."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", f"{module}:application", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", str(workers), "--threads", str(threads), "--log-level", "warning", "--worker-tmp-dir", str(folder),
        "--keep-alive", "60",
    ]
    with (folder / f"{module}.log").open("wb") as log:
        child = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=log, stderr=log)
        try:
            _wait_until_ready(port, child, log.name)
            yield port
        finally:
            child.terminate()
            child.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(port: int, child, log: str) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise SystemExit(f"a benchmark server did not start, see {log}")
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise SystemExit(f"a benchmark server is silent, see {log}")
