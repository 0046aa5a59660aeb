"""An expectation compares what it names, exactly or as it says, and tells every difference by its place."""

from __future__ import annotations

from typing import Any

import pytest

from shared.scenario.expectations import differences

ANSWER = {
    "entitlement": "93000.00",
    "persons": 20,
    "approved": True,
    "due_on": "2024-06-30",
    "lines": [{"rule": "APP-18", "outcome": "met"}, {"rule": "APP-19", "outcome": "unmet"}],
    "note": None,
    "count": 3,
}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"entitlement": "93000.00", "persons": 20},
        {"lines": [{"rule": "APP-18"}, {"rule": "APP-19"}]},
        {"persons": {">=": "20", "<": 21}},
        {"entitlement": {">": "9999.99"}},
        {"due_on": {"<=": "2024-06-30"}},
        {"persons": {"!=": 19}},
        {"lines": {"count": 2}},
        {"lines": {"count": {">": 1}}},
        {"entitlement": "any"},
        {"lines": {"any": {"rule": "APP-19", "outcome": "unmet"}}},
        {"lines": {"all": {"outcome": "any"}}},
        {"note": None},
        {"count": 3},
    ],
)
def test_an_answer_that_holds_it_has_no_differences(expected: Any) -> None:
    assert list(differences(expected, ANSWER)) == []


@pytest.mark.parametrize(
    ("expected", "path", "came"),
    [
        ({"entitlement": "93000"}, "entitlement", "'93000.00'"),
        ({"persons": "20"}, "persons", "20"),
        ({"persons": True}, "persons", "20"),
        ({"approved": 1}, "approved", "True"),
        ({"lines": [{"rule": "APP-18"}]}, "lines", "[{"),
        ({"lines": [{}, {"rule": "APP-20"}]}, "lines[1].rule", "'APP-19'"),
        ({"persons": {">": 20}}, "persons", "20"),
        ({"entitlement": {"<": "93000.00"}}, "entitlement", "'93000.00'"),
        ({"note": {">": 1}}, "note", "None"),
        ({"persons": {">": None}}, "persons", "20"),
        ({"due_on": {">": 20240630}}, "due_on", "'2024-06-30'"),
        ({"lines": {"count": 3}}, "lines.count", "2"),
        ({"persons": {"count": 3}}, "persons", "20"),
        ({"note": "any"}, "note", "None"),
        ({"paid": "any"}, "paid", "nothing: there is no such field"),
        ({"paid": None}, "paid", "nothing: there is no such field"),
        ({"lines": {"any": {"rule": "APP-19", "outcome": "met"}}}, "lines", "[{"),
        ({"lines": {"all": {"outcome": "met"}}}, "lines[1].outcome", "'unmet'"),
        ({"entitlement": {"amount": "1"}}, "entitlement", "'93000.00'"),
    ],
)
def test_a_difference_names_its_place_and_what_came(expected: Any, path: str, came: str) -> None:
    (found,) = differences(expected, ANSWER)
    assert (found.path, found.came[: len(came)]) == (path, came)


def test_every_difference_is_told() -> None:
    assert [one.path for one in differences({"persons": 1, "approved": False}, ANSWER)] == ["persons", "approved"]
