"""Files made to do harm, one test per fault; names of every kind come back as they were, in safe headers."""
import io
import zipfile

import pytest
from PIL import Image

from app import materials
from app.materials import blobs
from app.materials.probe import EICAR
from tests.materials.test_materials import flat_png, pdf, picture, why
from tests.support import builders


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("Evil.class", b"\xca\xfe\xba\xbe")
    return out.getvalue()


@pytest.mark.parametrize("data", [
    picture("JPEG") + archive(), picture("PNG") + archive(), pdf() + archive(),  # GIFAR and its kin
    pdf() + b"<html><script>alert(1)</script>", picture() + b"<script>alert(1)</script>",
    pdf().replace(b"\n", b"\n%<html><script>alert(1)</script>\n", 1),
])
def test_i_04_two_files_in_one_are_refused(app, clock, data):
    assert "夹带" in why(clock, data, name="a.pdf")


@pytest.mark.parametrize("data", [EICAR, pdf() + EICAR, picture() + EICAR])
def test_i_04_a_known_virus_is_refused(app, clock, data):
    assert "病毒" in why(clock, data, name="a.pdf")


@pytest.mark.parametrize("data", [
    b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"<!doctype html><script>1</script>", b"GIF89a" + archive(), archive(),
])
def test_i_04_and_i_03_pages_drawings_and_archives_are_refused_before_anything_is_unpacked(app, clock, data):
    assert "PDF、JPG 或 PNG" in why(clock, data, name="a.pdf")


def test_i_01_a_bomb_is_refused_before_it_is_decoded(app, clock):
    assert "2500 万像素" in why(clock, flat_png(30000))
    tiff = io.BytesIO()
    Image.new("RGB", (9, 9)).save(tiff, "TIFF")
    assert "PDF、JPG 或 PNG" in why(clock, tiff.getvalue())


def test_i_02_a_pdf_that_unpacks_without_end_is_refused_or_kept_without_being_unpacked(app, clock):
    import pikepdf
    import zlib

    def twice(made):
        once = zlib.compress(zlib.compress(b"\0" * 50_000_000, 9), 9)
        made.pages[0].Contents = pikepdf.Stream(made, once)
        made.pages[0].Contents.stream_dict.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
    kept = materials.store_upload(pdf(change=twice), "a.pdf", owner="li", clock=clock)
    assert kept.pages == 1
    materials.thumbnail_of(kept)  # drawn or not, it comes back


def test_i_09_place_and_maker_of_a_photo_are_not_handed_out_and_the_original_stays(app, clock):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    original = picture(exif=exif.tobytes())
    kept = materials.store_upload(original, "a.jpg", owner="li", clock=clock)
    assert not Image.open(io.BytesIO(blobs.read_blob(kept.served))).getexif()
    assert blobs.read_blob(kept.sha256) == original


class TestI10:
    def test_a_body_of_a_gigabyte_is_refused_before_it_is_read(self, app):
        builders.person("li")
        client = app.test_client()
        builders.sign_in(client, "li")
        token = builders.csrf_token(client)

        class Endless(io.RawIOBase):
            read_bytes = 0

            def readable(self):
                return True

            def readinto(self, buffer):
                Endless.read_bytes += len(buffer)
                return len(buffer)

        answer = client.post("/materials", content_type="multipart/form-data; boundary=x", headers={"X-CSRFToken": token},
                             environ_overrides={"wsgi.input": Endless(), "CONTENT_LENGTH": str(1 << 30)})
        assert answer.status_code == 413 and Endless.read_bytes < 1 << 20

    def test_a_hundred_thousand_parts_are_refused(self, app):
        builders.person("li")
        client = app.test_client()
        builders.sign_in(client, "li")
        body = b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _part in range(100_000)) + b"--x--\r\n"
        answer = client.post("/materials", data=body, content_type="multipart/form-data; boundary=x",
                             headers={"X-CSRFToken": builders.csrf_token(client)})
        assert answer.status_code == 413


NAMES = ["../../etc/passwd.pdf", "a\r\nSet-Cookie: x=1.pdf", "发票\u202efdp.pdf", "nul\0.pdf", "长" * 80 + "😀😀.pdf", "名" * 100 + ".pdf", '引"号;=.pdf']


@pytest.mark.parametrize("name", NAMES)
def test_i_05_a_name_of_any_kind_is_stored_under_an_id_and_named_safely_in_the_download(app, clock, name):
    builders.person("li", clock=clock)
    client = app.test_client()
    builders.sign_in(client, "li")
    kept = materials.store_upload(pdf(), name, owner="li", clock=clock)
    answer = client.get(f"/materials/{kept.id}")
    told = answer.headers["Content-Disposition"]
    assert answer.status_code == 200 and "\r" not in told and "\n" not in told and "/" not in told.replace("%2F", "")
    assert "Set-Cookie" not in dict(answer.headers) or "x=1" not in answer.headers["Set-Cookie"]
    assert kept.name in client.get("/materials").text.replace("&#34;", '"')


def test_i_05_two_files_of_one_name_are_two_files(app, clock):
    for pages in (1, 2):
        materials.store_upload(pdf(pages), "证书.pdf", owner="li", clock=clock)
    assert [kept.material.name for kept in materials.library_of("li")] == ["证书.pdf", "证书.pdf"]
