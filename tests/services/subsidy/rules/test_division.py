"""What several sources bear together is divided among people so that every row and every column adds up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.rules.funds import PaidPart, apportion
from shared.money import ZERO, Money

amounts = st.lists(st.integers(0, 10_000_000), min_size=1, max_size=30)


@given(amounts, st.lists(st.integers(1, 1000), min_size=1, max_size=4))
def test_rows_add_up_to_amounts_and_columns_to_parts(fen: list[int], weights: list[int]) -> None:
    total = sum(fen)
    parts = [total * weight // sum(weights) for weight in weights]
    parts[0] += total - sum(parts)
    left, rows = [Money(part) for part in parts], []
    for amount in fen:
        rows.append(apportion(Money(amount), left))
        left = [before - taken for before, taken in zip(left, rows[-1], strict=True)]
    assert [sum(cell.fen for cell in row) for row in rows] == fen
    assert [sum(row[place].fen for row in rows) for place in range(len(parts))] == parts
    assert all(cell.fen >= 0 for row in rows for cell in row)


def test_what_goes_back_is_read_from_the_earliest_decisions_too() -> None:
    part = PaidPart("fund_a", 2022, Money.yuan(3))
    assert part.returned({"fund_a 2022": Money.yuan(3), "fund_a 2024": Money.yuan(5)}) == Money.yuan(3)
    assert part.returned({"fund_a": Money.yuan(3), "fund_b": Money.yuan(4)}) == Money.yuan(3)
    assert part.returned({"fund_a 2024": Money.yuan(5)}) == ZERO
