"""A case as a row alone, for tests of what hangs on cases but does not move them."""
import itertools
from datetime import datetime

from app.store import session, transaction
from app.store.models import Case, Release
from tests.support.builders import MONDAY

_numbers = itertools.count(1)


def bare_case(starter: str = "starter", ended: datetime | None = None) -> Case:
    """A case that waits for nothing."""
    with transaction():
        if session().get(Release, "0" * 64) is None:
            session().add(Release(digest="0" * 64, procedure="p", number=1, note="", published_by="system", published_at=MONDAY))
            session().flush()
        case = Case(
            number=f"01420260302{next(_numbers):08d}", process_id="p", procedure="p", release="0" * 64, title="事项",
            starter_id=starter, starter_name="李雷", started_at=MONDAY, changed_at=MONDAY, ended_at=ended)
        session().add(case)
        session().flush()
        return case
