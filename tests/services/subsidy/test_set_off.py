"""What a claim keeps of its own money for a demand of the same payee and source, by an entry of its own (X-10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.contracts.review import oversight
from shared.contracts.subsidy import claims as subsidy
from shared.contracts.subsidy import closing, payments, receivables
from shared.errors import Conflict, NotPermitted
from shared.security.speaker import Role
from tests.services.subsidy.bank_road import BankRoad
from tests.services.subsidy.collector import FIRST, SECOND, Collector
from tests.services.subsidy.road import DUE_YEAR, SOURCES, Training, yuan


def test_the_next_advance_of_the_same_source_is_kept_for_a_demand(desk: Collector) -> None:
    """14 400.00 are owed to the first source; the next advance sends 12 000.00 from it: all of it is kept."""
    demand_id = desk.ask_back()
    claim_id = desk.next_advance(2)
    kept = desk.offset(demand_id, claim_id)
    assert (kept.offset, kept.pending, kept.outstanding) == (yuan("12000.00"), yuan("0.00"), yuan("6000.00"))
    claim = desk.road.claim(claim_id)
    assert (claim.state, claim.amount, claim.set_off, claim.funding) == (
        "closed", yuan("12000.00"), yuan("12000.00"), (),
    )  # fmt: skip
    assert desk.spent() == {FIRST: "84000.00", SECOND: "24000.00", (SOURCES[0], DUE_YEAR): "12000.00"}
    assert desk.proven().receivable == yuan("6000.00")
    assert desk.road.harness.told(subsidy.CLAIM_DECIDED)[-1].state == "closed"


def test_what_a_claim_keeps_counts_when_the_rest_of_it_is_paid(desk: Collector) -> None:
    demand_id = desk.ask_back()
    claim_id = desk.next_advance(3)  # 18 000.00 from the first source, of which 14 400.00 are owed to it
    kept = desk.offset(demand_id, claim_id)
    assert (kept.offset, kept.pending, kept.outstanding) == (yuan("14400.00"), yuan("14400.00"), yuan("3600.00"))
    assert desk.proven().receivable == yuan("18000.00")
    batch = desk.road.instruct(desk.road.prepare(claim_id).batch_id)
    assert batch.total == yuan("3600.00")
    desk.repay(demand_id, "3600.00")
    assert desk.demand(demand_id).settled_on is None  # the treasury hasn't paid yet
    desk.road.confirm(batch)
    settled = desk.demand(demand_id)
    assert (settled.state, settled.pending, settled.outstanding) == ("settled", yuan("0.00"), yuan("0.00"))
    assert desk.proven().receivable == yuan("0.00")
    assert desk.spent()[FIRST] == "81600.00"


def test_one_claim_is_kept_for_two_demands_and_one_demand_keeps_two_claims(desk: Collector) -> None:
    first = desk.ask_back(first="120000.00")
    second = desk.ask_back("project-9", Training(results=("failed",)), first="6000.00")
    claims = [desk.next_advance(1, f"project-{place}") for place in (2, 3)]
    whole = desk.next_advance(3, "project-4")
    assert desk.offset(second, whole).outstanding == yuan("0.00")
    assert desk.offset(first, claims[0]).outstanding == yuan("12000.00")
    assert desk.offset(first, claims[1]).outstanding == yuan("6000.00")
    assert desk.offset(first, whole).outstanding == yuan("0.00")
    assert desk.road.claim(whole).set_off == yuan("12000.00")
    with pytest.raises(Conflict, match="没有尚未退还"):
        desk.offset(first, whole)
    desk.road.confirm(desk.road.instruct(desk.road.prepare(whole).batch_id))
    assert [one.state for one in desk.list().demands] == ["settled", "settled"]
    assert desk.proven().receivable == yuan("0.00")


def test_only_an_approved_claim_of_the_same_payee_and_source_is_kept(desk: Collector) -> None:
    demand_id = desk.ask_back(first="0.01")
    of_another_source = desk.next_advance(1)
    desk.offset(demand_id, of_another_source)  # one fen of it went by the first source
    assert desk.road.claim(of_another_source).set_off <= yuan("0.01")
    desk.road.project("project-5")
    submitted = desk.road.submit(project_id="project-5").claim_id
    with pytest.raises(Conflict, match="只有已核定"):
        desk.offset(demand_id, submitted)
    desk.road.project("project-6", employer_id="employer-2")
    with pytest.raises(Conflict, match="收款单位"):
        desk.offset(demand_id, _of_another_employer(desk, "project-6"))


def _of_another_employer(desk: Collector, project_id: str) -> str:
    other = desk.road.harness.speaker(Role.EMPLOYER, "applicant-2", organisation="employer-2", district="110105")
    mine, desk.road.employer = desk.road.employer, other
    claim = desk.road.submit(project_id=project_id).claim_id
    desk.road.employer = mine
    return claim


def test_a_blocked_claim_is_kept_for_nothing(desk: Collector) -> None:
    demand_id = desk.ask_back()
    claim_id = desk.next_advance(1, "project-2")
    told = replace(desk.road.block_told(block_id="block-9"), project_id="project-2")
    desk.road.harness.hear(oversight.CASE_BLOCKED, "block-9", told)
    with pytest.raises(Conflict, match="暂停拨付"):
        desk.offset(demand_id, claim_id)


def test_who_applied_for_a_claim_or_approved_it_keeps_nothing_of_it(desk: Collector) -> None:
    demand_id, claim_id = desk.ask_back(), desk.next_advance()
    request = receivables.OffsetDemand(demand_id, claim_id)
    twofold = desk.road.harness.speaker(Role.FINANCE_OFFICER, "officer-1", district="110105")
    with pytest.raises(NotPermitted):
        desk.call(twofold, receivables.OFFSET_DEMAND, request)


def test_a_voided_claim_lets_go_of_what_it_kept(desk: Collector) -> None:
    demand_id = desk.ask_back()
    desk.offset(demand_id, desk.next_advance(3))
    desk.road.fraud(0, project_id="project-2")
    again = desk.demand(demand_id)
    assert (again.offset, again.pending, again.outstanding) == (yuan("0.00"), yuan("0.00"), yuan("18000.00"))
    assert desk.proven().receivable == yuan("18000.00")


def _kept_and_spent(desk: Collector) -> tuple[str, payments.BatchShape]:
    """A claim of this year kept 14 400.00 for money of 2022 and sent 3 600.00; what came back so is taken away."""
    demand_id = desk.ask_back()
    claim_id = desk.next_advance(3)
    desk.offset(demand_id, claim_id)
    batch = desk.road.confirm(desk.road.instruct(desk.road.prepare(claim_id).batch_id))
    place = ("apprenticeship", desk.road.district, *FIRST)
    taken = closing.ReduceAppropriation(*place, yuan("14400.00"), "核减（示例）")
    desk.call(desk.road.maker, closing.REDUCE_APPROPRIATION, taken)
    return claim_id, batch


def test_a_fraud_whose_set_off_is_spent_again_waits_for_money_and_is_not_paid_meanwhile(desk: Collector) -> None:
    claim_id, batch = _kept_and_spent(desk)
    BankRoad(desk.road).returns(batch.payments[0])
    desk.road.fraud(project_id="project-2")
    assert desk.road.claim(claim_id).state == "approved"
    held = desk.road.prepare(claim_id)
    assert (held.state, held.payments) == ("voided", ())
    assert [one.blocks for one in held.held] == [("set_off_spent",)]
    desk.proven()
    desk.road.appropriate("14400.00")
    assert desk.road.claim(claim_id).state == "voided"
    assert desk.proven().receivable == yuan("18000.00")


def test_what_the_bank_sent_back_of_a_year_cannot_be_spent_again_by_a_set_off(desk: Collector) -> None:
    """The advance of 2022 came back after the set-off was entered: nothing of that year is out that could be free."""
    demand_id, bank = desk.ask_back(), BankRoad(desk.road)
    sent = desk.road.harness.told(payments.PAYMENT_INSTRUCTED)[0].batch_id
    advance = desk.call(desk.road.maker, payments.GET_BATCH, payments.GetBatch(sent))
    claim_id = desk.next_advance(3)
    desk.offset(demand_id, claim_id)
    batch = desk.road.instruct(desk.road.prepare(claim_id).batch_id)
    for place, payment in enumerate(advance.payments):
        bank.says(bank.line(payment, "returned", bank_reference=f"BACK-{place}"))
    desk.road.confirm(batch)
    assert desk.road.claim(claim_id).state == "paid"
    assert FIRST not in desk.spent()
    desk.proven()
