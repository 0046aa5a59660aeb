"""One number is one number, however it is written."""

from __future__ import annotations

import pytest

from shared.errors import InvalidRequest
from shared.number_keys import KEY_MAX, check_numbers, number_fault, number_key
from shared.store.distinct_keys import distinct_keys

HYPHENS = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\u30fc\ufe58\ufe63\uff0d\uff70"


@pytest.mark.parametrize(
    "written",
    [
        "BJ-2024-001",
        "BJ-2024-001 ",
        "bj-2024-001",
        "BJ2024001",
        "ＢＪ－２０２４－００１",
        "BJ\u30002024\u00a0001",
        "\ufeffBJ\u200b2024\t001\n",
        *(f"BJ{hyphen}2024{hyphen}001" for hyphen in HYPHENS),
    ],
)
def test_every_spelling_is_one_key(written: str) -> None:
    assert number_key(written) == "BJ2024001"


def test_another_number_has_another_key() -> None:
    assert len({number_key(one) for one in ("BJ2024001", "BJ2024002", "BJ2024001/2", "京2024001")}) == 4


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "-", "－ —", "\u200b", "/", "。"])
def test_a_blank_is_no_number(blank: str) -> None:
    assert number_fault(blank)
    with pytest.raises(InvalidRequest) as refused:
        check_numbers(("bank_reference", blank), ("statement", "清单-1"))
    assert [field["path"] for field in refused.value.details["fields"]] == ["bank_reference"]


def test_a_key_has_room() -> None:
    assert number_fault("9" * KEY_MAX) is None and number_fault("-".join("9" * KEY_MAX)) is None
    assert number_fault("\ufdfa" * KEY_MAX)  # one character that stands for eighteen


def test_stored_numbers_of_one_key_are_told_apart_and_none_is_lost() -> None:
    stored = [("a", "110105", "R-1"), ("b", "110105", "r1"), ("c", "110113", "R1"), ("d", "110105", "R 1")]
    assert distinct_keys(stored, number_key) == {"a": "R1", "b": "R1#2", "c": "R1", "d": "R1#3"}
    long = [("a", "", "9" * KEY_MAX), ("b", "", "9" * (KEY_MAX - 1) + "-9")]
    assert max(map(len, distinct_keys(long, number_key).values())) == KEY_MAX
