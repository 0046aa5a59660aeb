"""The people of these tests, what their neighbours answer, and the steps that most tests begin with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from services.review.service import ReviewService
from shared.contracts.common import AcceptedReason, Decided, FindingShape, Opinion
from shared.contracts.registry import eligibility, organisations
from shared.contracts.review import cases as contract
from shared.contracts.schema.shapes import Json
from shared.contracts.training import enrolments
from shared.security.speaker import Role, Speaker
from tests.services.harness import CHAOYANG, SHUNYI, KernelHarness

EMPLOYER, PROVIDER, ELSEWHERE = "org-employer", "org-provider", "org-elsewhere"
APPLIED_ON = date(2022, 6, 6)
WITH_DEPARTMENTS = Opinion("同意", ("区财政局",))

PLAN = contract.ProjectPlan(
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


def finding(rule: str, outcome: str, force: str = "must") -> FindingShape:
    return FindingShape(rule, "二(一)", outcome, force, "所核对的内容", "请补正后重新提交")


def decided(subject: str, *findings: FindingShape) -> Decided:
    """Another service's decision, whose verdict follows from its findings."""
    forces = {each.force for each in findings if each.outcome == "unmet"}
    if "must" in forces:
        return Decided(f"decision-{subject}", subject, "refused", findings)
    return Decided(f"decision-{subject}", subject, "needs_reason" if forces else "met", findings)


@dataclass
class Town:
    """Review on a harness. `findings`: what registry finds about an organisation or person, by id; else all is met."""

    harness: KernelHarness
    findings: dict[str, tuple[FindingShape, ...]] = field(default_factory=dict)
    occupation_class: str = "ordinary"
    employer_district: str = CHAOYANG
    funded: tuple[eligibility.Funded, ...] = ()

    @classmethod
    def on(cls, url: str, folder: Path, *, policy_path: str = "", today: date = APPLIED_ON) -> Town:
        town = cls(KernelHarness(ReviewService, url, folder, policy_path=policy_path))
        town.harness.move_clock(today)
        town.harness.answers(organisations.LIST_ORGANISATIONS, town._organisations)
        town.harness.answers(eligibility.DECIDE_PARTIES, town._parties)
        town.harness.answers(eligibility.DECIDE_APPRENTICES, town._apprentices)
        town.harness.answers(eligibility.ASK_OCCUPATION, town._occupation)
        town.harness.answers(enrolments.ASK_FUNDED, lambda _: enrolments.FundedList(town.funded))
        return town

    # --- neighbours ----------------------------------------------------------------------------------------------

    def _organisations(self, request: organisations.ListOrganisations) -> organisations.OrganisationList:
        districts = {EMPLOYER: self.employer_district, PROVIDER: SHUNYI, ELSEWHERE: SHUNYI}
        known = [each for each in request.ids if each in districts]
        return organisations.OrganisationList(
            tuple(
                organisations.OrganisationShape(
                    each, "示例单位", "91110105MA0000000Y", "enterprise", districts[each], False
                )
                for each in known
            )
        )

    def _parties(self, request: eligibility.DecideParties) -> eligibility.PartiesDecided:
        return eligibility.PartiesDecided(
            employer=self._decided(request.employer_id),
            provider=self._decided(request.provider_id),
            employer_district=self.employer_district,
            provider_district=SHUNYI,
            provider_kind="vocational_college",
            small_or_subsidiary=False,
        )

    def _apprentices(self, request: eligibility.DecideApprentices) -> eligibility.ApprenticesDecided:
        return eligibility.ApprenticesDecided(tuple(self._decided(person) for person in request.person_ids))

    def _decided(self, subject: str) -> Decided:
        return decided(subject, *self.findings.get(subject, (finding("APP-2", "met"),)))

    def _occupation(self, request: eligibility.AskOccupation) -> eligibility.OccupationAnswer:
        return eligibility.OccupationAnswer("decision-occupation", self.occupation_class, True)

    # --- who acts ------------------------------------------------------------------------------------------------

    def employer(self, organisation: str = EMPLOYER, subject: str = "clerk-1") -> Speaker:
        return self.harness.speaker(Role.EMPLOYER, subject, organisation=organisation)

    def provider(self, organisation: str = PROVIDER, subject: str = "clerk-2") -> Speaker:
        return self.harness.speaker(Role.TRAINING_PROVIDER, subject, organisation=organisation)

    def district(self, subject: str = "officer-1", district: str = CHAOYANG) -> Speaker:
        return self.harness.speaker(Role.DISTRICT_OFFICER, subject, district=district)

    def city(self, subject: str = "officer-2") -> Speaker:
        return self.harness.speaker(Role.CITY_OFFICER, subject)

    # --- the road ------------------------------------------------------------------------------------------------

    def submit(self, *, consent: contract.Consent = "given", **changes: Any) -> contract.CaseAnswer:
        request = contract.SubmitProject("apprenticeship", PROVIDER, replace(PLAN, **changes), consent)
        return self.harness.call(self.employer(), contract.SUBMIT_PROJECT, request)

    def join(self, case_id: str, *, consent: contract.Consent = "given", agreement: bool = True) -> contract.CaseAnswer:
        return self.harness.call(
            self.provider(), contract.JOIN_PROJECT, contract.JoinProject(case_id, consent, agreement)
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

    def resubmit(self, case_id: str, **changes: Any) -> contract.CaseAnswer:
        request = contract.ResubmitProject(case_id, replace(PLAN, **changes), "given")
        return self.harness.call(self.employer(), contract.RESUBMIT_PROJECT, request)

    def sign_up(self, project_id: str, people: Iterable[str]) -> contract.CaseAnswer:
        rows = tuple(contract.RosterRow(number, person) for number, person in enumerate(people, start=1))
        return self.harness.call(self.employer(), contract.SUBMIT_ROSTER, contract.SubmitRoster(project_id, rows))

    def review(
        self,
        speaker: Speaker,
        case_id: str,
        outcome: Any,
        opinion: Opinion = Opinion("已审"),  # noqa: B008 - frozen
        *,
        accepted: Mapping[str, str] | None = None,
        refused: Mapping[str, str] | None = None,
    ) -> contract.CaseAnswer:
        request = contract.ReviewCase(
            case_id,
            outcome,
            opinion,
            tuple(AcceptedReason(rule, reason) for rule, reason in (accepted or {}).items()),
            tuple(contract.RefusedPerson(person, reason) for person, reason in (refused or {}).items()),
        )
        return self.harness.call(speaker, contract.REVIEW_CASE, request)

    def case(self, case_id: str, speaker: Speaker | None = None, **page: Any) -> contract.CaseShape:
        return self.harness.call(speaker or self.employer(), contract.GET_CASE, contract.GetCase(case_id, **page))

    def waiting(self, speaker: Speaker) -> list[str]:
        page = self.harness.call(speaker, contract.LIST_CASES, contract.ListCases(waiting_for_me=True))
        return [case.case_id for case in page.cases]

    def asked(self, route: str) -> list[Any]:
        return [request for asked, request in self.harness.asked if asked == route]


def outcomes(findings: Iterable[FindingShape | Json]) -> set[tuple[str, str]]:
    """(rule, outcome) of findings, as a case or an error carries them."""
    return {
        (each.rule, each.outcome) if isinstance(each, FindingShape) else (each["rule"], each["outcome"])
        for each in findings
    }
