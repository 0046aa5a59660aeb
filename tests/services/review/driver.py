"""Review driven from outside: the steps that tests take, from the application on; those of oversight are its base."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.review.service import ReviewService
from shared.contracts.common import AcceptedReason, FindingShape, Opinion
from shared.contracts.review import applications, cases
from shared.contracts.schema.shapes import Json
from shared.errors import InvalidRequest
from shared.security.speaker import Speaker
from tests.services.harness import KernelHarness
from tests.services.review.neighbours import PROVIDER, Neighbours
from tests.services.review.oversight_steps import OversightSteps

APPLIED_ON = date(2022, 6, 6)
DAY = timedelta(days=1)
LAST_DAY = date(2022, 6, 13)
"""Of a notice of five working days from Monday, 6 June 2022."""
WITH_DEPARTMENTS = Opinion("同意", ("区财政局",))

PLAN = cases.ProjectPlan(
    occupation="6-31-01-02",
    level="advanced",
    term_years=2,
    starts_on=date(2022, 7, 1),
    head_count=30,
    standard="示例职业技能标准",
    classroom_credits=32,
    workplace_credits=48,
    general_hours=80,
    theory_hours=240,
    practice_hours=480,
)


class Driver(OversightSteps):
    """The service on a harness, its neighbours, and every step as most tests take it."""

    def __init__(self, url: str, folder: Path, *, policy_path: str = "", today: date = APPLIED_ON) -> None:
        super().__init__(KernelHarness(ReviewService, url, folder, policy_path=policy_path))
        self.harness.move_clock(today)
        self.neighbours = Neighbours()
        self.neighbours.answer(self.harness)

    def submit(self, *, consent: cases.Consent = "given", **changes: Any) -> applications.CaseAnswer:
        request = applications.SubmitProject("apprenticeship", PROVIDER, replace(PLAN, **changes), consent)
        return self.call(self.employer(), applications.SUBMIT_PROJECT, request)

    def join(
        self, case_id: str, *, consent: cases.Consent = "given", agreement: bool = True
    ) -> applications.CaseAnswer:
        return self.call(
            self.provider(), applications.JOIN_PROJECT, applications.JoinProject(case_id, consent, agreement)
        )

    def joined(self, **changes: Any) -> str:
        """A project at its first station."""
        case_id = self.submit(**changes).case_id
        self.join(case_id)
        return case_id

    def approved(self, **changes: Any) -> str:
        """A project that passed every station."""
        case_id = self.joined(**changes)
        self.review(self.district(), case_id, "approve", WITH_DEPARTMENTS)
        self.review(self.city(), case_id, "approve")
        return case_id

    def resubmit(self, case_id: str, **changes: Any) -> applications.CaseAnswer:
        request = applications.ResubmitProject(case_id, replace(PLAN, **changes), "given")
        return self.call(self.employer(), applications.RESUBMIT_PROJECT, request)

    def sign_up(self, project_id: str, people: Iterable[str]) -> applications.CaseAnswer:
        rows = tuple(applications.RosterRow(number, person) for number, person in enumerate(people, start=1))
        return self.call(self.employer(), applications.SUBMIT_ROSTER, applications.SubmitRoster(project_id, rows))

    def review(
        self,
        speaker: Speaker,
        case_id: str,
        outcome: Any,
        opinion: Opinion = Opinion("已审"),  # noqa: B008 - frozen
        *,
        accepted: Mapping[str, str] | None = None,
        refused: Mapping[str, str] | None = None,
    ) -> applications.CaseAnswer:
        request = applications.ReviewCase(
            case_id,
            outcome,
            opinion,
            tuple(AcceptedReason(rule, reason) for rule, reason in (accepted or {}).items()),
            tuple(cases.RefusedPerson(person, reason) for person, reason in (refused or {}).items()),
        )
        return self.call(speaker, applications.REVIEW_CASE, request)

    def case(self, case_id: str, speaker: Speaker | None = None, **page: Any) -> cases.CaseShape:
        return self.call(speaker or self.employer(), cases.GET_CASE, cases.GetCase(case_id, **page))

    def waiting(self, speaker: Speaker) -> list[str]:
        page = self.call(speaker, cases.LIST_CASES, cases.ListCases(waiting_for_me=True))
        return [case.case_id for case in page.cases]

    def asked(self, route: str) -> list[Any]:
        return [request for asked, request in self.harness.asked if asked == route]

    def project_with(self, *people: str, **changes: Any) -> str:
        """An approved project with one approved roster of these people."""
        project_id = self.approved(**changes)
        roster = self.sign_up(project_id, people)
        self.review(self.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
        return project_id


def outcomes(findings: Iterable[FindingShape | Json]) -> set[tuple[str, str]]:
    """(rule, outcome) of findings, as a case or an error carries them."""
    return {
        (each.rule, each.outcome) if isinstance(each, FindingShape) else (each["rule"], each["outcome"])
        for each in findings
    }


def path_of(act: Callable[[], Any]) -> str:
    """The field for which a request is refused."""
    with pytest.raises(InvalidRequest) as refused:
        act()
    [fault] = refused.value.details["fields"]
    return str(fault["path"])
