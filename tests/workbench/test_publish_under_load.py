"""F-02: a release is published while people start cases: running ones stay on theirs, new ones are on the new, none fails."""
import threading
from datetime import timedelta

import sqlalchemy as sa

from app.extensions import db
from app.operations import releases
from app.store import session
from app.store.models import Case
from tests.support import bench, builders


def test_cases_started_while_a_release_is_published_are_on_the_old_or_the_new_one(app, clock):
    bench.people(clock)
    bench.publish(clock)
    old = releases.current_release(bench.NAME)
    clock.move_to(clock() + timedelta(hours=1))
    proposal = bench.submitted(clock)
    before, faults, published = [builders.start_case(bench.NAME, "li", clock=clock).id for _ in range(5)], [], threading.Event()

    def start_many():
        with app.app_context():
            try:
                for count in range(200):
                    late = published.is_set()
                    case = builders.start_case(bench.NAME, "li", clock=clock)
                    if late:
                        assert case.release != old
                        break
            except Exception as error:  # told below: a thread's own failure is silent
                faults.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=start_many) for _ in range(3)]
    for thread in threads:
        thread.start()
    bench.approve(proposal, clock)
    published.set()
    for thread in threads:
        thread.join(60)
    session().rollback()
    new = releases.current_release(bench.NAME)
    rows = dict(session().execute(sa.select(Case.id, Case.release)).all())
    assert faults == [] and old != new and set(rows.values()) == {old, new}
    assert {rows[case_id] for case_id in before} == {old}
    orders = [rows[case_id] for case_id in sorted(rows)]
    assert orders == sorted(orders, key=[old, new].index)  # no case of the old one after the first of the new one
