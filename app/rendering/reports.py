"""Reports as HTML and PDF: `render_report`. Keeps one warm worker process per process of the service.

Called by operations and by tests. The context must be plain data (what JSON can say).
"""
from __future__ import annotations

import atexit
import json
import os
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.errors import PingshenError
from app.rendering.fonts import FontSet, find_fonts
from app.rendering.report_pdf import seconds_to_draw

HTML_SECONDS = 4    # the template's own limit is 2 s; the rest is for one stuck in C code, where no signal arrives
SPARE_SECONDS = 10  # beyond what the worker allows itself for drawing
START_SECONDS = 30  # a cold worker imports its libraries first
AT_ONCE = 6  # waiting or drawn, of a process: with the eight threads of a web process two are left for saving

log = structlog.get_logger(__name__)


class ReportFailed(PingshenError):
    """报表没有生成：模板第 {line} 行有错误（{kind}：{why}）。请联系流程管理员修改模板。"""

    code = "report-failed"


class ReportTooLarge(PingshenError):
    """报表没有生成：内容过大或耗时过长，已中止。请联系流程管理员检查模板中的循环。"""

    code = "report-too-large"


class ReportBusy(PingshenError):
    """现在打印的人较多。请几秒后再打印，填写和保存不受影响。"""

    code = "report-busy"


@dataclass(frozen=True)
class Report:
    """A drawn report. `missing`: characters that no font has, printed as their code.

    `blank`: (line, name) of what the template names, is not there, and printed as nothing; of previews alone.
    """

    html: str
    pdf: bytes
    missing: tuple[str, ...] = ()
    blank: tuple[tuple[int, str], ...] = ()

    def __iter__(self):
        return iter((self.html, self.pdf))


def render_report(template_text: str, context: Mapping, fonts: FontSet | None = None) -> Report:
    """The filled template and its PDF; unpacks as `html, pdf`.

    Raises FontMissing, ReportFailed (with `line`, `kind`, `why`), ReportTooLarge or ReportBusy.
    """
    report = _worker(fonts or find_fonts()).render(_request(template_text, context, drawn=True))
    if report.missing:
        log.warning("report.characters_without_glyph", characters=[f"U+{ord(c):04X}" for c in report.missing])
    return report


def render_apart(template_text: str, context: Mapping, fonts: FontSet | None = None) -> Report:
    """As `render_report`, in a worker of its own: whoever prints a page does not wait behind a long paper that nobody waits for."""
    return _worker(fonts or find_fonts(), "apart").render(_request(template_text, context, drawn=True))


def fill_report(template_text: str, context: Mapping, fonts: FontSet | None = None) -> str:
    """The filled template alone: a tenth of the time. Raises as `render_report`."""
    return _worker(fonts or find_fonts()).render(_request(template_text, context, drawn=False), drawn=False).html


def preview_report(template_text: str, context: Mapping, fonts: FontSet | None = None) -> Report:
    """A report while its template is being written, with `blank`. Drawn in a worker of its own: whoever prints in earnest
    does not wait behind a template that loops. Raises as `render_report`."""
    return _worker(fonts or find_fonts(), "preview").render(_request(template_text, context, drawn=True, watched=True))


def _request(template_text: str, context: Mapping, drawn: bool, watched: bool = False) -> bytes:
    asked = {"template": template_text, "context": dict(context), "drawn": drawn, "watched": watched}
    return json.dumps(asked, ensure_ascii=False, default=str).encode()


class _Worker:
    """One child process and the lock that gives it one request at a time. Ends and begins anew after a limit."""

    def __init__(self, fonts: FontSet):
        self.fonts, self.lock, self.process, self.owner, self.folder = fonts, threading.Lock(), None, 0, ""
        self.places = threading.BoundedSemaphore(AT_ONCE)

    def render(self, request: bytes, drawn: bool = True) -> Report:
        """Raises ReportBusy where the queue is long: whoever saves must not wait behind whoever prints (D-121)."""
        if not self.places.acquire(blocking=False):
            raise ReportBusy()
        try:
            with self.lock:
                return self._render(request, drawn)
        finally:
            self.places.release()

    def _render(self, request: bytes, drawn: bool) -> Report:
        seconds = HTML_SECONDS + (0 if self._alive() else START_SECONDS)
        try:
            return self._ask(request, seconds, drawn)
        except (OSError, EOFError, TimeoutError) as error:
            self.stop()
            raise ReportTooLarge() from error

    def _ask(self, request: bytes, seconds: float, drawn: bool) -> Report:
        if not self._alive():
            self._start()
        self._send(request)
        told = self._told(seconds)
        html, blank = told["html"], tuple((line, name) for line, name in told.get("blank", ()))
        if not drawn:
            return Report(html, b"")
        seconds = seconds_to_draw(html) + SPARE_SECONDS
        missing = self._told(seconds)["missing"]
        return Report(html, self._receive(seconds), tuple(missing), blank)

    def _told(self, seconds: float) -> dict:
        told = json.loads(self._receive(seconds))
        if told.get("error") in ("time", "size", "RenderLimitError"):
            self.stop()
            raise ReportTooLarge()
        if "error" in told:
            raise ReportFailed(kind=told["error"], why=told["message"], line=told["line"])
        return told

    def _alive(self) -> bool:
        # After a fork the child process belongs to the parent: two must not talk through one pipe.
        return self.process is not None and self.owner == os.getpid() and self.process.poll() is None

    def _start(self) -> None:
        worker = Path(__file__).with_name("report_worker.py")
        command = [sys.executable, "-I", str(worker), str(self.fonts.regular), str(self.fonts.bold)]
        if self.folder and self.owner == os.getpid():  # of a child that ended by itself
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = tempfile.mkdtemp(prefix="report-")  # the only place where the child may write: xhtml2pdf keeps pages there
        self.process = subprocess.Popen(
            [*command, *map(str, self.fonts.rare)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
            env={"LANG": "C.UTF-8", "TMPDIR": self.folder}, cwd=worker.parent,
        )
        self.owner = os.getpid()

    def stop(self) -> None:
        """End the child process of this process, if any."""
        if self.process is not None and self.owner == os.getpid():
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
            shutil.rmtree(self.folder, ignore_errors=True)
        self.process = None

    def _send(self, body: bytes) -> None:
        view = memoryview(struct.pack(">I", len(body)) + body)
        while view:
            view = view[self.process.stdin.write(view):]

    def _receive(self, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        length = struct.unpack(">I", self._read(4, deadline))[0]
        return self._read(length, deadline)

    def _read(self, count: int, deadline: float) -> bytes:
        parts, pipe = bytearray(), self.process.stdout
        while len(parts) < count:
            if not select.select([pipe], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError
            part = pipe.read(min(count - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)


_workers: dict[tuple[FontSet, str], _Worker] = {}
_workers_lock = threading.Lock()


def _worker(fonts: FontSet, purpose: str = "print") -> _Worker:
    with _workers_lock:
        key = (fonts, purpose)
        if key not in _workers:
            _workers[key] = _Worker(fonts)
            atexit.register(_workers[key].stop)
        return _workers[key]
