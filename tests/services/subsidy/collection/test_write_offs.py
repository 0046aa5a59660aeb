"""What can't be collected is given up: proposed by one person, approved by two others (X-10)."""

from __future__ import annotations

import pytest

from shared.errors import Conflict, NotPermitted
from tests.services.subsidy.collection.driver import CollectionDriver
from tests.services.subsidy.driver import ASSESSED, yuan


def test_two_approvers_give_up_what_is_outstanding(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    collection.repay(demand_id, "9000.00")
    proposed = collection.propose(demand_id).write_off
    assert proposed is not None and (proposed.amount, proposed.approvals) == (yuan("9000.00"), 0)
    once = collection.decide(proposed.write_off_id, collection.driver.checker)
    assert once.write_off is not None and (once.write_off.approvals, once.written_off) == (1, yuan("0.00"))
    done = collection.decide(proposed.write_off_id, collection.city)
    assert (done.state, done.written_off, done.outstanding) == ("settled", yuan("9000.00"), yuan("0.00"))
    assert collection.proven().receivable == yuan("0.00")
    with pytest.raises(Conflict, match="已办结"):
        collection.decide(proposed.write_off_id, collection.third)


def test_proposer_and_approvers_are_three_persons(collection: CollectionDriver) -> None:
    write_off = collection.propose(collection.ask_back()).write_off
    assert write_off is not None
    with pytest.raises(NotPermitted):
        collection.decide(write_off.write_off_id, collection.driver.maker)
    collection.decide(write_off.write_off_id, collection.driver.checker)
    with pytest.raises(NotPermitted):
        collection.decide(write_off.write_off_id, collection.driver.checker)
    assert collection.decide(write_off.write_off_id, collection.third).state == "settled"


def test_one_refusal_ends_it_and_it_may_be_proposed_anew(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    first = collection.propose(demand_id).write_off
    assert first is not None
    with pytest.raises(Conflict, match="审批中"):
        collection.propose(demand_id)
    collection.decide(first.write_off_id, collection.driver.checker, "refuse")
    assert collection.demand(demand_id).outstanding == yuan("18000.00")
    assert collection.write_off(demand_id).state == "settled"


def test_what_changed_since_is_proposed_anew(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    before = collection.propose(demand_id).write_off
    assert before is not None
    collection.decide(before.write_off_id, collection.driver.checker)
    collection.repay(demand_id, "0.01")
    with pytest.raises(Conflict, match=r"17999\.99.*重新提出"):
        collection.decide(before.write_off_id, collection.city)
    assert collection.write_off(demand_id).written_off == yuan("17999.99")
    titles = [move.title for move in collection.get(demand_id).moves]
    assert titles == [
        "开立追回", f"登记退款（{ASSESSED} 到账）", "建议核销", "核销首次审批通过", "核销建议未通过",
        "建议核销", "核销首次审批通过", "核销",
    ]  # fmt: skip


def test_the_payee_reads_of_a_write_off_when_it_is_done(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    collection.propose(demand_id)
    seen = collection.get(demand_id, collection.driver.employer)
    assert (seen.demand.write_off, [move.title for move in seen.moves]) == (None, ["开立追回"])
