"""References keep types, say what is missing, and compute nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared.scenario.references import UnknownReferenceError, resolve

SCOPE = {
    "claim": {"claim_id": "C-1", "persons": 20, "lines": [{"amount": "6000.00"}, {"amount": "4200.00"}]},
    "rows": ["a", "b", "c"],
    "nothing": None,
    "first": 1,
    "claim_end": 2,
}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${claim.claim_id}", "C-1"),
        ("${claim.persons}", 20),
        ("${claim.lines[1].amount}", "4200.00"),
        ("${claim.lines[-1].amount}", "4200.00"),
        ("${claim.lines[*].amount}", ["6000.00", "4200.00"]),
        ("${rows[0:2]}", ["a", "b"]),
        ("${rows[1:]}", ["b", "c"]),
        ("${rows[:first]}", ["a"]),
        ("${rows[first:claim_end]}", ["b"]),
        ("${rows[first]}", "b"),
        ("${nothing}", None),
        ("第 ${claim.persons} 人，${rows[2]}", "第 20 人，c"),
        ({"x": ["${rows[0]}", 1]}, {"x": ["a", 1]}),
        ({"each": "${rows[0:2]}", "make": {"n": "${index}", "v": "${item}"}}, [{"n": 0, "v": "a"}, {"n": 1, "v": "b"}]),
        (True, True),
    ],
)
def test_a_reference_is_followed(written: Any, value: Any) -> None:
    assert resolve(written, SCOPE) == value


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("${claims.claim_id}", "there is no 'claims'; there is claim, claim_end, first, nothing, rows"),
        ("${claim.id}", "there is no 'id'; there is claim_id, lines, persons"),
        ("${rows[:last]}", "there is no 'last'"),
        ("${rows[nothing]}", "'nothing' is no whole number"),
        ("${rows[3]}", "the list has 3 elements"),
        ("${rows.first}", "has no fields"),
        ("${claim[0]}", "no list"),
        ("全部 ${rows}", "use it as a whole value"),
        ("${rows + 1}", "can't be read"),
    ],
)
def test_a_reference_to_what_is_not_there_says_what_there_is(written: str, said: str) -> None:
    with pytest.raises(UnknownReferenceError, match=re.escape(said)):
        resolve(written, SCOPE)


def test_an_each_inside_a_list_stands_there_element_by_element() -> None:
    value = ["first", {"each": "${rows}", "make": "${item.id}"}, "last"]
    assert resolve(value, {"rows": [{"id": "a"}, {"id": "b"}]}) == ["first", "a", "b", "last"]


def test_the_element_of_another_list_at_the_same_place() -> None:
    value = {"each": "${rows}", "make": "${item}-${other[index].name}"}
    assert resolve(value, {"rows": ["a", "b"], "other": [{"name": "x"}, {"name": "y"}]}) == ["a-x", "b-y"]


def test_an_each_within_an_each_is_one_list_of_every_pair() -> None:
    days = {"days": "${count}", "from": "2024-02-28"}
    value = {
        "each": "${rows}",
        "as": "learner",
        "make": {"each": days, "as": "day", "make": {"who": "${learner.id}", "on": "${day}", "row": "${index}"}},
    }
    pairs = resolve(value, {"rows": [{"id": "a"}, {"id": "b"}], "count": 3})
    assert [(pair["who"], pair["on"], pair["row"]) for pair in pairs] == [
        (who, on, row) for who in "ab" for row, on in enumerate(("2024-02-28", "2024-02-29", "2024-03-01"))
    ]


@pytest.mark.parametrize(("days", "first"), [("three", "2024-02-28"), (True, "2024-02-28"), (3, "2024-02-30")])
def test_days_that_cannot_be_counted_are_said(days: object, first: str) -> None:
    with pytest.raises(UnknownReferenceError):
        resolve({"days": days, "from": first}, {})
