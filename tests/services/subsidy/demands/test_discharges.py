"""What is asked back comes back in parts, to the sources that paid, and never twice (X-10, INT-74, INT-76).

The worked example: 120 000.00 advanced to 20 apprentices, 96 000.00 of it (80%) from the first source and 24 000.00
(20%) from the second. Three fail: 18 000.00 are asked back, 14 400.00 and 3 600.00.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.contracts.subsidy import receivables
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted
from shared.security.speaker import Role
from tests.services.subsidy.collection.driver import FIRST, SECOND, CollectionDriver
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, SOURCES, YEAR, Driver, Training, yuan


def test_a_demand_says_what_is_asked_back_by_which_channel(collection: CollectionDriver) -> None:
    demand = collection.demand(collection.ask_back())
    assert (demand.state, demand.persons, demand.amount, demand.outstanding) == (
        "open", 3, yuan("18000.00"), yuan("18000.00"),
    )  # fmt: skip
    assert [(part.fund_source, part.fiscal_year, str(part.outstanding)) for part in demand.parts] == [
        (SOURCES[1], YEAR, "3600.00"),
        (SOURCES[0], YEAR, "14400.00"),
    ]
    assert (demand.rule, demand.clause, demand.cause) == ("APP-19", "四(三)", "result")


# --- notices ---------------------------------------------------------------------------------------------------------


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


# --- write-off -------------------------------------------------------------------------------------------------------


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


# --- what is seen ----------------------------------------------------------------------------------------------------


def test_the_sums_by_age_count_all_that_is_in_reach(collection: CollectionDriver) -> None:
    old, young = collection.ask_back(), collection.ask_back("project-9")
    collection.notice(old, 1)
    for days, age in ((1, "not_due"), (2, "up_to_30"), (31, "up_to_30"), (32, "up_to_90"), (366, "up_to_365")):
        collection.harness.move_clock(ASSESSED + timedelta(days=days))
        page = collection.list(limit=1)
        assert (page.demands[0].age, page.demands[0].overdue_days) == (age, max(0, days - 1))
        sums = {line.age: (line.demands, str(line.outstanding)) for line in page.ages if line.demands}
        both = {"not_due": (2, "36000.00")} if age == "not_due" else {age: (1, "18000.00"), "not_due": (1, "18000.00")}
        assert sums == both
        assert old in [one.demand_id for one in collection.list(age=age).demands]
    collection.repay(old, "18000.00")
    assert [one.demand_id for one in collection.list(age="up_to_365").demands] == []
    assert [one.demand_id for one in collection.list(state="open").demands] == [young]
    assert [one.demand_id for one in collection.list(state="settled").demands] == [old]


def test_pages_go_on_where_the_last_one_ended(collection: CollectionDriver) -> None:
    ids = [collection.ask_back(project, Training(results=("failed",))) for project in ("project-1", "project-9")]
    first = collection.list(limit=1)
    assert [one.demand_id for one in (*first.demands, *collection.list(limit=1, cursor=first.cursor).demands)] == ids


# --- what came back for a claim that is voided -----------------------------------------------------------------------


def test_what_came_back_for_a_voided_claim_is_not_asked_for_again(collection: CollectionDriver) -> None:
    """Two advanced 6 000.00 each. The second failed: 6 000.00 back, 2 000.00 came. Then the first one's fraud voids the
    final claim: 4 000.00 are withdrawn; fraud asks for the first one's 6 000.00. The next final claim asks the second
    for 6 000.00 − 2 000.00 = 4 000.00.
    """
    demand_id = collection.ask_back(what=Training(results=("certified", "failed")), first="12000.00")
    collection.repay(demand_id, "2000.00")
    collection.driver.fraud(0)
    withdrawn = collection.demand(demand_id)
    assert (withdrawn.state, withdrawn.repaid, withdrawn.withdrawn) == ("settled", yuan("2000.00"), yuan("4000.00"))
    assert collection.proven().receivable == yuan("6000.00")
    again = collection.driver.submit("final")
    assert (again.persons, again.entitlement, again.clawback) == (1, yuan("0.00"), yuan("4000.00"))
    collection.driver.decide(again.claim_id)
    assert [str(one.outstanding) for one in collection.list().demands] == ["0.00", "6000.00", "4000.00"]
    assert collection.proven().receivable == yuan("10000.00")
    assert collection.spent() == {FIRST: "10000.00"}  # 12 000.00 paid, 2 000.00 back


def test_a_repayment_of_a_voided_claim_that_was_none_stands_again_and_once(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back(what=Training(results=("certified", "failed")), first="12000.00")
    collection.repay(demand_id, "2000.00")
    collection.driver.fraud(0)
    collection.reverse(collection.repayment(demand_id))
    assert collection.demand(demand_id).outstanding == yuan("2000.00")
    again = collection.driver.submit("final")
    assert again.clawback == yuan("4000.00")  # the other 2 000.00 are asked for already
    collection.driver.decide(again.claim_id)
    assert collection.proven().receivable == yuan("12000.00")


def test_who_passes_after_all_is_paid_what_came_back_as_well(collection: CollectionDriver) -> None:
    """The result is put right before the next final claim: entitled to 12 000.00, 4 000.00 kept → 8 000.00."""
    demand_id = collection.ask_back(what=Training(results=("certified", "failed")), first="12000.00")
    collection.repay(demand_id, "2000.00")
    collection.driver.fraud(0)
    collection.driver.assess(what=Training(results=("certified", "certified")))
    again = collection.driver.submit("final")
    assert (again.persons, again.amount, again.clawback) == (1, yuan("8000.00"), yuan("0.00"))
    collection.driver.pay(again.claim_id)
    collection.proven()


def test_what_was_given_up_for_a_voided_claim_is_not_asked_for_again(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back(what=Training(results=("certified", "failed")), first="12000.00")
    collection.repay(demand_id, "2000.00")
    collection.write_off(demand_id)
    collection.driver.fraud(0)
    again = collection.driver.submit("final")
    assert (again.amount, again.clawback) == (yuan("0.00"), yuan("0.00"))
    collection.proven()
