"""Who may claim what, when, and what is refused with every reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.contracts.schema.codec import write
from shared.contracts.subsidy import budgets_and_ledger, claims, payments
from shared.contracts.training import results
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted, PolicyNotMet, Unavailable
from shared.security.speaker import Role
from tests.services.harness import SHUNYI
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, KEPT, YEAR, Driver, Training, yuan


def test_a_refused_claim_names_every_unmet_clause_at_once(driver: Driver) -> None:
    driver.project()
    nothing_kept = claims.FundManagement(True, False, False, True)
    with pytest.raises(PolicyNotMet) as refusal:
        driver.submit("final", management=nothing_kept)
    unmet = [one["rule"] for one in refusal.value.details["findings"] if one["outcome"] == "unmet"]
    assert unmet == ["APP-20", "APP-22"]
    assert driver.call(driver.employer, claims.LIST_CLAIMS, claims.ListClaims()).claims == ()


def test_an_advance_before_any_enrolment_is_refused(driver: Driver) -> None:
    driver.project(what=Training(results=()))
    with pytest.raises(PolicyNotMet) as refusal:
        driver.submit()
    assert "APP-20" in [one["rule"] for one in refusal.value.details["findings"] if one["outcome"] == "unmet"]


def test_an_enrolment_is_claimed_once_per_kind_until_the_claim_is_returned(driver: Driver) -> None:
    driver.project()
    first = driver.submit()
    with pytest.raises(Conflict, match="没有可申领的人员"):
        driver.submit()
    returned = driver.decide(first.claim_id, "return")
    assert returned.state == "returned"
    waiting = claims.ListClaims(waiting_for_me=True)
    assert [one.claim_id for one in driver.call(driver.employer, claims.LIST_CLAIMS, waiting).claims] == [
        first.claim_id
    ]
    again = driver.submit()
    assert again.claim_id != first.claim_id
    assert driver.call(driver.employer, claims.LIST_CLAIMS, waiting).claims == ()
    told = write(driver.harness.told(claims.CLAIM_DECIDED)[0])
    assert returned.opinion == "已核对" and "已核对" not in told.values()  # an officer's words stay out of events


def test_people_enrolled_later_are_claimed_for_in_a_second_advance(driver: Driver) -> None:
    what = Training(results=("certified", "certified"))
    driver.project(what=what)
    page = driver.outcomes["project-1"]
    driver.outcomes["project-1"] = replace(page, enrolments=page.enrolments[:1])
    assert driver.submit().persons == 1
    driver.outcomes["project-1"] = page
    assert driver.submit().persons == 1
    with pytest.raises(Conflict):
        driver.submit()


def test_every_page_of_outcomes_is_read(driver: Driver) -> None:
    driver.project(what=Training(results=("certified",) * 5))
    whole = driver.outcomes["project-1"]

    def pages(request: results.AskOutcomes) -> results.OutcomePage:
        start = int(request.cursor or 0)
        more = start + 2 < len(whole.enrolments)
        return replace(whole, enrolments=whole.enrolments[start : start + 2], cursor=str(start + 2) if more else None)

    driver.harness.answers(results.ASK_OUTCOMES, pages)
    assert driver.submit().persons == 5


def test_a_final_claim_waits_until_the_advance_is_paid(driver: Driver) -> None:
    driver.project()
    driver.appropriate("6000.00")
    advance = driver.submit()
    driver.harness.move_clock(ASSESSED)
    driver.assess()
    for waived in (False, True):  # a waiver on paper does not undo an advance that is under way
        with pytest.raises(Conflict, match="首次补贴尚在审核或拨付中"):
            driver.submit("final", advance_waived=waived)
    driver.appropriate("6000.00", DUE_YEAR)
    driver.pay(advance.claim_id)
    assert driver.submit("final").amount == yuan("6000.00")


def test_no_advance_after_a_final_claim(driver: Driver) -> None:
    driver.project()
    driver.harness.move_clock(ASSESSED)
    driver.assess()
    driver.submit("final", advance_waived=True)
    with pytest.raises(Conflict, match="没有可申领的人员"):
        driver.submit()


def test_a_claim_waits_for_enrolments_that_were_not_yet_told(driver: Driver) -> None:
    driver.project()
    page = driver.outcomes["project-1"]
    stranger = replace(page.enrolments[0], enrolment_id="not-yet-told")
    driver.outcomes["project-1"] = replace(page, enrolments=(*page.enrolments, stranger))
    with pytest.raises(Unavailable, match="同步"):
        driver.submit()


def test_a_foreign_employer_learns_nothing_and_nothing_is_asked(driver: Driver) -> None:
    driver.project()
    claim = driver.submit()
    asked = len(driver.harness.asked)
    other = driver.harness.speaker(Role.EMPLOYER, "applicant-2", organisation="employer-2")
    with pytest.raises(NotFound):
        driver.call(other, claims.SUBMIT_CLAIM, claims.SubmitClaim("project-1", "advance", KEPT))
    assert len(driver.harness.asked) == asked
    with pytest.raises(NotFound):
        driver.call(other, claims.GET_CLAIM, claims.GetClaim(claim.claim_id))
    with pytest.raises(NotFound):
        driver.call(other, claims.EXPLAIN_CLAIM, claims.ExplainClaim(claim.claim_id))
    assert driver.call(other, claims.LIST_CLAIMS, claims.ListClaims()).claims == ()


def test_another_district_neither_sees_nor_decides_nor_pays(driver: Driver) -> None:
    driver.project()
    driver.appropriate("6000.00")
    claim = driver.submit()
    officer = driver.harness.speaker(Role.DISTRICT_OFFICER, "officer-9", district=SHUNYI)
    finance = driver.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    with pytest.raises(NotFound):
        driver.decide(claim.claim_id, by=officer)
    driver.decide(claim.claim_id)
    with pytest.raises(NotFound):
        driver.call(finance, payments.PREPARE_PAYMENT, payments.PreparePayment((claim.claim_id,)))
    batch = driver.prepare(claim.claim_id)
    with pytest.raises(NotFound):
        driver.instruct(batch.batch_id, by=finance)
    assert driver.call(finance, budgets_and_ledger.LIST_BUDGETS, budgets_and_ledger.ListBudgets()).budgets == ()
    assert driver.call(finance, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger()).postings == ()
    with pytest.raises(NotPermitted):
        driver.call(
            finance,
            budgets_and_ledger.APPROPRIATE,
            budgets_and_ledger.Appropriate(
                "apprenticeship", "110105", "skills_upgrade_account", 2022, yuan("1.00"), "批复"
            ),
        )


def test_applicant_approver_maker_and_checker_are_different_persons(driver: Driver) -> None:
    driver.project()
    driver.appropriate("6000.00")
    claim = driver.submit()
    as_officer = replace(driver.officer, subject=driver.employer.subject)
    with pytest.raises(NotPermitted, match="申领"):
        driver.decide(claim.claim_id, by=as_officer)
    driver.decide(claim.claim_id)
    request = payments.PreparePayment((claim.claim_id,))
    for earlier in (driver.employer, driver.officer):
        with pytest.raises(NotPermitted):
            driver.call(replace(driver.maker, subject=earlier.subject), payments.PREPARE_PAYMENT, request)
    batch = driver.prepare(claim.claim_id)
    for earlier in (driver.employer, driver.officer, driver.maker):
        with pytest.raises(NotPermitted):
            driver.instruct(batch.batch_id, by=replace(driver.checker, subject=earlier.subject))
    assert driver.instruct(batch.batch_id).checker == driver.checker.subject


def test_what_waits_for_whom(driver: Driver) -> None:
    driver.project()
    driver.appropriate("6000.00")
    claim = driver.submit()
    waiting = claims.ListClaims(waiting_for_me=True)

    def waits_for() -> list[str]:
        people = {
            "officer": driver.officer,
            "finance": driver.maker,
            "employer": driver.employer,
            "auditor": driver.auditor,
        }
        return [name for name, who in people.items() if driver.call(who, claims.LIST_CLAIMS, waiting).claims]

    assert waits_for() == ["officer"]
    driver.decide(claim.claim_id)
    assert waits_for() == ["finance"]
    batch = driver.instruct(driver.prepare(claim.claim_id).batch_id)
    assert waits_for() == ["finance"]
    driver.confirm(batch)
    assert waits_for() == []


def test_lists_come_page_by_page(driver: Driver) -> None:
    for place in range(3):
        driver.project(f"project-{place}")
        driver.submit(project_id=f"project-{place}")
    first = driver.call(driver.officer, claims.LIST_CLAIMS, claims.ListClaims(limit=2))
    rest = driver.call(driver.officer, claims.LIST_CLAIMS, claims.ListClaims(limit=2, cursor=first.cursor))
    assert [len(first.claims), len(rest.claims), rest.cursor] == [2, 1, None]
    with pytest.raises(InvalidRequest):
        driver.call(driver.officer, claims.LIST_CLAIMS, claims.ListClaims(cursor="nonsense"))


def test_the_same_request_id_claims_once(driver: Driver) -> None:
    driver.project()
    request = claims.SubmitClaim("project-1", "advance", KEPT)
    answers = [driver.call(driver.employer, claims.SUBMIT_CLAIM, request, request_id="r-1") for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(driver.harness.told(claims.CLAIM_SUBMITTED)) == 1


def test_a_decided_claim_is_not_decided_again(driver: Driver) -> None:
    driver.project()
    claim = driver.submit()
    driver.decide(claim.claim_id, "reject")
    for outcome in ("approve", "return", "reject"):
        with pytest.raises(Conflict, match="不予通过"):
            driver.decide(claim.claim_id, outcome)


def test_one_unfinished_learner_holds_up_nobody_and_each_is_claimed_for_once(driver: Driver) -> None:
    """INT-89: who has a result is claimed for, the others later."""
    whole = Training(results=("certified", "certified", "certified"))
    driver.project(what=whole)
    for year in (YEAR, DUE_YEAR):
        driver.appropriate("100000.00", year)
    driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(ASSESSED)
    driver.assess_some(whole, unfinished=1)
    first = driver.submit("final")
    assert (first.persons, first.amount) == (2, yuan("12000.00"))
    with pytest.raises(Conflict, match="没有可申领的人员"):
        driver.submit("final")
    driver.assess(what=whole)
    second = driver.submit("final")
    assert (second.persons, second.amount) == (1, yuan("6000.00"))


def test_under_the_other_reading_a_final_claim_waits_for_everybody(driver: Driver) -> None:
    driver.read_otherwise(balance_claimed="all_together")
    whole = Training(results=("certified", "certified"))
    driver.project(what=whole)
    driver.appropriate("100000.00")
    driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(ASSESSED)
    driver.assess_some(whole, unfinished=1)
    with pytest.raises(PolicyNotMet) as refusal:
        driver.submit("final")
    assert [one["rule"] for one in refusal.value.details["findings"] if one["outcome"] == "unmet"] == ["APP-20"]
