"""What may not be set off: another payee's money, what a block holds, what is on its way or has arrived in part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.contracts.review import oversight
from shared.contracts.subsidy import claims, receivables
from shared.errors import Conflict
from shared.security.speaker import Role
from tests.services.subsidy.bank_road import BankRoad
from tests.services.subsidy.collector import Collector
from tests.services.subsidy.road import KEPT, SOURCES, Road, Training

ONE = Training(results=("certified",))


def set_off(road: Road, demand_id: str, claim_id: str) -> None:
    road.harness.call(road.maker, receivables.OFFSET_DEMAND, receivables.OffsetDemand(demand_id, claim_id))


def test_another_payees_claim_keeps_nothing(road: Road) -> None:
    demand_id = Collector(road).ask_back()
    road.project("project-2", ONE, employer_id="employer-2")
    other = road.harness.speaker(Role.EMPLOYER, "applicant-2", organisation="employer-2", district=road.district)
    asked = claims.SubmitClaim("project-2", "advance", KEPT)
    claim = road.harness.call(other, claims.SUBMIT_CLAIM, asked)
    assert road.decide(claim.claim_id).state == "approved"
    with pytest.raises(Conflict, match="收款单位"):
        set_off(road, demand_id, claim.claim_id)
    assert road.prove().differences == ()


def test_a_blocked_claim_keeps_nothing_until_the_block_is_lifted(road: Road) -> None:
    collector = Collector(road)
    demand_id, claim_id = collector.ask_back(), collector.next_advance()
    told = replace(road.block_told(), project_id="project-2")
    road.harness.hear(oversight.CASE_BLOCKED, told.block_id, told)
    with pytest.raises(Conflict, match="暂停拨付"):
        set_off(road, demand_id, claim_id)
    road.harness.hear(oversight.CASE_UNBLOCKED, told.block_id, told)
    set_off(road, demand_id, claim_id)
    assert road.prove().differences == ()


def test_a_claim_that_is_on_its_way_or_arrived_in_part_keeps_nothing(road: Road) -> None:
    collector, bank = Collector(road), BankRoad(road)
    demand_id = collector.ask_back()
    claim_id = collector.next_advance()
    batch = road.prepare(claim_id)
    with pytest.raises(Conflict, match="尚未制单"):
        set_off(road, demand_id, claim_id)
    bank.says(bank.line(road.instruct(batch.batch_id).payments[0]))
    with pytest.raises(Conflict, match="已拨付"):
        set_off(road, demand_id, claim_id)
    assert {one.fund_source for one in road.claim(claim_id).funding} == {SOURCES[0]}
    assert road.prove().differences == ()
