"""No money moves while an objection, an audit finding, a suspension or a fraud inquiry stands (X-11, APP-26)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from services.subsidy.models import Project
from shared.contracts.subsidy import payments
from shared.errors import Conflict, PolicyNotMet
from shared.store.database import Database
from tests.services.subsidy.driver import Driver, yuan
from tests.services.subsidy.statements import interrupted
from tests.together import together

WORDS = {
    "objection": "异议未处理完毕",
    "audit_finding": "审计问题未整改",
    "suspension": "停训整改中",
    "fraud_inquiry": "正在核查骗取、套取补贴问题",
    "public_notice": "公示中",
}


@pytest.mark.parametrize("kind", WORDS)
def test_a_blocked_project_claims_nothing_and_reads_why(driver: Driver, kind: str) -> None:
    driver.project()
    driver.block(kind)
    with pytest.raises(PolicyNotMet) as refusal:
        driver.submit()
    (finding,) = [one for one in refusal.value.details["findings"] if one["outcome"] == "unmet"]
    assert finding["rule"] == "APP-26" and WORDS[kind] in finding["message"]
    driver.block(kind, lifted=True)
    assert driver.submit().state == "submitted"


def test_approving_is_refused_by_name_until_the_block_is_lifted(driver: Driver) -> None:
    driver.project()
    driver.appropriate("6000.00")
    claim_id = driver.submit().claim_id
    driver.block("audit_finding")
    with pytest.raises(Conflict, match=rf"{claim_id}：审计问题未整改") as refusal:
        driver.decide(claim_id)
    assert refusal.value.details["blocks"] == {claim_id: ["audit_finding"]}
    driver.block("audit_finding", lifted=True)
    assert driver.decide(claim_id).state == "approved"


def test_a_blocked_claim_stays_out_of_a_batch_and_holds_up_nobody_else(driver: Driver) -> None:
    claims = [_approved(driver, project_id) for project_id in ("project-1", "project-2")]
    driver.block("audit_finding")
    batch = driver.prepare(*claims)
    assert [(one.claim_id, one.blocks, one.hits) for one in batch.held] == [(claims[0], ("audit_finding",), ())]
    assert [one.claim_id for one in batch.payments] == claims[1:]
    assert driver.claim(claims[0]).state == "approved"
    assert driver.confirm(driver.instruct(batch.batch_id)).state == "paid"
    assert driver.prove().differences == ()


def test_a_batch_from_which_all_are_held_is_kept_voided_with_nothing_in_it(driver: Driver) -> None:
    claim_id = _approved(driver)
    driver.block()
    batch = driver.prepare(claim_id)
    assert (batch.state, batch.payments, batch.total) == ("voided", (), yuan("0.00"))
    with pytest.raises(Conflict, match="暂缓"):
        driver.instruct(batch.batch_id)
    driver.block(lifted=True)
    assert driver.prepare(claim_id).state == "prepared"


def test_a_claim_that_is_blocked_after_it_was_prepared_leaves_its_batch(driver: Driver) -> None:
    claims = [_approved(driver, project_id) for project_id in ("project-1", "project-2")]
    prepared = driver.prepare(*claims)
    driver.block("objection")
    batch = driver.instruct(prepared.batch_id)
    assert batch.held == (payments.HeldClaim(claims[0], ("objection",), ()),)
    assert {one.claim_id: one.state for one in batch.payments} == {claims[0]: "voided", claims[1]: "instructed"}
    assert batch.total == yuan("6000.00")
    assert [driver.claim(one).state for one in claims] == ["approved", "in_payment"]
    told = driver.harness.told(payments.PAYMENT_INSTRUCTED)
    assert [one.claim_id for one in told] == claims[1:]
    driver.confirm(batch, [one for one in batch.payments if one.state == "instructed"])
    assert driver.call(driver.maker, *_get(batch.batch_id)).held == batch.held
    driver.block("objection", lifted=True)
    assert driver.confirm(driver.instruct(driver.prepare(claims[0]).batch_id)).state == "paid"  # what left comes again
    assert driver.prove().differences == ()


def test_a_batch_that_all_leave_is_voided_and_instructs_nothing(driver: Driver) -> None:
    claim_id = _approved(driver)
    batch = driver.prepare(claim_id)
    driver.block()
    assert driver.instruct(batch.batch_id).state == "voided"
    assert driver.harness.told(payments.PAYMENT_INSTRUCTED) == []
    assert driver.claim(claim_id).state == "approved"
    assert driver.prove().differences == ()


def test_what_was_instructed_is_confirmed_whatever_stands_by_now(driver: Driver) -> None:
    batch = driver.instruct(driver.prepare(_approved(driver)).batch_id)
    driver.block()
    assert driver.confirm(batch).state == "paid"
    assert driver.prove().differences == ()


def test_a_blocked_claim_may_still_be_returned(driver: Driver) -> None:
    driver.project()
    claim = driver.submit()
    driver.block()
    assert driver.decide(claim.claim_id, "return").state == "returned"


def test_a_block_is_joined_by_its_id_in_whatever_order_it_is_heard(driver: Driver) -> None:
    driver.block(lifted=True)
    driver.block()  # opened and lifted before: it doesn't stand
    driver.project()
    driver.block("objection", "block-2")
    driver.block("objection", "block-2", lifted=True)
    driver.block("objection", "block-3")
    with pytest.raises(PolicyNotMet):
        driver.submit()
    driver.block("objection", "block-3", lifted=True)
    assert driver.submit().state == "submitted"


def test_a_block_heard_before_its_project_stands(driver: Driver) -> None:
    driver.block()
    driver.project()
    with pytest.raises(PolicyNotMet):
        driver.submit()


def test_a_step_that_looked_holds_the_project_until_it_is_done(driver: Driver) -> None:
    """Just after payment looked for blocks, a block tries to slip in: it has to wait for the payment."""
    driver.project()
    driver.appropriate("6000.00")
    claim = driver.submit()
    driver.decide(claim.claim_id)
    batch = driver.prepare(claim.claim_id)
    url = driver.harness.database.engine.url.render_as_string(hide_password=False)

    def slip_in() -> None:
        with pytest.raises(OperationalError):
            _lock_at_once(url)

    with interrupted(driver, "blocks", slip_in, when="after"):
        assert driver.instruct(batch.batch_id).state == "instructed"


def test_block_and_payment_at_the_same_moment_come_one_after_the_other(driver: Driver) -> None:
    driver.project()
    driver.appropriate("6000.00")
    claim = driver.submit()
    driver.decide(claim.claim_id)
    batch = driver.prepare(claim.claim_id)

    def act(place: int) -> object:
        if place:
            return driver.instruct(batch.batch_id)
        driver.block()
        return None

    _, answer = together(2, act)
    assert isinstance(answer, payments.BatchShape)
    state = driver.call(driver.maker, *_get(batch.batch_id)).state
    assert state == answer.state and state in ("voided", "instructed")
    with driver.harness.database.reading() as session:
        turns = session.scalars(select(Project.turns)).one()
    assert turns == 5  # each locked the project


def _approved(driver: Driver, project_id: str = "project-1") -> str:
    """The advance of one apprentice, approved."""
    driver.project(project_id)
    driver.appropriate("6000.00")
    claim = driver.submit(project_id=project_id)
    return driver.decide(claim.claim_id).claim_id


def _get(batch_id: str) -> tuple[Any, Any]:
    return payments.GET_BATCH, payments.GetBatch(batch_id)


def _lock_at_once(url: str) -> None:
    """What a block does first, by a writer that doesn't wait. Raises OperationalError where it would have to."""
    other = Database(url, pool_size=1)
    try:
        with other.transaction() as session:
            if other.dialect == "postgresql":
                session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            session.execute(text("UPDATE projects SET turns = turns + 1"))
    finally:
        other.dispose()
