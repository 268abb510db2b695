"""Uploaded files: kinds, sizes and numbers (requirements part F: 10 MB exactly, one byte more)."""
from tests.rendering.builders import field_of, judged, page, read, sent

FILE = field_of("file", accept=["pdf"], max_mb=10, max_files=2)


def test_files_that_exist_are_kept_by_id():
    assert judged(FILE, ["m1", "full", "m1"]) == (["m1", "full"], "")
    assert judged(FILE, ["m1", "other-persons-file"])[1] == "有文件找不到或无权使用，请重新上传"


def test_size_kind_and_number_say_what_to_do():
    assert judged(FILE, ["big"])[1] == "“大.pdf”超过 10 MB，请压缩或拆分后重新上传" and judged(FILE, ["full"])[1] == ""
    assert judged(FILE, ["pic"])[1] == "“照.jpg”不是 PDF 文件，请转换后重新上传"
    assert judged({**FILE, "max_files": 1}, ["m1", "full"])[1] == "最多上传 1 个文件，请删除 1 个"
    assert judged({**FILE, "required": True}, [])[1] == "请上传it"


def test_the_page_uploads_and_removes_without_a_script():
    html = page({**FILE, "blank": "letter"}, ["m1"])
    assert 'name="upload.it"' in html and 'accept=".pdf"' in html and 'value="upload:it"' in html
    assert 'type="hidden" name="it" value="m1"' in html and 'value="file-remove:it:m1"' in html and "/blank/it" in html
    assert "暂未上传" in page(FILE)


def test_form_data_and_words():
    assert sent(FILE, [("it", "m1"), ("it", "full")]) == ["m1", "full"]
    assert '<a href="/materials/m1"' in read(FILE, ["m1"]) and "证书.pdf" in read(FILE, ["m1"])
