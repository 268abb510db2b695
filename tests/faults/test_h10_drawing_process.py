"""H-10: whatever a report template might break out to, there is nothing to be had in the process that draws."""
from __future__ import annotations

import ctypes
import json
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.rendering import find_fonts, render_report, reports
from tests.support.builders import ROOT

WORKER = ROOT / "app" / "rendering" / "report_worker.py"
# Runs as the worker does, shut in by the worker's own function, and then tries everything an attacker would.
ATTEMPTS = """
import ctypes, json, os, sys, threading
sys.path.insert(0, sys.argv[1])
import report_worker
report_worker.load_only_what_is_needed()
fonts = [report_worker.Path(path) for path in sys.argv[5:]]
missing = report_worker.shut_in(fonts)
database, port, parent = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

def tried(attempt):
    try:
        return str(attempt())[:80]
    except BaseException as error:
        return None if isinstance(error, (OSError, ImportError)) else repr(error)

def connected():
    import socket
    return socket.create_connection(("127.0.0.1", port), 2)

def unix():
    import socket
    return socket.socket(socket.AF_UNIX)

def thread():
    found = []
    one = threading.Thread(target=lambda: found.append("ran")); one.start(); one.join()
    return found[0]

def program():
    import subprocess
    return subprocess.run(["/bin/true"]).returncode

def traced():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, parent, 0, 0):
        raise OSError(ctypes.get_errno())
    return "attached"

results = {
    "environment": sorted(os.environ),
    "passwd": tried(lambda: open("/etc/passwd").read()),
    "database": tried(lambda: open(database, "rb").read(16)),
    "database written": tried(lambda: open(database, "ab").write(b"x")),
    "settings of the service": tried(lambda: open(f"/proc/{parent}/environ").read()),
    "memory of the service": tried(lambda: open(f"/proc/{parent}/mem", "rb").read(1)),
    "home": tried(lambda: os.listdir(os.path.expanduser("~root"))),
    "own code written": tried(lambda: open(sys.argv[1] + "/hello.py", "w").write("x")),
    "template written": tried(lambda: open(report_worker.APP / "templates/reports/hello.html", "w").write("x")),
    "anywhere written": tried(lambda: open("/tmp/p-canary", "w").write("x")),
    "network": tried(connected),
    "unix socket": tried(unix),
    "program": tried(program),
    "fork": tried(os.fork),
    "exec": tried(lambda: os.execv("/bin/true", ["/bin/true"])),
    "ptrace": tried(traced),
    "kill": tried(lambda: os.kill(parent, 0)),
    "open files": sorted(int(name) for name in os.listdir("/proc/self/fd")) if os.access("/proc/self/fd", os.R_OK) and tried(lambda: os.listdir("/proc/self/fd")) else [],
    # what drawing does need
    "thread": tried(thread),
    "font": tried(lambda: open(fonts[0], "rb").read(4)),
    "own folder": tried(lambda: open(os.environ["TMPDIR"] + "/page", "w").write("x")),
}
print(json.dumps({"missing": missing, **results}))
"""
DENIED = ("passwd", "database", "database written", "settings of the service", "memory of the service", "home", "own code written", "template written",
          "anywhere written", "network", "unix socket", "program", "fork", "exec", "ptrace", "kill")

pytestmark = pytest.mark.skipif(platform.system() != "Linux" or platform.machine() not in ("x86_64", "aarch64"), reason="the walls are Linux's")


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """What a process that is shut in as the worker is gets of each attempt; None for refused."""
    folder, fonts = tmp_path_factory.mktemp("h10"), find_fonts()
    own = folder / "own"
    own.mkdir()
    (folder / "service.db").write_bytes(b"SQLite format 3\0")
    os.environ["PINGSHEN_SECRET_KEY"] = "canary-of-the-service"
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            command = [sys.executable, "-I", "-c", ATTEMPTS, str(WORKER.parent), str(folder / "service.db"), str(listener.getsockname()[1]), str(os.getpid()),
                       str(fonts.regular), str(fonts.bold)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={"LANG": "C.UTF-8", "TMPDIR": str(own)})
    finally:
        del os.environ["PINGSHEN_SECRET_KEY"]
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _kernel_has_landlock() -> bool:
    return ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, 1) > 0


@pytest.mark.parametrize("attempt", DENIED)
def test_the_drawing_process_is_refused(tried, attempt):
    if "landlock" in tried["missing"] and not _kernel_has_landlock():
        pytest.skip("this kernel has no Landlock; the worker says so when it starts")
    assert tried["missing"] == [] and tried[attempt] is None, tried[attempt]


def test_the_drawing_process_knows_no_setting_of_the_service(tried):
    assert set(tried["environment"]) <= {"LANG", "TMPDIR", "LC_CTYPE"}


def test_the_drawing_process_keeps_what_it_needs(tried):
    assert tried["thread"] == "ran" and tried["font"] and tried["own folder"] == "1"


def test_the_real_worker_is_shut_in_and_holds_no_file_of_the_service():
    render_report("<p>好</p>", {})
    worker = reports._worker(find_fonts())
    status = Path(f"/proc/{worker.process.pid}/status").read_text()
    assert "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status
    kinds = [os.readlink(f"/proc/{worker.process.pid}/fd/{number}") for number in os.listdir(f"/proc/{worker.process.pid}/fd")]
    assert not [kind for kind in kinds if kind.startswith("socket:") or kind.endswith((".db", "-wal", "-shm"))]
    names = Path(f"/proc/{worker.process.pid}/environ").read_bytes()
    assert b"PINGSHEN" not in names and b"PATH" not in names


def test_a_large_report_is_drawn_inside_the_walls_and_its_pages_leave_no_trace():
    """xhtml2pdf moves documents above 10 kB to a file: that is the one place where it may write."""
    report = render_report("{% for n in range(1500) %}<p>{{ n }} 深圳市职称评审</p>{% endfor %}", {})
    worker = reports._worker(find_fonts())
    folder = Path(worker.folder)
    assert report.pdf.startswith(b"%PDF") and folder.is_dir()
    worker.stop()
    assert not folder.exists()
