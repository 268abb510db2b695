"""A new procedure begins as something that runs: no finding, and its scenario is green."""
import pytest

from app.errors import ProposalRefused
from app.scenarios.folder import run_bundle
from app.workbench import findings, proposals, skeletons
from tests.support import builders


def test_a_new_procedure_has_no_finding_and_its_scenario_walks_every_way(app, clock):
    ada = builders.person("ada", "analyst", clock=clock)
    builders.person("handler", "handler", clock=clock), builders.person("asker", "requester", clock=clock)
    proposal = skeletons.begin_procedure("parking-permit", title="停车证 <办理> & 换发", actor=ada, clock=clock)
    assert findings.findings_of(proposal, clock) == []
    outcome = run_bundle(proposals.bundle_of(proposal))
    assert outcome.passed and outcome.flows_not_walked == [] and len(outcome.scenarios) == 1


@pytest.mark.parametrize("name", ["Parking", "停车", "a", "../x", "lending-library"])
def test_a_name_that_is_taken_or_that_no_folder_can_have_is_refused(app, clock, name):
    builders.publish(clock=clock)
    ada = builders.person("ada", "analyst", clock=clock)
    with pytest.raises(ProposalRefused):
        skeletons.begin_procedure(name, title="停车证", actor=ada, clock=clock)
