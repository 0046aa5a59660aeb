"""Months are closed as they were previewed, after their window, in their order; who sees what was closed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from shared.contracts.subsidy import closing, payments
from shared.errors import Conflict, NotFound, NotPermitted
from shared.money import ZERO
from shared.security.speaker import Role
from tests.services.harness import SHUNYI
from tests.services.subsidy.closing.driver import (
    DECEMBER_CLOSES,
    IN_THE_WINDOW,
    MONTHS,
    YEAR_CLOSES,
    approved_in_november,
    close,
    close_as,
    kinds,
    preview,
    year_closed,
)
from tests.services.subsidy.driver import YEAR, Driver, yuan

DECEMBER = f"{YEAR}-12"
LAST_DAY = date(YEAR, 12, 31)


def accounted(driver: Driver, kind: str) -> list[date]:
    """Of the postings of this kind, by which day they count."""
    with driver.harness.database.reading() as session:
        rows = session.execute(text("SELECT accounted_on FROM postings WHERE kind = :kind"), {"kind": kind}).scalars()
        return [day if isinstance(day, date) else date.fromisoformat(day) for day in rows]


def confirmed_as_paid_on(driver: Driver, claim_id: str, paid_on: date, recorded_on: date) -> None:
    """Instructed in December; the treasury's word of `paid_on` is recorded later."""
    driver.harness.move_clock(paid_on)
    batch = driver.instruct(driver.prepare(claim_id).batch_id)
    driver.harness.move_clock(recorded_on)
    items = tuple(payments.ConfirmedItem(one.payment_id, paid_on, "REF-1") for one in batch.payments)
    driver.call(driver.maker, payments.CONFIRM_PAYMENT, payments.ConfirmPayment(batch.batch_id, items))


def test_a_correction_in_the_window_counts_in_december(driver: Driver) -> None:
    confirmed_as_paid_on(driver, approved_in_november(driver), LAST_DAY, IN_THE_WINDOW)
    assert accounted(driver, "payment") == [LAST_DAY]
    assert driver.prove().differences == ()


def test_after_december_is_closed_the_same_payment_counts_on_the_day_it_is_recorded(driver: Driver) -> None:
    claim_id = approved_in_november(driver)
    driver.harness.move_clock(LAST_DAY)
    batch = driver.instruct(driver.prepare(claim_id).batch_id)
    driver.harness.move_clock(DECEMBER_CLOSES)
    close(driver, *MONTHS)
    items = tuple(payments.ConfirmedItem(one.payment_id, LAST_DAY, "REF-1") for one in batch.payments)
    driver.call(driver.maker, payments.CONFIRM_PAYMENT, payments.ConfirmPayment(batch.batch_id, items))
    assert accounted(driver, "payment") == [DECEMBER_CLOSES]
    assert driver.claim(claim_id).paid_on == LAST_DAY
    assert driver.prove().differences == ()


def test_a_month_is_closed_after_its_window_not_a_day_before(driver: Driver) -> None:
    approved_in_november(driver)
    driver.harness.move_clock(date(YEAR, 12, 10))
    found = preview(driver, MONTHS[0])
    assert (found.may_close_from, kinds(found)) == (date(YEAR, 12, 11), ["window"])
    with pytest.raises(Conflict, match="2022-12-11 起方可结账"):
        close_as(driver, MONTHS[0], found.digest)
    driver.harness.move_clock(date(YEAR, 12, 11))
    assert preview(driver, MONTHS[0]).obstacles == ()
    assert close(driver, MONTHS[0]).closed_on == date(YEAR, 12, 11)


def test_months_are_closed_one_after_the_other_each_once(driver: Driver) -> None:
    approved_in_november(driver)
    driver.harness.move_clock(DECEMBER_CLOSES)
    found = preview(driver, DECEMBER)
    assert [(one.kind, one.of_id) for one in found.obstacles] == [("earlier_period", MONTHS[0])]
    close(driver, *MONTHS)
    for closed in (*MONTHS, f"{YEAR}-10"):
        with pytest.raises(Conflict, match=f"下一个应结的是 {YEAR + 1}-01"):
            preview(driver, closed)


