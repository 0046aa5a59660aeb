"""A closed month and a closed year can't be posted into by anybody, and nothing closes twice or in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Date, MetaData, bindparam, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from services.subsidy.ledger.postings import CLOSED_TO
from services.subsidy.models.ledger import ACCOUNTS
from services.subsidy.views.metrics import BEHIND, measure
from shared.contracts.common import ListWaiting
from shared.contracts.subsidy import claims as subsidy
from shared.contracts.subsidy import closing, payments
from shared.errors import Conflict, Unavailable
from shared.money import ZERO
from shared.security.speaker import Role
from shared.store.database import Database
from tests.conftest import MadeDatabase
from tests.counting import counting
from tests.services.harness import SHUNYI
from tests.services.subsidy.closing.driver import (
    DECEMBER_CLOSES,
    MONTHS,
    ONE_YEAR,
    YEAR_CLOSES,
    approved_in_november,
    close,
    close_as,
    preview,
    year_closed,
)
from tests.services.subsidy.driver import YEAR, Driver, yuan
from tests.together import together, winner

FORGED = text("""
INSERT INTO postings (posted_on, accounted_on, posted_by, kind, debit, credit, amount, programme, district, fund_source,
    fiscal_year, claim_id, fact_id, rule, clause, document)
SELECT posted_on, :accounted_on, posted_by, :kind, :debit, :credit, 1, programme, district, fund_source, :fiscal_year,
    claim_id, 'forged', rule, clause, document
FROM postings WHERE kind = 'commitment'
""").bindparams(bindparam("accounted_on", type_=Date))


def forge(database: Database, accounted_on: date, kind: str, fiscal_year: int) -> None:
    """An entry that comes past every use case."""
    debit, credit = ACCOUNTS[kind]
    words = {"accounted_on": accounted_on, "kind": kind, "debit": debit, "credit": credit, "fiscal_year": fiscal_year}
    with database.transaction() as session:
        session.execute(FORGED, words)


@pytest.mark.parametrize("who", ["url", "owner_url"])
def test_the_database_takes_no_posting_into_a_closed_month_or_year(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path, who: str
) -> None:
    made = make_database("subsidy", dialect)
    driver = Driver(made.url, tmp_path)
    approved_in_november(driver)
    driver.appropriate("2500.00", YEAR + 1)
    year_closed(driver)
    hostile = Database(getattr(made, who))
    forge(hostile, date(YEAR + 1, 1, 1), "clawback", YEAR)  # a receivable of the closed year goes on
    with pytest.raises(IntegrityError, match="closed_period"):
        forge(hostile, date(YEAR, 12, 31), "withdrawal", YEAR)
    for kind in sorted(CLOSED_TO):
        with pytest.raises(IntegrityError, match="closed_period"):
            forge(hostile, YEAR_CLOSES, kind, YEAR)
    forge(hostile, YEAR_CLOSES, "payment", YEAR + 1)
    hostile.dispose()
    driver.close()


@pytest.mark.parametrize("table", ["closings", "frozen_balances"])
@pytest.mark.parametrize("command", ["UPDATE {} SET programme = 'x'", "DELETE FROM {}"])
def test_what_was_closed_is_neither_changed_nor_removed(driver: Driver, table: str, command: str) -> None:
    approved_in_november(driver)
    driver.harness.move_clock(DECEMBER_CLOSES)
    close(driver, MONTHS[0])
    statement = command.replace("programme", "fund_source") if table == "frozen_balances" else command
    with pytest.raises(DatabaseError), driver.harness.database.transaction() as session:
        session.execute(text(statement.format(table)))


def test_a_preview_touches_nothing(driver: Driver) -> None:
    """Every row of every table is the same before and after, for a month and for a year."""
    approved_in_november(driver)
    driver.harness.move_clock(YEAR_CLOSES)
    before = everything(driver)
    assert len(before) > 20
    for period in (*MONTHS, str(YEAR)):
        preview(driver, period)
    assert everything(driver) == before


def everything(driver: Driver) -> dict[str, list[tuple[object, ...]]]:
    tables = MetaData()
    tables.reflect(driver.harness.database.engine)
    with driver.harness.database.reading() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table)).all()), key=str)
            for table in tables.sorted_tables
        }


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("UPDATE books SET open_year = 2000", "未结账期间"),
        ("UPDATE books SET open_from = '2000-01-01'", "未结账期间"),
        (
            "INSERT INTO frozen_balances (closing_id, fund_source, fiscal_year, account, amount)"
            " SELECT id, 'x', 2022, 'paid', 1 FROM closings WHERE period = '2022-11'",
            "2022-11 x 2022 paid",
        ),
        (
            "INSERT INTO frozen_balances (closing_id, fund_source, fiscal_year, account, amount)"
            " SELECT id, 'x', 2022, 'paid', 1 FROM closings WHERE period = '2022'",
            "2022 x 2022 paid",
        ),
        (
            "INSERT INTO closings (id, programme, district, period, closed_on, closed_by, claims, carried, lapsed,"
            " digest, last_posting) SELECT 'forged', programme, district, '2023', closed_on, closed_by, 1, 1, 0,"
            " digest, last_posting FROM closings WHERE period = '2022'",
            "结转",
        ),
        (
            "INSERT INTO reductions (id, programme, district, fund_source, fiscal_year, amount, reference, entered_by,"
            " entered_on) SELECT 'forged', programme, district, fund_source, fiscal_year, 1, reference, entered_by,"
            " entered_on FROM appropriations WHERE fiscal_year = 2023",
            "账户 appropriations",
        ),
        ("UPDATE claim_funding SET live = (1 = 0)", "资金来源"),
    ],
)
def test_the_proof_finds_what_was_tampered_with(driver: Driver, command: str, named: str) -> None:
    approved_in_november(driver)
    driver.appropriate("2500.00", YEAR + 1)
    year_closed(driver)
    assert driver.prove().differences == ()
    with driver.harness.database.transaction() as session:
        session.execute(text(command))
    assert any(named in difference for difference in driver.prove().differences)


def test_eight_who_close_the_same_year_close_it_once(driver: Driver) -> None:
    approved_in_november(driver)
    driver.appropriate("2500.00", YEAR + 1)
    driver.harness.move_clock(YEAR_CLOSES)
    close(driver, *MONTHS)
    digest = preview(driver, str(YEAR)).digest
    winner(together(8, lambda _: close_as(driver, str(YEAR), digest)), closing.ClosingShape)
    assert driver.budget(YEAR + 1).committed == yuan("2500.00")
    assert driver.prove().differences == ()


def test_a_claim_is_carried_or_prepared_from_the_old_year_never_both(driver: Driver) -> None:
    """At the same moment: whoever comes second sees what the first one did."""
    claim_id = approved_in_november(driver)
    driver.appropriate("2500.00", YEAR + 1)
    driver.harness.move_clock(YEAR_CLOSES)
    close(driver, *MONTHS)
    digest = preview(driver, str(YEAR)).digest
    closing_it, preparing = partial(close_as, driver, str(YEAR), digest), partial(driver.prepare, claim_id)
    acts: tuple[Callable[[], object], ...] = (closing_it, preparing)
    closed, prepared = together(2, lambda which: acts[which]())
    assert isinstance(prepared, payments.BatchShape)
    expected = YEAR if isinstance(closed, Conflict) else YEAR + 1
    assert [payment.fiscal_year for payment in prepared.payments] == [expected]
    driver.confirm(driver.instruct(prepared.batch_id))
    assert driver.prove().differences == ()


def test_a_closing_that_dies_in_between_has_done_nothing(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right before its commit, with everything written; the same request is then done whole."""
    approved_in_november(driver)
    driver.appropriate("2500.00", YEAR + 1)
    driver.harness.move_clock(YEAR_CLOSES)
    close(driver, *MONTHS)
    before, digest = everything(driver), preview(driver, str(YEAR)).digest

    def die(boundary: str, _subject: str) -> None:
        if boundary == "before_commit":
            raise OSError("the process ends here")

    with monkeypatch.context() as dying:
        dying.setattr(driver.harness.kernel.crash_points, "reached", die)
        with pytest.raises(Unavailable):
            close_as(driver, str(YEAR), digest)
    after = everything(driver)
    for table in ("postings", "claim_funding", "budgets", "books", "closings", "frozen_balances", "outbox"):
        assert after[table] == before[table]
    assert close_as(driver, str(YEAR), digest).carried == yuan("2500.00")
    assert driver.prove().differences == ()


