"""X-2, X-3, X-4: which numbers are right, in every spelling, and what a mask leaves."""

from __future__ import annotations

from datetime import date

import pytest

from shared.identity import (
    BadNumber,
    DocumentKind,
    Gender,
    birth_date,
    gender,
    id_check_character,
    mask_id_number,
    mask_name,
    mask_phone,
    normalise_name,
    parse_account,
    parse_document_number,
    parse_id_number,
    parse_phone,
    parse_uscc,
)

TODAY = date(2022, 6, 6)
STANDARD_EXAMPLES = ("11010519491231002X", "440524188001010014")  # the two worked examples of the standard


def numbered(region: str, born: str, order: str = "001") -> str:
    digits = region + born + order
    return digits + id_check_character(digits)


@pytest.mark.parametrize("number", STANDARD_EXAMPLES)
def test_the_examples_of_the_standard_have_the_right_check_character(number: str) -> None:
    assert id_check_character(number) == number[17]


@pytest.mark.parametrize(
    "spelling",
    [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 1949-1231 002X ",
        "１１０１０５１９４９１２３１００２ｘ",
        "\ufeff11010519491231002X",
    ],
)
def test_every_spelling_of_one_id_number_becomes_one_normal_form(spelling: str) -> None:
    assert parse_id_number(spelling, TODAY) == "11010519491231002X"


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_digit_is_always_noticed(place: int) -> None:
    number = "11010519491231002X"
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    with pytest.raises(BadNumber):
        parse_id_number(wrong, TODAY)


@pytest.mark.parametrize(
    "text", ["", "1101051949123100", "110105491231002", "A1010519491231002X", "X1010519491231002X"]
)
def test_what_is_no_18_character_number_is_refused(text: str) -> None:
    with pytest.raises(BadNumber, match="18 位"):
        parse_id_number(text, TODAY)


def test_a_person_born_yesterday_is_taken_and_one_born_today_is_not() -> None:
    assert parse_id_number(numbered("110105", "20220605"), TODAY)
    with pytest.raises(BadNumber, match="不早于今天"):
        parse_id_number(numbered("110105", "20220606"), TODAY)


def test_a_leap_day_is_real_only_in_a_leap_year() -> None:
    assert parse_id_number(numbered("110105", "20000229"), TODAY)
    with pytest.raises(BadNumber, match="不是真实日期"):
        parse_id_number(numbered("110105", "19010229"), TODAY)


def test_a_birth_year_that_nobody_alive_can_have_is_refused() -> None:
    assert parse_id_number(numbered("110105", "18920101"), TODAY)
    with pytest.raises(BadNumber, match="过早"):
        parse_id_number(numbered("110105", "18911231"), TODAY)


@pytest.mark.parametrize("region", ["110103", "110104", "110221", "512301", "000000", "999999"])
def test_no_region_code_is_a_reason_to_refuse_a_person(region: str) -> None:
    number = numbered(region, "19650301")
    assert parse_id_number(number, TODAY) == number


def test_an_error_never_repeats_the_number() -> None:
    wrong = "110105194912310021"
    with pytest.raises(BadNumber) as refused:
        parse_id_number(wrong, TODAY)
    assert wrong not in str(refused.value)
    assert "19491231" not in str(refused.value)


def test_gender_and_birth_date_are_read_from_the_number() -> None:
    assert birth_date("11010519491231002X") == date(1949, 12, 31)
    assert gender("11010519491231002X") is Gender.FEMALE
    assert gender("440524188001010014") is Gender.MALE


@pytest.mark.parametrize(
    ("kind", "text", "normal"),
    [
        (DocumentKind.PASSPORT, " e 1234-5678", "E12345678"),
        (DocumentKind.RESIDENCE_PERMIT, "abc110190010100", "ABC110190010100"),
        (DocumentKind.RESIDENCE_PERMIT, numbered("810000", "19900101"), numbered("810000", "19900101")),
        (DocumentKind.RESIDENCE_PERMIT, numbered("911124", "19900101"), numbered("911124", "19900101")),
        (DocumentKind.RESIDENCE_PERMIT, "810000199001010010", None),
        (DocumentKind.RESIDENCE_PERMIT, numbered("110105", "19900101"), None),
        (DocumentKind.PASSPORT, "E123", None),
        (DocumentKind.RESIDENT_ID, "E12345678", None),
    ],
)
def test_other_identity_documents_have_their_own_forms(kind: DocumentKind, text: str, normal: str | None) -> None:
    if normal is not None:
        assert parse_document_number(kind, text, TODAY) == normal
        return
    with pytest.raises(BadNumber):
        parse_document_number(kind, text, TODAY)


@pytest.mark.parametrize("code", ["91110105MA0000000Y", "91110000600037341L", "9111 0105 ma0000000y"])
def test_a_right_credit_code_is_taken(code: str) -> None:
    assert len(parse_uscc(code)) == 18


@pytest.mark.parametrize("start", ["91110302", "N2110113"])
def test_development_areas_and_rural_collectives_have_codes_too(start: str) -> None:
    valid = [start + "MA0000000" + check for check in "0123456789ABCDEFGHJKLMNPQRTUWXY"]
    taken = [code for code in valid if _taken(code)]
    assert len(taken) == 1  # exactly one check character is right


@pytest.mark.parametrize("code", ["91110105MA0000000X", "91110105MA000000OY", "91110105MA0000000", ""])
def test_a_wrong_credit_code_is_refused(code: str) -> None:
    assert not _taken(code)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86-13800138000", "13800138000"),
        ("８６１３８００１３８０００", "13800138000"),
        ("（010）8397-0000", "01083970000"),
        ("+86 10 83970000", "01083970000"),
    ],
)
def test_every_spelling_of_one_phone_becomes_one_normal_form(text: str, normal: str) -> None:
    assert parse_phone(text) == normal


@pytest.mark.parametrize("text", ["12800138000", "1380013800", "138001380000", "83970000", "电话"])
def test_what_is_no_phone_is_refused(text: str) -> None:
    with pytest.raises(BadNumber):
        parse_phone(text)


def test_an_account_keeps_its_leading_zeros() -> None:
    assert parse_account("0200 0010 0900 0000 001") == "0200001009000000001"
    with pytest.raises(BadNumber):
        parse_account("6.2E+18")


def test_names_are_compared_in_one_spelling() -> None:
    assert normalise_name(" 张　三 ") == "张三"
    assert normalise_name("阿·买提") == normalise_name("阿• 买提") == normalise_name("阿・买提")
    assert normalise_name("José  García") == "José García"


def test_masks_hide_what_identifies() -> None:
    assert mask_id_number("11010519491231002X") == "110***********002X"
    assert mask_id_number("E12345678") == "E******78"
    assert mask_phone("13800138000") == "138****8000"
    assert (mask_name("张三"), mask_name("欧阳某某"), mask_name("张"), mask_name("")) == ("张*", "欧**", "张*", "")


@pytest.mark.parametrize("short", ["1", "1234", "123456", "123456789"])
def test_a_short_value_is_hidden_whole(short: str) -> None:
    assert mask_phone(short) == "*" * len(short)


def _taken(code: str) -> bool:
    try:
        parse_uscc(code)
    except BadNumber:
        return False
    return True
