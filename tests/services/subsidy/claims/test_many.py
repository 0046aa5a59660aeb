"""A claim of thousands is settled slice by slice: statements grow with slices, not with people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.contracts.schema.codec import dumps, write
from shared.contracts.subsidy import claims
from shared.store.bulk import SLICE
from tests.conftest import MadeDatabase
from tests.services.subsidy.collection.driver import CollectionDriver
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, YEAR, Driver, Training, yuan
from tests.services.subsidy.statements import counting

RESULTS = ("certified", "certified", "uncertified", "failed")
STATEMENTS_A_SLICE = 6
"""At most, of one step: decisions, lines, receivables, their parts, postings, and reading them back."""


def settled(driver: Driver, people: int) -> tuple[claims.ClaimShape, dict[str, int]]:
    """The final claim of so many people, paid and proven, and how many statements each step took."""
    what = Training(results=(RESULTS * people)[:people])
    driver.project(what=what)
    for year in (YEAR, DUE_YEAR):
        driver.appropriate("99999999.00", year)
    driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(ASSESSED)
    driver.assess(what=what)
    took = {}
    with counting(driver) as sent:
        claim = driver.submit("final")
        took["submit"] = len(sent)
        driver.decide(claim.claim_id)
        took["decide"] = len(sent) - took["submit"]
        driver.confirm(driver.instruct(driver.prepare(claim.claim_id).batch_id))
        took["pay"] = len(sent) - took["decide"] - took["submit"]
        assert driver.prove().differences == ()
        took["prove"] = len(sent) - took["pay"] - took["decide"] - took["submit"]
    return driver.claim(claim.claim_id), took


def test_twice_the_people_take_as_many_more_statements_as_they_are_more_slices(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path
) -> None:
    took = []
    for people in (2 * SLICE, 4 * SLICE):
        driver = Driver(make_database("subsidy", dialect).url, tmp_path / str(people))
        claim, statements = settled(driver, people)
        assert (claim.state, claim.persons) == ("paid", people)
        assert claim.amount == yuan(f"{people // 4 * (6000 + 6000 + 4200)}.00")
        assert claim.clawback == yuan(f"{people // 4 * 6000}.00")
        took.append(statements)
        driver.close()
    few, many = took
    more = {step: many[step] - few[step] for step in many}
    assert more.pop("pay") == 0  # payment knows claims and sources, no people
    assert all(extra <= 2 * STATEMENTS_A_SLICE for extra in more.values()), more


def test_a_demand_of_thousands_is_collected_slice_by_slice(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path
) -> None:
    took = []
    for people in (2 * SLICE, 4 * SLICE):
        driver = Driver(make_database("subsidy", dialect).url, tmp_path / str(people))
        collection = CollectionDriver(driver)
        demand_id = collection.ask_back(what=Training(results=("failed",) * people), first="1000000.00")
        asked = collection.demand(demand_id)
        assert (asked.persons, asked.amount) == (people, yuan(f"{people * 6000}.00"))
        statements = {}
        with counting(driver) as sent:
            collection.repay(demand_id, f"{people * 3000}.00")
            statements["repay"] = len(sent)
            collection.reverse(collection.repayment(demand_id))
            statements["reverse"] = len(sent) - statements["repay"]
            collection.write_off(demand_id)
            statements["write_off"] = len(sent) - sum(statements.values())
        assert collection.demand(demand_id).written_off == asked.amount
        took.append(statements)
        collection.proven()
        driver.close()
    few, many = took
    assert all(many[step] - few[step] <= 2 * STATEMENTS_A_SLICE for step in many), took


def test_answers_about_a_claim_of_thousands_stay_small(driver: Driver) -> None:
    driver.project(what=Training(results=("certified",) * (SLICE + 1)))
    claim = driver.submit()
    assert claim.persons == SLICE + 1
    explained = driver.call(driver.employer, claims.EXPLAIN_CLAIM, claims.ExplainClaim(claim.claim_id))
    assert len(explained.lines) == claims.ExplainClaim("any").limit and explained.cursor
    assert len(dumps(write(claim))) < 5_000
    assert driver.harness.asked[-1][1].cursor == str(SLICE)  # outcomes are asked for page by page


@pytest.mark.parametrize("kind", ["advance", "final"])
def test_lines_are_numbered_on_over_all_slices_and_add_up(driver: Driver, kind: claims.ClaimKind) -> None:
    what = Training(results=(RESULTS * SLICE)[: SLICE + 5])
    driver.project(what=what)
    if kind == "final":
        driver.harness.move_clock(ASSESSED)
        driver.assess(what=what)
    claim = driver.submit(kind, advance_waived=kind == "final")
    lines: list[claims.ClaimLine] = []
    cursor = None
    while not lines or cursor:
        page = driver.call(driver.employer, claims.EXPLAIN_CLAIM, claims.ExplainClaim(claim.claim_id, cursor, 400))
        lines += page.lines
        cursor = page.cursor
    assert len({line.enrolment_id for line in lines}) == len(lines) == claim.persons
    assert sum(line.amount.fen for line in lines) == claim.amount.fen
    assert [line.enrolment_id for line in lines] == sorted(line.enrolment_id for line in lines)
