"""The worked examples of the programme, from the first claim to the last fen."""

from __future__ import annotations

from datetime import date

import pytest

from shared.contracts.kernel.decisions import VERIFY_DECISIONS, VerifyDecisions
from shared.contracts.subsidy import claims, clawbacks, payments
from shared.security.speaker import Role
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, EMPLOYER, YEAR, Driver, Training, yuan

EXAMPLES = {
    "普通高级工两年取证": (Training(), "6000.00", "6000.00", "0.00"),
    "普通高级工两年合格未取证": (Training(results=("uncertified",)), "6000.00", "4200.00", "0.00"),
    "紧缺技师两年可评价未取证": (
        Training("shortage", "technician", results=("uncertified",)),
        "9000.00",
        "6300.00",
        "0.00",
    ),
    "紧缺中级工一年不可评价合格": (
        Training("shortage", "intermediate", 1, appraisable=False, results=("uncertified",)),
        "3500.00",
        "3500.00",
        "0.00",
    ),
    "普通中级工一年不合格": (
        Training("ordinary", "intermediate", 1, results=("failed",)),
        "2500.00",
        "0.00",
        "2500.00",
    ),
    "普通高级技师三年只取得技师证书": (
        Training("ordinary", "senior_technician", 3, results=("lower",)),
        "12000.00",
        "8400.00",
        "0.00",
    ),
    "二十人班": (
        Training(results=("certified",) * 12 + ("uncertified",) * 5 + ("failed",) * 2 + ("left",)),
        "120000.00",
        "93000.00",
        "18000.00",
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_worked_example_is_paid_to_the_fen(driver: Driver, name: str) -> None:
    what, advance, balance, clawback = EXAMPLES[name]
    driver.project(what=what)
    driver.appropriate("200000.00")
    driver.appropriate("200000.00", DUE_YEAR)
    paid = driver.pay(driver.submit().claim_id)
    assert (paid.state, paid.amount, paid.funding[0].fiscal_year) == ("paid", yuan(advance), YEAR)

    driver.harness.move_clock(ASSESSED)
    driver.assess(what=what)
    final = driver.submit("final")
    assert (final.amount, final.clawback) == (yuan(balance), yuan(clawback))
    ended = driver.pay(final.claim_id) if final.amount else driver.decide(final.claim_id)

    assert ended.state == ("paid" if final.amount else "closed")
    assert {part.fiscal_year for part in ended.funding} <= {DUE_YEAR}
    proof = driver.prove()
    assert proof.differences == ()
    assert (proof.paid, proof.receivable) == (yuan(advance) + yuan(balance), yuan(clawback))
    assert proof.committed == yuan("0.00")
    back = driver.call(driver.officer, clawbacks.LIST_CLAWBACKS, clawbacks.ListClawbacks())
    assert back.total == yuan(clawback)
    assert len(back.clawbacks) == sum(result in ("failed", "left") for result in what.results)


def test_every_step_is_told_with_ids_and_amounts_only(driver: Driver) -> None:
    what, *_ = EXAMPLES["二十人班"]
    driver.project(what=what)
    driver.appropriate("200000.00")
    driver.appropriate("200000.00", DUE_YEAR)
    driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(ASSESSED)
    driver.assess(what=what)
    driver.pay(driver.submit("final").claim_id)
    told = driver.harness.told
    assert [one.amount for one in told(claims.CLAIM_SUBMITTED)] == [yuan("120000.00"), yuan("93000.00")]
    assert [one.state for one in told(claims.CLAIM_DECIDED)] == ["approved", "approved"]
    assert [one.amount for one in told(payments.PAYMENT_INSTRUCTED)] == [yuan("120000.00"), yuan("93000.00")]
    assert [one.on for one in told(payments.PAYMENT_CONFIRMED)] == [date(2022, 6, 6), ASSESSED]
    assert [(one.persons, one.amount) for one in told(clawbacks.CLAWBACK_OPENED)] == [(3, yuan("18000.00"))]


def test_each_line_is_explained_by_its_whole_decision_and_decides_again(driver: Driver) -> None:
    what = Training(results=("certified", "uncertified", "failed"))
    driver.project(what=what)
    driver.appropriate("100000.00")
    driver.appropriate("100000.00", DUE_YEAR)
    driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(ASSESSED)
    driver.assess(what=what)
    final = driver.submit("final")
    driver.decide(final.claim_id)
    first = driver.call(driver.employer, claims.EXPLAIN_CLAIM, claims.ExplainClaim(final.claim_id, limit=2))
    rest = driver.call(driver.employer, claims.EXPLAIN_CLAIM, claims.ExplainClaim(final.claim_id, first.cursor, 2))
    lines = (*first.lines, *rest.lines)
    assert [str(line.amount) for line in lines] == ["6000.00", "4200.00", "0.00"]
    assert [str(line.clawback) for line in lines] == ["0.00", "0.00", "6000.00"]
    assert all(any(one["rule"] == "APP-19" for one in line.decision["findings"]) for line in lines)
    assert rest.cursor is None
    operator = driver.harness.speaker(Role.OPERATOR, "operator-1")
    verified = driver.call(operator, VERIFY_DECISIONS["subsidy"], VerifyDecisions())
    assert (verified.verified, verified.differing) == (11, ())


def test_a_waived_advance_is_paid_whole_at_the_end(driver: Driver) -> None:
    driver.project()
    driver.appropriate("12000.00", DUE_YEAR)
    driver.harness.move_clock(ASSESSED)
    driver.assess()
    assert driver.pay(driver.submit("final", advance_waived=True).claim_id).amount == yuan("12000.00")
    assert driver.prove().differences == ()


def test_a_clawback_names_the_channel_that_paid_and_is_not_netted(driver: Driver) -> None:
    what = Training(results=("failed", "certified", "failed"))
    driver.project(what=what)
    driver.appropriate("10000.01")
    driver.appropriate("50000.00", source="employment_subsidy_fund")
    driver.appropriate("50000.00", DUE_YEAR)
    advance = driver.submit()
    driver.decide(advance.claim_id)
    assert [str(part.amount) for part in driver.claim(advance.claim_id).funding] == ["7999.99", "10000.01"]
    driver.confirm(driver.instruct(driver.prepare(advance.claim_id).batch_id))
    driver.harness.move_clock(ASSESSED)
    driver.assess(what=what)
    final = driver.pay(driver.submit("final").claim_id)
    assert (final.amount, final.clawback) == (yuan("6000.00"), yuan("12000.00"))
    back = driver.call(driver.employer, clawbacks.LIST_CLAWBACKS, clawbacks.ListClawbacks("project-1"))
    for one in back.clawbacks:
        assert one.payee_id == EMPLOYER
        assert {part.fiscal_year for part in one.channel} == {YEAR}
        assert sum(part.amount.fen for part in one.channel) == one.amount.fen
        assert (one.rule, one.clause) == ("APP-19", "四(三)")
    assert driver.budget().paid == yuan("10000.01")  # what was paid stays paid: the receivable stands beside it
    assert driver.prove().differences == ()
