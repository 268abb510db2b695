"""The process that fills report templates and draws PDFs, apart from the service and with limits of its own.

Started by `app/rendering/reports.py` alone, as a script: `python report_worker.py REGULAR BOLD [RARE…]`.
Reads requests on stdin, answers on stdout; each message is 4 bytes of length and JSON or, for the PDF, its bytes.

Why a process: Jinja2's sandbox guards names, not time and memory, and a context that came as JSON holds
nothing that could be called. A template may be stopped at any point without harm to anybody else. And should one
break out of the sandbox all the same, there is nothing here to be had: no settings, no database, no network (H-10).
"""
from __future__ import annotations

import json
import os
import resource
import signal
import struct
import sys
import tempfile
import types
from pathlib import Path

APP = Path(__file__).resolve().parent.parent
MEMORY_BYTES = 1024 * 1024 * 1024
TEMPLATE_SECONDS = 2


def read_message(stream) -> bytes | None:
    """The next message; None at the end of the stream."""
    head = stream.read(4)
    return stream.read(struct.unpack(">I", head)[0]) if len(head) == 4 else None


def write_message(stream, body: bytes) -> None:
    stream.write(struct.pack(">I", len(body)) + body)
    stream.flush()


class _OutOfTime(BaseException):
    pass


def _ring(*_):
    raise _OutOfTime


def answer(request: bytes, fonts, out) -> None:
    """Writes the HTML as soon as it is there, then the PDF if it is asked for; or one message with `error`."""
    from app.rendering.report_pdf import to_pdf
    from app.rendering.report_template import fill_template, fill_watched

    asked = json.loads(request)
    signal.setitimer(signal.ITIMER_REAL, TEMPLATE_SECONDS)
    blank = []
    if asked.get("watched"):
        html, blank = fill_watched(asked["template"], asked["context"])
    else:
        html = fill_template(asked["template"], asked["context"])
    signal.setitimer(signal.ITIMER_REAL, 0)
    write_message(out, json.dumps({"html": html, "blank": blank}).encode())
    if not asked["drawn"]:
        return
    pdf, missing = to_pdf(html, fonts)
    write_message(out, json.dumps({"missing": missing}).encode())
    write_message(out, pdf)


def failure(error: BaseException) -> dict:
    """What went wrong, as plain facts: kind, message, line of the template."""
    if isinstance(error, _OutOfTime):
        return {"error": "time", "message": "", "line": 0}
    if isinstance(error, (MemoryError, OverflowError)):
        return {"error": "size", "message": str(error), "line": _line(error)}
    return {"error": type(error).__name__, "message": str(error)[:300], "line": _line(error)}


def _line(error: BaseException) -> int:
    """The line of the template where it happened (Jinja2 rewrites tracebacks to template lines)."""
    line, frame = getattr(error, "lineno", 0) or 0, error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == "<template>":
            line = frame.tb_lineno
        frame = frame.tb_next
    return line


def load_only_what_is_needed() -> None:
    """Make `app.…` importable without running the packages' own modules: they would load the whole service,
    its settings and its database driver, into the process that runs what analysts wrote."""
    for name, folder in (("app", APP), ("app.rendering", APP / "rendering")):
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package


def shut_in(fonts: list[Path]) -> list[str]:
    """Gives up all that drawing does not need; returns what the system could not take away."""
    from app.rendering.confinement import confine

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    libraries = [Path(sys.prefix), Path(json.__file__).parent.parent, *map(Path, ("/lib", "/lib64", "/usr/lib", "/usr/share/zoneinfo", "/dev/urandom", "/dev/null"))]
    return confine([*libraries, APP, *fonts], [Path(tempfile.gettempdir())] if os.environ.get("TMPDIR") else [])


def main() -> None:
    load_only_what_is_needed()
    from app.rendering.fonts import FontSet, register_fonts

    paths = [Path(argument) for argument in sys.argv[1:]]
    fonts = FontSet(paths[0], paths[1], tuple(paths[2:]))
    register_fonts(fonts)
    missing = shut_in(paths)
    if missing:
        print(f"report worker: this system has no {' and no '.join(missing)}; templates run without that wall", file=sys.stderr)
    signal.signal(signal.SIGALRM, _ring)
    inp, out = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a library that prints must not break the messages
    while (request := read_message(inp)) is not None:
        try:
            answer(request, fonts, out)
        except (Exception, _OutOfTime) as error:
            signal.setitimer(signal.ITIMER_REAL, 0)
            write_message(out, json.dumps(failure(error)).encode())


if __name__ == "__main__":
    main()
