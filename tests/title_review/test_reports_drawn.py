"""The procedure's reports as they are drawn: full, empty and overfull; compared as pictures with approved ones.

The pictures are small, in sixteen greys; the same content draws the same picture. Let through is what another build of
the rasteriser may do: half a grey level of 255 on average, no block of 12 × 12 pixels by more than 10 levels. One other
word is more than that (tested below). `python -m tests.title_review.approve` approves anew.
"""
import io
import re

import pypdf
import pytest
from app.rendering import FontMissing, find_fonts, render_report
from PIL import Image, ImageChops

from tests.title_review import approve, papers

try:
    find_fonts()
except FontMissing:
    pytest.skip("no fonts: run `make setup`", allow_module_level=True)

MEAN, BLOCK, BLOCK_PIXELS = 0.5, 10, 12


def text_of(pdf: bytes) -> list[str]:
    return [page.extract_text().replace("\u00a0", " ") for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def difference(one: Image.Image, other: Image.Image) -> tuple[float, int]:
    """(mean difference, greatest difference of a block) in grey levels."""
    far = ImageChops.difference(one, other)
    small = far.resize((max(1, far.width // BLOCK_PIXELS), max(1, far.height // BLOCK_PIXELS)), Image.Resampling.BOX)
    return sum(far.histogram()[level] * level for level in range(256)) / (far.width * far.height), max(small.getextrema())


@pytest.mark.parametrize("name", papers.PAPERS)
def test_a_paper_looks_as_it_was_approved(name, tmp_path):
    pages = approve.pages_of(name)
    approved = sorted(approve.FOLDER.glob(f"{name}-[0-9].png"))
    assert len(pages) == len(approved), f"{name} has {len(pages)} first pages, approved are {len(approved)}: python -m tests.title_review.approve {name}"
    for page, path in zip(pages, approved, strict=True):
        with Image.open(path) as picture:
            wanted = picture.convert("L")
        page.save(tmp_path / path.name)
        assert page.size == wanted.size
        mean, block = difference(page, wanted)
        assert mean <= MEAN and block <= BLOCK, f"{tmp_path / path.name} differs from {path}: mean {mean:.2f}, block {block}"


def test_a_word_that_changed_is_a_difference_that_is_seen():
    content = papers.full()
    template = papers.procedure().reports["pre_publicity"].template
    content["labels"]["declaration"]["name"] = "韩梅梅"
    changed = approve.reduced(papers.pictures(render_report(template, content).pdf, approve.DPI)[0])
    with Image.open(approve.FOLDER / "pre_publicity-full-1.png") as picture:
        mean, block = difference(changed, picture.convert("L"))
    assert mean > MEAN or block > BLOCK


@pytest.mark.parametrize("name", [name for name in papers.PAPERS if name.endswith("-empty")])
def test_an_empty_box_says_wu_and_no_title_is_missing(name):
    text = "".join(text_of(papers.drawn(name).pdf))
    assert "无" in text and "None" not in text and "Undefined" not in text


@pytest.mark.parametrize("name", papers.PAPERS)
def test_every_page_says_which_it_is_and_its_fonts_are_inside(name):
    pdf = papers.drawn(name).pdf
    pages = text_of(pdf)
    for number, page in enumerate(pages, 1):
        assert f"第 {number} 页 / 共 {len(pages)} 页" in page and "核对码 7K3F-9Q2M" in page
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert all(abs(side - wanted) < 1 for side, wanted in zip(sorted(map(float, reader.pages[0].mediabox[2:])), (595.3, 841.9), strict=True))
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts and all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_a_long_register_repeats_the_heads_of_its_tables_and_leaves_none_alone():
    pages = text_of(papers.drawn("applicant_register-overfull").pdf)
    assert len(pages) > 16
    for page in pages:
        tables = re.findall(r"(?m)^[一二三四五六七八九十]+、\S+", page)
        foot = page.rstrip().splitlines()
        assert not any(foot[-2:] == [table] for table in tables)
    projects = [page for page in pages if "项目名称" in page and "业绩类别" in page]
    assert len(projects) >= 3 and all("九、业绩成果" in page for page in projects)
    assert "申报人（签名）" in pages[-1] and "十七、单位审核意见" in pages[-1]


def test_rare_names_can_be_copied_out_of_the_lists_and_forms():
    listed = "".join(text_of(papers.drawn("pre_publicity_list-many").pdf)).replace("\n", "")
    assert all(name in listed for name in papers.RARE_NAMES)
    register = "".join(text_of(papers.drawn("applicant_register-overfull").pdf))
    assert "买买提·艾力䶮𠮷㛃" in register.replace("\n", "")


def test_a_publicity_list_has_the_committees_year_as_its_title_one_sheet_for_each_year():
    pages = text_of(papers.drawn("pre_publicity_list-many").pdf)
    assert "2025年度推荐申报职称评审人员公示名单" in pages[0] and "2026年度推荐申报职称评审人员公示名单" in pages[1]
    assert "2026-03" not in pages[0] and "共 20 名" in pages[0] and "共 70 名" in pages[-1]


@pytest.mark.parametrize("key", ["pre_publicity_list", "post_publicity_list", "office_publicity_list"])
def test_a_publicity_list_is_never_given_an_identity_number_or_a_phone(key):
    """D-127: name, unit, series, specialty and level; the year chooses the sheet."""
    shown = {path.partition(".")[2] for path in papers.procedure().reports[key].shows}
    personal = {field.key for field in papers.form("declaration").fields() if field.personal}
    assert shown <= {"name", "work_unit", "review_year", "requested_series", "requested_specialty", "requested_level"} and shown & personal <= {"name"}


def test_publicity_forms_and_lists_show_nothing_personal():
    sample = papers.sample("declaration")
    for name in ("pre_publicity-full", "post_publicity-full", "pre_publicity_list-many"):
        text = "".join(text_of(papers.drawn(name).pdf))
        assert sample["id_number"] not in text and sample["phone"] not in text and sample["birth_date"][:4] + "年6月" not in text


def test_five_hundred_people_fit_one_list():
    template = papers.procedure().reports["pre_publicity_list"].template
    pages = text_of(render_report(template, papers.listed(500)).pdf)
    assert "共 430 名" in pages[-1] or "共 430 名" in "".join(pages)


@pytest.mark.parametrize("fen, words", [
    (58000, "伍佰捌拾元整"), (45050, "肆佰伍拾元伍角整"), (100000005, "壹佰万元零伍分"), (1010, "壹拾元壹角整"), (0, "零元整"), (None, ""), (1, "壹分")])
def test_amounts_in_the_capitals_of_banks(fen, words):
    from app.rendering.report_template import capital_money

    assert capital_money(fen) == words
