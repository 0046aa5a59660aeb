"""What training and registry answered, as the rules read it: a match about one enrolment, or about a payee."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from services.subsidy.rules.checks import Match, PaymentFacts
from shared.contracts.registry.registers import StandingHit
from shared.contracts.training.enrolments import Duplicate


class MatchSubject(NamedTuple):
    """Whom a match is about: an enrolment with its first and last day, or a payee."""

    enrolment_id: str | None
    payee_id: str | None
    trained_from: date | None = None
    trained_to: date | None = None

    def facts(self, on: date, *matches: Match) -> PaymentFacts:
        """What the rules are told of these matches."""
        return PaymentFacts(on, matches, self.trained_from, self.trained_to)


class FoundMatch(NamedTuple):
    """`reference`: the same for the same entry of a source, whenever it is found."""

    subject: MatchSubject
    reference: str
    match: Match


def of_standing(hit: StandingHit, subject: MatchSubject) -> FoundMatch:
    """An entry in a register, or among the certificates on file with registry."""
    return FoundMatch(subject, hit.reference, Match(hit.kind, hit.source, hit.as_of, hit.since, hit.remark))


def of_duplicate(duplicate: Duplicate, subject: MatchSubject, source: str, as_of: date) -> FoundMatch:
    """Another enrolment of training's own; the remark names its project, nobody's name."""
    remark = f"另一项目 {duplicate.other_project_id}，学籍 {duplicate.other_enrolment_id}"
    return FoundMatch(subject, duplicate.reference, Match(duplicate.kind, source, as_of, duplicate.since, remark))


def of_account(payee_id: str, other: str, source: str, as_of: date) -> FoundMatch:
    """The same account at one other organisation: each pair is a match of its own, so that a new one is news."""
    return FoundMatch(
        MatchSubject(None, payee_id), other, Match("shared_account", source, as_of, None, f"另一单位 {other}")
    )
