"""Photos: which rule is broken, with what was measured; cut here when the browser cannot (D-77, part F)."""
import io

import pytest
from PIL import Image

from app import materials
from app.materials import blobs
from app.rendering.choices import Material
from app.rendering.field_types import field_type
from tests.materials.test_materials import pdf
from app.definitions.form import Field

PHOTO = Field("face", "photo", photo_width=295, photo_height=413)
KB = 1024


def faults(width=295, height=413, *, size=100 * KB, mode="RGB", kind="jpg", field=PHOTO):
    return field_type(field).faults(field, Material("m", "照.jpg", size, kind, width=width, height=height, mode=mode))


@pytest.mark.parametrize("facts", [
    {}, {"size": 500 * KB}, {"width": 590, "height": 826}, {"width": 300, "height": 413}, {"kind": "png"},
])
def test_a_photo_that_keeps_the_rules_is_taken(facts):
    assert faults(**facts) == []


@pytest.mark.parametrize("facts, message", [
    ({"width": 413, "height": 294}, "照片是 413×294，要求竖向 295×413"),
    ({"width": 294, "height": 413}, "照片是 294×413"),
    ({"width": 4000, "height": 3000}, "照片是 4000×3000，要求竖向 295×413 的比例，请裁剪"),
    ({"size": 500 * KB + 1}, "照片有 501 KB，最大 500 KB"),
    ({"mode": "CMYK"}, "CMYK"), ({"mode": "RGBA+"}, "透明"), ({"mode": "P+"}, "透明"), ({"mode": "L"}, "黑白"), ({"mode": "P"}, "24 位"),
])
def test_the_message_names_the_broken_rule_and_the_measure(facts, message):
    assert message in "；".join(faults(**facts))


def test_an_exact_size_may_be_asked_for():
    exact = Field("face", "photo", photo_width=295, photo_height=413, photo_rule="exact")
    assert faults(field=exact) == [] and "要求竖向 295×413" in faults(296, 413, field=exact)[0]


@pytest.mark.parametrize("mode, told", [("RGB", "RGB"), ("CMYK", "CMYK"), ("L", "L")])
def test_the_upload_remembers_what_colours_the_original_had(app, clock, mode, told):
    out = io.BytesIO()
    Image.new(mode, (30, 40)).save(out, "JPEG")
    kept = materials.store_upload(out.getvalue(), "a.jpg", owner="li", clock=clock)
    assert (kept.width, kept.height, kept.mode) == (30, 40, told)


def test_a_transparent_picture_is_known_and_becomes_white_when_it_is_cut(app, clock):
    out = io.BytesIO()
    Image.new("RGBA", (600, 600), (0, 0, 0, 0)).save(out, "PNG")
    kept = materials.store_upload(out.getvalue(), "a.png", owner="li", clock=clock)
    assert kept.mode == "RGBA+"
    cut = materials.cut_photo(kept, width=295, height=413, max_mb=500 / 1024, where="middle", owner="li", clock=clock)
    made = Image.open(io.BytesIO(blobs.read_blob(cut.served)))
    assert made.size == (295, 413) and made.getpixel((100, 100)) == (255, 255, 255)


def test_a_phones_picture_becomes_a_photo_that_keeps_the_rules(app, clock):
    out = io.BytesIO()
    Image.effect_noise((4000, 3000), 80).convert("RGB").save(out, "JPEG", quality=60)
    kept = materials.store_upload(out.getvalue(), "IMG_0001.jpg", owner="li", clock=clock)
    cut = materials.cut_photo(kept, width=295, height=413, max_mb=500 / 1024, where="top", owner="li", clock=clock, label="照片")
    assert faults(cut.width, cut.height, size=cut.size, mode=cut.mode) == []
    assert cut.name == "IMG_0001-295x413.jpg"
    assert {k.material.name for k in materials.library_of("li")} == {"IMG_0001.jpg", "IMG_0001-295x413.jpg"}, "the original is not lost"


def test_a_small_picture_of_the_first_page_is_drawn_once(app, clock):
    kept = materials.store_upload(pdf(2), "a.pdf", owner="li", clock=clock)
    drawn = materials.thumbnail_of(kept)
    assert Image.open(io.BytesIO(drawn)).format == "JPEG" and max(Image.open(io.BytesIO(drawn)).size) <= 361
    assert materials.thumbnail_of(kept) == drawn and len(kept.thumbnail) == 64
