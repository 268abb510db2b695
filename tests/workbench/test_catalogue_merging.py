"""Merging by lines, and a newer release brought into a proposal: nothing of either side is lost without somebody's word."""
import pytest
from hypothesis import given, settings, strategies as st

from app.errors import ProposalRefused, WorkbenchRefused
from app.operations import releases
from app.workbench import merging, proposals, rebasing
from tests.support import bench, builders
from datetime import timedelta

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=8).map("".join)


@settings(max_examples=300, deadline=None)
@given(LINES, LINES)
def test_where_one_side_changed_nothing_the_other_side_is_the_result(base, changed):
    for ours, theirs in ((base, changed), (changed, base), (changed, changed)):
        pieces = merging.merge(base, ours, theirs)
        assert merging.conflicts(pieces) == [] and merging.text_of(pieces, {}) == changed


@settings(max_examples=300, deadline=None)
@given(LINES, LINES, LINES)
def test_choosing_one_side_everywhere_keeps_each_of_its_changed_lines(base, ours, theirs):
    pieces = merging.merge(base, ours, theirs)
    both = merging.text_of(pieces, dict.fromkeys(merging.conflicts(pieces), "both"))
    for number in merging.conflicts(pieces):
        assert "".join(pieces[number].ours) in both and "".join(pieces[number].theirs) in both
    swapped = merging.merge(base, theirs, ours)
    assert merging.text_of(pieces, dict.fromkeys(merging.conflicts(pieces), "ours")) == merging.text_of(swapped, dict.fromkeys(merging.conflicts(swapped), "theirs"))


def test_changes_in_different_places_are_put_together():
    pieces = merging.merge("1\n2\n3\n4\n5\n", "1\ntwo\n3\n4\n5\n", "1\n2\n3\n4\nfive\nsix\n")
    assert merging.conflicts(pieces) == [] and merging.text_of(pieces, {}) == "1\ntwo\n3\n4\nfive\nsix\n"


@pytest.fixture
def met(app, clock):
    """ada's open proposal, and a release that cai published meanwhile; both changed the form, cai the roles besides."""
    bench.people(clock)
    bench.publish(clock)
    clock.move_to(clock() + timedelta(hours=1))
    mine = bench.changed(clock, text=bench.files()[bench.FORM].replace("申请事项".encode(), "事由".encode()).replace(b"max_length: 100", b"max_length: 120"))
    theirs = bench.changed(clock, by="cai", text=bench.files()[bench.FORM].replace(b"max_length: 100", b"max_length: 80").replace("title: 申请表".encode(), "title: 申请书".encode()), title="改短")
    bench.save(theirs, bench.ROLES, bench.files()[bench.ROLES].replace("审核人".encode(), "经办人".encode()), clock, by="cai")
    bench.run_scenarios(theirs, clock)
    bench.submit(theirs, clock, by="cai")
    bench.approve(theirs, clock)
    return mine


def _bring_in(proposal, clock, **said):
    newer = rebasing.newer_of(proposal)
    asked = {"onto": newer.digest, "version": proposal.version, "ways": {}, "chosen": {}} | said
    rebasing.bring_in(proposal.id, **asked, actor=builders.actor("ada"), clock=clock)


def test_what_only_the_release_changed_comes_by_itself_and_the_rest_is_chosen_place_by_place(met, clock):
    newer = rebasing.newer_of(met)
    assert newer.coming == (bench.ROLES,) and [one.path for one in newer.meetings] == [bench.FORM]
    open_ = newer.meetings[0].open
    _bring_in(met, clock, ways={bench.FORM: "merged"}, chosen={bench.FORM: dict.fromkeys(open_, "ours")})
    files, form = proposals.files_of(met), proposals.files_of(met)[bench.FORM].decode()
    assert "经办人" in files[bench.ROLES].decode() and "申请书" in form and "事由" in form and "max_length: 120" in form
    assert met.base == releases.current_release(bench.NAME) and rebasing.newer_of(met) is None


@pytest.mark.parametrize("way", ["ours", "theirs"])
def test_a_whole_file_of_either_side(met, clock, way):
    one = rebasing.newer_of(met).meetings[0]
    _bring_in(met, clock, ways={bench.FORM: way})
    assert proposals.files_of(met)[bench.FORM] == getattr(one, way)


@pytest.mark.parametrize("said, error", [
    ({}, ProposalRefused), ({"ways": {bench.FORM: "merged"}}, ProposalRefused), ({"ways": {bench.FORM: "ours"}, "version": 99}, WorkbenchRefused),
    ({"ways": {bench.FORM: "ours"}, "onto": "0" * 64}, WorkbenchRefused)])
def test_what_was_left_open_or_has_changed_since_stays_as_it_was(met, clock, said, error):
    before = proposals.files_of(met)
    with pytest.raises(error):
        _bring_in(met, clock, **said)
    assert proposals.files_of(proposals.proposal_of(met.id)) == before


def test_a_merged_file_that_is_broken_is_not_taken():
    one = rebasing.Meeting("forms/x/a.yml", b"a: [\n  1,\n]\n", b"a: [\n  2,\n]\n", b"a: [\n  3\n")
    with pytest.raises(ProposalRefused):
        one.merged(dict.fromkeys(one.open, "both"))
