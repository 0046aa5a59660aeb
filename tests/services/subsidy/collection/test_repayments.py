"""The payee is told and pays: to the sources that paid, and taken back where it was none (X-10, INT-74, INT-76)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.contracts.subsidy import receivables
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted
from shared.security.speaker import Role
from tests.services.subsidy.collection.driver import FIRST, SECOND, CollectionDriver
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, Driver, yuan


def test_a_notice_sets_the_day_and_a_later_one_moves_it(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    noticed = collection.notice(demand_id, 30)
    assert (noticed.state, noticed.noticed_on, noticed.due_on) == ("noticed", ASSESSED, ASSESSED + timedelta(days=30))
    assert collection.notice(demand_id, 60).due_on == ASSESSED + timedelta(days=60)
    told = collection.harness.told(receivables.DEADLINE_SET)
    assert [(one.deadline_id, one.party, one.organisation_id, one.label, one.due_on) for one in told] == [
        (demand_id, "employer", "employer-1", "追回款退还期限", ASSESSED + timedelta(days=days)) for days in (30, 60)
    ]
    assert [one.outstanding for one in collection.harness.told(receivables.CLAWBACK_NOTICED)] == [yuan("18000.00")] * 2


def test_a_notice_is_for_a_day_to_come_and_for_money_that_is_outstanding(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    with pytest.raises(InvalidRequest):
        collection.notice(demand_id, 0)
    collection.repay(demand_id, "18000.00")
    with pytest.raises(Conflict, match="无需发出通知"):
        collection.notice(demand_id)


# --- repayments ------------------------------------------------------------------------------------------------------


def test_a_part_that_comes_back_goes_to_both_sources_in_proportion_and_may_be_spent_again(
    collection: CollectionDriver,
) -> None:
    demand_id = collection.ask_back()
    assert collection.spent() == {FIRST: "96000.00", SECOND: "24000.00"}
    collection.notice(demand_id)
    half = collection.repay(demand_id, "9000.00")
    assert (half.state, half.repaid, half.outstanding) == ("noticed", yuan("9000.00"), yuan("9000.00"))
    assert collection.spent() == {FIRST: "88800.00", SECOND: "22200.00"}  # 7 200.00 and 1 800.00 came back
    assert collection.proven().receivable == yuan("9000.00")
    settled = collection.repay(demand_id, "9000.00", "R-2")
    assert (settled.state, settled.settled_on, settled.outstanding) == ("settled", ASSESSED, yuan("0.00"))
    assert collection.spent() == {FIRST: "81600.00", SECOND: "20400.00"}
    assert collection.proven().receivable == yuan("0.00")
    assert [one.outcome for one in collection.harness.told(receivables.DEADLINE_CLOSED)] == ["met"]
    assert len(collection.harness.told(receivables.CLAWBACK_REDUCED)) == 1
    assert len(collection.harness.told(receivables.CLAWBACK_SETTLED)) == 1
    assert [one.state for one in collection.driver.clawbacks().clawbacks] == ["repaid"] * 3


def test_the_parts_of_every_repayment_add_up_to_the_fen(collection: CollectionDriver) -> None:
    """40 000.00 of 120 000.00 from the first: 6 000.00 and 12 000.00 are owed. Of 100.00 that are 33.33 and 66.66; the
    fen that is left over goes to the first in order, which is the employment fund.
    """
    demand_id = collection.ask_back(first="40000.00")
    collection.repay(demand_id, "100.00")
    assert collection.spent() == {FIRST: "39966.67", SECOND: "79933.33"}
    collection.repay(demand_id, "17900.00", "R-2")
    assert collection.spent() == {FIRST: "34000.00", SECOND: "68000.00"}
    collection.proven()


def test_within_a_source_the_oldest_receivable_is_met_first(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    collection.repay(demand_id, "6000.00")
    assert [str(one.outstanding) for one in collection.driver.clawbacks().clawbacks] == ["0.00", "6000.00", "6000.00"]


def test_money_of_a_closed_year_or_so_read_is_the_treasurys(driver: Driver) -> None:
    driver.read_otherwise(returned_money="to_treasury")
    collection = CollectionDriver(driver)
    demand_id = collection.ask_back()
    collection.repay(demand_id, "18000.00")
    assert collection.spent() == {FIRST: "96000.00", SECOND: "24000.00"}
    assert collection.proven().receivable == yuan("0.00")


def test_no_more_comes_back_than_is_outstanding(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    for amount in ("0.00", "-1.00", "18000.01"):
        with pytest.raises(InvalidRequest) as refusal:
            collection.repay(demand_id, amount)
        assert "18000.00" in refusal.value.details["fields"][0]["message"]
    collection.repay(demand_id, "18000.00")
    with pytest.raises(Conflict, match="没有尚未退还"):
        collection.repay(demand_id, "0.01", "R-2")


def test_it_came_between_the_opening_and_today(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    for days in (-1, 1):
        with pytest.raises(InvalidRequest):
            collection.repay(demand_id, "1.00", on=ASSESSED + timedelta(days=days))
    assert collection.repay(demand_id, "1.00").repaid == yuan("1.00")


def test_a_bank_reference_stands_once_in_a_district(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    other = collection.ask_back("project-9", first="120000.00")
    collection.repay(demand_id, "100.00")
    for again in (demand_id, other):
        with pytest.raises(Conflict, match="加序号"):
            collection.repay(again, "100.00")
    collection.reverse(collection.repayment(demand_id))
    assert collection.repay(other, "100.00").repaid == yuan("100.00")  # it was the other demand's
    collection.proven()


@pytest.mark.parametrize("again", ["R-1 ", "r-1", "R1", "Ｒ－１", "R\u20131", "\u3000R 1"])
def test_a_bank_reference_is_the_same_however_it_is_written(collection: CollectionDriver, again: str) -> None:
    demand_id = collection.ask_back()
    collection.repay(demand_id, "100.00", "R-1")
    with pytest.raises(Conflict, match="加序号"):
        collection.repay(demand_id, "100.00", again)
    assert collection.repay(demand_id, "100.00", "R-2").repaid == yuan("200.00")
    assert collection.repayment(demand_id)  # shown as it was typed
    collection.proven()


@pytest.mark.parametrize("blank", [" ", "－", "\u3000\u2014"])
def test_a_repayment_without_a_reference_is_none(collection: CollectionDriver, blank: str) -> None:
    demand_id = collection.ask_back()
    with pytest.raises(InvalidRequest) as refused:
        collection.repay(demand_id, "100.00", blank)
    assert [one["path"] for one in refused.value.details["fields"]] == ["bank_reference"]


def test_the_employer_records_nothing_and_sees_only_what_is_asked_of_it(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    request = receivables.RecordRepayment(demand_id, yuan("1.00"), ASSESSED, "R-1")
    with pytest.raises(NotPermitted):
        collection.call(collection.driver.employer, receivables.RECORD_REPAYMENT, request)
    assert collection.get(demand_id, collection.driver.employer).demand.amount == yuan("18000.00")
    stranger = collection.harness.speaker(Role.EMPLOYER, "applicant-2", organisation="employer-2", district="110105")
    assert collection.list(stranger).demands == ()
    with pytest.raises(NotFound):
        collection.get(demand_id, stranger)
    elsewhere = collection.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district="110113")
    with pytest.raises(NotFound):
        collection.call(elsewhere, receivables.RECORD_REPAYMENT, request)


# --- reversals -------------------------------------------------------------------------------------------------------


def test_a_reversed_repayment_stands_again_and_takes_its_money_out_of_the_budget(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    collection.notice(demand_id)
    collection.repay(demand_id, "18000.00")
    again = collection.reverse(collection.repayment(demand_id))
    assert (again.state, again.settled_on, again.repaid, again.outstanding) == (
        "noticed", None, yuan("0.00"), yuan("18000.00"),
    )  # fmt: skip
    assert collection.spent() == {FIRST: "96000.00", SECOND: "24000.00"}
    assert collection.proven().receivable == yuan("18000.00")
    assert [one.due_on for one in collection.harness.told(receivables.DEADLINE_SET)] == [
        ASSESSED + timedelta(days=30)
    ] * 2
    with pytest.raises(Conflict, match="已冲销"):
        collection.reverse(collection.repayment(demand_id))
    assert collection.repay(demand_id, "18000.00").state == "settled"  # the same reference, now rightly
    collection.proven()


def test_money_that_was_spent_again_is_appropriated_before_a_reversal(collection: CollectionDriver) -> None:
    demand_id = _of_a_fraud(collection)
    collection.repay(demand_id, "18000.00")
    collection.next_advance(3, "project-3")  # out of what came back
    with pytest.raises(Conflict, match=r"尚缺 18000\.00 元.*追加预算"):
        collection.reverse(collection.repayment(demand_id))
    collection.driver.appropriate("17999.99", DUE_YEAR)
    with pytest.raises(Conflict, match=r"尚缺 0\.01 元"):
        collection.reverse(collection.repayment(demand_id))
    collection.driver.appropriate("0.01", DUE_YEAR)
    assert collection.reverse(collection.repayment(demand_id)).outstanding == yuan("18000.00")
    collection.proven()


def _of_a_fraud(collection: CollectionDriver) -> str:
    """An advance of this year, 18 000.00 for three, paid; then all of it turns out to be fraud."""
    driver = collection.driver
    driver.harness.move_clock(ASSESSED)
    driver.appropriate("18000.00", DUE_YEAR)
    batch = driver.instruct(driver.prepare(collection.next_advance(3)).batch_id)
    driver.confirm(batch)
    driver.fraud(project_id="project-2")
    return collection.list().demands[-1].demand_id
