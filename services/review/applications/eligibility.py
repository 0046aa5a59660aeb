"""What registry decides of a case's parties and people: asked at submission, and again on the day of every decision.

A finding that was right at submission may be mended, or have ended, before the case is reviewed: who reviews decides on
the evidence of that day, and what was found before stays on the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.review.cases.held_decisions import HeldDecision
from services.review.models import Case, Project
from shared.batching import slices
from shared.calendar import MONTHS_A_YEAR, last_day
from shared.contracts.common import Decided
from shared.contracts.registry import eligibility
from shared.contracts.review.cases import ProjectPlan
from shared.contracts.training import enrolments
from shared.errors import InvalidRequest
from shared.kernel.work import Asks

EMPLOYER = "registry.employer"
PROVIDER = "registry.provider"
APPRENTICE = "registry.apprentice"

_PLACE = re.compile(r"person_ids\[(\d+)\]")

Decisions = Mapping[str, Decided]
"""By person id."""


def ask_parties(asks: Asks, case: Case, plan: ProjectPlan) -> eligibility.PartiesDecided:
    """Asked for the day of the application: an occupation is judged by that day's catalogue (INT-25). What is on file
    of the parties is that of the day of asking, and papers must hold on it."""
    question = eligibility.DecideParties(
        document=case.document,
        on=case.submitted_on,
        employer_id=case.employer_id,
        provider_id=case.provider_id,
        occupation=plan.occupation,
        evidence_on=asks.today,
    )
    return asks.ask(eligibility.DECIDE_PARTIES, question)


def place_parties(case: Case, project: Project, parties: eligibility.PartiesDecided) -> tuple[HeldDecision, ...]:
    """What registry knows of the parties goes onto the project; its decisions, to be held by the case."""
    case.provider_district = parties.provider_district
    project.employer_district = parties.employer_district
    project.provider_kind = parties.provider_kind
    project.small_or_subsidiary = parties.small_or_subsidiary
    return (
        HeldDecision.by_reference(EMPLOYER, case.employer_id, parties.employer),
        HeldDecision.by_reference(PROVIDER, case.provider_id, parties.provider),
    )


def ask_people(asks: Asks, case: Case, plan: ProjectPlan, people: tuple[str, ...]) -> Decisions:
    """About each of these people for the case's project, on today's evidence; strangers to the employer are missing."""
    if not people:
        return {}
    funded = asks.ask(enrolments.ASK_FUNDED, enrolments.AskFunded(case.programme, people)).funded
    enrolment_on = max(plan.starts_on, asks.today)
    question = eligibility.DecideApprentices(
        document=case.document,
        on=asks.today,
        employer_id=case.employer_id,
        enrolment_on=enrolment_on,
        training_ends_on=last_day(enrolment_on, plan.term_years * MONTHS_A_YEAR),
        occupation=plan.occupation,
        level=plan.level,
        person_ids=people,
        funded=funded,
        stage="roster",
    )
    decided: dict[str, Decided] = {}
    for part in slices(people, eligibility.DECISIONS_PER_CALL):
        of_part = set(part)
        known = tuple(one for one in funded if one.person_id in of_part)
        decided |= _decided(asks, replace(question, person_ids=tuple(part), funded=known))
    return decided


def held(people: Iterable[str], decided: Decisions) -> tuple[HeldDecision, ...]:
    """What was decided of those people, to be held by the case."""
    return tuple(HeldDecision.by_reference(APPRENTICE, one, decided[one]) for one in people if one in decided)


def _decided(asks: Asks, question: eligibility.DecideApprentices) -> Decisions:
    """Registry's answers about one slice. It refuses a question about strangers whole and names them: it is asked again
    without them, so that only their own rows are refused."""
    while question.person_ids:
        try:
            return {each.subject_id: each for each in asks.ask(eligibility.DECIDE_APPRENTICES, question).people}
        except InvalidRequest as refusal:
            strangers = _strangers(refusal)
            if not strangers:
                raise
            known = tuple(person for place, person in enumerate(question.person_ids) if place not in strangers)
            question = replace(question, person_ids=known)
    return {}


def _strangers(refusal: InvalidRequest) -> frozenset[int]:
    """Places in `person_ids` that a refusal names; none where it is about anything else, too."""
    named = [_PLACE.fullmatch(field["path"]) for field in refusal.details.get("fields", ())]
    return frozenset(int(place[1]) for place in named if place) if all(named) else frozenset()
