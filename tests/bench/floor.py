"""The floor: bare Flask, the request read as JSON, one durable commit of as many bytes as the service stores. WSGI app."""
from __future__ import annotations

import os

from flask import Flask, request

from tests.bench.plainstore import Plain

application = Flask(__name__)
_store = Plain(os.environ["BENCH_URL"])
_CONTENT = os.urandom(int(os.environ["BENCH_BYTES"]))


@application.get("/health/live")
def live():
    return {}


@application.post("/tasks/<task>/completion")
def complete(task: str):
    said = request.get_json()
    with _store.transaction() as run:
        run("INSERT INTO floor_row (task, outcome, content) VALUES (?, ?, ?)", (task, said["outcome"], _CONTENT))
    return {"open_tasks": []}
