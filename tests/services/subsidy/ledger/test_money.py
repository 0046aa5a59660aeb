"""Money can't go wrong quietly: never more than appropriated, never twice, never without a trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from services.subsidy.views.metrics import DIFFERENCE, measure
from shared.contracts.subsidy import budgets_and_ledger, payments
from shared.contracts.subsidy import claims as subsidy
from shared.errors import Conflict, InvalidRequest
from shared.security.speaker import Role
from shared.store.database import Database
from tests.conftest import MadeDatabase
from tests.services.subsidy.driver import SOURCES, YEAR, Driver, Training, yuan
from tests.services.subsidy.statements import interrupted
from tests.together import together, winner


def test_a_claim_beyond_the_budget_stays_and_the_shortage_is_told(driver: Driver) -> None:
    driver.project()
    driver.appropriate("4000.00")
    driver.appropriate("1999.99", source=SOURCES[1])
    claim = driver.submit()
    short = driver.decide(claim.claim_id)
    assert (short.state, short.missing, short.funding) == ("submitted", yuan("0.01"), ())
    assert [one.missing for one in driver.harness.told(budgets_and_ledger.BUDGET_EXHAUSTED)] == [yuan("0.01")]
    assert driver.harness.told(subsidy.CLAIM_DECIDED) == []
    driver.appropriate("0.01")
    enough = driver.decide(claim.claim_id)
    assert (enough.state, enough.missing) == ("approved", yuan("0.00"))
    assert {part.fund_source: str(part.amount) for part in enough.funding} == {
        SOURCES[0]: "4000.01",
        SOURCES[1]: "1999.99",
    }
    assert driver.prove().differences == ()


def test_a_claim_over_two_sources_is_paid_when_both_have_paid(driver: Driver) -> None:
    driver.project()
    driver.appropriate("4000.00")
    driver.appropriate("2000.00", source=SOURCES[1])
    claim = driver.submit()
    driver.decide(claim.claim_id)
    batch = driver.instruct(driver.prepare(claim.claim_id).batch_id)
    assert len(batch.payments) == 2
    assert driver.confirm(batch, batch.payments[:1]).state == "instructed"
    assert driver.claim(claim.claim_id).state == "in_payment"
    assert driver.prove().differences == ()
    assert driver.confirm(batch).state == "paid"  # the first one again, unchanged, and the second
    assert driver.claim(claim.claim_id).paid_on == driver.harness.today
    assert len(driver.harness.told(payments.PAYMENT_CONFIRMED)) == 1
    assert driver.prove().paid == yuan("6000.00")


def test_confirming_again_changes_nothing_and_other_words_are_refused(driver: Driver) -> None:
    driver.project()
    driver.appropriate("6000.00")
    claim = driver.submit()
    driver.decide(claim.claim_id)
    prepared = driver.prepare(claim.claim_id)
    with pytest.raises(Conflict, match="尚未复核"):
        driver.confirm(prepared)
    batch = driver.instruct(prepared.batch_id)
    with pytest.raises(Conflict, match="已复核"):
        driver.instruct(prepared.batch_id)
    assert driver.confirm(batch) == driver.confirm(batch)
    other = payments.ConfirmedItem(batch.payments[0].payment_id, driver.harness.today, "ANOTHER")
    with pytest.raises(Conflict, match="不能修改"):
        driver.call(driver.maker, payments.CONFIRM_PAYMENT, payments.ConfirmPayment(batch.batch_id, (other,)))
    assert driver.budget().paid == yuan("6000.00")


def test_bad_items_are_all_named(driver: Driver) -> None:
    driver.project()
    driver.appropriate("6000.00")
    claim = driver.submit()
    driver.decide(claim.claim_id)
    batch = driver.instruct(driver.prepare(claim.claim_id).batch_id)
    today, known = driver.harness.today, batch.payments[0].payment_id
    items = (
        payments.ConfirmedItem("unknown", today, "R1"),
        payments.ConfirmedItem(known, today + timedelta(days=1), "R2"),
        payments.ConfirmedItem(known, today - timedelta(days=1), "R3"),
    )
    with pytest.raises(InvalidRequest) as refusal:
        driver.call(driver.maker, payments.CONFIRM_PAYMENT, payments.ConfirmPayment(batch.batch_id, items))
    assert [fault["path"] for fault in refusal.value.details["fields"]] == [
        "items[0].payment_id",
        "items[1].payment_id",
        "items[1].paid_on",
        "items[2].payment_id",
        "items[2].paid_on",
    ]


def test_an_unknown_source_or_an_empty_appropriation_is_refused(driver: Driver) -> None:
    with pytest.raises(InvalidRequest, match="所列各项"):
        driver.appropriate("1.00", source="somewhere")
    for amount in ("0.00", "-1.00"):
        with pytest.raises(InvalidRequest):
            driver.appropriate(amount)


def test_fifty_claims_for_the_last_yuan_reserve_it_once(driver: Driver) -> None:
    claims = []
    for place in range(50):
        driver.project(f"project-{place}", Training("ordinary", "intermediate", 1))
        claims.append(driver.submit(project_id=f"project-{place}").claim_id)
    driver.appropriate("2500.00")
    decided = together(50, lambda place: driver.decide(claims[place]))
    states = [getattr(one, "state", one) for one in decided]
    assert sorted(map(str, states)) == ["approved"] + ["submitted"] * 49
    assert driver.budget().committed == yuan("2500.00")
    assert driver.prove().differences == ()


def test_one_claim_submitted_approved_prepared_and_paid_by_many_is_so_once(driver: Driver) -> None:
    driver.project()
    driver.appropriate("60000.00")
    claim_id = winner(together(8, lambda _: driver.submit()), subsidy.ClaimShape).claim_id
    winner(together(8, lambda _: driver.decide(claim_id)), subsidy.ClaimShape)
    prepared = winner(together(8, lambda _: driver.prepare(claim_id)), payments.BatchShape)
    batch = driver.instruct(prepared.batch_id)
    confirmed = together(8, lambda _: driver.confirm(batch))
    assert [getattr(one, "state", one) for one in confirmed] == ["paid"] * 8
    assert (driver.budget().paid, driver.budget().committed) == (yuan("6000.00"), yuan("0.00"))
    assert len(driver.harness.told(payments.PAYMENT_CONFIRMED)) == 1
    assert driver.prove().differences == ()


def test_two_sources_confirmed_at_the_same_moment_settle_their_claim(driver: Driver) -> None:
    for place in range(10):
        project = driver.project(f"project-{place}")
        driver.appropriate("4000.00")
        driver.appropriate("2000.00", source=SOURCES[1])
        claim = driver.submit(project_id=project)
        driver.decide(claim.claim_id)
        batch = driver.instruct(driver.prepare(claim.claim_id).batch_id)

        def confirm(which: int, batch: payments.BatchShape = batch) -> payments.BatchShape:
            return driver.confirm(batch, batch.payments[which : which + 1])

        together(2, confirm)
        assert driver.claim(claim.claim_id).state == "paid"
    assert len(driver.harness.told(payments.PAYMENT_CONFIRMED)) == 10
    assert driver.prove().differences == ()


def test_the_proof_sees_one_moment_however_others_go_on(driver: Driver) -> None:
    driver.project()
    driver.appropriate("60000.00")
    claim = driver.submit()
    with interrupted(driver, "bank_lines", lambda: driver.decide(claim.claim_id)):  # claims are read, payments not yet
        assert driver.prove().differences == ()
    assert driver.claim(claim.claim_id).state == "approved"


@pytest.mark.parametrize("command", ["UPDATE postings SET amount = 1", "DELETE FROM postings"])
@pytest.mark.parametrize("who", ["url", "owner_url"])
def test_a_posting_is_neither_changed_nor_removed(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path, command: str, who: str
) -> None:
    made = make_database("subsidy", dialect)
    driver = Driver(made.url, tmp_path)
    driver.appropriate("1.00")
    hostile = Database(getattr(made, who))
    with pytest.raises(DatabaseError), hostile.transaction() as session:
        session.execute(text(command))
    hostile.dispose()
    assert driver.prove().differences == ()
    driver.close()


@pytest.mark.parametrize(
    "command",
    [
        "UPDATE budgets SET committed = -1",
        "UPDATE budgets SET paid = -1",
        "UPDATE budgets SET paid = appropriated + 1",
        "UPDATE claims SET state = 'rejected'",
        "UPDATE claims SET approver = applicant",
        "UPDATE claim_lines SET live = (1 = 0)",
        "UPDATE payments SET amount = amount + 1",
        "UPDATE payments SET state = 'paid', paid_on = NULL",
        "DELETE FROM claims",
    ],
)
def test_the_database_refuses_what_must_never_be(driver: Driver, command: str) -> None:
    driver.project()
    driver.appropriate("6000.00")
    claim = driver.submit()
    driver.decide(claim.claim_id)
    driver.prepare(claim.claim_id)
    with pytest.raises(IntegrityError), driver.harness.database.transaction() as session:
        session.execute(text(command))


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("UPDATE budgets SET committed = committed - 1", "计数 committed"),
        ("UPDATE budgets SET appropriated = appropriated + 1", "计数 appropriated"),
        ("UPDATE claims SET amount = amount + 1", "金额"),
        ("UPDATE claim_lines SET amount = amount + 1", "金额"),
        (
            "INSERT INTO postings (posted_on, accounted_on, posted_by, kind, debit, credit, amount, programme,"
            " district, fund_source, fiscal_year, claim_id, fact_id, rule, clause, document) SELECT posted_on,"
            " posted_on, posted_by, kind, debit, credit, 1, programme, district, fund_source, fiscal_year, claim_id,"
            " 'forged', rule, clause, document FROM postings WHERE kind = 'commitment'",
            "账户 committed",
        ),
    ],
)
def test_the_proof_finds_what_was_tampered_with(driver: Driver, command: str, named: str) -> None:
    driver.project()
    driver.appropriate("10000.00")
    driver.decide(driver.submit().claim_id)
    assert driver.prove().differences == ()
    with driver.harness.database.transaction() as session:
        session.execute(text(command))
    assert any(named in difference for difference in driver.prove().differences)
    measure(driver.harness.database)
    assert DIFFERENCE._value.get() > 0


def test_the_gauge_is_zero_while_the_ledger_is_right(driver: Driver) -> None:
    driver.project()
    driver.appropriate("10000.00")
    driver.pay(driver.submit().claim_id)
    assert measure(driver.harness.database) == 0
    assert DIFFERENCE._value.get() == 0


def test_an_operator_proves_everything_and_sees_no_sum(driver: Driver) -> None:
    driver.appropriate("10000.00")
    operator = driver.harness.speaker(Role.OPERATOR, "operator-1")
    proof = driver.call(operator, budgets_and_ledger.PROVE_LEDGER, budgets_and_ledger.ProveLedger())
    assert (proof.postings, proof.appropriated, proof.differences) == (1, yuan("0.00"), ())


def test_each_posting_names_its_claim_rule_clause_and_document(driver: Driver) -> None:
    driver.project()
    driver.appropriate("10000.00")
    claim = driver.pay(driver.submit().claim_id)
    ledger = driver.call(driver.maker, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger(fiscal_year=YEAR))
    assert [(one.kind, one.debit, one.credit, str(one.amount), one.rule, one.clause) for one in ledger.postings] == [
        ("appropriation", "available", "appropriations", "10000.00", "APP-21", "四(一)"),
        ("commitment", "committed", "available", "6000.00", "APP-20", "四(四)"),
        ("payment", "paid", "committed", "6000.00", "APP-20", "四(四)"),
    ]
    assert {one.document for one in ledger.postings} == {claim.document}
    assert {one.claim_id for one in ledger.postings[1:]} == {claim.claim_id}
