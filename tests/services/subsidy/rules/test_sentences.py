"""What a decision says is true, names no code, and doesn't say of the dead and the ill that they failed."""

from __future__ import annotations

from datetime import date

import pytest

from services.subsidy.rules.apprenticeship.entitlement import entitlement_decision
from services.subsidy.rules.apprenticeship.facts import Certificate, LeavingReason, OutcomeFacts, TrainingFacts
from shared.money import Money
from tests.rules.policy import beijing

TRAINING = TrainingFacts(date(2022, 6, 6), "6-18-01-01", "ordinary", True, "advanced", 2)


def said(facts: OutcomeFacts) -> str:
    return "；".join(finding.message for finding in entitlement_decision(facts, beijing()).findings)


@pytest.mark.parametrize(
    ("reason", "words"),
    [("death", "学员去世"), ("illness", "因病退出"), ("conscription", "应征入伍")],
)
def test_who_could_not_finish_is_not_told_to_have_failed(reason: LeavingReason, words: str) -> None:
    facts = OutcomeFacts(TRAINING, "left", Money(600_000), leaving_reason=reason)
    assert words in said(facts) and "不合格" not in said(facts)


def test_whoever_gave_up_is_told_so() -> None:
    assert "培训不合格或中途退出" in said(OutcomeFacts(TRAINING, "left", Money(600_000), leaving_reason="other"))


@pytest.mark.parametrize("kind", ["driving_licence", "graduation_certificate"])
def test_a_certificate_that_does_not_count_is_named_in_words(kind: str) -> None:
    certificate = Certificate(kind, "6-18-01-01", "advanced", date(2024, 6, 1))
    words = said(OutcomeFacts(TRAINING, "passed", certificate=certificate))
    assert "不属于计入的证书种类" in words and kind not in words
