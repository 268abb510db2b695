"""Documents of persons and codes of organisations: the vectors of the requirements' part F, C-080 … C-085, D-15 … D-18."""
import pytest

from app import identifiers


@pytest.fixture(autouse=True)
def language(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize("kind,typed,kept", [
    ("111", "11010519491231002X", "11010519491231002X"), ("111", "440524188001010014", "440524188001010014"),
    ("111", "440300200002290019", "440300200002290019"), ("111", "11010519491231002x", "11010519491231002X"),
    ("111", "110105491231002", "11010519491231002X"), ("111", "511423820828001", "511423198208280018"),
    ("111", "１１０１０５ 19491231 002X", "11010519491231002X"),
    ("HMT", "810000199001010019", "810000199001010019"), ("HMT", "820000198506150022", "820000198506150022"),
    ("HMT", "830000199212310031", "830000199212310031"),
    ("553", "abc123456789012", "ABC123456789012"), ("414", "e12345678", "E12345678"), ("HMP", "h12345678", "H12345678"), ("TWP", "01234567", "01234567"),
])
def test_a_valid_number_is_kept_in_one_form(kind, typed, kept):
    assert identifiers.document_number(kind, typed) == kept


@pytest.mark.parametrize("kind,typed,says", [
    ("111", "360111198808080088", "校验位"), ("111", "433111111111111111", "校验位"), ("111", "1101051949123100", "16 位"),
    ("111", "810000199001010019", "改选证件类型"), ("HMT", "11010519491231002X", "810000"), ("553", "11010519491231002X", "以 9 开头"),
    ("414", "护照", "普通护照"), ("", "1", "选择证件类型"), ("111", "", "填写证件号码"),
])
def test_a_wrong_number_is_refused_with_what_to_do(kind, typed, says):
    with pytest.raises(ValueError, match=says):
        identifiers.document_number(kind, typed)


def test_birth_date_and_sex_are_read_from_a_number_that_has_them():
    assert identifiers.facts_of("111", "11010519491231002X") == ("1949-12-31", "2")
    assert identifiers.facts_of("HMT", "830000199212310031") == ("1992-12-31", "1")
    assert identifiers.facts_of("553", "ABC123456789012") == identifiers.facts_of("414", "E12345678") == ("", "")


@pytest.mark.parametrize("typed,kept", [("91350100m000100y43", "91350100M000100Y43"), ("D2143569-X", "D2143569-X"), ("d2143569x", "D2143569-X")])
def test_an_organisation_is_known_by_its_credit_code_or_its_organisation_code(typed, kept):
    assert identifiers.body_code(typed) == kept


@pytest.mark.parametrize("typed", ["91350100M000100Y44", "D2143569-1", "9135010OM000100Y43", "123"])
def test_a_code_with_a_wrong_check_is_refused(typed):
    with pytest.raises(ValueError):
        identifiers.body_code(typed)


@pytest.mark.parametrize("typed", ["阿卜杜热西提•阿布都外力", "阿卜杜热西提．阿布都外力", " 阿卜杜热西提 . 阿布都外力 "])
def test_every_middle_dot_is_the_same_one(typed):
    assert identifiers.person_name(typed) == "阿卜杜热西提·阿布都外力"


def test_rare_characters_are_kept_and_made_up_ones_refused():
    assert identifiers.person_name("王䶮") == "王䶮" and identifiers.person_name("𠮷田") == "𠮷田"
    with pytest.raises(ValueError, match="自造字"):
        identifiers.person_name("王\ue000")
