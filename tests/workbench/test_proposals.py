"""Proposals: what two analysts save is noticed and never lost, and nothing leaves the folder of its procedure."""
import pytest

from app.errors import ProposalClosed, ProposalConflict, ProposalRefused
from app.workbench import filing, proposals
from tests.support import builders

PATH = "forms/title-review/extension.yml"


@pytest.fixture
def proposal(app, clock):
    builders.publish(builders.ROOT, clock=clock)
    for analyst in ("ada", "ben"):
        builders.person(analyst, "analyst", clock=clock)
    return proposals.begin_proposal("title-review", title="延长公示", actor=builders.actor("ada"), clock=clock)


def _save(proposal, content, expected, clock, by="ada", path=PATH):
    return proposals.save_file(proposal.id, path, content, expected=expected, actor=builders.actor(by), clock=clock)


@pytest.mark.both_stores
def test_what_is_saved_lies_over_the_release_and_the_release_stays(proposal, clock):
    before = proposals.read_file(proposal, PATH)
    assert before.version == 0 and before.content == (builders.ROOT / PATH).read_bytes()
    assert _save(proposal, b"title: new\n", 0, clock) == 1
    assert proposals.files_of(proposal)[PATH] == b"title: new\n"
    assert proposals.base_files(proposal)[PATH] == before.content
    assert proposals.authors_of(proposal) == {"ada"}


@pytest.mark.both_stores
def test_whoever_saves_second_is_told_what_the_other_saved(proposal, clock):
    _save(proposal, b"one", 0, clock)
    with pytest.raises(ProposalConflict) as refused:
        _save(proposal, b"two", 0, clock, by="ben")
    assert (refused.value.theirs, refused.value.version) == (b"one", 1)
    assert _save(proposal, b"two", 1, clock, by="ben") == 2
    assert [found.content for found in proposals.versions_of(proposal, PATH)] == [b"two", b"one"]


def test_a_version_that_never_was_is_a_conflict_with_what_is_there(proposal, clock):
    with pytest.raises(ProposalConflict) as refused:
        _save(proposal, b"x", 9, clock)
    assert (refused.value.version, refused.value.theirs) == (0, (builders.ROOT / PATH).read_bytes())


def test_what_was_typed_a_moment_ago_can_be_brought_back_after_it_was_taken_out(proposal, clock):
    path, ada = "forms/title-review/extra.yml", builders.actor("ada")
    for number, text in enumerate((b"title: a\n", b"title: ab\n", b"title: abc\n")):  # an editor saves by itself
        proposals.save_file(proposal.id, path, text, expected=number, actor=ada, clock=clock, keep=False)
    filing.take_out(proposal, path, actor=ada, clock=clock)
    assert [one.content for one in proposals.versions_of(proposal, path)] == [None, b"title: abc\n"]
    filing.restore(proposal, path, 3, actor=ada, clock=clock)
    assert proposals.read_file(proposal, path).content == b"title: abc\n"


@pytest.mark.parametrize("path", ["forms/other/a.yml", "../secret.yml", "forms/title-review/../x.yml", "app/x.py", "forms/title-review/x.py", "forms/title-review/a/b/c.yml"])
def test_no_file_outside_of_the_procedure_is_saved(proposal, clock, path):
    with pytest.raises(ProposalRefused):
        _save(proposal, b"x", 0, clock, path=path)


def test_a_proposal_given_up_takes_no_more_files(proposal, clock):
    proposals.discard_proposal(proposal.id, actor=builders.actor("ada"), clock=clock)
    with pytest.raises(ProposalClosed):
        _save(proposal, b"x", 0, clock)
