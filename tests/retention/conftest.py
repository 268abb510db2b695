"""A lending library in which two readers have borrowed and returned."""
from __future__ import annotations

import pytest

from tests.support.builders import publish, start_case
from tests.retention.walked import Canaries, administrators, lend_and_return, reader


@pytest.fixture
def office(app, clock):
    """Two administrators; two readers with an ended case each, 甲 to be erased, 乙 to stay."""
    class Office:
        one, two = Canaries("甲"), Canaries("乙")

    publish(clock=clock)
    Office.first, Office.second = administrators(clock)
    for canaries, key in ((Office.one, "reader_jia"), (Office.two, "reader_yi")):
        reader(canaries, key, clock)
    Office.case = lend_and_return(Office.one, "reader_jia", clock, start_case)
    Office.other = lend_and_return(Office.two, "reader_yi", clock, start_case)
    return Office
