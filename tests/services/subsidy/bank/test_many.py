"""A bank's list of thousands is taken over set by set: statements grow with slices of a thousand, not with lines."""

from __future__ import annotations

import pytest

from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.store.bulk import SLICE
from tests.counting import counting
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.driver import Driver

STATEMENTS_MOST = 250
"""Of one list, however long it may be."""


@pytest.mark.parametrize("outcome", ["paid", "rejected", "returned"])
def test_thrice_the_lines_take_the_same_statements_as_long_as_they_are_one_slice(driver: Driver, outcome: str) -> None:
    bank = BankDriver(driver)
    bank.rich()
    took = []
    for count in (10, 30):
        claims = [bank.approved(f"project-{outcome}-{count}-{place}") for place in range(count)]
        sent = bank.instructed(*claims).payments
        if outcome == "returned":
            bank.says(*(bank.line(one) for one in sent))
        lines = [bank.line(one, outcome, bank_reference=f"R-{place}") for place, one in enumerate(sent)]
        with counting(driver.harness.database) as statements:
            assert bank.outcomes(*lines) == ["accepted"] * count
            took.append(len(statements))
    assert took[0] == took[1]
    assert took[1] * (ROWS_PER_CALL // SLICE) <= STATEMENTS_MOST
    bank.right()


def test_five_thousand_lines_that_fit_nothing_are_kept_and_listed(driver: Driver) -> None:
    bank = BankDriver(driver)
    lines = [bank.line(f"stray-{place}") for place in range(ROWS_PER_CALL)]
    with counting(driver.harness.database) as statements:
        outcomes = bank.outcomes(*lines)
    assert outcomes == ["refused"] * ROWS_PER_CALL
    assert len(statements) <= STATEMENTS_MOST // 5
