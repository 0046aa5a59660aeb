"""Hundreds at the same moment: a claim is paid once, the last yuan of a budget goes to one.

The suite lets tens try; `make storm` hundreds, for a thousand rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shared.contracts.common import Opinion, RowResults
from shared.contracts.subsidy import budgets_and_ledger, closing, payments
from shared.contracts.subsidy import claims as subsidy
from shared.contracts.subsidy.bank import (
    RECORD_BANK_RESULTS,
    RETURN_PAYMENT,
    PaymentChanged,
    RecordBankResults,
    ReturnPayment,
)
from shared.errors import Conflict
from shared.money import Money
from tests.conftest import MadeDatabase
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.crowd import ATTEMPTS, ROUNDS, WORKERS, Act, Clock, Counted, Crowd, watched
from tests.services.subsidy.driver import SOURCES, YEAR, Driver, Training, yuan
from tests.together import winner

UNIT = Training("ordinary", "intermediate", 1)
"""One person whose advance is 2500.00."""


@pytest.fixture
def crowd(make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path) -> Iterator[Crowd]:
    gathered = Crowd(make_database("subsidy", dialect), tmp_path)
    yield gathered
    gathered.close()


def ready(driver: Driver, project: str = "project-1") -> str:
    """A claim of one unit that waits for the district."""
    driver.project(project, UNIT)
    return driver.submit(project_id=project).claim_id


def decide(driver: Driver, claim_id: str) -> Act:
    return driver.officer, subsidy.DECIDE_CLAIM, subsidy.DecideClaim(claim_id, "approve", Opinion("已核对"))


def confirm(driver: Driver, batch: payments.BatchShape, reference: str) -> Act:
    items = tuple(payments.ConfirmedItem(one.payment_id, driver.harness.today, reference) for one in batch.payments)
    return driver.maker, payments.CONFIRM_PAYMENT, payments.ConfirmPayment(batch.batch_id, items)


def test_a_claim_is_paid_once_however_many_pay_it(crowd: Crowd) -> None:
    driver = crowd.driver
    driver.appropriate("999999.00")
    claim_id = ready(driver)
    winner(crowd.at_once(ATTEMPTS, lambda _: decide(driver, claim_id)), subsidy.ClaimShape)
    preparing = (driver.maker, payments.PREPARE_PAYMENT, payments.PreparePayment((claim_id,)))
    prepared = winner(crowd.at_once(ATTEMPTS, lambda _: preparing), payments.BatchShape)
    instructing = (driver.checker, payments.APPROVE_PAYMENT, payments.ApprovePayment(prepared.batch_id))
    batch = winner(crowd.at_once(ATTEMPTS, lambda _: instructing), payments.BatchShape)
    paid = winner(crowd.at_once(ATTEMPTS, lambda place: confirm(driver, batch, f"REF-{place}")), payments.BatchShape)
    crowd.say(f"1 of {ATTEMPTS} approved, 1 prepared, 1 instructed, 1 confirmed; all others refused by a conflict")
    assert [one.state for one in paid.payments] == ["paid"]
    assert (driver.budget().paid, driver.budget().committed) == (yuan("2500.00"), yuan("0.00"))
    assert (
        len(driver.harness.told(payments.PAYMENT_INSTRUCTED))
        == len(driver.harness.told(payments.PAYMENT_CONFIRMED))
        == 1
    )
    assert driver.prove().differences == ()


def test_the_last_yuan_of_a_budget_goes_to_one_of_fifty_round_after_round(crowd: Crowd) -> None:
    driver, clock, last = crowd.driver, Clock(), ""
    waiting = {ready(driver, f"project-{place}"): f"project-{place}" for place in range(WORKERS)}
    driver.appropriate("0.01")
    counted = Counted(driver)

    def seen() -> list[Money]:
        budget = driver.budget()
        return [budget.available, budget.committed, budget.paid]

    for number in range(ROUNDS):
        if last and number % 2:
            driver.fraud(project_id=last, inquiry_id=f"inquiry-{number}")  # what was reserved for it is free again
        else:
            driver.appropriate("2500.00")
        claims = list(waiting)
        with watched(seen) as lowest:
            answers = crowd.at_once(WORKERS, lambda place, claims=claims: decide(driver, claims[place]))
        assert sorted(one.state for one in answers) == ["approved"] + ["submitted"] * (WORKERS - 1)
        assert {one.missing for one in answers if one.state == "submitted"} == {yuan("2499.99")}
        assert min(lowest) >= yuan("0.00")
        assert driver.budget().available == yuan("0.01")
        assert counted.agrees()
        won = next(one.claim_id for one in answers if one.state == "approved")
        last = waiting.pop(won)
        waiting[ready(driver, f"project-{WORKERS + number}")] = f"project-{WORKERS + number}"
        clock.lap()
        if (number + 1) % 50 == 0:
            crowd.say(f"round {number + 1} of {ROUNDS}: 1 of {WORKERS} each, counters = postings")
    crowd.say(f"the last rounds took {clock.last_over_first():.2f} times as long as the first")
    assert driver.prove().differences == ()


def test_what_the_bank_says_is_booked_once_however_many_say_it(crowd: Crowd) -> None:
    """Paid, sent back, prepared again: hundreds of each at the same moment, one of each is booked."""
    driver, bank = crowd.driver, BankDriver(crowd.driver)
    driver.appropriate("999999.00")
    claim_id = ready(driver)
    driver.decide(claim_id)
    (sent,) = bank.instructed(claim_id).payments

    lines = {outcome: bank.line(sent, outcome) for outcome in ("paid", "returned")}

    def says(outcome: str, reference: str) -> Act:
        line = replace(lines[outcome], bank_reference=reference)
        request = RecordBankResults(driver.district, f"清单-{reference}", (line,))
        return driver.checker, RECORD_BANK_RESULTS, request

    for outcome in lines:
        same = crowd.at_once(ATTEMPTS, lambda _, outcome=outcome: says(outcome, "REF"))
        assert sorted(said(same)) == ["accepted"] + ["unchanged"] * (ATTEMPTS - 1)
        others = crowd.at_once(ATTEMPTS, lambda place, outcome=outcome: says(outcome, f"REF-{place}"))
        assert said(others) == ["refused"] * ATTEMPTS
    assert bank.kinds() == ["payment", "return"]
    preparing = (driver.maker, payments.PREPARE_PAYMENT, payments.PreparePayment((claim_id,)))
    again = winner(crowd.at_once(ATTEMPTS, lambda _: preparing), payments.BatchShape)
    assert [one.retry_of for one in again.payments] == [sent.payment_id]
    crowd.say(f"1 of {ATTEMPTS} paid, 1 sent back, 1 prepared again; all others unchanged, listed or refused")
    assert driver.prove().differences == ()


def test_lists_that_name_the_same_payments_in_any_order_never_wait_for_each_other(crowd: Crowd) -> None:
    driver, bank = crowd.driver, BankDriver(crowd.driver)
    driver.appropriate("999999.00")
    claims = [ready(driver, f"project-{place}") for place in range(8)]
    for claim_id in claims:
        driver.decide(claim_id)
    lines = [bank.line(one) for one in bank.instructed(*claims).payments]

    def says(place: int) -> Act:
        turned = (*lines[place % 8 :], *lines[: place % 8])
        rows = tuple(replace(line, row=row) for row, line in enumerate(turned, 1))
        request = RecordBankResults(driver.district, f"清单-{place}", rows)
        return driver.checker, RECORD_BANK_RESULTS, request

    answers = crowd.at_once(ATTEMPTS, says)
    assert sorted(said(answers)) == ["accepted"] * 8 + ["unchanged"] * (8 * ATTEMPTS - 8)
    assert bank.kinds() == ["payment"] * 8
    assert driver.prove().differences == ()


def said(answers: list[object]) -> list[str]:
    """What became of every row of every list."""
    assert {type(one) for one in answers} == {RowResults}
    return [row.outcome for one in answers if isinstance(one, RowResults) for row in one.rows]


def test_what_is_free_of_a_budget_is_taken_back_once(crowd: Crowd) -> None:
    """However many looked before the first of them had done so, each is told how much is free."""
    driver = crowd.driver
    driver.appropriate("2500.00")
    place = ("apprenticeship", driver.district, SOURCES[0], YEAR)
    reducing = (
        driver.maker,
        closing.REDUCE_APPROPRIATION,
        closing.ReduceAppropriation(*place, yuan("2500.00"), "核减"),
    )
    answers = crowd.at_once(ATTEMPTS, lambda _: reducing)
    winner(answers, budgets_and_ledger.BudgetShape)
    assert {one.details["available"] for one in answers if isinstance(one, Conflict)} == {"0.00"}
    assert driver.budget().appropriated == yuan("0.00")
    assert driver.prove().differences == ()


def test_a_payment_is_sent_back_once_and_repeated_once_however_many_say_so(crowd: Crowd) -> None:
    driver = crowd.driver
    driver.appropriate("999999.00")
    claim_id = ready(driver)
    driver.pay(claim_id)
    ours = driver.call(driver.maker, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger())
    batch = driver.harness.told(payments.PAYMENT_INSTRUCTED)[0].batch_id
    sent = driver.call(driver.maker, payments.GET_BATCH, payments.GetBatch(batch)).payments[0]

    def returning(place: int) -> Act:
        asked = ReturnPayment(sent.payment_id, driver.harness.today, f"BACK-{place}", "账户已注销")
        return driver.maker, RETURN_PAYMENT, asked

    winner(crowd.at_once(ATTEMPTS, returning), PaymentChanged)
    assert (driver.budget().paid, driver.budget().committed) == (yuan("0.00"), yuan("2500.00"))
    preparing = (driver.maker, payments.PREPARE_PAYMENT, payments.PreparePayment((claim_id,)))
    again = winner(crowd.at_once(ATTEMPTS, lambda _: preparing), payments.BatchShape)
    assert [one.retry_of for one in again.payments] == [sent.payment_id]
    crowd.say(f"1 of {ATTEMPTS} sent the payment back, 1 repeats it")
    later = driver.call(
        driver.maker, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger(cursor=ours.postings[-1].number)
    )
    assert [one.kind for one in later.postings] == ["return"]
    assert driver.prove().differences == ()
