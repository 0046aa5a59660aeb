"""What the bank says is applied once, line by line; what came to nothing is sent once more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.subsidy.lifecycle.payment import TRANSITIONS
from shared.contracts.subsidy import payments
from shared.contracts.subsidy.bank import PAYMENT_FAILED, RETURN_PAYMENT, PaymentChanged, ReturnPayment
from shared.errors import Conflict, NotFound, NotPermitted
from shared.security.speaker import Role
from tests.services.harness import SHUNYI
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.driver import Driver, yuan


@pytest.fixture
def bank(driver: Driver) -> BankDriver:
    return BankDriver(driver)


def test_a_paid_line_pays_its_claim_and_the_same_line_again_changes_nothing(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    assert bank.outcomes(bank.line(sent)) == ["accepted"]
    assert bank.outcomes(bank.line(sent), bank.line(sent)) == ["unchanged", "unchanged"]
    claim = bank.driver.claim(sent.claim_id)
    assert (claim.state, claim.paid_on) == ("paid", bank.harness.today)
    assert bank.kinds() == ["payment"]
    assert bank.right().paid == yuan("6000.00")
    assert [one.amount for one in bank.harness.told(payments.PAYMENT_CONFIRMED)] == [yuan("6000.00")]


def test_what_the_bank_rejected_is_sent_once_more_and_paid(bank: BankDriver) -> None:
    first = bank.on_its_way()
    assert bank.outcomes(bank.line(first, "rejected")) == ["accepted"]
    assert bank.driver.claim(first.claim_id).state == "approved"
    assert bank.right().committed == yuan("6000.00")
    again = bank.driver.prepare(first.claim_id)
    assert [(one.retry_of, one.amount, one.state) for one in again.payments] == [
        (first.payment_id, yuan("6000.00"), "prepared")
    ]
    with pytest.raises(Conflict, match="拨付中"):
        bank.driver.prepare(first.claim_id)
    second = bank.driver.instruct(again.batch_id).payments[0]
    assert bank.outcomes(bank.line(second)) == ["accepted"]
    assert bank.driver.claim(first.claim_id).state == "paid"
    assert bank.kinds() == ["payment"]
    assert bank.right().committed == yuan("0.00")


def test_a_batch_is_done_once_the_bank_has_answered_for_all_of_it(bank: BankDriver) -> None:
    bank.rich()
    batch = bank.instructed(*(bank.approved(f"project-{place}") for place in range(3)))
    paid, rejected, unknown = batch.payments
    bank.says(bank.line(paid), bank.line(rejected, "rejected"), bank.line(unknown, "unknown"))
    assert bank.batch(batch.batch_id).state == "instructed"
    assert bank.driver.claim(unknown.claim_id).state == "in_payment"
    with pytest.raises(Conflict):
        bank.driver.prepare(unknown.claim_id)
    bank.says(bank.line(unknown, "unknown", bank_reference="REF-2"), bank.line(unknown))
    shown = bank.batch(batch.batch_id)
    assert (shown.state, [one.state for one in shown.payments]) == ("paid", ["paid", "rejected", "paid"])
    assert shown.payments[1].reason == "账户已销户"
    alone = bank.instructed(rejected.claim_id)
    bank.says(bank.line(alone.payments[0], "rejected"))
    assert bank.batch(alone.batch_id).state == "rejected"
    bank.right()


def test_only_the_source_that_failed_is_sent_again(bank: BankDriver) -> None:
    claim_id, batch = bank.over_two_sources()
    first, second = batch.payments
    bank.says(bank.line(first), bank.line(second, "rejected"))
    assert bank.driver.claim(claim_id).state == "approved"
    again = bank.instructed(claim_id)
    assert [(one.fund_source, one.amount, one.retry_of) for one in again.payments] == [
        (second.fund_source, second.amount, second.payment_id)
    ]
    assert bank.harness.told(payments.PAYMENT_INSTRUCTED)[-1].amount == second.amount
    bank.says(bank.line(again.payments[0]))
    assert bank.driver.claim(claim_id).state == "paid"
    assert bank.harness.told(payments.PAYMENT_CONFIRMED)[-1].amount == yuan("6000.00")
    bank.right()


def test_a_claim_waits_for_what_is_under_way_before_a_source_that_failed_is_sent_again(bank: BankDriver) -> None:
    claim_id, batch = bank.over_two_sources()
    bank.says(bank.line(batch.payments[0], "rejected"))
    with pytest.raises(Conflict):
        bank.driver.prepare(claim_id)
    bank.says(bank.line(batch.payments[1]))
    assert len(bank.instructed(claim_id).payments) == 1
    bank.right()


def test_money_that_comes_back_is_an_entry_of_its_own_and_is_sent_again(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    bank.says(bank.line(sent))
    bank.harness.move_clock(bank.harness.today + timedelta(days=7))
    assert bank.returns(sent) == PaymentChanged(sent.payment_id, sent.claim_id, "returned")
    claim = bank.driver.claim(sent.claim_id)
    assert (claim.state, claim.paid_on) == ("approved", None)
    assert bank.kinds() == ["payment", "return"]
    proof = bank.right()
    assert (proof.paid, proof.committed) == (yuan("0.00"), yuan("6000.00"))
    assert bank.returns(sent).state == "returned"  # the same word again
    with pytest.raises(Conflict, match="退回"):
        bank.returns(sent, bank_reference="BACK-2")
    again = bank.instructed(sent.claim_id).payments[0]
    assert again.retry_of == sent.payment_id
    bank.says(bank.line(again, bank_reference="REF-2"))
    assert bank.driver.claim(sent.claim_id).state == "paid"
    assert bank.kinds() == ["payment", "return", "payment"]
    assert bank.right().paid == yuan("6000.00")
    told = bank.harness.told(PAYMENT_FAILED)
    assert [(one.outcome, one.amount, one.payment_id) for one in told] == [
        ("returned", yuan("6000.00"), sent.payment_id)
    ]


@pytest.mark.parametrize(
    ("before", "outcome", "kind"),
    [
        ([], "returned", "contradiction"),
        (["paid"], "rejected", "contradiction"),
        (["rejected"], "paid", "contradiction"),
        (["rejected"], "returned", "contradiction"),
        (["unknown"], "returned", "contradiction"),
        (["paid", "returned"], "paid", "contradiction"),
        (["paid", "returned"], "returned", "contradiction"),
        (["paid"], "paid", "paid_twice"),
    ],
)
def test_what_contradicts_the_life_of_a_payment_is_kept_and_moves_nothing(
    bank: BankDriver, before: Sequence[str], outcome: str, kind: str
) -> None:
    sent = bank.on_its_way()
    for place, earlier in enumerate(before):
        assert bank.outcomes(bank.line(sent, earlier, bank_reference=f"REF-{place}")) == ["accepted"]
    state = bank.state(sent)
    assert (state, outcome) not in TRANSITIONS
    kinds = bank.kinds()
    (row,) = bank.says(bank.line(sent, outcome, bank_reference="OTHER"))
    assert (row.outcome, row.field) == ("refused", "payment_id") and row.message
    assert bank.state(sent) == state and bank.kinds() == kinds
    bank.right()


def test_an_amount_off_by_a_fen_pays_nothing(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    for off in ("5999.99", "6000.01"):
        (row,) = bank.says(bank.line(sent, amount=yuan(off)))
        assert (row.outcome, row.field) == ("refused", "amount") and off in str(row.message)
    assert bank.state(sent) == "instructed"
    assert bank.kinds() == []
    assert bank.outcomes(bank.line(sent)) == ["accepted"]  # the line mended
    bank.right()


def test_the_order_of_lines_in_a_list_does_not_matter(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    bank.harness.move_clock(bank.harness.today + timedelta(days=3))
    today = bank.harness.today
    lines = [
        bank.line(sent, "returned", bank_reference="BACK-1"),
        bank.line(sent, "paid", on=today - timedelta(days=2)),
        bank.line(sent, "unknown", on=today - timedelta(days=3)),
    ]
    assert bank.outcomes(*lines) == ["accepted"] * 3
    assert bank.state(sent) == "returned"
    assert bank.kinds() == ["payment", "return"]
    bank.right()


def test_a_line_that_came_too_early_is_applied_when_it_is_sent_again(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    back = bank.line(sent, "returned", bank_reference="BACK-1")
    assert bank.outcomes(back) == ["refused"]
    assert bank.outcomes(back) == ["refused"]
    assert bank.outcomes(bank.line(sent)) == ["accepted"]
    assert bank.outcomes(back) == ["accepted"]
    assert bank.outcomes(back) == ["unchanged"]
    assert bank.state(sent) == "returned"
    bank.right()


def test_an_older_list_that_comes_late_says_nothing_new(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    day = bank.harness.today
    bank.harness.move_clock(day + timedelta(days=1))
    bank.says(bank.line(sent))
    assert bank.outcomes(bank.line(sent, "unknown", on=day)) == ["accepted"]
    assert bank.state(sent) == "paid"
    assert bank.outcomes(bank.line(sent, "unknown", on=day + timedelta(days=1), bank_reference="X")) == ["accepted"]
    bank.harness.move_clock(day + timedelta(days=2))
    assert bank.outcomes(bank.line(sent, "unknown")) == ["refused"]
    bank.right()


def test_one_bad_row_stops_nobody_else(bank: BankDriver) -> None:
    bank.rich()
    batch = bank.instructed(*(bank.approved(f"project-{place}") for place in range(2)))
    first, second = batch.payments
    rows = bank.says(
        bank.line("no-such-payment"),
        bank.line(first, on=bank.harness.today + timedelta(days=1)),
        bank.line(first, "rejected", reason=" "),
        bank.line(first, on=bank.harness.today - timedelta(days=1)),
        bank.line(second, amount=yuan("0.01")),
        bank.line(first),
        bank.line(second, bank_reference="REF-2"),
        bank.line(second, bank_reference="REF-3"),
    )
    assert [(row.outcome, row.field) for row in rows] == [
        ("refused", "payment_id"),
        ("refused", "on"),
        ("refused", "reason"),
        ("refused", "payment_id"),
        ("refused", "amount"),
        ("accepted", None),
        ("accepted", None),
        ("refused", "payment_id"),
    ]
    assert bank.batch(batch.batch_id).state == "paid"
    assert bank.right().paid == yuan("12000.00")


def test_who_applied_or_approved_does_not_say_what_the_bank_did(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    approver = bank.harness.speaker(Role.FINANCE_OFFICER, "officer-1", district=bank.driver.district)
    (row,) = bank.says(bank.line(sent), by=approver)
    assert (row.outcome, row.field) == ("refused", "payment_id") and "X-5" in str(row.message)
    assert bank.state(sent) == "instructed"


def test_another_district_neither_sees_nor_moves_a_payment(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    stranger = bank.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    with pytest.raises(NotPermitted):
        bank.says(bank.line(sent), by=stranger)
    (row,) = bank.says(bank.line(sent), by=stranger, district=SHUNYI)
    assert row.outcome == "refused" and "没有这一支付编号" in str(row.message)
    request = ReturnPayment(sent.payment_id, bank.harness.today, "BACK-1", "账户已销户")
    with pytest.raises(NotFound):
        bank.harness.call(stranger, RETURN_PAYMENT, request)
    assert bank.outcomes(bank.line(sent)) == ["accepted"]
    bank.right()


def test_what_is_typed_goes_the_same_way_as_a_list(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    batch = bank.batch(bank.batches_of(sent)[0])
    bank.driver.confirm(batch)
    line = bank.line(sent, bank_reference=f"REF-{sent.payment_id[:8]}")
    assert bank.outcomes(line) == ["unchanged"]
    other = bank.on_its_way("project-2")
    bank.says(bank.line(other, "rejected"))
    with pytest.raises(Conflict, match="拒付"):
        bank.driver.confirm(bank.batch(bank.batches_of(other)[0]))
    bank.right()
