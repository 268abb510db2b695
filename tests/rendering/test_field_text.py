"""Text on one line: lengths, formats, names (requirements part F, C-068, C-080 … C-085)."""
import pytest
from tests.rendering.builders import field_of, judged, page, read, schema, sent


def text(**attributes):
    return field_of("text", **attributes)


def test_a_text_is_trimmed_composed_and_put_on_one_line():
    assert judged(text(), "  e\u0301te\u0301\r\n北京 ") == ("été 北京", "")


def test_length_counts_code_points_so_that_a_rare_character_is_one():
    assert judged(text(max_length=3), "䶮𠮷㛃") == ("䶮𠮷㛃", "")
    assert judged(text(max_length=3), "䶮𠮷㛃吉")[1] == "超出 1 字（最多 3 字），请删减"


def test_a_text_that_is_too_short_says_how_much_is_missing():
    assert judged(text(min_length=5), "三个字")[1] == "还差 2 字（至少 5 字）"


@pytest.mark.parametrize("typed", ["买买提•艾力", "买买提・艾力", "买买提．艾力", "买买提 · 艾力", "买买提‧艾力"])
def test_every_dot_in_a_name_becomes_the_one_middle_dot(typed):
    assert judged(text(personal="identity"), typed)[0] == "买买提\u00b7艾力"


@pytest.mark.parametrize("number, kept", [
    ("11010519491231002X", None), ("440524188001010014", None), ("440300200002290019", None),
    ("110105491231002", "11010519491231002X"), ("511423820828001", "511423198208280018"),
    ("810000199001010019", None), ("820000198506150022", None), ("830000199212310031", None),
    ("11010519491231002x", "11010519491231002X"), ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
])
def test_valid_identity_numbers_are_kept_with_18_characters(number, kept):
    assert judged(text(format="id-card"), number) == (kept or number, "")


@pytest.mark.parametrize("number", ["360111198808080088", "433111111111111111", "440300200102290019", "123"])
def test_invalid_identity_numbers_say_what_to_compare(number):
    message = judged(text(format="id-card"), number)[1]
    assert "证件号码" in message and "请" in message


@pytest.mark.parametrize("code, message", [
    ("91350100M000100Y43", ""), ("91350100m000100y43", ""), ("91350100M000100Y44", "校验位"), ("91350100M000100Y4", "现为 17 位"),
    ("91350100I000100Y43", "不含 I"),
])
def test_social_credit_codes_are_checked(code, message):
    kept, said = judged(text(format="uscc"), code)
    assert message in said and (said or kept == "91350100M000100Y43")


@pytest.mark.parametrize("kind, good, bad", [
    ("phone", ["13800138000", "+86 138 0013 8000", "0755-12345678", "0755-12345678-01"], ["123", "23800138000"]),
    ("email", ["li@example.cn", "a.b+c@mail.example.com"], ["li@", "li example.cn", "a@b", "a@b.cn;c@d.cn"]),
])
def test_phones_and_mail_addresses(kind, good, bad):
    assert [judged(text(format=kind), one)[1] for one in good] == [""] * len(good)
    assert all(judged(text(format=kind), one)[1].startswith("请填写") for one in bad)


def test_a_pattern_speaks_with_its_own_message():
    field = text(pattern="[A-Z]{2}", pattern_message="两个大写字母")
    assert judged(field, "AB")[1] == "" and judged(field, "ABC")[1] == "两个大写字母"


@pytest.mark.parametrize("value", [["a"], {"a": 1}, True, "x\x00y", "字" * 60_000])
def test_what_is_no_text_is_refused(value):
    kept, message = judged(text(), value)
    assert kept is None and message


def test_the_input_has_a_label_a_star_and_the_error_beside_it():
    html = page(text(required=True, hint="照证件填"), "李", {"it": "姓名不对"})
    assert '<label class="form-label" for="f-it">' in html and "（必填）" in html
    assert 'aria-describedby="f-it-error f-it-hint"' in html and 'id="f-it-error">姓名不对' in html
    assert 'href="#f-it"' in html and 'role="alert"' in html


def test_markup_in_an_answer_is_inert():
    hostile = '"><script>alert(1)</script>'
    assert "<script" not in page(text(), hostile) and "<script" not in read(text(), hostile)


def test_reading_masks_personal_data_and_says_none_for_nothing():
    assert "138****8000" in read(text(personal="contact"), "13800138000", mask=True)
    assert "440305********0018" in read(text(personal="identity"), "440305198806140018", mask=True)
    assert "13800138000" in read(text(personal="contact"), "13800138000") and "无" in read(text(), None)


def test_form_data_and_json_schema():
    assert sent(text(), [("it", "x")]) == "x"
    assert schema(text(max_length=5, min_length=2)) == {"title": "it", "type": "string", "maxLength": 5, "minLength": 2}
