"""The worked examples of the programme, from the first claim to the last fen."""

from __future__ import annotations

from datetime import date

import pytest

from shared.contracts.kernel.decisions import VERIFY_DECISIONS, VerifyDecisions
from shared.contracts.subsidy import claims, payments
from shared.security.speaker import Role
from tests.services.subsidy.road import ASSESSED, DUE_YEAR, EMPLOYER, YEAR, Road, Training, yuan

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
def test_a_worked_example_is_paid_to_the_fen(road: Road, name: str) -> None:
    what, advance, balance, clawback = EXAMPLES[name]
    road.project(what=what)
    road.appropriate("200000.00")
    road.appropriate("200000.00", DUE_YEAR)
    paid = road.pay(road.submit().claim_id)
    assert (paid.state, paid.amount, paid.funding[0].fiscal_year) == ("paid", yuan(advance), YEAR)

    road.harness.move_clock(ASSESSED)
    road.assess(what=what)
    final = road.submit("final")
    assert (final.amount, final.clawback) == (yuan(balance), yuan(clawback))
    ended = road.pay(final.claim_id) if final.amount else road.decide(final.claim_id)

    assert ended.state == ("paid" if final.amount else "closed")
    assert {part.fiscal_year for part in ended.funding} <= {DUE_YEAR}
    proof = road.prove()
    assert proof.differences == ()
    assert (proof.paid, proof.receivable) == (yuan(advance) + yuan(balance), yuan(clawback))
    assert proof.committed == yuan("0.00")
    back = road.harness.call(road.officer, claims.LIST_CLAWBACKS, claims.ListClawbacks())
    assert back.total == yuan(clawback)
    assert len(back.clawbacks) == sum(result in ("failed", "left") for result in what.results)


def test_every_step_is_told_with_ids_and_amounts_only(road: Road) -> None:
    what, *_ = EXAMPLES["二十人班"]
    road.project(what=what)
    road.appropriate("200000.00")
    road.appropriate("200000.00", DUE_YEAR)
    road.pay(road.submit().claim_id)
    road.harness.move_clock(ASSESSED)
    road.assess(what=what)
    road.pay(road.submit("final").claim_id)
    told = road.harness.told
    assert [one.amount for one in told(claims.CLAIM_SUBMITTED)] == [yuan("120000.00"), yuan("93000.00")]
    assert [one.state for one in told(claims.CLAIM_DECIDED)] == ["approved", "approved"]
    assert [one.amount for one in told(payments.PAYMENT_INSTRUCTED)] == [yuan("120000.00"), yuan("93000.00")]
    assert [one.on for one in told(payments.PAYMENT_CONFIRMED)] == [date(2022, 6, 6), ASSESSED]
    assert [(one.persons, one.amount) for one in told(claims.CLAWBACK_OPENED)] == [(3, yuan("18000.00"))]


def test_each_line_is_explained_by_its_whole_decision_and_decides_again(road: Road) -> None:
    what = Training(results=("certified", "uncertified", "failed"))
    road.project(what=what)
    road.appropriate("100000.00")
    road.appropriate("100000.00", DUE_YEAR)
    road.pay(road.submit().claim_id)
    road.harness.move_clock(ASSESSED)
    road.assess(what=what)
    final = road.submit("final")
    road.decide(final.claim_id)
    first = road.harness.call(road.employer, claims.EXPLAIN_CLAIM, claims.ExplainClaim(final.claim_id, limit=2))
    rest = road.harness.call(road.employer, claims.EXPLAIN_CLAIM, claims.ExplainClaim(final.claim_id, first.cursor, 2))
    lines = (*first.lines, *rest.lines)
    assert [str(line.amount) for line in lines] == ["6000.00", "4200.00", "0.00"]
    assert [str(line.clawback) for line in lines] == ["0.00", "0.00", "6000.00"]
    assert all(any(one["rule"] == "APP-19" for one in line.decision["findings"]) for line in lines)
    assert rest.cursor is None
    operator = road.harness.speaker(Role.OPERATOR, "operator-1")
    verified = road.harness.call(operator, VERIFY_DECISIONS["subsidy"], VerifyDecisions())
    assert (verified.verified, verified.differing) == (11, ())


def test_a_waived_advance_is_paid_whole_at_the_end(road: Road) -> None:
    road.project()
    road.appropriate("12000.00", DUE_YEAR)
    road.harness.move_clock(ASSESSED)
    road.assess()
    assert road.pay(road.submit("final", advance_waived=True).claim_id).amount == yuan("12000.00")
    assert road.prove().differences == ()


def test_a_clawback_names_the_channel_that_paid_and_is_not_netted(road: Road) -> None:
    what = Training(results=("failed", "certified", "failed"))
    road.project(what=what)
    road.appropriate("10000.01")
    road.appropriate("50000.00", source="employment_subsidy_fund")
    road.appropriate("50000.00", DUE_YEAR)
    advance = road.submit()
    road.decide(advance.claim_id)
    assert [str(part.amount) for part in road.claim(advance.claim_id).funding] == ["7999.99", "10000.01"]
    road.confirm(road.instruct(road.prepare(advance.claim_id).batch_id))
    road.harness.move_clock(ASSESSED)
    road.assess(what=what)
    final = road.pay(road.submit("final").claim_id)
    assert (final.amount, final.clawback) == (yuan("6000.00"), yuan("12000.00"))
    back = road.harness.call(road.employer, claims.LIST_CLAWBACKS, claims.ListClawbacks("project-1"))
    for one in back.clawbacks:
        assert one.payee_id == EMPLOYER
        assert {part.fiscal_year for part in one.channel} == {YEAR}
        assert sum(part.amount.fen for part in one.channel) == one.amount.fen
        assert (one.rule, one.clause) == ("APP-19", "四(三)")
    assert road.budget().paid == yuan("10000.01")  # what was paid stays paid: the receivable stands beside it
    assert road.prove().differences == ()
