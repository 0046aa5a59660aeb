"""What registry and training answer to review in these tests: made-up organisations and people, as a test wants."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.contracts.common import Decided, FindingShape
from shared.contracts.registry import eligibility, organisations
from shared.contracts.training import enrolments
from tests.services.harness import CHAOYANG, SHUNYI, KernelHarness

EMPLOYER, PROVIDER, ELSEWHERE = "org-employer", "org-provider", "org-elsewhere"


def people(count: int) -> list[str]:
    return [f"person-{number:05}" for number in range(1, count + 1)]


def finding(rule: str, outcome: str, force: str = "must") -> FindingShape:
    return FindingShape(rule, "二(一)", outcome, force, "所核对的内容", "请补正后重新提交")


def decided(subject: str, *findings: FindingShape) -> Decided:
    """Another service's decision, whose verdict follows from its findings."""
    forces = {each.force for each in findings if each.outcome == "unmet"}
    if "must" in forces:
        return Decided(f"decision-{subject}", subject, "refused", findings)
    return Decided(f"decision-{subject}", subject, "needs_reason" if forces else "met", findings)


@dataclass
class Neighbours:
    """`findings`: what registry finds about an organisation or person, by id; else all is met. `funded`: whom training
    knows as funded already; `gone`: whose enrolments have ended."""

    findings: dict[str, tuple[FindingShape, ...]] = field(default_factory=dict)
    occupation_class: str = "ordinary"
    employer_district: str = CHAOYANG
    provider_district: str = CHAOYANG
    funded: tuple[eligibility.Funded, ...] = ()
    gone: tuple[str, ...] = ()

    def answer(self, harness: KernelHarness) -> None:
        """From now on the harness asks these."""
        harness.answers(organisations.LIST_ORGANISATIONS, self._organisations)
        harness.answers(eligibility.DECIDE_PARTIES, self._parties)
        harness.answers(eligibility.DECIDE_APPRENTICES, self._apprentices)
        harness.answers(eligibility.ASK_OCCUPATION, self._occupation)
        harness.answers(enrolments.ASK_FUNDED, lambda _: enrolments.FundedList(self.funded))
        harness.answers(enrolments.ASK_GONE, self._gone)

    def _gone(self, request: enrolments.AskGone) -> enrolments.GoneList:
        return enrolments.GoneList(tuple(one for one in request.person_ids if one in self.gone))

    def _organisations(self, request: organisations.ListOrganisations) -> organisations.OrganisationList:
        districts = {EMPLOYER: self.employer_district, PROVIDER: self.provider_district, ELSEWHERE: SHUNYI}
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
            provider_district=self.provider_district,
            provider_kind="vocational_college",
            small_or_subsidiary=False,
        )

    def _apprentices(self, request: eligibility.DecideApprentices) -> eligibility.ApprenticesDecided:
        return eligibility.ApprenticesDecided(tuple(self._decided(person) for person in request.person_ids))

    def _decided(self, subject: str) -> Decided:
        return decided(subject, *self.findings.get(subject, (finding("APP-2", "met"),)))

    def _occupation(self, request: eligibility.AskOccupation) -> eligibility.OccupationAnswer:
        return eligibility.OccupationAnswer("decision-occupation", self.occupation_class, True)
