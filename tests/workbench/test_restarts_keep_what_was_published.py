"""A restart publishes what is new in the repository and leaves alone what analysts published since."""
from app.definitions import Bundle
from app.operations.releases import current_release, publish_unknown
from app.people import SYSTEM
from tests.support import bench


def _again(clock, content=None):
    return publish_unknown(Bundle(content or bench.files()), actor=SYSTEM, clock=clock, note="随软件提供的流程")


def test_what_an_analyst_published_stays_in_force_over_a_restart(app, clock):
    (first,) = _again(clock)
    assert current_release(first.procedure) == first.digest
    changed = bench.files()
    path = next(name for name in changed if name.endswith(".bpmn"))
    changed[path] = changed[path] + b"\n"
    newer = bench.publish(clock, changed)
    assert _again(clock) == []
    assert current_release(first.procedure) == newer.digest != first.digest


def test_new_content_of_the_repository_is_published(app, clock):
    bench.publish(clock)
    changed = bench.files()
    path = next(name for name in changed if name.endswith(".bpmn"))
    changed[path] = changed[path] + b"\n"
    (newer,) = _again(clock, changed)
    assert current_release(newer.procedure) == newer.digest
