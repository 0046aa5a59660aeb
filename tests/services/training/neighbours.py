"""What registry answers training: made-up teachers, wages and names; a test changes what it is about."""

from __future__ import annotations

from shared.contracts.common import Decided, FindingShape
from shared.contracts.registry import catalogues, eligibility, evidence, organisations, people
from shared.errors import InvalidRequest
from shared.money import Money
from shared.security.speaker import Purpose
from tests.services.harness import CHAOYANG, KernelHarness


class Neighbours:
    """Ids say what they name: "m-employer-1" a mentor of "employer-1", "i-provider-1_two" an instructor there."""

    def __init__(self, harness: KernelHarness) -> None:
        self.unknown_teachers: set[str] = set()
        self.teachers: dict[str, str] = {}
        self.poor_teachers: set[str] = set()
        self.ineligible: dict[str, FindingShape] = {}
        self.wages: dict[str, Money | None] = {}
        self.minimum: Money | None = Money.yuan(2320)
        answers = harness.answers
        answers(eligibility.DECIDE_TEACHERS, self._decide_teachers)
        answers(eligibility.DECIDE_APPRENTICES, self._decide_apprentices)
        answers(catalogues.ASK_MINIMUM_WAGE, lambda _: catalogues.MinimumWage(self.minimum))
        answers(evidence.ASK_WAGES, self._wages)
        answers(eligibility.ASK_OCCUPATION, lambda _: eligibility.OccupationAnswer("occupation-1", "ordinary", True))
        answers(catalogues.ASK_SELF_EVALUATION, lambda _: catalogues.SelfEvaluation(False))
        answers(people.REVEAL_PEOPLE, self._people)
        answers(organisations.LIST_ORGANISATIONS, self._organisations)

    def _decide_teachers(self, request: eligibility.DecideTeachers) -> eligibility.TeachersDecided:
        if unknown := sorted(self.unknown_teachers & set(request.teacher_ids)):
            raise InvalidRequest.of(("teacher_ids", f"没有登记：{'、'.join(unknown)}"))
        return eligibility.TeachersDecided(tuple(self._teacher(id) for id in request.teacher_ids))

    def _decide_apprentices(self, request: eligibility.DecideApprentices) -> eligibility.ApprenticesDecided:
        return eligibility.ApprenticesDecided(tuple(self._apprentice(id) for id in request.person_ids))

    def _apprentice(self, id: str) -> Decided:
        found = self.ineligible.get(id)
        return Decided(f"eligible-{id}", id, "refused" if found else "met", (found,) if found else ())

    def _teacher(self, id: str) -> eligibility.TeacherDecided:
        kind, _, organisation = id.partition("-")
        finding = FindingShape("APP-11", "三(二)2", "unmet", "must", "0", "请改选符合条件的导师")
        poor = id in self.poor_teachers
        decided = Decided(f"decision-{id}", id, "refused" if poor else "met", (finding,) if poor else ())
        return eligibility.TeacherDecided(
            id,
            "workplace_mentor" if kind == "m" else "instructor",
            organisation.partition("_")[0],
            decided,
            self.teachers.get(id, f"somebody-{id}"),
        )

    def _wages(self, request: evidence.AskWages) -> evidence.WageList:
        return evidence.WageList(
            tuple(evidence.Wage(id, self.wages.get(id, Money.yuan(5200))) for id in request.person_ids)
        )

    @staticmethod
    def _people(request: people.RevealPeople) -> people.PersonList:
        """Masked unless whoever asks may see them for making documents."""
        masked = request.purpose is not Purpose.DOCUMENTS
        return people.PersonList(
            tuple(
                people.PersonShape(id, "学*" if masked else f"学徒{id}", "resident_id", "110", None, masked)
                for id in request.person_ids
            )
        )

    @staticmethod
    def _organisations(request: organisations.ListOrganisations) -> organisations.OrganisationList:
        return organisations.OrganisationList(
            tuple(
                organisations.OrganisationShape(
                    id, f"示例单位{id}", "91110105MA0000000Y", "enterprise", CHAOYANG, False
                )
                for id in request.ids
            )
        )
