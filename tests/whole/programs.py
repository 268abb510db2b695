"""A person's program: the API with a token, as an outside system would use it. Tests only."""
from __future__ import annotations

import time

import httpx

from tests.whole.papers import paper

WAIT = 40.0  # seconds for what the worker does in the background


class Program:
    """Calls the API as one person."""

    def __init__(self, url: str, account: str, password: str = "pingshen-demo"):
        self.http = httpx.Client(base_url=f"{url}/api/v1", timeout=30)
        said = self.http.post("/token", json={"account": account, "password": password})
        assert said.status_code == 201, said.text
        self.http.headers["Authorization"] = f"Bearer {said.json()['token']}"
        self.account = account

    def ask(self, method: str, path: str, status: int = 200, **body) -> dict:
        """The JSON answer of a request, whose status must be this."""
        said = self.http.request(method, path, **body)
        assert said.status_code == status, f"{method} {path} by {self.account}: {said.status_code} {said.text}"
        return said.json()

    def start(self, process: str, **answers) -> dict:
        """A new case."""
        return self.ask("POST", "/cases", 201, json={"process": process, "answers": answers})

    def case(self, number: str) -> dict:
        """One of the cases this person started, as it is now."""
        found = self.ask("GET", f"/cases?q={number}")["cases"]
        return self.ask("GET", f"/cases/{found[0]['id']}")

    def tasks(self, number: str) -> list[dict]:
        """What waits for this person in this case."""
        return [task for task in self.ask("GET", "/tasks")["tasks"] if task["number"] == number]

    def task(self, number: str, element: str) -> dict:
        """The task of this person at this step, as soon as it is there."""
        return until(lambda: next((t for t in self.tasks(number) if t["element"] == element), None),
                     f"{self.account} waits for {element}")

    def do(self, number: str, element: str, answers: dict | None = None, outcome: str = "submit", reason: str = "", status: int = 200) -> dict:
        """Completes the task at this step."""
        task = self.task(number, element)
        return self.ask("POST", f"/tasks/{task['id']}/completion", status,
                        json={"answers": answers or {}, "outcome": outcome, "reason": reason})

    def send(self, case: dict, message: str, reason: str = "", status: int = 200) -> dict:
        """Takes an action on a case."""
        return self.ask("POST", f"/cases/{case['id']}/messages/{message}", status, json={"reason": reason})

    def upload(self, name: str) -> str:
        """Hands in a file; its id."""
        file = paper(name)
        return self.ask("POST", "/materials", 201, files={"file": (name, file["buffer"], file["mimeType"])})["id"]

    def with_files(self, answers: dict, *keys: str) -> dict:
        """The answers with the file names under these keys handed in."""
        return answers | {key: self.upload(said) if isinstance(said, str) else [self.upload(name) for name in said]
                          for key, said in answers.items() if key in keys}


def until(probe, what: str):
    """What `probe` gives as soon as it gives something; fails after WAIT seconds."""
    deadline = time.monotonic() + WAIT
    while not (found := probe()):
        assert time.monotonic() < deadline, f"after {WAIT:.0f} s: {what}"
        time.sleep(0.3)
    return found
