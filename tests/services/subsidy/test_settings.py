"""Readings that change money (★), tried at the service's door under both values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.contracts import kernel
from shared.contracts.subsidy import budgets_and_ledger, claims, payments
from shared.contracts.training import results
from shared.errors import Conflict, PolicyNotMet
from shared.security.speaker import Role
from tests.rules.policy import beijing
from tests.services.subsidy.road import ASSESSED, DUE_YEAR, SOURCES, YEAR, Road, Training, yuan

THREE = Training(results=("certified", "certified", "failed"))
WITHIN = beijing().whole("certificate.supplementary_days", ASSESSED)


def advanced(road: Road, what: Training, **settings: str) -> None:
    """A project under other readings, its advance paid, its training over."""
    road.read_otherwise(**settings)
    road.project(what=what)
    for year in (YEAR, DUE_YEAR):
        road.appropriate("100000.00", year)
    road.pay(road.submit().claim_id)
    road.harness.move_clock(ASSESSED)
    road.assess(what=what)


def certify(road: Road, on: date, *places: int) -> None:
    """Training hears of certificates issued on that day."""
    page = road.outcomes["project-1"]
    shape = results.CertificateShape("skill_level_certificate", "6-18-01-01", "C-late", on, "advanced", False, False)
    enrolments = tuple(
        replace(one, certificate=shape) if place in places else one for place, one in enumerate(page.enrolments)
    )
    road.outcomes["project-1"] = replace(page, enrolments=enrolments)


# --- INT-4: what is due back, and the balance of the same claim ---------------------------------------------------


def test_two_amounts_stay_two_by_default(road: Road) -> None:
    advanced(road, THREE)
    final = road.pay(road.submit("final").claim_id)
    assert (final.amount, final.clawback, final.set_off) == (yuan("12000.00"), yuan("6000.00"), yuan("0.00"))
    assert road.prove().receivable == yuan("6000.00")


def test_what_is_due_back_is_kept_from_the_balance_where_so_read(road: Road) -> None:
    advanced(road, THREE, clawback_offset="automatic")
    claim = road.submit("final")
    approved = road.decide(claim.claim_id)
    assert (approved.amount, approved.set_off) == (yuan("12000.00"), yuan("6000.00"))
    assert [str(part.amount) for part in approved.funding] == ["6000.00"]
    assert road.prove().receivable == yuan("6000.00")  # until the claim is settled it is only meant to be kept
    batch = road.instruct(road.prepare(claim.claim_id).batch_id)
    assert (batch.total, road.harness.told(payments.PAYMENT_INSTRUCTED)[-1].amount) == (
        yuan("6000.00"),
        yuan("6000.00"),
    )
    road.confirm(batch)
    proof = road.prove()
    assert (proof.differences, proof.receivable, proof.committed) == ((), yuan("0.00"), yuan("0.00"))
    assert road.budget(DUE_YEAR).paid == yuan("12000.00")  # the budget bears all of it
    shown = road.clawbacks()
    assert [(one.state, one.outstanding) for one in shown.clawbacks] == [("offset", yuan("0.00"))]
    assert shown.total == yuan("0.00")
    ledger = road.harness.call(road.maker, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger())
    explicit = [(one.kind, one.fiscal_year, str(one.amount)) for one in ledger.postings[-4:]]
    assert sorted(explicit) == [
        ("offset", DUE_YEAR, "6000.00"),
        ("payment", DUE_YEAR, "6000.00"),
        ("recovery", YEAR, "6000.00"),
        ("refill", YEAR, "6000.00"),  # that year isn't closed yet (INT-76)
    ]


def test_a_balance_that_is_kept_whole_is_settled_by_its_approval(road: Road) -> None:
    what = Training(results=("certified", "failed", "failed"))
    advanced(road, what, clawback_offset="automatic")
    closed = road.decide(road.submit("final").claim_id)
    assert (closed.state, closed.set_off, closed.funding) == ("closed", yuan("6000.00"), ())
    assert road.prove().receivable == road.clawbacks().total == yuan("6000.00")
    assert road.prove().differences == ()


def test_only_money_of_the_same_source_is_kept(road: Road) -> None:
    road.read_otherwise(clawback_offset="automatic")
    road.project(what=THREE)
    road.appropriate("18000.00", source=SOURCES[1])
    road.appropriate("18000.00", DUE_YEAR)
    road.pay(road.submit().claim_id)
    road.harness.move_clock(ASSESSED)
    road.assess(what=THREE)
    final = road.pay(road.submit("final").claim_id)
    assert (final.set_off, road.prove().receivable) == (yuan("0.00"), yuan("6000.00"))


def test_a_voided_claim_keeps_nothing(road: Road) -> None:
    advanced(road, THREE, clawback_offset="automatic")
    claim = road.submit("final")
    road.decide(claim.claim_id)
    road.fraud(0)
    proof = road.prove()
    assert (proof.differences, proof.committed, proof.receivable) == ((), yuan("0.00"), yuan("6000.00"))
    again = road.decide(road.submit("final").claim_id)
    assert (again.state, again.amount, again.set_off) == ("closed", yuan("6000.00"), yuan("6000.00"))
    assert road.prove().differences == ()


def test_fraud_takes_back_what_was_kept_as_well_as_what_was_sent(road: Road) -> None:
    advanced(road, THREE, clawback_offset="automatic")
    road.pay(road.submit("final").claim_id)
    road.fraud(0)
    assert road.clawbacks().total == road.prove().receivable == yuan("12000.00")
    assert road.prove().differences == ()


# --- INT-33: certificates that come after the final claim ------------------------------------------------------------


def late(road: Road, **settings: str) -> None:
    """Two passed without certificate and were paid; then the first one's certificate is issued."""
    what = Training(results=("uncertified", "uncertified"))
    advanced(road, what, **settings)
    road.pay(road.submit("final").claim_id)
    certify(road, ASSESSED + timedelta(days=1), 0)


