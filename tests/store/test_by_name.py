"""A shape takes from a row what both call by the same name, and nothing that is given otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from shared.store.by_name import shape_of


@dataclass(frozen=True)
class Shown:
    id: str
    kind: str
    words: str = "none"


@dataclass
class Row:
    id: str = "case-1"
    kind: str = "project"
    hidden: str = "not shown"


def test_equal_names_are_copied_and_defaults_stand() -> None:
    assert shape_of(Shown, Row()) == Shown("case-1", "project", "none")


def test_what_is_given_goes_before_the_row() -> None:
    assert shape_of(Shown, Row(), kind="block", words="said") == Shown("case-1", "block", "said")


def test_a_field_that_nobody_has_is_an_error() -> None:
    with pytest.raises(AttributeError, match="kind"):
        shape_of(Shown, object(), id="case-1")
