"""The frame of the auditors' desk: which tab a page stands below, and where the way back leads whoever may not open all of it."""
from __future__ import annotations

import re

from tests.audit.desk_cases import lent
from tests.support import builders


def page(app, person: str, address: str) -> str:
    client = app.test_client()
    builders.sign_in(client, person)
    return client.get(address, follow_redirects=True).text


def current(text: str) -> list[str]:
    """The addresses of the tabs that a page marks as its own, places of the whole service left out."""
    return re.findall(r'<li><a href="(/audit[^"]*)" aria-current="page">', text.split('class="card mb-3"')[1].partition("</nav>")[0])


def test_each_page_stands_below_one_tab(app, clock):
    builders.publish(clock=clock)
    builders.person("eve", "auditor", clock=clock)
    case = lent(clock)
    for address, tab in (("/audit", "/audit"), ("/audit/samples/new", "/audit/samples"), (f"/audit/cases/{case.id}", "/audit"),
                         ("/audit/insight/ways", "/audit/insight"), ("/audit/suspicion/thresholds", "/audit/suspicion")):
        assert current(page(app, "eve", address)) == [tab], address


def test_the_way_back_of_an_administrator_leads_to_a_page_that_opens(app, clock):
    builders.publish(clock=clock)
    builders.person("root", "administrator", clock=clock)
    client = app.test_client()
    builders.sign_in(client, "root")
    for address in ("/audit/proof", "/audit/backups", "/audit/retention", "/audit/viewings", "/audit/insight"):
        crumb = client.get(address).text.split('class="audit-crumb"')[1].partition("</p>")[0]
        for way in re.findall(r'href="([^"]+)"', crumb):
            assert client.get(way).status_code == 200, (address, way)
