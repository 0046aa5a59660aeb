"""Money can't go wrong quietly: never more than appropriated, never twice, never without a trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from services.subsidy.proof import proof as proving
from services.subsidy.views.metrics import DIFFERENCE, measure
from shared.contracts.subsidy import budgets_and_ledger, payments
from shared.contracts.subsidy import claims as subsidy
from shared.errors import Conflict, InvalidRequest
from shared.security.speaker import Role
from shared.store.database import Database
from tests.conftest import MadeDatabase
from tests.services.subsidy.road import SOURCES, YEAR, Road, Training, yuan
from tests.together import together, winner


def test_a_claim_beyond_the_budget_stays_and_the_shortage_is_told(road: Road) -> None:
    road.project()
    road.appropriate("4000.00")
    road.appropriate("1999.99", source=SOURCES[1])
    claim = road.submit()
    short = road.decide(claim.claim_id)
    assert (short.state, short.missing, short.funding) == ("submitted", yuan("0.01"), ())
    assert [one.missing for one in road.harness.told(budgets_and_ledger.BUDGET_EXHAUSTED)] == [yuan("0.01")]
    assert road.harness.told(subsidy.CLAIM_DECIDED) == []
    road.appropriate("0.01")
    enough = road.decide(claim.claim_id)
    assert (enough.state, enough.missing) == ("approved", yuan("0.00"))
    assert {part.fund_source: str(part.amount) for part in enough.funding} == {
        SOURCES[0]: "4000.01",
        SOURCES[1]: "1999.99",
    }
    assert road.prove().differences == ()


def test_a_claim_over_two_sources_is_paid_when_both_have_paid(road: Road) -> None:
    road.project()
    road.appropriate("4000.00")
    road.appropriate("2000.00", source=SOURCES[1])
    claim = road.submit()
    road.decide(claim.claim_id)
    batch = road.instruct(road.prepare(claim.claim_id).batch_id)
    assert len(batch.payments) == 2
    assert road.confirm(batch, batch.payments[:1]).state == "instructed"
    assert road.claim(claim.claim_id).state == "in_payment"
    assert road.prove().differences == ()
    assert road.confirm(batch).state == "paid"  # the first one again, unchanged, and the second
    assert road.claim(claim.claim_id).paid_on == road.harness.today
    assert len(road.harness.told(payments.PAYMENT_CONFIRMED)) == 1
    assert road.prove().paid == yuan("6000.00")


def test_confirming_again_changes_nothing_and_other_words_are_refused(road: Road) -> None:
    road.project()
    road.appropriate("6000.00")
    claim = road.submit()
    road.decide(claim.claim_id)
    prepared = road.prepare(claim.claim_id)
    with pytest.raises(Conflict, match="尚未复核"):
        road.confirm(prepared)
    batch = road.instruct(prepared.batch_id)
    with pytest.raises(Conflict, match="已复核"):
        road.instruct(prepared.batch_id)
    assert road.confirm(batch) == road.confirm(batch)
    other = payments.ConfirmedItem(batch.payments[0].payment_id, road.harness.today, "ANOTHER")
    with pytest.raises(Conflict, match="不能修改"):
        road.harness.call(road.maker, payments.CONFIRM_PAYMENT, payments.ConfirmPayment(batch.batch_id, (other,)))
    assert road.budget().paid == yuan("6000.00")


def test_bad_items_are_all_named(road: Road) -> None:
    road.project()
    road.appropriate("6000.00")
    claim = road.submit()
    road.decide(claim.claim_id)
    batch = road.instruct(road.prepare(claim.claim_id).batch_id)
    today, known = road.harness.today, batch.payments[0].payment_id
    items = (
        payments.ConfirmedItem("unknown", today, "R1"),
        payments.ConfirmedItem(known, today + timedelta(days=1), "R2"),
        payments.ConfirmedItem(known, today - timedelta(days=1), "R3"),
    )
    with pytest.raises(InvalidRequest) as refusal:
        road.harness.call(road.maker, payments.CONFIRM_PAYMENT, payments.ConfirmPayment(batch.batch_id, items))
    assert [fault["path"] for fault in refusal.value.details["fields"]] == [
        "items[0].payment_id",
        "items[1].payment_id",
        "items[1].paid_on",
        "items[2].payment_id",
        "items[2].paid_on",
    ]


def test_an_unknown_source_or_an_empty_appropriation_is_refused(road: Road) -> None:
    with pytest.raises(InvalidRequest, match="所列各项"):
        road.appropriate("1.00", source="somewhere")
    for amount in ("0.00", "-1.00"):
        with pytest.raises(InvalidRequest):
            road.appropriate(amount)


def test_fifty_claims_for_the_last_yuan_reserve_it_once(road: Road) -> None:
    claims = []
    for place in range(50):
        road.project(f"project-{place}", Training("ordinary", "intermediate", 1))
        claims.append(road.submit(project_id=f"project-{place}").claim_id)
    road.appropriate("2500.00")
    decided = together(50, lambda place: road.decide(claims[place]))
    states = [getattr(one, "state", one) for one in decided]
    assert sorted(map(str, states)) == ["approved"] + ["submitted"] * 49
    assert road.budget().committed == yuan("2500.00")
    assert road.prove().differences == ()


def test_one_claim_submitted_approved_prepared_and_paid_by_many_is_so_once(road: Road) -> None:
    road.project()
    road.appropriate("60000.00")
    claim_id = winner(together(8, lambda _: road.submit()), subsidy.ClaimShape).claim_id
    winner(together(8, lambda _: road.decide(claim_id)), subsidy.ClaimShape)
    prepared = winner(together(8, lambda _: road.prepare(claim_id)), payments.BatchShape)
    batch = road.instruct(prepared.batch_id)
    confirmed = together(8, lambda _: road.confirm(batch))
    assert [getattr(one, "state", one) for one in confirmed] == ["paid"] * 8
    assert (road.budget().paid, road.budget().committed) == (yuan("6000.00"), yuan("0.00"))
    assert len(road.harness.told(payments.PAYMENT_CONFIRMED)) == 1
    assert road.prove().differences == ()


def test_two_sources_confirmed_at_the_same_moment_settle_their_claim(road: Road) -> None:
    for place in range(10):
        project = road.project(f"project-{place}")
        road.appropriate("4000.00")
        road.appropriate("2000.00", source=SOURCES[1])
        claim = road.submit(project_id=project)
        road.decide(claim.claim_id)
        batch = road.instruct(road.prepare(claim.claim_id).batch_id)

        def confirm(which: int, batch: payments.BatchShape = batch) -> payments.BatchShape:
            return road.confirm(batch, batch.payments[which : which + 1])

        together(2, confirm)
        assert road.claim(claim.claim_id).state == "paid"
    assert len(road.harness.told(payments.PAYMENT_CONFIRMED)) == 10
    assert road.prove().differences == ()


def test_the_proof_sees_one_moment_however_others_go_on(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    road.project()
    road.appropriate("60000.00")
    claim = road.submit()
    read_payments = proving.prove_payments

    def interrupted(*arguments: Any) -> None:
        """Claims were read, payments not yet: just then another transaction commits."""
        road.decide(claim.claim_id)
        read_payments(*arguments)

    monkeypatch.setattr(proving, "prove_payments", interrupted)
    assert road.prove().differences == ()
    assert road.claim(claim.claim_id).state == "approved"


@pytest.mark.parametrize("command", ["UPDATE postings SET amount = 1", "DELETE FROM postings"])
@pytest.mark.parametrize("who", ["url", "owner_url"])
def test_a_posting_is_neither_changed_nor_removed(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path, command: str, who: str
) -> None:
    made = make_database("subsidy", dialect)
    road = Road(made.url, tmp_path)
    road.appropriate("1.00")
    hostile = Database(getattr(made, who))
    with pytest.raises(DatabaseError), hostile.transaction() as session:
        session.execute(text(command))
    hostile.dispose()
    assert road.prove().differences == ()
    road.close()


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
def test_the_database_refuses_what_must_never_be(road: Road, command: str) -> None:
    road.project()
    road.appropriate("6000.00")
    claim = road.submit()
    road.decide(claim.claim_id)
    road.prepare(claim.claim_id)
    with pytest.raises(IntegrityError), road.harness.database.transaction() as session:
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
def test_the_proof_finds_what_was_tampered_with(road: Road, command: str, named: str) -> None:
    road.project()
    road.appropriate("10000.00")
    road.decide(road.submit().claim_id)
    assert road.prove().differences == ()
    with road.harness.database.transaction() as session:
        session.execute(text(command))
    assert any(named in difference for difference in road.prove().differences)
    measure(road.harness.database)
    assert DIFFERENCE._value.get() > 0


def test_the_gauge_is_zero_while_the_ledger_is_right(road: Road) -> None:
    road.project()
    road.appropriate("10000.00")
    road.pay(road.submit().claim_id)
    assert measure(road.harness.database) == 0
    assert DIFFERENCE._value.get() == 0


def test_an_operator_proves_everything_and_sees_no_sum(road: Road) -> None:
    road.appropriate("10000.00")
    operator = road.harness.speaker(Role.OPERATOR, "operator-1")
    proof = road.harness.call(operator, budgets_and_ledger.PROVE_LEDGER, budgets_and_ledger.ProveLedger())
    assert (proof.postings, proof.appropriated, proof.differences) == (1, yuan("0.00"), ())


def test_each_posting_names_its_claim_rule_clause_and_document(road: Road) -> None:
    road.project()
    road.appropriate("10000.00")
    claim = road.pay(road.submit().claim_id)
    ledger = road.harness.call(
        road.maker, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger(fiscal_year=YEAR)
    )
    assert [(one.kind, one.debit, one.credit, str(one.amount), one.rule, one.clause) for one in ledger.postings] == [
        ("appropriation", "available", "appropriations", "10000.00", "APP-21", "四(一)"),
        ("commitment", "committed", "available", "6000.00", "APP-20", "四(四)"),
        ("payment", "paid", "committed", "6000.00", "APP-20", "四(四)"),
    ]
    assert {one.document for one in ledger.postings} == {claim.document}
    assert {one.claim_id for one in ledger.postings[1:]} == {claim.claim_id}
