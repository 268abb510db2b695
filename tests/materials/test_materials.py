"""Uploads: judged by content, kept whole, named by random ids, seen by those who may see the case."""
import io
import os
import struct
import threading
import zlib
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from app import materials
from app.definitions.form import Field, Form, Kinds, Section
from app.errors import NotFound, UploadRefused
from app.materials import blobs, store_upload
from app.materials.operations import shown_name
from app.operations.answers import material_ids
from app.store import session, transaction
from app.store.models import Case
from tests.connectors.bare import bare_case
from tests.support import builders


def pdf(pages=1, change=None, **save) -> bytes:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out, **save)
    return out.getvalue()


def picture(kind="JPEG", size=(40, 30), **save) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **save)
    return out.getvalue()


def flat_png(side: int) -> bytes:
    """A PNG that is small on disk and huge in memory."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compressobj(9)
    body = rows.compress((b"\0" + bytes((side + 7) // 8)) * side) + rows.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def keep(clock, data=None, name="证明.pdf", owner="li", **more):
    return store_upload(data or pdf(), name, owner=owner, clock=clock, **more)


def why(clock, data, **more) -> str:
    with pytest.raises(UploadRefused) as refusal:
        keep(clock, data, **more)
    return refusal.value.why


def stored_files(app) -> list[Path]:
    return [path for path in Path(app.config["VAR"], "files").rglob("*") if path.is_file()]


def test_a_pdf_and_a_picture_are_known_by_their_content(app, clock):
    assert (keep(clock, pdf(3), name="x.jpg").kind, keep(clock, pdf(3)).pages) == ("pdf", 3)
    assert keep(clock, picture("JPEG"), name="x.pdf").kind == "jpg"
    assert keep(clock, picture("PNG")).kind == "png"


@pytest.mark.parametrize("data", [
    b"<html><script>alert(1)</script></html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"PK\x03\x04zip", b"MZ\x90",
    b"GIF89a%PDF-1.4", b"  %PDF-1.4 not at the beginning", b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR",
])
def test_what_is_no_pdf_and_no_picture_is_refused_whatever_it_is_called(app, clock, data):
    assert "PDF、JPG 或 PNG" in why(clock, data, name="a.pdf")
    assert stored_files(app) == []


def test_a_field_may_take_only_some_kinds_and_sizes(app, clock):
    assert "JPG" in why(clock, pdf(), accept=("jpg",))
    assert "最大 0.001 MB" in why(clock, os.urandom(3000), max_mb=0.001)
    with pytest.raises(UploadRefused):
        store_upload(b"", "empty.pdf", owner="li", clock=clock)


def test_a_locked_broken_or_cut_pdf_is_refused_with_what_to_do(app, clock):
    locked = pdf(encryption=pikepdf.Encryption(owner="o", user="u"))
    assert "密码" in why(clock, locked)
    assert "损坏" in why(clock, b"%PDF-1.7\n" + os.urandom(500))
    assert "页" in why(clock, pdf(501))


@pytest.mark.parametrize("name", ["JavaScript", "Launch", "EmbeddedFile"])
def test_a_pdf_that_would_act_or_carries_files_is_refused(app, clock, name):
    def change(made):
        if name == "EmbeddedFile":
            made.attachments["virus.exe"] = b"MZ"
        else:
            made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name("/" + name), JS=pikepdf.String("app.alert(1)"))
    assert "脚本" in why(clock, pdf(change=change))


def test_a_pdf_with_a_plain_link_and_an_outline_is_taken(app, clock):
    def change(made):
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org"))
        made.pages[0].Annots = pikepdf.Array([made.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action))])
    assert keep(clock, pdf(change=change)).pages == 1


@pytest.mark.parametrize("side", [8000, 12000, 30000])
def test_a_picture_bomb_is_refused_before_it_is_unpacked(app, clock, side):
    assert "2500 万像素" in why(clock, flat_png(side))


def test_an_animation_and_a_cut_picture_are_refused(app, clock):
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    assert "动画" in why(clock, out.getvalue())
    whole = picture(size=(400, 400))
    assert "损坏" in why(clock, whole[: len(whole) // 2])


def test_the_copy_that_is_handed_out_has_no_place_and_nothing_appended_and_the_original_is_kept(app, clock):
    exif = Image.Exif()
    exif[0x010F] = "CameraMaker"
    exif[0x0112] = 6  # turned
    original = picture(exif=exif.tobytes()) + b"a phone's film of three seconds"
    material = keep(clock, original, name="照片.jpg")
    served = blobs.read_blob(material.served)
    assert b"CameraMaker" not in served and b"film" not in served
    assert Image.open(io.BytesIO(served)).size == (30, 40), "stands upright"
    assert blobs.read_blob(material.sha256) == original


def test_the_same_file_twice_is_one_blob_and_two_rows(app, clock):
    data, made = pdf(2), []

    def upload():
        with app.app_context():
            made.append(keep(clock, data).id)

    threads = [threading.Thread(target=upload) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 3
    assert len(stored_files(app)) == 1


def test_a_file_altered_in_the_store_is_not_handed_out(app, clock):
    material = keep(clock)
    stored_files(app)[0].write_bytes(b"something else")
    with pytest.raises(blobs.BlobDamaged):
        blobs.read_blob(material.sha256)
    stored_files(app)[0].unlink()
    with pytest.raises(blobs.BlobDamaged):
        blobs.read_blob(material.sha256)


def test_an_orphan_is_swept_after_a_day_and_a_named_file_never(app, clock):
    kept = keep(clock)
    orphan = blobs.put_blob(b"left behind by a crash")
    now = max(path.stat().st_mtime for path in stored_files(app))

    def at(hours):
        return lambda: datetime.fromtimestamp(now + hours * 3600, timezone.utc)

    assert materials.sweep_orphans(at(23)) == 0
    assert materials.sweep_orphans(at(25)) == 1
    assert blobs.read_blob(kept.sha256)
    with pytest.raises(blobs.BlobDamaged):
        blobs.read_blob(orphan)


@pytest.mark.parametrize("typed, shown", [
    ("../../etc/passwd", "passwd"), ("C:\\Users\\李\\证书.pdf", "证书.pdf"), ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
    ("发票\u202efdp.exe", "发票fdp.exe"), ("nul\0.pdf", "nul.pdf"), ("", "未命名"), ("..", "未命名"), ("😀䶮𠮷·.pdf", "😀䶮𠮷·.pdf"),
])
def test_a_name_is_shown_without_paths_and_control_characters(typed, shown):
    assert shown_name(typed) == shown


def test_a_very_long_name_keeps_its_ending():
    assert len(shown_name("长" * 400 + ".pdf")) <= 255 and shown_name("长" * 400 + ".pdf").endswith(".pdf")


def test_only_its_owner_uses_a_file_again_and_takes_it_out(app, clock):
    first = keep(clock, name="学历.pdf")
    clock.move_to(clock() + timedelta(minutes=1))
    case = bare_case("li")
    again = materials.reuse_material(first.id, owner="li", clock=clock, case_id=case.id, field="proof")
    assert (again.sha256, again.case_id, again.source) == (first.sha256, case.id, "reuse")
    kept, = materials.library_of("li")
    assert (kept.id, kept.used_in) == (again.id, ()), "one row per content"
    for verb in (materials.reuse_material, materials.remove_material):
        with pytest.raises(NotFound):
            verb(first.id, owner="wang", clock=clock)
    with pytest.raises(UploadRefused):
        materials.reuse_material(first.id, owner="li", clock=clock, accept=("jpg",))
    materials.remove_material(again.id, owner="li", clock=clock)
    assert materials.library_of("li") == [], "with all its uses"
    assert materials.of_case(case.id, [again.id]) == [again], "D-79: the case keeps its own reference"


def test_a_form_sees_only_files_of_its_case_and_the_fillers_own_new_ones(app, clock):
    case, other = bare_case("li"), bare_case("wang")
    here, elsewhere = keep(clock, case_id=case.id), keep(clock, case_id=other.id, owner="wang")
    loose, strange = keep(clock), keep(clock, owner="wang")
    ids = [strange.id, loose.id, here.id, elsewhere.id, "no-such-file"]
    assert [m.id for m in materials.of_case(case.id, ids, owner="li")] == [loose.id, here.id]
    assert [m.id for m in materials.of_case(case.id, ids)] == [here.id]
    materials.claim_for_case(ids, owner="li", case_id=case.id)
    session().expire_all()
    assert loose.case_id == case.id and strange.case_id is None


class TestOverHttp:
    @pytest.fixture
    def material(self, app, clock):
        builders.person("li", "member", clock=clock)
        builders.person("wang", clock=clock)
        builders.person("auditor1", "auditor", clock=clock)
        builders.publish()
        case = builders.start_case(by=builders.actor("li"))
        return keep(clock, picture(), name="照片 –“甲”\r\n.jpg", case_id=case.id)

    def _as(self, app, person):
        client = app.test_client()
        builders.sign_in(client, person)
        return client

    def test_its_owner_gets_it_and_a_stranger_learns_nothing(self, app, material):
        address = f"/materials/{material.id}"
        answer = self._as(app, "li").get(address)
        assert answer.status_code == 200 and answer.mimetype == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment") and "filename*=UTF-8''" in disposition and "\n" not in disposition
        stranger = self._as(app, "wang")
        unknown = stranger.get("/materials/" + "0" * 32)
        assert stranger.get(address).status_code == unknown.status_code == 404
        assert app.test_client().get(address).status_code in (302, 401)

    def test_who_reads_the_case_sees_it_in_the_page(self, app, material):
        answer = self._as(app, "auditor1").get(f"/materials/{material.id}/preview")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]

    def test_the_person_of_a_case_does_not_open_what_its_reviewers_uploaded_but_other_reviewers_do(self, app, material, clock):
        case = session().get(Case, material.case_id)
        builders.complete(case, "request", "li", builders.sample("request"), clock=clock)
        theirs = keep(clock, picture(), owner="librarian_zhao", case_id=case.id, task_id=builders.open_task(case, "check").id)
        assert self._as(app, "li").get(f"/materials/{theirs.id}").status_code == 404
        assert self._as(app, "auditor1").get(f"/materials/{theirs.id}").status_code == 200

    def test_the_library_lists_it_and_takes_it_out(self, app, material):
        client = self._as(app, "li")
        assert "照片" in client.get("/materials").text
        token = builders.csrf_token(client)
        assert client.post(f"/materials/{material.id}/removal").status_code == 403
        assert client.post(f"/materials/{material.id}/removal", data={"csrf_token": token}).status_code == 303
        assert "资料库是空的" in client.get("/materials").text
        assert client.get(f"/materials/{material.id}").status_code == 200, "what was submitted stays readable"


def test_a_refused_upload_inside_a_command_leaves_nothing(app, clock):
    with pytest.raises(RuntimeError):
        with transaction():
            keep(clock)
            raise RuntimeError
    assert session().query(materials.Material).count() == 0


def test_an_upload_repeated_with_its_key_is_one_file(app):
    builders.person("li")
    client, data = builders.program(app, "li"), pdf()
    first, again = [client.post("/api/v1/materials", data={"file": (io.BytesIO(data), "a.pdf")}, headers={"Idempotency-Key": "k"})
                    for _time in range(2)]
    assert first.status_code == 201 and first.json == again.json
    assert session().query(materials.Material).count() == 1


def test_files_in_rows_of_a_table_are_among_those_the_answers_name():
    file, own = Field("scan", "file"), Field("photo", "photo")
    table = Field("rows", "table", columns=(file,), kinds=Kinds("kind", (), {"a": (own,)}))
    form = Form("f", "F", sections=(Section("s", "S", fields=(file, table)),))
    assert list(material_ids(form, {"scan": ["1"], "rows": [{"scan": ["2"], "photo": "3"}, {}]})) == ["1", "2", "3"]
