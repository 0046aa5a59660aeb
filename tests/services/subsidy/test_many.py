"""A claim of thousands is settled slice by slice: statements grow with slices, not with people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.contracts.schema.codec import dumps, write
from shared.contracts.subsidy import claims
from shared.store.bulk import SLICE
from tests.conftest import MadeDatabase
from tests.counting import counting
from tests.services.subsidy.collector import Collector
from tests.services.subsidy.road import ASSESSED, DUE_YEAR, YEAR, Road, Training, yuan

RESULTS = ("certified", "certified", "uncertified", "failed")
STATEMENTS_A_SLICE = 6
"""At most, of one step: decisions, lines, receivables, their parts, postings, and reading them back."""


def settled(road: Road, people: int) -> tuple[claims.ClaimShape, dict[str, int]]:
    """The final claim of so many people, paid and proven, and how many statements each step took."""
    what = Training(results=(RESULTS * people)[:people])
    road.project(what=what)
    for year in (YEAR, DUE_YEAR):
        road.appropriate("99999999.00", year)
    road.pay(road.submit().claim_id)
    road.harness.move_clock(ASSESSED)
    road.assess(what=what)
    took = {}
    with counting(road.harness.database) as sent:
        claim = road.submit("final")
        took["submit"] = len(sent)
        road.decide(claim.claim_id)
        took["decide"] = len(sent) - took["submit"]
        road.confirm(road.instruct(road.prepare(claim.claim_id).batch_id))
        took["pay"] = len(sent) - took["decide"] - took["submit"]
        assert road.prove().differences == ()
        took["prove"] = len(sent) - took["pay"] - took["decide"] - took["submit"]
    return road.claim(claim.claim_id), took


def test_twice_the_people_take_as_many_more_statements_as_they_are_more_slices(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path
) -> None:
    took = []
    for people in (2 * SLICE, 4 * SLICE):
        road = Road(make_database("subsidy", dialect).url, tmp_path / str(people))
        claim, statements = settled(road, people)
        assert (claim.state, claim.persons) == ("paid", people)
        assert claim.amount == yuan(f"{people // 4 * (6000 + 6000 + 4200)}.00")
        assert claim.clawback == yuan(f"{people // 4 * 6000}.00")
        took.append(statements)
        road.close()
    few, many = took
    more = {step: many[step] - few[step] for step in many}
    assert more.pop("pay") == 0  # payment knows claims and sources, no people
    assert all(extra <= 2 * STATEMENTS_A_SLICE for extra in more.values()), more


def test_a_demand_of_thousands_is_collected_slice_by_slice(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path
) -> None:
    took = []
    for people in (2 * SLICE, 4 * SLICE):
        road = Road(make_database("subsidy", dialect).url, tmp_path / str(people))
        desk = Collector(road)
        demand_id = desk.ask_back(what=Training(results=("failed",) * people), first="1000000.00")
        asked = desk.demand(demand_id)
        assert (asked.persons, asked.amount) == (people, yuan(f"{people * 6000}.00"))
        statements = {}
        with counting(road.harness.database) as sent:
            desk.repay(demand_id, f"{people * 3000}.00")
            statements["repay"] = len(sent)
            desk.reverse(desk.repayment(demand_id))
            statements["reverse"] = len(sent) - statements["repay"]
            desk.write_off(demand_id)
            statements["write_off"] = len(sent) - sum(statements.values())
        assert desk.demand(demand_id).written_off == asked.amount
        took.append(statements)
        desk.proven()
        road.close()
    few, many = took
    assert all(many[step] - few[step] <= 2 * STATEMENTS_A_SLICE for step in many), took


def test_answers_about_a_claim_of_thousands_stay_small(road: Road) -> None:
    road.project(what=Training(results=("certified",) * (SLICE + 1)))
    claim = road.submit()
    assert claim.persons == SLICE + 1
    explained = road.harness.call(road.employer, claims.EXPLAIN_CLAIM, claims.ExplainClaim(claim.claim_id))
    assert len(explained.lines) == claims.ExplainClaim("any").limit and explained.cursor
    assert len(dumps(write(claim))) < 5_000
    assert road.harness.asked[-1][1].cursor == str(SLICE)  # outcomes are asked for page by page


@pytest.mark.parametrize("kind", ["advance", "final"])
def test_lines_are_numbered_on_over_all_slices_and_add_up(road: Road, kind: claims.ClaimKind) -> None:
    what = Training(results=(RESULTS * SLICE)[: SLICE + 5])
    road.project(what=what)
    if kind == "final":
        road.harness.move_clock(ASSESSED)
        road.assess(what=what)
    claim = road.submit(kind, advance_waived=kind == "final")
    lines: list[claims.ClaimLine] = []
    cursor = None
    while not lines or cursor:
        page = road.harness.call(road.employer, claims.EXPLAIN_CLAIM, claims.ExplainClaim(claim.claim_id, cursor, 400))
        lines += page.lines
        cursor = page.cursor
    assert len({line.enrolment_id for line in lines}) == len(lines) == claim.persons
    assert sum(line.amount.fen for line in lines) == claim.amount.fen
    assert [line.enrolment_id for line in lines] == sorted(line.enrolment_id for line in lines)