def test_a_month_freezes_every_balance_as_it_was_on_its_last_day(driver: Driver) -> None:
    claim_id = approved_in_november(driver)
    driver.harness.move_clock(date(YEAR, 12, 20))
    driver.confirm(driver.instruct(driver.prepare(claim_id).batch_id))  # December's, not November's
    frozen = {line.account: str(line.amount) for line in preview(driver, MONTHS[0]).lines if line.what == "frozen"}
    assert frozen == {"appropriations": "-4000.00", "available": "1500.00", "committed": "2500.00"}
    (budget,) = close(driver, MONTHS[0]).budgets
    assert (budget.appropriated, budget.committed, budget.paid) == (yuan("4000.00"), yuan("2500.00"), ZERO)
    assert budget.available == yuan("1500.00")
    assert driver.prove().differences == ()


def test_a_payment_without_result_is_shown_and_keeps_no_month_open(driver: Driver) -> None:
    claim_id = approved_in_november(driver)
    driver.instruct(driver.prepare(claim_id).batch_id)
    driver.harness.move_clock(date(YEAR, 12, 11))
    found = preview(driver, MONTHS[0])
    waiting = [line for line in found.lines if line.what == "waiting"]
    assert [(line.claim_id, line.payee_id, str(line.amount)) for line in waiting] == [
        (claim_id, "employer-1", "2500.00")
    ]
    assert found.obstacles == ()


def test_what_was_previewed_is_what_is_closed(driver: Driver) -> None:
    approved_in_november(driver)
    driver.harness.move_clock(DECEMBER_CLOSES)
    close(driver, MONTHS[0])
    driver.harness.move_clock(DECEMBER_CLOSES)
    digest = preview(driver, DECEMBER).digest
    close_as(driver, DECEMBER, digest)
    january = preview(driver, f"{YEAR + 1}-01").digest
    driver.appropriate("1.00", YEAR + 1)
    driver.harness.move_clock(date(YEAR + 1, 2, 11))
    with pytest.raises(Conflict, match="重新预览"):
        close_as(driver, f"{YEAR + 1}-01", january)


# --- who sees it -------------------------------------------------------------------------------------------------


def test_a_preview_comes_page_by_page_with_the_sums_of_all(driver: Driver) -> None:
    claims = [approved_in_november(driver, project_id=f"project-{place}") for place in range(3)]
    driver.harness.move_clock(YEAR_CLOSES)
    found: list[closing.ClosingLine] = []
    cursor = None
    while True:
        page = preview(driver, str(YEAR), limit=2, cursor=cursor)
        assert (page.carried, page.lapsed) == (yuan("7500.00"), yuan("12000.00"))
        found += page.lines
        cursor = page.cursor
        if cursor is None:
            break
    assert [line.claim_id for line in found if line.what == "carried"] == claims
    assert found == list(preview(driver, str(YEAR)).lines)


def test_closings_are_listed_the_newest_first_with_the_budgets_they_froze(driver: Driver) -> None:
    approved_in_november(driver)
    driver.appropriate("2500.00", YEAR + 1)
    year_closed(driver)
    first = driver.call(driver.auditor, closing.LIST_CLOSINGS, closing.ListClosings(limit=2))
    rest = driver.call(driver.auditor, closing.LIST_CLOSINGS, closing.ListClosings(limit=2, cursor=first.cursor))
    assert [one.period for one in (*first.closings, *rest.closings)] == [str(YEAR), DECEMBER, MONTHS[0]]
    assert {one.closed_by for one in first.closings} == {"finance-1"}
    for nothing in (closing.ListClosings(district=SHUNYI), closing.ListClosings(programme="another")):
        assert driver.call(driver.auditor, closing.LIST_CLOSINGS, nothing).closings == ()


def test_a_closing_is_told_without_a_name(driver: Driver) -> None:
    approved_in_november(driver)
    driver.appropriate("2500.00", YEAR + 1)
    done = year_closed(driver)
    told = driver.harness.told(closing.PERIOD_CLOSED)
    assert [one.period for one in told] == [*MONTHS, str(YEAR)]
    assert (told[2].closing_id, told[2].carried, told[2].lapsed) == (done.closing_id, yuan("2500.00"), yuan("4000.00"))
    assert told[2].claims == 1


def test_books_of_elsewhere_and_books_without_entries_are_neither_shown_nor_closed(driver: Driver) -> None:
    with pytest.raises(NotFound, match="还没有账目"):
        preview(driver, MONTHS[0])
    driver.appropriate("1.00")
    other = driver.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    with pytest.raises(NotPermitted):
        preview(driver, MONTHS[0], by=other)
