"""Readings that change money (★), tried at the service's door under both values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.contracts.kernel.decisions import VERIFY_DECISIONS, VerifyDecisions
from shared.contracts.subsidy import budgets_and_ledger, claims, payments
from shared.contracts.training import results
from shared.errors import PolicyNotMet
from shared.security.speaker import Role
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, SOURCES, YEAR, Driver, Training, yuan
from tests.services.subsidy.rules.advanced import advanced

THREE = Training(results=("certified", "certified", "failed"))


# --- INT-4: what is due back, and the balance of the same claim ---------------------------------------------------


def test_two_amounts_stay_two_by_default(driver: Driver) -> None:
    advanced(driver, THREE)
    final = driver.pay(driver.submit("final").claim_id)
    assert (final.amount, final.clawback, final.set_off) == (yuan("12000.00"), yuan("6000.00"), yuan("0.00"))
    assert driver.prove().receivable == yuan("6000.00")


def test_what_is_due_back_is_kept_from_the_balance_where_so_read(driver: Driver) -> None:
    advanced(driver, THREE, clawback_offset="automatic")
    claim = driver.submit("final")
    approved = driver.decide(claim.claim_id)
    assert (approved.amount, approved.set_off) == (yuan("12000.00"), yuan("6000.00"))
    assert [str(part.amount) for part in approved.funding] == ["6000.00"]
    assert driver.prove().receivable == yuan("6000.00")  # until the claim is settled it is only meant to be kept
    batch = driver.instruct(driver.prepare(claim.claim_id).batch_id)
    assert (batch.total, driver.harness.told(payments.PAYMENT_INSTRUCTED)[-1].amount) == (
        yuan("6000.00"),
        yuan("6000.00"),
    )
    driver.confirm(batch)
    proof = driver.prove()
    assert (proof.differences, proof.receivable, proof.committed) == ((), yuan("0.00"), yuan("0.00"))
    assert driver.budget(DUE_YEAR).paid == yuan("12000.00")  # the budget bears all of it
    shown = driver.clawbacks()
    assert [(one.state, one.outstanding) for one in shown.clawbacks] == [("offset", yuan("0.00"))]
    assert shown.total == yuan("0.00")
    ledger = driver.call(driver.maker, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger())
    explicit = [(one.kind, one.fiscal_year, str(one.amount)) for one in ledger.postings[-4:]]
    assert sorted(explicit) == [
        ("offset", DUE_YEAR, "6000.00"),
        ("payment", DUE_YEAR, "6000.00"),
        ("recovery", YEAR, "6000.00"),
        ("refill", YEAR, "6000.00"),  # that year isn't closed yet (INT-76)
    ]


def test_a_balance_that_is_kept_whole_is_settled_by_its_approval(driver: Driver) -> None:
    what = Training(results=("certified", "failed", "failed"))
    advanced(driver, what, clawback_offset="automatic")
    closed = driver.decide(driver.submit("final").claim_id)
    assert (closed.state, closed.set_off, closed.funding) == ("closed", yuan("6000.00"), ())
    assert driver.prove().receivable == driver.clawbacks().total == yuan("6000.00")
    assert driver.prove().differences == ()


def test_only_money_of_the_same_source_is_kept(driver: Driver) -> None:
    driver.read_otherwise(clawback_offset="automatic")
    driver.project(what=THREE)
    driver.appropriate("18000.00", source=SOURCES[1])
    driver.appropriate("18000.00", DUE_YEAR)
    driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(ASSESSED)
    driver.assess(what=THREE)
    final = driver.pay(driver.submit("final").claim_id)
    assert (final.set_off, driver.prove().receivable) == (yuan("0.00"), yuan("6000.00"))


def test_a_voided_claim_keeps_nothing(driver: Driver) -> None:
    advanced(driver, THREE, clawback_offset="automatic")
    claim = driver.submit("final")
    driver.decide(claim.claim_id)
    driver.fraud(0)
    proof = driver.prove()
    assert (proof.differences, proof.committed, proof.receivable) == ((), yuan("0.00"), yuan("6000.00"))
    again = driver.decide(driver.submit("final").claim_id)
    assert (again.state, again.amount, again.set_off) == ("closed", yuan("6000.00"), yuan("6000.00"))
    assert driver.prove().differences == ()


def test_fraud_takes_back_what_was_kept_as_well_as_what_was_sent(driver: Driver) -> None:
    advanced(driver, THREE, clawback_offset="automatic")
    driver.pay(driver.submit("final").claim_id)
    driver.fraud(0)
    assert driver.clawbacks().total == driver.prove().receivable == yuan("12000.00")
    assert driver.prove().differences == ()


# --- the others, each at the door under both values ---------------------------------------------------------------


ONE = Training()
FINAL: dict[tuple[str, str], tuple[Training, dict[str, Any], str]] = {
    # INT-1: a term that was extended by five months
    ("paid_term", "filed_term"): (ONE, {"extension_months": 5}, "6000.00"),
    ("paid_term", "extension_adds_months"): (ONE, {"extension_months": 5}, "8500.00"),
    # INT-2: an ordinary occupation that can't be appraised
    ("not_appraisable_ordinary", "as_uncertified"): (
        replace(ONE, appraisable=False, results=("uncertified",)),
        {},
        "4200.00",
    ),
    ("not_appraisable_ordinary", "as_certified"): (
        replace(ONE, appraisable=False, results=("uncertified",)),
        {},
        "6000.00",
    ),
    # INT-3: a certificate of a lower level, intermediate at 5000 a year
    ("lower_certificate", "no_certificate"): (replace(ONE, results=("lower",)), {}, "4200.00"),
    ("lower_certificate", "lower_level_rate"): (replace(ONE, results=("lower",)), {}, "4000.00"),
    # INT-27: a smaller advance leaves a larger balance
    ("advance_base", "filed_term"): (ONE, {}, "6000.00"),
    ("advance_base", "one_year"): (ONE, {}, "9000.00"),
    # INT-28: done after eighteen months
    ("early_completion", "filed_term"): (ONE, {"months_trained": 18}, "6000.00"),
    ("early_completion", "by_months"): (ONE, {"months_trained": 18}, "3000.00"),
    # INT-30: left after eighteen months, for service
    ("left_before_end", "as_failed"): (replace(ONE, results=("left",)), {"months_trained": 18}, "-6000.00"),
    ("left_before_end", "by_months"): (replace(ONE, results=("left",)), {"months_trained": 18}, "1650.00"),
    ("left_before_end", "hardship_keeps_advance"): (
        replace(ONE, results=("left",)),
        {"leaving_reason": "conscription"},
        "0.00",
    ),
    # INT-32: a certificate of a kind without levels
    ("certificate_kinds", "every_kind"): (ONE, {"kind": "special_ability", "level": None}, "6000.00"),
    ("certificate_kinds", "levelled_only"): (ONE, {"kind": "special_ability", "level": None}, "4200.00"),
}


@pytest.mark.parametrize(("setting", "value"), FINAL)
def test_a_reading_changes_the_balance_as_the_register_says(driver: Driver, setting: str, value: str) -> None:
    what, told, balance = FINAL[setting, value]
    advanced(driver, what, **{setting: value})
    page = driver.outcomes["project-1"]
    driver.outcomes["project-1"] = replace(page, enrolments=tuple(_told(one, told) for one in page.enrolments))
    claim = driver.submit("final")
    assert claim.amount - claim.clawback == (-yuan(balance[1:]) if balance.startswith("-") else yuan(balance))
    (line,) = driver.call(driver.officer, claims.EXPLAIN_CLAIM, claims.ExplainClaim(claim.claim_id)).lines
    if setting != "advance_base":  # that one was used by the advance's decision
        assert value in [used["value"] for used in line.decision["readings"] if used["setting"] == setting]


def _told(outcome: results.OutcomeShape, told: dict[str, Any]) -> results.OutcomeShape:
    """The outcome with other fields, of its certificate where they are the certificate's."""
    if "kind" not in told:
        return replace(outcome, **told)
    assert outcome.certificate is not None
    return replace(outcome, certificate=replace(outcome.certificate, **told))


