"""review: each side has a project at every stage of its road, a roster, and whatever oversight there can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.review.service import ReviewService
from shared.contracts.common import GetHistory, ListWaiting, Opinion
from shared.contracts.registry import eligibility, organisations
from shared.contracts.review import applications, papers
from shared.contracts.review import cases as contract
from shared.contracts.training import enrolments
from shared.security.speaker import Role
from tests.hostile.driver import Driver
from tests.hostile.drivers.overseen import Overseen
from tests.hostile.sides import Side
from tests.services.harness import CHAOYANG, SHUNYI
from tests.services.review.driver import APPLIED_ON, PLAN, WITH_DEPARTMENTS
from tests.services.review.neighbours import decided, finding

APPROVED, AT_DISTRICT, AT_CITY, RETURNED, AWAITING, ROSTER = (
    "approved",
    "district",
    "city",
    "returned",
    "open",
    "roster",
)
MET = finding("APP-2", "met")


class ReviewDriver(Driver):
    service = ReviewService

    def prepare(self) -> None:
        self.harness.move_clock(APPLIED_ON)
        self.cases: dict[tuple[str, str], str] = {}
        self.overseen: dict[str, Overseen] = {}
        answers = self.harness.answers
        answers(organisations.LIST_ORGANISATIONS, self._organisations)
        answers(eligibility.DECIDE_PARTIES, self._parties)
        answers(eligibility.DECIDE_APPRENTICES, self._apprentices)
        answers(
            eligibility.ASK_OCCUPATION, lambda _: eligibility.OccupationAnswer("decision-occupation", "ordinary", True)
        )
        answers(enrolments.ASK_FUNDED, lambda _: enrolments.FundedList(()))
        answers(enrolments.ASK_GONE, lambda _: enrolments.GoneList(()))

    def build(self, name: str, district: str) -> Side:
        side = Side(name, district, f"employer-{name}", f"provider-{name}")
        for stage in (AWAITING, RETURNED, AT_DISTRICT, AT_CITY, APPROVED):
            self.cases[name, stage] = self._walk(side, stage)
        self.cases[name, ROSTER] = self._sign_up(side)
        self.overseen[name] = Overseen(self.harness, side, APPLIED_ON, lambda: self._walk(side, APPROVED))
        return side

    def own_requests(self, side: Side, role: Role) -> Mapping[str, Any]:
        station = AT_CITY if role is Role.CITY_OFFICER else AT_DISTRICT
        opinion = WITH_DEPARTMENTS if station == AT_DISTRICT else Opinion("同意")
        project = self.cases[side.name, APPROVED]
        return {
            "submit_project": applications.SubmitProject("apprenticeship", side.provider, PLAN, "given"),
            "join_project": applications.JoinProject(self.cases[side.name, AWAITING], "given", True),
            "resubmit_project": applications.ResubmitProject(self.cases[side.name, RETURNED], PLAN, "given"),
            "submit_roster": self._roster(side, "late"),
            "withdraw_case": applications.WithdrawCase(self.cases[side.name, AT_DISTRICT], "改期再报"),
            "review_case": applications.ReviewCase(self.cases[side.name, station], "approve", opinion),
            "get_case": contract.GetCase(project),
            "list_cases": contract.ListCases(employer_id=side.employer),
            "list_waiting": ListWaiting(),
            "get_history": GetHistory(project),
            "make_form": papers.MakeReviewPaper("decision_letter", project),
            **self.overseen[side.name].requests(),
        }

    def hands(self, role: Role) -> Mapping[str, tuple[str, ...]]:
        clerks, desk = ("employer-clerk", "training_provider-clerk"), ("district_officer-desk",)
        return {
            "review_case": (*clerks, *desk) if role is Role.CITY_OFFICER else clerks,
            "answer_objection": desk,
            "conclude_fraud_inquiry": desk,
            "suspend_training": desk,
            "lift_suspension": desk,
        }

    # --- the road ----------------------------------------------------------------------------------------------------

    def _walk(self, side: Side, until: str) -> str:
        """A new project, as far as it should come."""
        call = self.harness.call
        employer, provider = (side.speaker(role, f"{role}-clerk") for role in (Role.EMPLOYER, Role.TRAINING_PROVIDER))
        request = applications.SubmitProject("apprenticeship", side.provider, PLAN, "given")
        case_id = call(employer, applications.SUBMIT_PROJECT, request).case_id
        if until != AWAITING:
            call(provider, applications.JOIN_PROJECT, applications.JoinProject(case_id, "given", True))
        if until == RETURNED:
            self._review(side, Role.DISTRICT_OFFICER, case_id, "return")
        if until in (AT_CITY, APPROVED):
            self._review(side, Role.DISTRICT_OFFICER, case_id, "approve")
        if until == APPROVED:
            self._review(side, Role.CITY_OFFICER, case_id, "approve")
        return case_id

    def _review(self, side: Side, role: Role, case_id: str, outcome: Any) -> None:
        request = applications.ReviewCase(case_id, outcome, WITH_DEPARTMENTS)
        self.harness.call(side.speaker(role, f"{role}-desk"), applications.REVIEW_CASE, request)

    def _roster(self, side: Side, who: str) -> applications.SubmitRoster:
        rows = tuple(applications.RosterRow(number, f"person-{side.name}-{who}-{number}") for number in (1, 2))
        return applications.SubmitRoster(self.cases[side.name, APPROVED], rows)

    def _sign_up(self, side: Side) -> str:
        speaker = side.speaker(Role.EMPLOYER, "employer-clerk")
        return self.harness.call(speaker, applications.SUBMIT_ROSTER, self._roster(side, "early")).case_id

    # --- neighbours --------------------------------------------------------------------------------------------------

    @staticmethod
    def _organisations(request: organisations.ListOrganisations) -> organisations.OrganisationList:
        found = [one for one in request.ids if one.endswith(("-here", "-there"))]
        return organisations.OrganisationList(
            tuple(
                organisations.OrganisationShape(
                    one, "示例单位", "91110105MA0000000Y", "enterprise", _district(one), False
                )
                for one in found
            )
        )

    @staticmethod
    def _parties(request: eligibility.DecideParties) -> eligibility.PartiesDecided:
        return eligibility.PartiesDecided(
            decided(request.employer_id, MET),
            decided(request.provider_id, MET),
            _district(request.employer_id),
            _district(request.provider_id),
            "vocational_college",
            False,
        )

    @staticmethod
    def _apprentices(request: eligibility.DecideApprentices) -> eligibility.ApprenticesDecided:
        return eligibility.ApprenticesDecided(tuple(decided(person, MET) for person in request.person_ids))


def _district(organisation: str) -> str:
    return CHAOYANG if organisation.endswith("-here") else SHUNYI
