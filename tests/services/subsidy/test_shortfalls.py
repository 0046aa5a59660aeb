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
from tests.services.subsidy.road import SOURCES, YEAR, Road, Training, yuan
from tests.together import together

ONE_YEAR = Training("ordinary", "intermediate", 1)
"""An advance of 2500.00."""


def reduce(road: Road, amount: str, source: str = SOURCES[0], year: int = YEAR) -> budgets_and_ledger.BudgetShape:
    request = closing.ReduceAppropriation("apprenticeship", road.district, source, year, yuan(amount), "财政收回")
    return road.harness.call(road.maker, closing.REDUCE_APPROPRIATION, request)


def shortfalls(road: Road, **filters: Any) -> closing.ShortfallPage:
    return road.harness.call(road.maker, closing.LIST_SHORTFALLS, closing.ListShortfalls(**filters))


def test_what_is_free_may_be_taken_back_to_the_fen_and_no_more(road: Road) -> None:
    road.project(what=ONE_YEAR)
    road.appropriate("4000.00")
    road.decide(road.submit().claim_id)
    with pytest.raises(Conflict, match=r"只有 1500\.00 元") as refusal:
        reduce(road, "1500.01")
    assert refusal.value.details["available"] == "1500.00"
    after = reduce(road, "1500.00")
    assert (after.appropriated, after.committed, after.available) == (yuan("2500.00"), yuan("2500.00"), yuan("0.00"))
    proof = road.prove()
    assert (proof.appropriated, proof.differences) == (yuan("2500.00"), ())


def test_a_reduction_is_a_new_entry_with_its_paper(road: Road) -> None:
    road.appropriate("10.00")
    reduce(road, "4.00")
    ledger = road.harness.call(road.maker, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger())
    assert [(one.kind, one.debit, one.credit, str(one.amount), one.rule) for one in ledger.postings] == [
        ("appropriation", "available", "appropriations", "10.00", "APP-21"),
        ("reduction", "appropriations", "available", "4.00", "APP-21"),
    ]
    with pytest.raises(DatabaseError), road.harness.database.transaction() as session:
        session.execute(text("UPDATE reductions SET amount = 1"))


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_nothing_is_reduced_by_nothing(road: Road, amount: str) -> None:
    road.appropriate("10.00")
    with pytest.raises(InvalidRequest, match="所列各项"):
        reduce(road, amount)


def test_a_budget_that_nobody_opened_has_nothing_to_take_back(road: Road) -> None:
    with pytest.raises(Conflict, match=r"只有 0\.00 元"):
        reduce(road, "1.00")
    with pytest.raises(InvalidRequest):
        reduce(road, "1.00", source="somewhere")


def test_another_district_takes_nothing_back(road: Road) -> None:
    road.appropriate("10.00")
    other = road.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    request = closing.ReduceAppropriation("apprenticeship", road.district, SOURCES[0], YEAR, yuan("1.00"), "财政收回")
    with pytest.raises(NotPermitted):
        road.harness.call(other, closing.REDUCE_APPROPRIATION, request)


def test_the_last_yuan_is_taken_back_or_reserved_never_both(road: Road) -> None:
    """At the same moment, ten times over: one of the two has it, the other is told so."""
    for place in range(10):
        road.project(f"project-{place}", ONE_YEAR)
        claim_id = road.submit(project_id=f"project-{place}").claim_id
        road.appropriate("2500.00")
        acts: tuple[Callable[[], object], ...] = (partial(road.decide, claim_id), partial(reduce, road, "2500.00"))
        decided, reduced = together(2, partial(_act, acts))
        assert isinstance(decided, subsidy.ClaimShape)
        assert isinstance(reduced, Conflict) == (decided.state == "approved")
        assert road.budget().available == yuan("0.00")
    assert road.prove().differences == ()


def test_the_database_itself_refuses_to_take_back_what_is_used(road: Road) -> None:
    road.project(what=ONE_YEAR)
    road.appropriate("2500.00")
    road.decide(road.submit().claim_id)
    with pytest.raises(IntegrityError), road.harness.database.transaction() as session:
        session.execute(text("UPDATE budgets SET appropriated = appropriated - 1"))


def test_claims_wait_in_the_order_of_their_submission_each_with_what_all_before_it_need(road: Road) -> None:
    """Free are 3000 + 1000. Of an advance of 5000, 1000 is missing; of one of 2500 after it, all: 3500 together."""
    two_people = Training("ordinary", "intermediate", 1, results=("certified", "certified"))
    first = _short(road, "project-1", two_people)
    second = _short(road, "project-2", ONE_YEAR)
    road.appropriate("3000.00")
    road.appropriate("1000.00", source=SOURCES[1])
    page = shortfalls(road)
    assert [(one.claim_id, str(one.missing), str(one.together)) for one in page.claims] == [
        (first, "5000.00", "1000.00"),
        (second, "2500.00", "3500.00"),
    ]
    (budget,) = page.budgets
    assert (budget.fiscal_year, budget.claims) == (YEAR, 2)
    assert (budget.wanted, budget.available, budget.to_raise) == (yuan("7500.00"), yuan("4000.00"), yuan("3500.00"))
    road.appropriate("1000.00")
    assert [str(one.together) for one in shortfalls(road).claims] == ["0.00", "2500.00"]  # the first may be approved
    assert road.decide(first).state == "approved"
    assert [(one.claim_id, str(one.together)) for one in shortfalls(road).claims] == [(second, "2500.00")]


def test_a_page_goes_on_with_what_the_claims_before_it_need(road: Road) -> None:
    claims = [_short(road, f"project-{place}", ONE_YEAR) for place in range(3)]
    first = shortfalls(road, limit=2)
    rest = shortfalls(road, limit=2, cursor=first.cursor)
    assert [one.claim_id for one in (*first.claims, *rest.claims)] == claims
    assert [str(one.together) for one in rest.claims] == ["7500.00"]
    assert first.budgets == rest.budgets
    assert rest.cursor is None


def test_one_source_must_bear_a_claim_whole_where_the_document_reads_so(road: Road) -> None:
    """Two halves don't make one: 1500 + 1000 are free, and 2500 is wanted of a single source (INT-74)."""
    road.read_otherwise(fund_split="one_source")
    _short(road, "project-1", ONE_YEAR)
    road.appropriate("1500.00")
    road.appropriate("1000.00", source=SOURCES[1])
    (budget,) = shortfalls(road).budgets
    assert (budget.available, budget.to_raise) == (yuan("2500.00"), yuan("2500.00"))


def test_a_new_year_bears_what_the_old_one_could_not(road: Road) -> None:
    _short(road, "project-1", ONE_YEAR)
    road.harness.move_clock(date(YEAR + 1, 1, 4))
    assert [one.fiscal_year for one in shortfalls(road).claims] == [YEAR + 1]


def test_shortfalls_obey_reach_and_filters(road: Road) -> None:
    _short(road, "project-1", ONE_YEAR)
    other = road.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    assert road.harness.call(other, closing.LIST_SHORTFALLS, closing.ListShortfalls()).budgets == ()
    assert shortfalls(road, district=SHUNYI).claims == shortfalls(road, programme="another").claims == ()
    assert len(shortfalls(road, district=road.district, programme="apprenticeship").claims) == 1


def _act(acts: Sequence[Callable[[], object]], which: int) -> object:
    return acts[which]()


def _short(road: Road, project_id: str, what: Training) -> str:
    """An advance that was to be approved, and couldn't be borne."""
    road.project(project_id, what)
    claim_id = road.submit(project_id=project_id).claim_id
    assert road.decide(claim_id).missing
    return claim_id
