"""The application as the employer gets it, walked by its scenario."""
from __future__ import annotations

import pytest

from tests.support import builders
from tests.support.builders import ROOT
from tests.whole.walks import Walk

RETURNED = ROOT / "processes" / "title-review" / "scenarios" / "office_returns.yml"


@pytest.fixture
def walk(app, clock):
    """Stands before the employer's review; `walk.next` is what they would do."""
    builders.publish(ROOT, clock=clock)
    walk = Walk(RETURNED, clock).start()
    walk.next = walk.walk(until=lambda command: command.element == "employer_review")
    return walk