@pytest.mark.parametrize("value", ["finding", "blocks_balance"])
def test_textbooks_never_filed_are_a_finding_or_a_bar(driver: Driver, value: str) -> None:
    advanced(driver, ONE, textbooks_not_filed=value)
    driver.outcomes["project-1"] = replace(driver.outcomes["project-1"], textbooks_filed=False)
    if value == "finding":
        claim = driver.submit("final")
        assert "APP-16" in [one.rule for one in claim.decision.findings if one.outcome == "advice"]
        return
    with pytest.raises(PolicyNotMet) as refusal:
        driver.submit("final")
    assert "APP-16" in [one["rule"] for one in refusal.value.details["findings"] if one["outcome"] == "unmet"]


@pytest.mark.parametrize(
    ("value", "payee", "words"),
    [
        ("contract_employer", "employer-1", "签订劳动合同的企业"),
        ("entrusted_employer", "other-1", "受托培训的企业"),
    ],
)
def test_an_entrusted_employer_is_paid_only_where_so_read(driver: Driver, value: str, payee: str, words: str) -> None:
    driver.read_otherwise(payee=value)
    plan = replace(driver.plan(), entrusted_employer_id="other-1")
    driver.project(plan=plan)
    driver.appropriate("6000.00")
    claim = driver.submit()
    assert words in [one.compared for one in claim.decision.findings if one.rule == "APP-9"]
    driver.decide(claim.claim_id)
    assert {one.payee_id for one in driver.prepare(claim.claim_id).payments} == {payee}