def test_a_certificate_after_the_final_claim_changes_nothing_by_default(road: Road) -> None:
    late(road)
    road.harness.move_clock(ASSESSED + timedelta(days=2))
    with pytest.raises(PolicyNotMet) as refusal:
        road.submit("supplementary")
    assert [one["rule"] for one in refusal.value.details["findings"] if one["outcome"] == "unmet"] == ["APP-19"]


def test_its_difference_is_claimed_once_within_the_days_where_so_read(road: Road) -> None:
    late(road, certificate_when="supplementary")
    road.harness.move_clock(ASSESSED + timedelta(days=WITHIN))
    more = road.pay(road.submit("supplementary").claim_id)
    assert (more.kind, more.persons, more.amount, more.state) == ("supplementary", 1, yuan("1800.00"), "paid")
    with pytest.raises((Conflict, PolicyNotMet)):
        road.submit("supplementary")
    assert road.prove().differences == ()
    road.fraud(0)
    assert road.clawbacks().total == yuan("12000.00")
    assert road.prove().differences == ()


def test_the_day_after_is_too_late(road: Road) -> None:
    late(road, certificate_when="supplementary")
    road.harness.move_clock(ASSESSED + timedelta(days=WITHIN + 1))
    with pytest.raises(PolicyNotMet, match="所列各条"):
        road.submit("supplementary")


def test_a_late_certificate_that_changes_no_amount_is_not_claimed_for(road: Road) -> None:
    late(road, certificate_when="supplementary")
    page = road.outcomes["project-1"]
    first, *others = page.enrolments
    assert first.certificate is not None
    lower = replace(first, certificate=replace(first.certificate, level="intermediate"))
    road.outcomes["project-1"] = replace(page, enrolments=(lower, *others))
    road.harness.move_clock(ASSESSED + timedelta(days=2))
    with pytest.raises(Conflict, match="没有可补充申领的差额"):
        road.submit("supplementary")


def test_nothing_is_supplemented_before_the_balance_is_settled(road: Road) -> None:
    what = Training(results=("uncertified",))
    advanced(road, what, certificate_when="supplementary")
    road.submit("final")
    certify(road, ASSESSED + timedelta(days=1), 0)
    road.harness.move_clock(ASSESSED + timedelta(days=2))
    with pytest.raises(PolicyNotMet):
        road.submit("supplementary")


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
def test_a_reading_changes_the_balance_as_the_register_says(road: Road, setting: str, value: str) -> None:
    what, told, balance = FINAL[setting, value]
    advanced(road, what, **{setting: value})
    page = road.outcomes["project-1"]
    road.outcomes["project-1"] = replace(page, enrolments=tuple(_told(one, told) for one in page.enrolments))
    claim = road.submit("final")
    assert claim.amount - claim.clawback == (-yuan(balance[1:]) if balance.startswith("-") else yuan(balance))
    (line,) = road.harness.call(road.officer, claims.EXPLAIN_CLAIM, claims.ExplainClaim(claim.claim_id)).lines
    if setting != "advance_base":  # that one was used by the advance's decision
        assert value in [used["value"] for used in line.decision["readings"] if used["setting"] == setting]


