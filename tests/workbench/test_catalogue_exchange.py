"""Archives: out and in again byte by byte, and nothing that an archive could do to the service."""
import stat
import struct
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings, strategies as st

from app.clock import PretendClock
from app.definitions import Bundle, read_folder
from app.errors import ArchiveRefused
from app.extensions import db
from app.workbench import acts, exchange, proposals
from tests.support import bench, builders


@pytest.fixture
def office(app, clock):
    bench.people(clock)
    return app


def test_every_file_of_the_real_procedure_comes_back_byte_by_byte(office, clock, tmp_path):
    """Repository -> archive -> proposal -> archive -> folder -> the same digest, as `publish` and `export-release` name it."""
    source = read_folder(builders.ROOT)
    name = source.procedures[0]
    files = dict(source.procedure(name).content)
    proposal = exchange.begin_from(exchange.pack(files), title="导入", actor=builders.actor("ada"), clock=clock)
    assert proposals.files_of(proposal) == files
    with zipfile.ZipFile(BytesIO(exchange.pack(proposals.files_of(proposal)))) as archive:
        archive.extractall(tmp_path)
    assert read_folder(tmp_path).procedure(name).digest == source.procedure(name).digest


def test_a_published_release_is_exported_by_the_page_and_by_the_command_line_alike(office, clock, tmp_path):
    release = bench.publish(clock)
    result = office.test_cli_runner().invoke(args=["export-release", release.digest, str(tmp_path)])
    assert result.exit_code == 0 and read_folder(tmp_path).digest == release.digest
    client = office.test_client()
    builders.sign_in(client, "ada")
    answer = client.get(f"/workbench/releases/{release.digest}.zip")
    assert Bundle(exchange.unpack(answer.data)).digest == release.digest


def test_an_archive_that_is_the_whole_takes_out_what_it_lacks_and_another_only_adds(office, clock):
    bench.publish(clock)
    proposal = proposals.begin_proposal(bench.NAME, title="x", actor=builders.actor("ada"), clock=clock)
    few = {path: content for path, content in bench.files().items() if "scenarios" not in path} | {bench.FORM: b"title: y\n"}
    assert exchange.import_into(proposal, exchange.pack(few), whole=False, actor=builders.actor("ben"), clock=clock) == [bench.FORM]
    exchange.import_into(proposal, exchange.pack(few), whole=True, actor=builders.actor("ben"), clock=clock)
    assert proposals.files_of(proposal) == few and proposals.authors_of(proposal) == {"ada", "ben"}
    assert exchange.import_into(proposal, exchange.pack(few), whole=True, actor=builders.actor("ben"), clock=clock) == []
    assert [act.kind for act in acts.acts_of(bench.NAME)] == ["imported", "imported", "begun"]


def test_a_folder_around_everything_and_the_litter_of_systems_are_left_out():
    packed = {f"parking-main/{path}": content for path, content in bench.files().items()}
    litter = {"parking-main/README.md": b"x", "parking-main/processes/.DS_Store": b"y", "__MACOSX/parking-main/._a": b"z"}
    assert exchange.unpack(exchange.pack(packed | litter)) == bench.files()


def test_an_archive_of_two_procedures_begins_no_proposal(app, clock):
    two = bench.files() | {path.replace(bench.NAME, "other"): content for path, content in bench.files().items()}
    with pytest.raises(ArchiveRefused, match="正好有一个"):
        exchange.begin_from(exchange.pack(two), title="x", actor=builders.person("ada", "analyst", clock=clock), clock=clock)


def _archive(*entries) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, mode << 16
            archive.writestr(entry, content)
    return made.getvalue()


FILE, LINK = stat.S_IFREG | 0o644, stat.S_IFLNK | 0o777
GOOD = f"forms/{bench.NAME}/a.yml"


def _lying() -> bytes:
    """An archive whose directory says that a bomb of a megabyte is ten bytes."""
    data = bytearray(_archive((GOOD, b"\0" * 1_000_000, FILE)))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24:at + 28] = struct.pack("<I", 10)
    return bytes(data)


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory):
    """A proposal that every harmful archive is tried on."""
    clock = PretendClock(builders.MONDAY)
    app = builders.make_app(tmp_path_factory.mktemp("unharmed"), clock=clock)
    with app.app_context():
        db.create_all()
        bench.people(clock)
        bench.publish(clock)
        yield proposals.begin_proposal(bench.NAME, title="x", actor=builders.actor("ada"), clock=clock)
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("data", [
    b"", b"no archive", _archive((GOOD, b"x", FILE))[:-8],
    _archive((f"forms/{bench.NAME}/../../x.yml", b"x", FILE)), _archive(("/etc/passwd", b"x", FILE)), _archive((f"forms\\{bench.NAME}\\x.yml", b"x", FILE)),
    _archive((GOOD, b"/etc/passwd", LINK)), _archive((GOOD, b"\0" * 3_000_000, FILE)), _archive((GOOD, b"\0" * 1_900_000, FILE)), _lying(),
    _archive(*((f"forms/{bench.NAME}/f{n}.yml", b"", FILE) for n in range(5001))),
    _archive((f"forms/{bench.NAME}/x.py", b"x", FILE)), _archive((f"app/{bench.NAME}/x.yml", b"x", FILE)),
    _archive((GOOD, b"x", FILE), ("forms/other/a.yml", b"x", FILE)),
], ids=["empty", "text", "cut", "out", "root", "backslash", "link", "large", "bomb", "lying", "many", "kind", "top", "two"])
def test_a_harmful_archive_changes_nothing(unharmed, clock, data):
    with pytest.raises(ArchiveRefused):
        exchange.import_into(unharmed, data, whole=True, actor=builders.actor("ada"), clock=clock)
    assert proposals.files_of(unharmed) == bench.files()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 400), st.binary(max_size=8))
def test_no_archive_is_more_than_refused(data, at, bytes_in):
    packed = exchange.pack(bench.files())
    for tried in (data, packed[:at] + bytes_in + packed[at + len(bytes_in):], packed[:-at - 1]):
        try:
            exchange.unpack(tried)
        except ArchiveRefused:
            pass
