"""Sums that hold for every case, not only the written ones (X-8), and the batch of the worked example."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.rules.claims import BLOCKS, payee
from services.subsidy.rules.funds import bearing_year, split
from shared.errors import Conflict, InvalidRequest
from shared.money import ZERO, Money, share
from shared.policy.decisions import Verdict, decide
from tests.rules.policy import beijing, facts_of

fen = st.integers(min_value=0, max_value=10_000_000_00).map(Money)
levels = st.sampled_from(beijing().dimensions["level"])
classes = st.sampled_from(beijing().dimensions["occupation_class"])


def test_the_batch_of_twenty_comes_to_93000_and_18000() -> None:
    paid = [decided("passed", True)] * 12 + [decided("passed", False)] * 5 + [decided("failed", False)] * 3
    assert Money.sum(amounts["advance_paid"] for amounts in paid) == Money.parse("120000.00")
    assert Money.sum(amounts["balance"] for amounts in paid) == Money.parse("93000.00")
    assert Money.sum(amounts["clawback"] for amounts in paid) == Money.parse("18000.00")


def decided(result: str, certified: bool) -> dict[str, Money]:
    facts = facts_of({"decision": "subsidy.entitlement", "facts": {"result": result}})
    facts["certificate"] = facts["certificate"] if certified else None
    return dict(decide("subsidy.entitlement", facts, beijing()).amounts)


@given(classes, levels, st.integers(1, 3), st.booleans(), st.sampled_from(["passed", "failed"]), fen)
def test_what_was_paid_plus_balance_less_clawback_is_the_entitlement(
    occupation_class: str, level: str, years: int, appraisable: bool, result: str, paid: Money
) -> None:
    training = {"occupation_class": occupation_class, "level": level, "term_years": years, "appraisable": appraisable}
    changes = {"training": training, "result": result, "advance_paid": str(paid)}
    facts = facts_of({"decision": "subsidy.entitlement", "facts": changes})
    amounts = decide("subsidy.entitlement", facts, beijing()).amounts
    assert paid + amounts["balance"] - amounts["clawback"] == amounts["entitlement"] <= amounts["standard"]
    assert ZERO in (amounts["balance"], amounts["clawback"])


@given(fen, st.lists(fen, min_size=1, max_size=4))
def test_a_split_uses_a_source_only_when_the_earlier_ones_are_used_up(amount: Money, free: list[Money]) -> None:
    parts = split(amount, [(str(place), available) for place, available in enumerate(free)])
    used = list(parts.values())
    assert Money.sum(used) == min(amount, Money.sum(free))
    for place, part in enumerate(used):
        assert part == ZERO or used[:place] == free[:place]


def test_a_balance_belongs_to_the_year_in_which_it_falls_due_unless_read_otherwise() -> None:
    due, approved = date(2024, 7, 1), date(2022, 7, 1)
    assert bearing_year("final", due, approved, beijing().reading("balance_year"), 2000) == 2024
    assert (
        bearing_year("final", due, approved, beijing(balance_year="year_of_approval").reading("balance_year"), 2000)
        == 2022
    )


def test_a_closed_year_bears_nothing_the_first_open_one_does() -> None:
    due, approved = date(2024, 7, 1), date(2022, 7, 1)
    assert bearing_year("final", due, approved, "year_of_approval", 2022) == 2022
    assert bearing_year("final", due, approved, "year_of_approval", 2023) == 2023
    assert bearing_year("final", due, approved, "due_year", 2024) == bearing_year("advance", due, approved, "", 2023)


def test_facts_of_before_any_closing_decide_as_they_did() -> None:
    stored = {"amount": "5.00", "available": [], "kind": "final", "due_on": "2024-07-01", "approved_on": "2022-07-01"}
    document = beijing(balance_year="year_of_approval")
    assert decide("subsidy.funding", stored, document).answers["fiscal_year"] == 2022


def test_the_contract_employer_is_paid_unless_read_otherwise() -> None:
    employers = ("employer", "entrusted")
    assert payee(*employers, beijing().reading("payee")) == "employer"
    assert payee(*employers, beijing(payee="entrusted_employer").reading("payee")) == "entrusted"


def test_months_are_asked_for_where_a_reading_pays_by_months() -> None:
    with pytest.raises(InvalidRequest):
        decide(
            "subsidy.entitlement", facts_of({"decision": "subsidy.entitlement"}), beijing(early_completion="by_months")
        )


def test_a_reason_where_nothing_is_open_is_refused() -> None:
    with pytest.raises(Conflict):
        decide("training.plan", facts_of({"decision": "training.plan"}), beijing(), {"APP-7": "理由"})


def test_more_than_was_paid_is_never_taken_back() -> None:
    facts = facts_of({"decision": "subsidy.recovery", "facts": {"amount": "300.01"}})
    with pytest.raises(InvalidRequest):
        decide("subsidy.recovery", facts, beijing())


@pytest.mark.parametrize("block", BLOCKS)
def test_no_money_moves_while_anything_stands_on_the_case(block: str) -> None:
    """X-11."""
    for kind in ("advance", "final"):
        facts = facts_of({"decision": "subsidy.claim", "facts": {"kind": kind, "blocks": [block]}})
        decision = decide("subsidy.claim", facts, beijing())
        assert decision.verdict is Verdict.REFUSED
        assert any(BLOCKS[block] in finding.message for finding in decision.findings)


def test_parts_of_an_amount_add_up_to_it() -> None:
    """X-8."""
    assert share(Money.parse("5000.00"), [1, 1, 1]) == [Money.parse(one) for one in ("1666.67", "1666.67", "1666.66")]


@pytest.mark.parametrize("wrong", ["0.005", "1e2", 0.5])
def test_less_than_a_fen_and_floats_are_no_money(wrong: Any) -> None:
    """X-8."""
    with pytest.raises(ValueError, match="no amount in yuan"):
        Money.parse(wrong)