def test_what_may_be_closed_waits_for_the_district_s_finance(driver: Driver) -> None:
    claim_id = approved_in_november(driver)
    driver.confirm(driver.instruct(driver.prepare(claim_id).batch_id))
    driver.harness.move_clock(date(YEAR, 12, 10))
    assert to_close(driver) == []
    driver.harness.move_clock(YEAR_CLOSES)
    place = f"apprenticeship:{driver.district}"
    assert to_close(driver) == [("month_to_close", f"{place}:{MONTHS[0]}", date(YEAR, 12, 11))]
    close(driver, *MONTHS)
    assert to_close(driver) == [("year_to_close", f"{place}:{YEAR}", YEAR_CLOSES)]
    close(driver, str(YEAR))
    assert to_close(driver) == []
    driver.harness.move_clock(date(YEAR + 1, 2, 11))
    assert [id for _, id, _ in to_close(driver)] == [f"{place}:{YEAR + 1}-01"]
    for other in (
        driver.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI),
        driver.harness.speaker(Role.CITY_FINANCE_OFFICER, "city-1"),
    ):
        assert driver.call(other, subsidy.LIST_WAITING, ListWaiting()).items == ()


def to_close(driver: Driver) -> list[tuple[str, str, date]]:
    items = driver.call(driver.maker, subsidy.LIST_WAITING, ListWaiting()).items
    return [(item.kind, item.id, item.since) for item in items]


def test_how_far_the_books_lag_behind_is_watched(driver: Driver) -> None:
    approved_in_november(driver)
    driver.harness.move_clock(YEAR_CLOSES)
    measure(driver.harness.database)
    assert BEHIND.labels("apprenticeship")._value.get() == 2  # November and December
    close(driver, *MONTHS)
    measure(driver.harness.database)
    assert BEHIND.labels("apprenticeship")._value.get() == 0


def test_statements_grow_with_slices_not_with_claims(driver: Driver) -> None:
    """Twenty claims are carried by as many statements as two are."""
    counted = []
    for place, claims in enumerate((2, 20)):
        year = YEAR + place
        driver.harness.move_clock(date(year, 11, 15))
        for number in range(claims):
            driver.project(f"project-{year}-{number}", ONE_YEAR)
        driver.appropriate("50000.00", year)
        driver.appropriate("60000.00", year + 1)
        for number in range(claims):
            driver.decide(driver.submit(project_id=f"project-{year}-{number}").claim_id)
        driver.harness.move_clock(date(year + 1, 1, 21))
        months = MONTHS if not place else tuple(f"{year}-{month:02d}" for month in range(1, 13))
        close(driver, *months)
        digest = preview(driver, str(year)).digest
        with counting(driver.harness.database) as done:
            assert close_as(driver, str(year), digest).carried > ZERO
        counted.append(len(done))
    assert counted[0] == counted[1]
