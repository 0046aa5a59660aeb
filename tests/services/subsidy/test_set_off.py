"""What a claim keeps of its own money for a demand of the same payee and source, by an entry of its own (X-10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.contracts import oversight, receivables, subsidy
from shared.errors import Conflict, NotPermitted
from shared.security.speaker import Role
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
    assert desk.road.bench.told(subsidy.CLAIM_DECIDED)[-1].state == "closed"


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
    other = desk.road.bench.speaker(Role.EMPLOYER, "applicant-2", organisation="employer-2", district="110105")
    mine, desk.road.employer = desk.road.employer, other
    claim = desk.road.submit(project_id=project_id).claim_id
    desk.road.employer = mine
    return claim


def test_a_blocked_claim_is_kept_for_nothing(desk: Collector) -> None:
    demand_id = desk.ask_back()
    claim_id = desk.next_advance(1, "project-2")
    told = replace(desk.road.block_told(block_id="block-9"), project_id="project-2")
    desk.road.bench.hear(oversight.CASE_BLOCKED, "block-9", told)
    with pytest.raises(Conflict, match="暂停拨付"):
        desk.offset(demand_id, claim_id)


def test_who_applied_for_a_claim_or_approved_it_keeps_nothing_of_it(desk: Collector) -> None:
    demand_id, claim_id = desk.ask_back(), desk.next_advance()
    request = receivables.OffsetDemand(demand_id, claim_id)
    twofold = desk.road.bench.speaker(Role.FINANCE_OFFICER, "officer-1", district="110105")
    with pytest.raises(NotPermitted):
        desk.call(twofold, receivables.OFFSET_DEMAND, request)


def test_a_voided_claim_lets_go_of_what_it_kept(desk: Collector) -> None:
    demand_id = desk.ask_back()
    desk.offset(demand_id, desk.next_advance(3))
    desk.road.fraud(0, project_id="project-2")
    again = desk.demand(demand_id)
    assert (again.offset, again.pending, again.outstanding) == (yuan("0.00"), yuan("0.00"), yuan("18000.00"))
    assert desk.proven().receivable == yuan("18000.00")
