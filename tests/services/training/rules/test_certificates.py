"""Of several certificates, which one stands for the training."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from services.training.rules.certificates import best

LEVELS = ("junior", "intermediate", "advanced", "technician")
ENROLLED = date(2022, 6, 15)


@dataclass(frozen=True)
class Paper:
    occupation: str = "turner"
    level: str | None = "advanced"
    issued_on: date = date(2024, 6, 1)
    self_issued: bool = False
    issuer_registered: bool = False


@pytest.mark.parametrize(
    ("chosen", "other"),
    [
        (Paper(), Paper(level="intermediate")),
        (Paper(), Paper(level=None)),
        (Paper(level="intermediate"), Paper(occupation="welder", level="technician")),
        (Paper(level="intermediate"), Paper(self_issued=True)),
        (Paper(self_issued=True, issuer_registered=True), Paper(level="intermediate")),
        (Paper(level="intermediate", issued_on=ENROLLED), Paper(issued_on=date(2022, 6, 14))),
        (Paper(issued_on=date(2024, 5, 1)), Paper()),
    ],
)
def test_the_one_that_serves_the_person_best_stands(chosen: Paper, other: Paper) -> None:
    assert best([chosen, other], "turner", ENROLLED, LEVELS) is chosen
    assert best([other, chosen], "turner", ENROLLED, LEVELS) is chosen


def test_without_certificates_none_stands() -> None:
    assert best([], "turner", ENROLLED, LEVELS) is None
