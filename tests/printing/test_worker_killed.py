"""E-01: the process that draws is killed in the middle, again and again: whole reports or none, and one file of each."""
import random
import threading
from pathlib import Path

import pytest
from app.connectors import Call
from app.connectors.documents import file_report
from app.materials import Material
from app.materials.blobs import read_blob
from app.operations import reports
from app.rendering import ReportTooLarge
from app.rendering import reports as drawing
from app.store import session

ROUNDS = 8  # each death costs the start of another worker


def killed_after(seconds: float) -> threading.Timer:
    """Kills whatever draws, when that time is over."""
    timer = threading.Timer(seconds, lambda: [w.process.kill() for w in list(drawing._workers.values()) if w.process])
    timer.start()
    return timer


def test_a_killed_worker_leaves_a_whole_file_or_none_and_the_next_try_files_it_once(asked_for, library, clock):
    case, chance = asked_for(), random.Random(5)
    reports.code_now(case, "pledge", drawing_actor())  # the worker is warm
    for number in range(ROUNDS):
        call = Call(id=f"call-{number}", case_id=case.id, case_number=case.number, parameters={"report": "pledge"}, clock=clock)
        timer = killed_after(chance.uniform(0.001, 0.12))
        try:
            file_report(call)
        except ReportTooLarge:
            session().rollback()
        timer.join()
        again = file_report(call)
        kept = session().query(Material).filter_by(case_id=case.id, field=f"report:{call.id}").all()
        assert [material.id for material in kept] == [again["material"]] and read_blob(kept[0].served).rstrip().endswith(b"%%EOF")
    assert list(Path(library.config["VAR"]).rglob(".draft-*")) == []


def drawing_actor():
    from app.people import SYSTEM

    return SYSTEM


def test_who_prints_meanwhile_is_told_and_can_print_again(asked_for, clock):
    from tests.support import builders

    case, wang = asked_for(), builders.actor("reader_wang")
    reports.print_report(case, "pledge", actor=wang, clock=clock)
    timer = killed_after(0.005)
    try:
        pdf = reports.print_report(case, "pledge", actor=wang, clock=clock).pdf
    except ReportTooLarge as told:
        assert "报表没有生成" in told.message
    else:
        assert pdf.rstrip().endswith(b"%%EOF")
    timer.join()
    assert reports.print_report(case, "pledge", actor=wang, clock=clock).pdf.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("payload", [
    '<img src="http://169.254.169.254/latest/meta-data/">', '<link rel="stylesheet" href="file:///etc/passwd">', '{{ 7 * 7 }}',
    '<pdf:insertpdf src="/etc/passwd"/>', '<style>@import url(http://127.0.0.1:9/)</style>', "</td></tr></table><script>alert(1)</script>",
    "[[[getattr(pow,Word('__globals__'))['os'].system('id') for Word in [1]] for x in [1]]]"])
def test_what_people_type_is_printed_as_they_typed_it(asked_for, clock, payload):
    """I-06, I-07 through a real case: hostile answers are words on the paper and nothing else."""
    from tests.printing.scans import text_of
    from tests.support import builders

    case = asked_for(book=payload)
    drawn = reports.print_report(case, "pledge", actor=builders.actor("reader_wang"), clock=clock)
    assert payload.replace(" ", "") in "".join(text_of(drawn.pdf).replace("\u00a0", " ").split()) and "root:" not in text_of(drawn.pdf)
