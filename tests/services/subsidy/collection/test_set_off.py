"""What a claim keeps of its own money for a demand of the same payee and source, by an entry of its own (X-10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.contracts.review import oversight
from shared.contracts.subsidy import claims as subsidy
from shared.contracts.subsidy import closing, payments, receivables
from shared.errors import Conflict, NotPermitted
from shared.security.speaker import Role
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.collection.driver import FIRST, SECOND, CollectionDriver
from tests.services.subsidy.driver import DUE_YEAR, SOURCES, Training, yuan


def test_the_next_advance_of_the_same_source_is_kept_for_a_demand(collection: CollectionDriver) -> None:
    """14 400.00 are owed to the first source; the next advance sends 12 000.00 from it: all of it is kept."""
    demand_id = collection.ask_back()
    claim_id = collection.next_advance(2)
    kept = collection.offset(demand_id, claim_id)
    assert (kept.offset, kept.pending, kept.outstanding) == (yuan("12000.00"), yuan("0.00"), yuan("6000.00"))
    claim = collection.driver.claim(claim_id)
    assert (claim.state, claim.amount, claim.set_off, claim.funding) == (
        "closed", yuan("12000.00"), yuan("12000.00"), (),
    )  # fmt: skip
    assert collection.spent() == {FIRST: "84000.00", SECOND: "24000.00", (SOURCES[0], DUE_YEAR): "12000.00"}
    assert collection.proven().receivable == yuan("6000.00")
    assert collection.harness.told(subsidy.CLAIM_DECIDED)[-1].state == "closed"


def test_what_a_claim_keeps_counts_when_the_rest_of_it_is_paid(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    claim_id = collection.next_advance(3)  # 18 000.00 from the first source, of which 14 400.00 are owed to it
    kept = collection.offset(demand_id, claim_id)
    assert (kept.offset, kept.pending, kept.outstanding) == (yuan("14400.00"), yuan("14400.00"), yuan("3600.00"))
    assert collection.proven().receivable == yuan("18000.00")
    batch = collection.driver.instruct(collection.driver.prepare(claim_id).batch_id)
    assert batch.total == yuan("3600.00")
    collection.repay(demand_id, "3600.00")
    assert collection.demand(demand_id).settled_on is None  # the treasury hasn't paid yet
    collection.driver.confirm(batch)
    settled = collection.demand(demand_id)
    assert (settled.state, settled.pending, settled.outstanding) == ("settled", yuan("0.00"), yuan("0.00"))
    assert collection.proven().receivable == yuan("0.00")
    assert collection.spent()[FIRST] == "81600.00"


def test_one_claim_is_kept_for_two_demands_and_one_demand_keeps_two_claims(collection: CollectionDriver) -> None:
    first = collection.ask_back(first="120000.00")
    second = collection.ask_back("project-9", Training(results=("failed",)), first="6000.00")
    claims = [collection.next_advance(1, f"project-{place}") for place in (2, 3)]
    whole = collection.next_advance(3, "project-4")
    assert collection.offset(second, whole).outstanding == yuan("0.00")
    assert collection.offset(first, claims[0]).outstanding == yuan("12000.00")
    assert collection.offset(first, claims[1]).outstanding == yuan("6000.00")
    assert collection.offset(first, whole).outstanding == yuan("0.00")
    assert collection.driver.claim(whole).set_off == yuan("12000.00")
    with pytest.raises(Conflict, match="没有尚未退还"):
        collection.offset(first, whole)
    collection.driver.confirm(collection.driver.instruct(collection.driver.prepare(whole).batch_id))
    assert [one.state for one in collection.list().demands] == ["settled", "settled"]
    assert collection.proven().receivable == yuan("0.00")


def test_only_an_approved_claim_of_the_same_payee_and_source_is_kept(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back(first="0.01")
    of_another_source = collection.next_advance(1)
    collection.offset(demand_id, of_another_source)  # one fen of it went by the first source
    assert collection.driver.claim(of_another_source).set_off <= yuan("0.01")
    collection.driver.project("project-5")
    submitted = collection.driver.submit(project_id="project-5").claim_id
    with pytest.raises(Conflict, match="只有已核定"):
        collection.offset(demand_id, submitted)
    collection.driver.project("project-6", employer_id="employer-2")
    with pytest.raises(Conflict, match="收款单位"):
        collection.offset(demand_id, _of_another_employer(collection, "project-6"))


def _of_another_employer(collection: CollectionDriver, project_id: str) -> str:
    other = collection.harness.speaker(Role.EMPLOYER, "applicant-2", organisation="employer-2", district="110105")
    mine, collection.driver.employer = collection.driver.employer, other
    claim = collection.driver.submit(project_id=project_id).claim_id
    collection.driver.employer = mine
    return claim


def test_a_blocked_claim_is_kept_for_nothing(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    claim_id = collection.next_advance(1, "project-2")
    told = replace(collection.driver.block_told(block_id="block-9"), project_id="project-2")
    collection.driver.harness.hear(oversight.CASE_BLOCKED, "block-9", told)
    with pytest.raises(Conflict, match="暂停拨付"):
        collection.offset(demand_id, claim_id)


def test_who_applied_for_a_claim_or_approved_it_keeps_nothing_of_it(collection: CollectionDriver) -> None:
    demand_id, claim_id = collection.ask_back(), collection.next_advance()
    request = receivables.OffsetDemand(demand_id, claim_id)
    twofold = collection.harness.speaker(Role.FINANCE_OFFICER, "officer-1", district="110105")
    with pytest.raises(NotPermitted):
        collection.call(twofold, receivables.OFFSET_DEMAND, request)


def test_a_voided_claim_lets_go_of_what_it_kept(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    collection.offset(demand_id, collection.next_advance(3))
    collection.driver.fraud(0, project_id="project-2")
    again = collection.demand(demand_id)
    assert (again.offset, again.pending, again.outstanding) == (yuan("0.00"), yuan("0.00"), yuan("18000.00"))
    assert collection.proven().receivable == yuan("18000.00")


def _kept_and_spent(collection: CollectionDriver) -> tuple[str, payments.BatchShape]:
    """A claim of this year kept 14 400.00 for money of 2022 and sent 3 600.00; what came back so is taken away."""
    demand_id = collection.ask_back()
    claim_id = collection.next_advance(3)
    collection.offset(demand_id, claim_id)
    batch = collection.driver.confirm(collection.driver.instruct(collection.driver.prepare(claim_id).batch_id))
    place = ("apprenticeship", collection.driver.district, *FIRST)
    taken = closing.ReduceAppropriation(*place, yuan("14400.00"), "核减（示例）")
    collection.call(collection.driver.maker, closing.REDUCE_APPROPRIATION, taken)
    return claim_id, batch


def test_a_fraud_whose_set_off_is_spent_again_waits_for_money_and_is_not_paid_meanwhile(
    collection: CollectionDriver,
) -> None:
    claim_id, batch = _kept_and_spent(collection)
    BankDriver(collection.driver).returns(batch.payments[0])
    collection.driver.fraud(project_id="project-2")
    assert collection.driver.claim(claim_id).state == "approved"
    held = collection.driver.prepare(claim_id)
    assert (held.state, held.payments) == ("voided", ())
    assert [one.blocks for one in held.held] == [("set_off_spent",)]
    collection.proven()
    collection.driver.appropriate("14400.00")
    assert collection.driver.claim(claim_id).state == "voided"
    assert collection.proven().receivable == yuan("18000.00")


def test_what_the_bank_sent_back_of_a_year_cannot_be_spent_again_by_a_set_off(collection: CollectionDriver) -> None:
    """The advance of 2022 came back after the set-off was entered: nothing of that year is out that could be free."""
    demand_id, bank = collection.ask_back(), BankDriver(collection.driver)
    sent = collection.harness.told(payments.PAYMENT_INSTRUCTED)[0].batch_id
    advance = collection.call(collection.driver.maker, payments.GET_BATCH, payments.GetBatch(sent))
    claim_id = collection.next_advance(3)
    collection.offset(demand_id, claim_id)
    batch = collection.driver.instruct(collection.driver.prepare(claim_id).batch_id)
    for place, payment in enumerate(advance.payments):
        bank.says(bank.line(payment, "returned", bank_reference=f"BACK-{place}"))
    collection.driver.confirm(batch)
    assert collection.driver.claim(claim_id).state == "paid"
    assert FIRST not in collection.spent()
    collection.proven()
