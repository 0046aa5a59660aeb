"""Every line is applied or listed; every instructed payment has its outcome or is listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from services.subsidy.models import BankLine
from shared.contracts.common import ListWaiting
from shared.contracts.subsidy import claims, payments
from shared.contracts.subsidy.bank import (
    EXPLAIN_DIFFERENCES,
    LIST_DIFFERENCES,
    BankRow,
    DifferencePage,
    ExplainDifferences,
    ListDifferences,
)
from shared.money import Money
from shared.security.speaker import Role
from shared.settings import Settings
from shared.store.types import new_id
from tests.conftest import MadeDatabase
from tests.services.harness import SHUNYI
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.driver import Driver, yuan

SILENT_AFTER = Settings.bank_silent_after


@pytest.fixture
def bank(driver: Driver) -> BankDriver:
    return BankDriver(driver)


def listed(bank: BankDriver, **fields: Any) -> DifferencePage:
    return bank.harness.call(bank.driver.checker, LIST_DIFFERENCES, ListDifferences(**fields))


def explain(bank: BankDriver, *ids: str, words: str = "系他单位款项，已退国库", by: Any = None) -> list[str]:
    request = ExplainDifferences(ids, words)
    rows = bank.harness.call(by or bank.driver.checker, EXPLAIN_DIFFERENCES, request).rows
    return [row.outcome for row in rows]


def test_each_kind_of_difference_is_listed_with_both_sides_and_what_to_do(bank: BankDriver) -> None:
    bank.rich()
    batch = bank.instructed(*(bank.approved(f"project-{place}") for place in range(4)))
    first, second, third, _ = batch.payments
    bank.says(bank.line("no-such-payment", amount=yuan("1.00")), bank.line(first, amount=yuan("5000.00")))
    bank.says(bank.line(second), bank.line(second, bank_reference="REF-2"), bank.line(third, "unknown"))
    bank.says(bank.line(second, "rejected"))
    page = listed(bank)
    assert sorted((one.kind, str(one.ours), str(one.theirs)) for one in page.differences) == [
        ("amount", "6000.00", "5000.00"),
        ("contradiction", "6000.00", "6000.00"),
        ("paid_twice", "6000.00", "6000.00"),
        ("stray", "None", "1.00"),
        ("unknown", "6000.00", "None"),
    ]
    assert (page.ours, page.theirs) == (yuan("24000.00"), yuan("17001.00"))
    assert all(one.message and one.age_days == 0 for one in page.differences)
    bank.harness.move_clock(bank.harness.today + timedelta(days=SILENT_AFTER))
    assert "overdue" not in {one.kind for one in listed(bank).differences}
    bank.harness.move_clock(bank.harness.today + timedelta(days=1))
    overdue = [one for one in listed(bank).differences if one.kind == "overdue"]
    assert sorted(one.payment_id for one in overdue) == sorted(
        one.payment_id for one in bank.batch(batch.batch_id).payments if one.state == "instructed"
    )
    assert {one.age_days for one in overdue} == {SILENT_AFTER + 1}


def test_pages_go_on_where_they_ended_and_sums_are_of_all(bank: BankDriver) -> None:
    bank.says(*(bank.line(f"stray-{place}", amount=yuan("1.00")) for place in range(5)))
    seen: list[str] = []
    cursor = None
    while not seen or cursor:
        page = listed(bank, cursor=cursor, limit=2)
        assert page.theirs == yuan("5.00")
        seen += [one.difference_id for one in page.differences]
        cursor = page.cursor
    assert len(seen) == len(set(seen)) == 5


def test_an_explained_line_leaves_the_list_and_stays_on_record(bank: BankDriver) -> None:
    bank.says(bank.line("no-such-payment"))
    (open_one,) = listed(bank).differences
    assert explain(bank, open_one.difference_id) == ["accepted"]
    assert listed(bank).differences == ()
    (kept,) = listed(bank, explained=True).differences
    assert (kept.difference_id, kept.explanation) == (open_one.difference_id, "系他单位款项，已退国库")
    assert explain(bank, open_one.difference_id) == ["unchanged"]
    assert explain(bank, open_one.difference_id, words="另有说法") == ["refused"]
    assert bank.outcomes(bank.line("no-such-payment")) == ["unchanged"]
    for change in ("explanation = 'x'", "kind = NULL", "amount = 1", "applied_on = '2022-06-06'"):
        with pytest.raises(DatabaseError), bank.harness.database.transaction() as session:
            session.execute(text(f"UPDATE bank_lines SET {change}"))
    with pytest.raises(DatabaseError), bank.harness.database.transaction() as session:
        session.execute(text("DELETE FROM bank_lines"))


def test_what_the_bank_has_not_said_is_not_explained_away(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    bank.says(bank.line(sent, "unknown"))
    (one,) = listed(bank).differences
    assert explain(bank, one.difference_id, "unknown-id") == ["refused", "refused"]
    assert len(listed(bank).differences) == 1


def test_another_district_sees_and_explains_nothing_of_it(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    bank.says(bank.line("no-such-payment"), bank.line(sent, "unknown"))
    stray = next(one for one in listed(bank).differences if one.kind == "stray")
    stranger = bank.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    assert bank.harness.call(stranger, LIST_DIFFERENCES, ListDifferences()).differences == ()
    assert explain(bank, stray.difference_id, by=stranger) == ["refused"]
    bank.says(bank.line(sent), by=stranger, district=SHUNYI)
    (theirs,) = bank.harness.call(stranger, LIST_DIFFERENCES, ListDifferences()).differences
    assert (theirs.kind, theirs.ours, theirs.claim_id) == ("stray", None, None)


def test_what_waits_for_finance_is_said_with_its_age(bank: BankDriver) -> None:
    bank.rich()
    batch = bank.instructed(*(bank.approved(f"project-{place}") for place in range(3)))
    rejected, unknown, _ = batch.payments
    bank.says(bank.line(rejected, "rejected"), bank.line(unknown, "unknown"), bank.line("no-such-payment"))
    page = bank.harness.call(bank.driver.checker, claims.LIST_WAITING, ListWaiting())
    assert sorted((one.kind, one.id) for one in page.items if one.kind != "difference_to_explain") == sorted(
        [
            ("batch_to_confirm", batch.batch_id),
            ("claim_to_repay", rejected.claim_id),
            ("payment_unknown", unknown.payment_id),
        ]
    )
    assert [one.kind for one in page.items].count("difference_to_explain") == 1
    unpaid = bank.harness.call(bank.driver.maker, claims.LIST_UNPAID, claims.ListUnpaid())
    assert {one.claim_id: one.state for one in unpaid.claims}[rejected.claim_id] == "approved"


lines = st.tuples(
    st.integers(0, 3),  # which payment; 3: one that isn't ours
    st.sampled_from(("paid", "rejected", "unknown", "returned")),
    st.sampled_from((600_000, 600_000, 600_000, 599_999)),
    st.integers(0, 2),  # on which day
    st.sampled_from(("REF-1", "REF-2")),
)
lists = st.lists(st.lists(lines, min_size=1, max_size=6), min_size=1, max_size=5)


def _line(
    bank: BankDriver,
    sent: Sequence[payments.PaymentShape],
    start: date,
    which: int,
    outcome: str,
    fen: int,
    days: int,
    reference: str,
) -> BankRow:
    """About one of the three payments, or about none of ours; so many days after they were sent."""
    of = "stray" if which == 3 else sent[which]
    on = start + timedelta(days=days)
    return bank.line(of, outcome, amount=Money(fen), bank_reference=reference, on=on)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=lists)
def test_whatever_the_bank_says_every_line_is_applied_or_listed_and_nothing_is_forgotten(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path, told: list[list[tuple[Any, ...]]]
) -> None:
    bank = BankDriver(Driver(make_database("subsidy", dialect).url, tmp_path / new_id()))
    bank.rich()
    sent = bank.instructed(*(bank.approved(f"project-{place}") for place in range(3))).payments
    start = bank.harness.today
    bank.harness.move_clock(start + timedelta(days=2))
    said, answered = set(), 0
    for some in told:
        rows = [_line(bank, sent, start, *one) for one in some]
        said |= {(row.payment_id, row.outcome, row.amount, row.on, row.bank_reference) for row in rows}
        answered += len(bank.says(*rows))
        bank.right()
    assert answered == sum(len(some) for some in told)
    with bank.harness.database.reading() as session:
        applied = session.scalar(select(func.count()).where(BankLine.applied_on.is_not(None))) or 0
    bank.harness.move_clock(start + timedelta(days=SILENT_AFTER + 3))
    page = listed(bank, limit=500)
    missing = [one for one in page.differences if one.kind in ("unknown", "overdue")]
    assert applied + len(page.differences) - len(missing) == len(said)
    states = {one.payment_id: one.state for batch in bank.batches_of(sent[0]) for one in bank.batch(batch).payments}
    assert {one.payment_id for one in missing} == {
        payment_id for payment_id, state in states.items() if state in ("instructed", "unknown")
    }
    proof = bank.right()
    assert proof.paid.fen == 600_000 * list(states.values()).count("paid")
    assert bank.kinds().count("payment") == sum(state in ("paid", "returned") for state in states.values())
    bank.harness.close()
