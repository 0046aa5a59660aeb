"""No money moves while an objection, an audit finding, a suspension or a fraud inquiry stands (X-11, APP-26)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from services.subsidy import blocks
from services.subsidy.models import Project
from shared.contracts import subsidy
from shared.errors import Conflict, PolicyNotMet, SkillsError
from shared.store.database import Database
from tests.services.subsidy.road import Road
from tests.services.subsidy.test_money import together

WORDS = {
    "objection": "异议未处理完毕",
    "audit_finding": "审计问题未整改",
    "suspension": "停训整改中",
    "fraud_inquiry": "正在核查骗取、套取补贴问题",
}


@pytest.mark.parametrize("kind", WORDS)
def test_a_blocked_project_claims_nothing_and_reads_why(road: Road, kind: str) -> None:
    road.project()
    road.block(kind)
    with pytest.raises(PolicyNotMet) as refusal:
        road.submit()
    (finding,) = [one for one in refusal.value.details["findings"] if one["outcome"] == "unmet"]
    assert finding["rule"] == "APP-26" and WORDS[kind] in finding["message"]
    road.block(kind, lifted=True)
    assert road.submit().state == "submitted"


def test_every_step_towards_money_is_refused_by_name_until_the_block_is_lifted(road: Road) -> None:
    road.project()
    road.appropriate("6000.00")
    claim_id = road.submit().claim_id
    batch_id = ""

    def prepare() -> None:
        nonlocal batch_id
        batch_id = road.prepare(claim_id).batch_id

    steps: list[Callable[[], Any]] = [lambda: road.decide(claim_id), prepare, lambda: road.instruct(batch_id)]
    for number, step in enumerate(steps):
        road.block("audit_finding", f"block-{number}")
        with pytest.raises(Conflict, match=rf"{claim_id}：审计问题未整改") as refusal:
            step()
        assert refusal.value.details["blocks"] == {claim_id: ["audit_finding"]}
        road.block("audit_finding", f"block-{number}", lifted=True)
        step()
    road.block()
    batch = road.bench.call(road.maker, *_get(batch_id))
    assert road.confirm(batch).state == "paid"  # what the treasury paid is kept, whatever stands by now
    assert road.prove().differences == ()


def test_a_blocked_claim_may_still_be_returned(road: Road) -> None:
    road.project()
    claim = road.submit()
    road.block()
    assert road.decide(claim.claim_id, "return").state == "returned"


def test_a_block_is_joined_by_its_id_in_whatever_order_it_is_heard(road: Road) -> None:
    road.block(lifted=True)
    road.block()  # opened and lifted before: it doesn't stand
    road.project()
    road.block("objection", "block-2")
    road.block("objection", "block-2", lifted=True)
    road.block("objection", "block-3")
    with pytest.raises(PolicyNotMet):
        road.submit()
    road.block("objection", "block-3", lifted=True)
    assert road.submit().state == "submitted"


def test_a_block_heard_before_its_project_stands(road: Road) -> None:
    road.block()
    road.project()
    with pytest.raises(PolicyNotMet):
        road.submit()


def test_a_step_that_looked_holds_the_project_until_it_is_done(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    """Just after payment looked for blocks, a block tries to slip in: it has to wait for the payment."""
    road.project()
    road.appropriate("6000.00")
    claim = road.submit()
    road.decide(claim.claim_id)
    batch = road.prepare(claim.claim_id)
    looked = blocks.standing
    turned_away = []

    def interrupted(*arguments: Any) -> dict[str, tuple[str, ...]]:
        found = looked(*arguments)
        with pytest.raises(OperationalError):
            _take_turn_at_once(str(road.bench.database.engine.url.render_as_string(hide_password=False)))
        turned_away.append(True)
        return found

    monkeypatch.setattr(blocks, "standing", interrupted)
    assert road.instruct(batch.batch_id).state == "instructed"
    assert turned_away == [True]


def test_block_and_payment_at_the_same_moment_come_one_after_the_other(road: Road) -> None:
    road.project()
    road.appropriate("6000.00")
    claim = road.submit()
    road.decide(claim.claim_id)
    batch = road.prepare(claim.claim_id)

    def act(place: int) -> object:
        if place:
            return road.instruct(batch.batch_id)
        road.block()
        return None

    _, answer = together(2, act)
    state = road.bench.call(road.maker, *_get(batch.batch_id)).state
    assert state == ("prepared" if isinstance(answer, SkillsError) else "instructed")
    with road.bench.database.reading() as session:
        turns = session.scalars(select(Project.turns)).one()
    assert turns == 5 - isinstance(answer, SkillsError)  # each took the project's turn; a refused one left no trace


def _get(batch_id: str) -> tuple[Any, Any]:
    return subsidy.GET_BATCH, subsidy.GetBatch(batch_id)


def _take_turn_at_once(url: str) -> None:
    """What a block does first, by a writer that doesn't wait. Raises OperationalError where it would have to."""
    other = Database(url, pool_size=1)
    try:
        with other.transaction() as session:
            if other.dialect == "postgresql":
                session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            session.execute(text("UPDATE projects SET turns = turns + 1"))
    finally:
        other.dispose()