@pytest.mark.parametrize(("value", "state"), [("in_order", "approved"), ("one_source", "submitted")])
def test_a_claim_is_split_over_sources_or_not(driver: Driver, value: str, state: str) -> None:
    driver.read_otherwise(fund_split=value)
    driver.project()
    driver.appropriate("3000.00")
    driver.appropriate("3000.00", source=SOURCES[1])
    assert driver.decide(driver.submit().claim_id).state == state
    assert driver.prove().differences == ()


@pytest.mark.parametrize(("value", "year"), [("year_due", DUE_YEAR), ("year_of_approval", YEAR)])
def test_the_balance_is_borne_by_the_year_that_the_reading_names(driver: Driver, value: str, year: int) -> None:
    advanced(driver, ONE, balance_year=value)
    approved = driver.decide(driver.submit("final").claim_id)
    assert {part.fiscal_year for part in approved.funding} == {year}
    operator = driver.harness.speaker(Role.OPERATOR, "operator-1")
    assert driver.call(operator, *_verify()).differing == ()


def _verify() -> tuple[Any, Any]:
    return VERIFY_DECISIONS["subsidy"], VerifyDecisions()


def test_nothing_is_paid_while_somebody_earns_less_than_the_minimum_wage(driver: Driver) -> None:
    driver.project(what=THREE)
    page = driver.outcomes["project-1"]
    first, second, third = page.enrolments
    short = (replace(first, months_underpaid=2), replace(second, months_underpaid=1), third)
    driver.outcomes["project-1"] = replace(page, enrolments=short)
    with pytest.raises(PolicyNotMet) as refusal:
        driver.submit()
    (finding,) = [one for one in refusal.value.details["findings"] if one["outcome"] == "unmet"]
    assert finding["rule"] == "APP-25"
    assert "2 名人员" in finding["message"] and "补足差额" in finding["message"]
    driver.outcomes["project-1"] = page
    assert driver.submit().persons == 3


@pytest.mark.parametrize(
    ("changes", "rule", "words"),
    [({"months_unrecorded": 1}, "APP-25", "没有登记工资"), ({"departed": True}, "APP-26", "认定理由")],
)
def test_wages_that_nobody_recorded_and_departures_that_nobody_took_up_hold_the_claim(
    driver: Driver, changes: dict[str, Any], rule: str, words: str
) -> None:
    advanced(driver, THREE)
    page = driver.outcomes["project-1"]
    first, *others = page.enrolments
    driver.outcomes["project-1"] = replace(page, enrolments=(replace(first, **changes), *others))
    with pytest.raises(PolicyNotMet) as refusal:
        driver.submit("final")
    (finding,) = [one for one in refusal.value.details["findings"] if one["outcome"] == "unmet"]
    assert finding["rule"] == rule and "1 名人员" in finding["message"] and words in finding["message"]
    driver.outcomes["project-1"] = page
    assert driver.submit("final").persons == 3
