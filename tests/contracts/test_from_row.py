"""A shape takes from a row what both call by the same name, and nothing that is given otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from shared.contracts.schema.from_row import from_row


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
    assert from_row(Shown, Row()) == Shown("case-1", "project", "none")


def test_what_is_given_goes_before_the_row() -> None:
    assert from_row(Shown, Row(), kind="block", words="said") == Shown("case-1", "block", "said")


def test_a_field_that_nobody_has_is_an_error() -> None:
    with pytest.raises(TypeError, match="kind"):
        from_row(Shown, object(), id="case-1")
