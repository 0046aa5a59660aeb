"""What may not be set off: another payee's money, what a block holds, what is on its way or has arrived in part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.contracts.review import oversight
from shared.contracts.subsidy import claims, receivables
from shared.errors import Conflict
from shared.security.speaker import Role
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.collection.driver import CollectionDriver
from tests.services.subsidy.driver import KEPT, SOURCES, Driver, Training

ONE = Training(results=("certified",))


def set_off(driver: Driver, demand_id: str, claim_id: str) -> None:
    driver.call(driver.maker, receivables.OFFSET_DEMAND, receivables.OffsetDemand(demand_id, claim_id))


def test_another_payees_claim_keeps_nothing(driver: Driver) -> None:
    demand_id = CollectionDriver(driver).ask_back()
    driver.project("project-2", ONE, employer_id="employer-2")
    other = driver.harness.speaker(Role.EMPLOYER, "applicant-2", organisation="employer-2", district=driver.district)
    asked = claims.SubmitClaim("project-2", "advance", KEPT)
    claim = driver.call(other, claims.SUBMIT_CLAIM, asked)
    assert driver.decide(claim.claim_id).state == "approved"
    with pytest.raises(Conflict, match="收款单位"):
        set_off(driver, demand_id, claim.claim_id)
    assert driver.prove().differences == ()


def test_a_blocked_claim_keeps_nothing_until_the_block_is_lifted(driver: Driver) -> None:
    collection = CollectionDriver(driver)
    demand_id, claim_id = collection.ask_back(), collection.next_advance()
    told = replace(driver.block_told(), project_id="project-2")
    driver.harness.hear(oversight.CASE_BLOCKED, told.block_id, told)
    with pytest.raises(Conflict, match="暂停拨付"):
        set_off(driver, demand_id, claim_id)
    driver.harness.hear(oversight.CASE_UNBLOCKED, told.block_id, told)
    set_off(driver, demand_id, claim_id)
    assert driver.prove().differences == ()


def test_a_claim_that_is_on_its_way_or_arrived_in_part_keeps_nothing(driver: Driver) -> None:
    collection, bank = CollectionDriver(driver), BankDriver(driver)
    demand_id = collection.ask_back()
    claim_id = collection.next_advance()
    batch = driver.prepare(claim_id)
    with pytest.raises(Conflict, match="尚未制单"):
        set_off(driver, demand_id, claim_id)
    bank.says(bank.line(driver.instruct(batch.batch_id).payments[0]))
    with pytest.raises(Conflict, match="已拨付"):
        set_off(driver, demand_id, claim_id)
    assert {one.fund_source for one in driver.claim(claim_id).funding} == {SOURCES[0]}
    assert driver.prove().differences == ()
