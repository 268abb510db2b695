"""Several threads at one start line, each with an app context of its own, as requests have."""
from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

from app.errors import PingshenError
from app.extensions import db


def race(app, *works: Callable[[], object]) -> list:
    """What each work returned or the refusal it raised, in their order; all are let go at once."""
    line, results = Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        with app.app_context():
            db.session.connection()  # connecting is not part of the race
            db.session.rollback()
            line.wait(10)
            try:
                results[place] = work()
            except PingshenError as refusal:
                results[place] = refusal
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    db.session.rollback()
    return results
