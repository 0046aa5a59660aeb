"""All acts of a story on the service itself; each answers whether anything happened, as the sheet does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shared.contracts.common import Opinion
from shared.contracts.review import oversight
from shared.contracts.subsidy import checks, claims
from shared.contracts.training import enrolments, results
from tests.services.subsidy.driver import EMPLOYER
from tests.services.subsidy.model.acts_budgets import BudgetActs
from tests.services.subsidy.model.acts_demands import DemandActs
from tests.services.subsidy.model.acts_payments import PaymentActs


class Walk(BudgetActs, PaymentActs, DemandActs):
    """Here: claims, and what stands in their way."""

    def advance(self, number: int, _: int) -> bool:
        return self._submit(number, "advance")

    def final(self, number: int, _: int) -> bool:
        return self._submit(number, "final")

    def approve(self, number: int, _: int) -> bool:
        return self._decide(number, "approve") in ("approved", "closed")

    def return_(self, number: int, _: int) -> bool:
        return self._decide(number, "return") == "returned"

    def reject(self, number: int, _: int) -> bool:
        return self._decide(number, "reject") == "rejected"

    def block(self, number: int, which: int) -> bool:
        return self._block(oversight.CASE_BLOCKED, number, which)

    def lift(self, number: int, which: int) -> bool:
        return self._block(oversight.CASE_UNBLOCKED, number, which)

    def register(self, number: int, which: int) -> bool:
        place = which % (number + 1)
        self.driver.neighbours.finds(place, person_id=f"{self.name(number)}-person-{place:04d}")
        return True

    def clear(self, number: int, _: int) -> bool:
        return self._decide_hits(number, "clear")

    def uphold(self, number: int, _: int) -> bool:
        return self._decide_hits(number, "uphold")

    def fraud(self, number: int, _: int) -> bool:
        told = oversight.FraudConfirmed(
            f"inquiry-{number}",
            self.name(number),
            "apprenticeship",
            self.driver.district,
            EMPLOYER,
            "provider-1",
            self.harness.today,
            True,
            1,
            1,
            (),
        )
        self.hear(oversight.FRAUD_CONFIRMED, told.inquiry_id, told)
        return True

    def leave(self, number: int, which: int) -> bool:
        enrolment = self._enrolment(number, which)
        told = self.driver.end(self.name(number), [enrolment], told=False)
        self.hear(results.ENROLMENTS_ENDED, self.name(number), told)
        return True

    def come_back(self, number: int, which: int) -> bool:
        enrolment = self._enrolment(number, which)
        if enrolment not in self.driver.ended:
            return False
        told = self.driver.enrol_again(self.name(number), enrolment)
        self.hear(enrolments.ENROLMENTS_ESTABLISHED, self.name(number), told)
        return True

    def _enrolment(self, number: int, which: int) -> str:
        people = self.driver.outcomes[self.name(number)].enrolments
        return people[which % len(people)].enrolment_id

    def _submit(self, number: int, kind: Any) -> bool:
        asked = claims.SubmitClaim(self.name(number), kind, claims.FundManagement(True, True, True, True))
        whole = self.driver.outcomes[self.name(number)]
        if kind == "advance":  # nobody is assessed yet
            unassessed = (
                one if one.enrolment_id in self.driver.ended else replace(one, result=None) for one in whole.enrolments
            )
            self.driver.outcomes[self.name(number)] = replace(whole, enrolments=tuple(unassessed))
        try:
            return self._claims(number, asked)
        finally:
            self.driver.outcomes[self.name(number)] = whole

    def _claims(self, number: int, asked: claims.SubmitClaim) -> bool:
        self.claims[number] = self.call(self.driver.employer, claims.SUBMIT_CLAIM, asked).claim_id
        self.sent[number] = {}
        return True

    def _decide(self, number: int, outcome: Any) -> str:
        asked = claims.DecideClaim(self._claim(number), outcome, Opinion("已核对"))
        return str(self.call(self.driver.officer, claims.DECIDE_CLAIM, asked).state)

    def _block(self, event: Any, number: int, which: int) -> bool:
        block_id = f"block-{number}-{which % 2}"
        told = replace(self.driver.block_told("suspension", block_id), project_id=self.name(number))
        self.hear(event, block_id, told)
        return True

    def _decide_hits(self, number: int, outcome: Any) -> bool:
        page = self.harness.call(self.driver.officer, checks.LIST_HITS, checks.ListHits(state="open"))
        hits = tuple(hit.hit_id for hit in page.hits if hit.project_id == self.name(number))
        if hits:
            asked = checks.DecideHits(hits, outcome, "已核实", "核实记录")
            answered = self.call(self.driver.officer, checks.DECIDE_HITS, asked)
            assert {row.outcome for row in answered.rows} == {"accepted"}
        return bool(hits)
