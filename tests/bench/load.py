"""Clients that complete cases over HTTP as fast as they are answered: plain sockets, so that they cost little CPU.

Knows the three servers by what they have in common: `POST …/completion` answers with `open_tasks` of id and element.
"""
from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field

import orjson

from tests.bench import work

_BODIES = {
    element: orjson.dumps({"answers": work.answers_for(element), "outcome": work.outcome_for(element)}) for element in work.STEPS
}


@dataclass
class Server:
    """Where a server listens, its path prefix and the headers with which each person comes."""

    port: int
    prefix: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def connect(self) -> "Line":
        return Line(self)


class Line:
    """One kept-alive connection."""

    def __init__(self, server: Server):
        self.server = server
        self.socket = socket.create_connection(("127.0.0.1", server.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path: str, body: bytes, person: str) -> dict:
        """The JSON answer. Raises RuntimeError for any status but 200 and 201."""
        head = (f"POST {self.server.prefix}{path} HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n{self.server.headers.get(person, '')}\r\n")
        self.socket.sendall(head.encode() + body)
        return self._answer(path)

    def _answer(self, path: str) -> dict:
        received = b""
        while (cut := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head, body = received[:cut].lower(), received[cut + 4:]
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        if head.split(b" ", 2)[1] not in (b"200", b"201"):
            raise RuntimeError(f"{path}: {head[:40]!r} {body[:300].decode('utf-8', 'replace')}")
        return orjson.loads(body)

    def _more(self) -> bytes:
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part


@dataclass
class Measured:
    """What a round of clients saw: completions a second, and the milliseconds of each, sorted."""

    rate: float
    times: list[float]

    def percentile(self, share: float) -> float:
        return self.times[min(len(self.times) - 1, int(len(self.times) * share))]


def start_cases(server: Server, count: int) -> list[dict]:
    """Begins cases, untimed."""
    line = server.connect()
    body = orjson.dumps({"process": work.PROCESS})
    return [line.post("/cases", body, work.OWNER) for _ in range(count)]


def complete_cases(server: Server, cases: list[dict], clients: int) -> Measured:
    """Carries the given cases to their ends with so many clients at once."""
    return _together([_walker(server, cases[n::clients]) for n in range(clients)])


def repeat(server: Server, requests: int, clients: int) -> Measured:
    """The bodies of whole cases, one after the other, without looking at the answers: for the floor."""
    elements = ["declare", *work.STEPS[1:10], *["vote"] * work.EXPERTS, *work.STEPS[-2:]]
    return _together([_repeater(server, elements, requests // clients) for _ in range(clients)])


def _walker(server: Server, cases: list[dict]):
    def walk(line: Line, times: list[float]) -> None:
        for case in cases:
            waiting = case["open_tasks"]
            while waiting:
                waiting = _timed(line, waiting[0]["id"], waiting[0]["element"], times)["open_tasks"]

    return server, walk


def _repeater(server: Server, elements: list[str], count: int):
    def again(line: Line, times: list[float]) -> None:
        for n in range(count):
            _timed(line, f"{n}", elements[n % len(elements)], times)

    return server, again


def _timed(line: Line, task_id: str, element: str, times: list[float]) -> dict:
    begun = time.perf_counter()
    answer = line.post(f"/tasks/{task_id}/completion", _BODIES[element], work.person_for(element))
    times.append((time.perf_counter() - begun) * 1000)
    return answer


def _together(parts: list) -> Measured:
    times: list[list[float]] = [[] for _ in parts]
    faults: list[Exception] = []
    ready = threading.Barrier(len(parts) + 1)

    def run(server: Server, work_of, mine: list[float]) -> None:
        line = server.connect()
        ready.wait()
        try:
            work_of(line, mine)
        except Exception as error:  # told by the thread that waits
            faults.append(error)

    threads = [threading.Thread(target=run, args=(*part, mine)) for part, mine in zip(parts, times)]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if faults:
        raise faults[0]
    every = sorted(t for mine in times for t in mine)
    return Measured(len(every) / seconds, every)