def _told(outcome: results.OutcomeShape, told: dict[str, Any]) -> results.OutcomeShape:
    """The outcome with other fields, of its certificate where they are the certificate's."""
    if "kind" not in told:
        return replace(outcome, **told)
    assert outcome.certificate is not None
    return replace(outcome, certificate=replace(outcome.certificate, **told))


@pytest.mark.parametrize("value", ["finding", "blocks_balance"])
def test_textbooks_never_filed_are_a_finding_or_a_bar(road: Road, value: str) -> None:
    advanced(road, ONE, textbooks_not_filed=value)
    road.outcomes["project-1"] = replace(road.outcomes["project-1"], textbooks_filed=False)
    if value == "finding":
        claim = road.submit("final")
        assert "APP-16" in [one.rule for one in claim.decision.findings if one.outcome == "advice"]
        return
    with pytest.raises(PolicyNotMet) as refusal:
        road.submit("final")
    assert "APP-16" in [one["rule"] for one in refusal.value.details["findings"] if one["outcome"] == "unmet"]


@pytest.mark.parametrize(
    ("value", "payee", "words"),
    [
        ("contract_employer", "employer-1", "签订劳动合同的企业"),
        ("entrusted_employer", "other-1", "受托培训的企业"),
    ],
)
def test_an_entrusted_employer_is_paid_only_where_so_read(road: Road, value: str, payee: str, words: str) -> None:
    road.read_otherwise(payee=value)
    plan = replace(road.plan(), entrusted_employer_id="other-1")
    road.project(plan=plan)
    road.appropriate("6000.00")
    claim = road.submit()
    assert words in [one.compared for one in claim.decision.findings if one.rule == "APP-9"]
    road.decide(claim.claim_id)
    assert {one.payee_id for one in road.prepare(claim.claim_id).payments} == {payee}


@pytest.mark.parametrize(("value", "state"), [("in_order", "approved"), ("one_source", "submitted")])
def test_a_claim_is_split_over_sources_or_not(road: Road, value: str, state: str) -> None:
    road.read_otherwise(fund_split=value)
    road.project()
    road.appropriate("3000.00")
    road.appropriate("3000.00", source=SOURCES[1])
    assert road.decide(road.submit().claim_id).state == state
    assert road.prove().differences == ()


@pytest.mark.parametrize(("value", "year"), [("year_due", DUE_YEAR), ("year_of_approval", YEAR)])
def test_the_balance_is_borne_by_the_year_that_the_reading_names(road: Road, value: str, year: int) -> None:
    advanced(road, ONE, balance_year=value)
    approved = road.decide(road.submit("final").claim_id)
    assert {part.fiscal_year for part in approved.funding} == {year}
    operator = road.harness.speaker(Role.OPERATOR, "operator-1")
    assert road.harness.call(operator, *_verify()).differing == ()


def _verify() -> tuple[Any, Any]:
    return kernel.VERIFY_DECISIONS["subsidy"], kernel.VerifyDecisions()


def test_nothing_is_paid_while_somebody_earns_less_than_the_minimum_wage(road: Road) -> None:
    road.project(what=THREE)
    page = road.outcomes["project-1"]
    first, second, third = page.enrolments
    short = (replace(first, months_underpaid=2), replace(second, months_underpaid=1), third)
    road.outcomes["project-1"] = replace(page, enrolments=short)
    with pytest.raises(PolicyNotMet) as refusal:
        road.submit()
    (finding,) = [one for one in refusal.value.details["findings"] if one["outcome"] == "unmet"]
    assert finding["rule"] == "APP-25"
    assert "2 名人员" in finding["message"] and "补足差额" in finding["message"]
    road.outcomes["project-1"] = page
    assert road.submit().persons == 3
