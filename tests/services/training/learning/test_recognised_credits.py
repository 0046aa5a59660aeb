"""After a change of employer: what was earned with the earlier one is recognised, once (INT-31)."""

from __future__ import annotations

from dataclasses import replace

from shared.contracts.registry import eligibility
from shared.contracts.review import oversight
from shared.contracts.training import credits
from shared.contracts.training import enrolments as training
from tests.services.harness import CHAOYANG
from tests.services.training.driver import START, TAUGHT, Driver, certificate, outcomes


def moved(driver: Driver) -> tuple[str, str]:
    """Somebody with 48 + 12 credits who left "p1" for "p2"; both enrolments."""
    [before] = driver.running(1)
    driver.teach([before], classroom=120, workplace=480)
    driver.leave([before], TAUGHT, reason="changed_employer")
    driver.ready(["person-0"], "p2", driver.rival)
    [answer] = driver.enrol(["person-0"], "p2", driver.rival, TAUGHT)
    return before, answer.id or ""


def recognise(driver: Driver, before: str | None, now: str, earned: int) -> credits.ExtraCreditRow:
    return credits.ExtraCreditRow(1, now, "recognised", earned, "原企业学分互认", before)


def propose(driver: Driver, row: credits.ExtraCreditRow) -> tuple[str, str | None]:
    request = credits.RecordExtraCredits("p2", (row,))
    [answer] = driver.call(driver.rival, credits.RECORD_EXTRA_CREDITS, request).rows
    return answer.outcome, answer.field


def test_credits_of_the_earlier_employer_are_recognised_once_and_not_beyond_what_was_earned(driver: Driver) -> None:
    before, now = moved(driver)
    assert propose(driver, recognise(driver, before, now, 61)) == ("refused", "credits")
    assert propose(driver, recognise(driver, before, now, 60)) == ("accepted", None)
    assert propose(driver, recognise(driver, before, now, 60)) == ("unchanged", None)
    assert propose(driver, recognise(driver, before, now, 1)) == ("refused", "from_enrolment_id")


def test_only_the_persons_own_ended_enrolment_is_recognised(driver: Driver) -> None:
    before, now = moved(driver)
    bonus = replace(recognise(driver, before, now, 1), kind="bonus")
    assert propose(driver, bonus) == ("refused", "from_enrolment_id")
    assert propose(driver, recognise(driver, now, now, 1)) == ("refused", "from_enrolment_id")
    driver.admit(["person-1"], "p2", employer="employer-2")
    driver.sign(["person-0", "person-1"], "p2", driver.rival)
    driver.assign(["person-1"], "p2", driver.rival)
    [other] = driver.enrol(["person-1"], "p2", driver.rival)
    assert propose(driver, recognise(driver, before, other.id or "", 1)) == ("refused", "from_enrolment_id")
    funded = driver.call(driver.subsidy, training.ASK_FUNDED, training.AskFunded("apprenticeship", ("person-0",)))
    assert funded.funded == (eligibility.Funded("person-0", "6-18-01", "advanced"),)


def test_credits_of_an_enrolment_that_fraud_annulled_meanwhile_are_not_approved(driver: Driver) -> None:
    before, now = moved(driver)
    propose(driver, recognise(driver, before, now, 20))
    [waiting] = driver.waiting(driver.officer)
    told = oversight.FraudConfirmed(
        "inquiry-1", "p1", "apprenticeship", CHAOYANG, "employer-1", "provider-1", START, True, 1, 1, ()
    )
    driver.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-1", told)
    approval = credits.ApproveExtraCredits("p2", (waiting.id,))
    [answer] = driver.call(driver.officer, credits.APPROVE_EXTRA_CREDITS, approval).rows
    assert (answer.outcome, answer.field) == ("refused", "ids")
    [shown] = driver.enrolments(driver.officer, "p2")
    assert shown.credits == 0
    assert driver.waiting(driver.officer) == ()


def test_recognised_credits_count_after_the_approval_like_all_others(driver: Driver) -> None:
    before, now = moved(driver)
    propose(driver, recognise(driver, before, now, 20))
    waiting = driver.waiting(driver.officer)
    assert [item.kind for item in waiting] == ["approve_extra_credits"]
    approval = credits.ApproveExtraCredits("p2", (waiting[0].id,))
    driver.call(driver.officer, credits.APPROVE_EXTRA_CREDITS, approval)
    assert driver.waiting(driver.officer) == ()
    [shown] = driver.enrolments(driver.officer, "p2")
    assert shown.credits == 20
    certified = certificate(1, before, "C-1", issued_on=START)
    assert outcomes(driver.certify([certified])) == ["refused"]
