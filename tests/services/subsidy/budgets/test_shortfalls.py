"""When money runs out, everybody sees which claims wait and what is to be raised; what isn't used may be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from shared.contracts.subsidy import budgets_and_ledger, closing
from shared.contracts.subsidy import claims as subsidy
from shared.errors import Conflict, InvalidRequest, NotPermitted
from shared.security.speaker import Role
from tests.services.harness import SHUNYI
from tests.services.subsidy.driver import SOURCES, YEAR, Driver, Training, yuan
from tests.together import together

ONE_YEAR = Training("ordinary", "intermediate", 1)
"""An advance of 2500.00."""


def reduce(driver: Driver, amount: str, source: str = SOURCES[0], year: int = YEAR) -> budgets_and_ledger.BudgetShape:
    request = closing.ReduceAppropriation("apprenticeship", driver.district, source, year, yuan(amount), "财政收回")
    return driver.call(driver.maker, closing.REDUCE_APPROPRIATION, request)


def shortfalls(driver: Driver, **filters: Any) -> closing.ShortfallPage:
    return driver.call(driver.maker, closing.LIST_SHORTFALLS, closing.ListShortfalls(**filters))


def test_what_is_free_may_be_taken_back_to_the_fen_and_no_more(driver: Driver) -> None:
    driver.project(what=ONE_YEAR)
    driver.appropriate("4000.00")
    driver.decide(driver.submit().claim_id)
    with pytest.raises(Conflict, match=r"只有 1500\.00 元") as refusal:
        reduce(driver, "1500.01")
    assert refusal.value.details["available"] == "1500.00"
    after = reduce(driver, "1500.00")
    assert (after.appropriated, after.committed, after.available) == (yuan("2500.00"), yuan("2500.00"), yuan("0.00"))
    proof = driver.prove()
    assert (proof.appropriated, proof.differences) == (yuan("2500.00"), ())


def test_a_reduction_is_a_new_entry_with_its_paper(driver: Driver) -> None:
    driver.appropriate("10.00")
    reduce(driver, "4.00")
    ledger = driver.call(driver.maker, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger())
    assert [(one.kind, one.debit, one.credit, str(one.amount), one.rule) for one in ledger.postings] == [
        ("appropriation", "available", "appropriations", "10.00", "APP-21"),
        ("reduction", "appropriations", "available", "4.00", "APP-21"),
    ]
    with pytest.raises(DatabaseError), driver.harness.database.transaction() as session:
        session.execute(text("UPDATE reductions SET amount = 1"))


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_nothing_is_reduced_by_nothing(driver: Driver, amount: str) -> None:
    driver.appropriate("10.00")
    with pytest.raises(InvalidRequest, match="所列各项"):
        reduce(driver, amount)


def test_a_budget_that_nobody_opened_has_nothing_to_take_back(driver: Driver) -> None:
    with pytest.raises(Conflict, match=r"只有 0\.00 元"):
        reduce(driver, "1.00")
    with pytest.raises(InvalidRequest):
        reduce(driver, "1.00", source="somewhere")


def test_another_district_takes_nothing_back(driver: Driver) -> None:
    driver.appropriate("10.00")
    other = driver.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    request = closing.ReduceAppropriation("apprenticeship", driver.district, SOURCES[0], YEAR, yuan("1.00"), "财政收回")
    with pytest.raises(NotPermitted):
        driver.call(other, closing.REDUCE_APPROPRIATION, request)


def test_the_last_yuan_is_taken_back_or_reserved_never_both(driver: Driver) -> None:
    """At the same moment, ten times over: one of the two has it, the other is told so."""
    for place in range(10):
        driver.project(f"project-{place}", ONE_YEAR)
        claim_id = driver.submit(project_id=f"project-{place}").claim_id
        driver.appropriate("2500.00")
        acts: tuple[Callable[[], object], ...] = (partial(driver.decide, claim_id), partial(reduce, driver, "2500.00"))
        decided, reduced = together(2, partial(_act, acts))
        assert isinstance(decided, subsidy.ClaimShape)
        assert isinstance(reduced, Conflict) == (decided.state == "approved")
        assert driver.budget().available == yuan("0.00")
    assert driver.prove().differences == ()


def test_the_database_itself_refuses_to_take_back_what_is_used(driver: Driver) -> None:
    driver.project(what=ONE_YEAR)
    driver.appropriate("2500.00")
    driver.decide(driver.submit().claim_id)
    with pytest.raises(IntegrityError), driver.harness.database.transaction() as session:
        session.execute(text("UPDATE budgets SET appropriated = appropriated - 1"))


def test_claims_wait_in_the_order_of_their_submission_each_with_what_all_before_it_need(driver: Driver) -> None:
    """Free are 3000 + 1000. Of an advance of 5000, 1000 is missing; of one of 2500 after it, all: 3500 together."""
    two_people = Training("ordinary", "intermediate", 1, results=("certified", "certified"))
    first = _short(driver, "project-1", two_people)
    second = _short(driver, "project-2", ONE_YEAR)
    driver.appropriate("3000.00")
    driver.appropriate("1000.00", source=SOURCES[1])
    page = shortfalls(driver)
    assert [(one.claim_id, str(one.missing), str(one.together)) for one in page.claims] == [
        (first, "5000.00", "1000.00"),
        (second, "2500.00", "3500.00"),
    ]
    (budget,) = page.budgets
    assert (budget.fiscal_year, budget.claims) == (YEAR, 2)
    assert (budget.wanted, budget.available, budget.to_raise) == (yuan("7500.00"), yuan("4000.00"), yuan("3500.00"))
    driver.appropriate("1000.00")
    assert [str(one.together) for one in shortfalls(driver).claims] == ["0.00", "2500.00"]  # the first may be approved
    assert driver.decide(first).state == "approved"
    assert [(one.claim_id, str(one.together)) for one in shortfalls(driver).claims] == [(second, "2500.00")]


def test_a_page_goes_on_with_what_the_claims_before_it_need(driver: Driver) -> None:
    claims = [_short(driver, f"project-{place}", ONE_YEAR) for place in range(3)]
    first = shortfalls(driver, limit=2)
    rest = shortfalls(driver, limit=2, cursor=first.cursor)
    assert [one.claim_id for one in (*first.claims, *rest.claims)] == claims
    assert [str(one.together) for one in rest.claims] == ["7500.00"]
    assert first.budgets == rest.budgets
    assert rest.cursor is None


def test_one_source_must_bear_a_claim_whole_where_the_document_reads_so(driver: Driver) -> None:
    """Two halves don't make one: 1500 + 1000 are free, and 2500 is wanted of a single source (INT-74)."""
    driver.read_otherwise(fund_split="one_source")
    _short(driver, "project-1", ONE_YEAR)
    driver.appropriate("1500.00")
    driver.appropriate("1000.00", source=SOURCES[1])
    (budget,) = shortfalls(driver).budgets
    assert (budget.available, budget.to_raise) == (yuan("2500.00"), yuan("2500.00"))


def test_a_new_year_bears_what_the_old_one_could_not(driver: Driver) -> None:
    _short(driver, "project-1", ONE_YEAR)
    driver.harness.move_clock(date(YEAR + 1, 1, 4))
    assert [one.fiscal_year for one in shortfalls(driver).claims] == [YEAR + 1]


def test_shortfalls_obey_reach_and_filters(driver: Driver) -> None:
    _short(driver, "project-1", ONE_YEAR)
    other = driver.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    assert driver.call(other, closing.LIST_SHORTFALLS, closing.ListShortfalls()).budgets == ()
    assert shortfalls(driver, district=SHUNYI).claims == shortfalls(driver, programme="another").claims == ()
    assert len(shortfalls(driver, district=driver.district, programme="apprenticeship").claims) == 1


def _act(acts: Sequence[Callable[[], object]], which: int) -> object:
    return acts[which]()


def _short(driver: Driver, project_id: str, what: Training) -> str:
    """An advance that was to be approved, and couldn't be borne."""
    driver.project(project_id, what)
    claim_id = driver.submit(project_id=project_id).claim_id
    assert driver.decide(claim_id).missing
    return claim_id
