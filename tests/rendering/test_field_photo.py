"""One picture of a person."""
from tests.rendering.builders import field_of, judged, page, read, sent

PHOTO = field_of("photo")


def test_the_answer_is_one_id():
    assert judged(PHOTO, "pic") == ("pic", "") and judged(PHOTO, ["pic", "m1"])[1] == "照片只能有一张，请删除多余的"
    assert judged(PHOTO, "m1")[1] == "“证书.pdf”不是 JPG、PNG 文件，请转换后重新上传"


def test_screen_form_data_and_words():
    assert '<img class="img-thumbnail" src="/materials/pic"' in page(PHOTO, "pic") and sent(PHOTO, [("it", "pic")]) == "pic"
    assert "<img" in read(PHOTO, "pic") and "无" in read(PHOTO, None)
