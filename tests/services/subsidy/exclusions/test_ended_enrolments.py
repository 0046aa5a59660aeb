"""Who failed or left: asked back when it becomes due, and never advanced (APP-19, APP-20, INT-30, INT-88)."""

from __future__ import annotations

from typing import Any

import pytest

from shared.contracts.common import ListWaiting
from shared.contracts.subsidy import claims as subsidy
from shared.contracts.subsidy import receivables
from shared.contracts.training import enrolments
from shared.errors import Conflict
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, YEAR, Driver, Training, yuan

THREE = Training(results=("certified", "failed", "left"))
ALL_FAIL = Training(results=("failed", "failed", "failed"))


def people(project_id: str, *places: int) -> list[str]:
    return [f"{project_id}-enrolment-{place:04d}" for place in places]


@pytest.fixture
def rich(driver: Driver) -> Driver:
    """Three apprentices in training, and money for all of them in both years."""
    driver.project(what=THREE)
    for year in (YEAR, DUE_YEAR):
        driver.appropriate("100000.00", year)
    return driver


def advanced(driver: Driver) -> str:
    claim = driver.submit()
    driver.pay(claim.claim_id)
    return claim.claim_id


def asked(driver: Driver) -> list[tuple[str, str, str]]:
    assert driver.prove().differences == ()
    return [(one.enrolment_id[-4:], str(one.amount), one.cause) for one in driver.clawbacks().clawbacks]


def test_three_fail_and_the_employer_never_claims_all_is_asked_back_at_once(rich: Driver) -> None:
    advanced(rich)
    rich.harness.move_clock(ASSESSED)
    rich.end("project-1", people("project-1", 0, 1, 2), "failed")
    assert asked(rich) == [(place, "6000.00", "outcome") for place in ("0000", "0001", "0002")]
    assert rich.prove().receivable == yuan("18000.00")


def test_a_withdrawal_is_asked_back_on_its_day_and_the_others_are_not(rich: Driver) -> None:
    advanced(rich)
    rich.end("project-1", people("project-1", 2), leaving_reason="other")
    assert asked(rich) == [("0002", "6000.00", "outcome")]


def test_told_twice_it_is_asked_once(rich: Driver) -> None:
    advanced(rich)
    for _ in range(2):
        rich.end("project-1", people("project-1", 2))
    assert asked(rich) == [("0002", "6000.00", "outcome")]


def test_the_final_claim_pays_the_others_and_asks_for_nothing_twice(rich: Driver) -> None:
    advanced(rich)
    rich.harness.move_clock(ASSESSED)
    rich.end("project-1", people("project-1", 1), "failed")
    rich.end("project-1", people("project-1", 2))
    rich.assess(what=THREE)
    final = rich.submit("final")
    assert (final.persons, final.amount, final.clawback) == (1, yuan("6000.00"), yuan("0.00"))
    rich.pay(final.claim_id)
    assert [amount for _, amount, _ in asked(rich)] == ["6000.00", "6000.00"]


@pytest.mark.parametrize("how_far", ["submitted", "approved", "prepared"])
def test_an_advance_on_its_way_is_voided_and_claimed_anew_for_who_is_left(rich: Driver, how_far: str) -> None:
    claim = rich.submit()
    if how_far != "submitted":
        rich.decide(claim.claim_id)
    if how_far == "prepared":
        rich.prepare(claim.claim_id)
    rich.end("project-1", people("project-1", 2))
    assert rich.claim(claim.claim_id).state == "voided"
    assert rich.budget().available == yuan("100000.00")
    again = rich.submit()
    assert (again.persons, again.amount) == (2, yuan("12000.00"))
    assert asked(rich) == []


def test_nobody_who_has_left_is_claimed_for(rich: Driver) -> None:
    rich.end("project-1", people("project-1", 0, 1, 2), leaving_reason="death", told=False)
    with pytest.raises(Conflict, match="没有可申领的人员"):
        rich.submit()


def test_training_is_asked_before_an_advance_is_approved(rich: Driver) -> None:
    claim = rich.submit()
    rich.end("project-1", people("project-1", 0, 1, 2), leaving_reason="death", told=False)
    assert rich.decide(claim.claim_id).state == "voided"
    assert rich.prove().committed == yuan("0.00")


def test_training_is_asked_before_an_advance_is_put_into_a_batch(rich: Driver) -> None:
    rich.project("project-2")
    gone, stays = rich.submit(), rich.submit(project_id="project-2")
    for claim in (gone, stays):
        rich.decide(claim.claim_id)
    rich.end("project-1", people("project-1", 1), told=False)
    batch = rich.prepare(gone.claim_id, stays.claim_id)
    assert [one.claim_id for one in batch.payments] == [stays.claim_id]
    assert rich.claim(gone.claim_id).state == "voided"


def test_training_is_asked_before_a_batch_is_sent(rich: Driver) -> None:
    claim = rich.submit()
    rich.decide(claim.claim_id)
    batch = rich.prepare(claim.claim_id)
    rich.end("project-1", people("project-1", 0, 1, 2), told=False)
    sent = rich.instruct(batch.batch_id)
    assert (sent.state, sent.total) == ("voided", yuan("0.00"))
    assert rich.claim(claim.claim_id).state == "voided"
    assert asked(rich) == []


def test_what_the_treasury_was_told_to_pay_is_asked_back_when_it_arrives(rich: Driver) -> None:
    claim = rich.submit()
    rich.decide(claim.claim_id)
    batch = rich.instruct(rich.prepare(claim.claim_id).batch_id)
    rich.end("project-1", people("project-1", 2))
    assert asked(rich) == []
    rich.confirm(batch)
    assert asked(rich) == [("0002", "6000.00", "outcome")]


def test_under_the_other_reading_the_final_claim_asks(driver: Driver) -> None:
    driver.read_otherwise(demand_opens="with_final_claim")
    driver.project(what=ALL_FAIL)
    for year in (YEAR, DUE_YEAR):
        driver.appropriate("100000.00", year)
    advanced(driver)
    driver.harness.move_clock(ASSESSED)
    driver.end("project-1", people("project-1", 0, 1, 2), "failed")
    assert asked(driver) == []
    driver.assess(what=ALL_FAIL)
    final = driver.submit("final")
    driver.decide(final.claim_id)
    assert asked(driver) == [(place, "6000.00", "result") for place in ("0000", "0001", "0002")]


@pytest.mark.parametrize(
    ("reading", "facts", "due"),
    [
        ("by_months", {"months_trained": 12}, "900.00"),
        ("by_months", {"months_trained": 13}, "475.00"),
        ("by_months", {"months_trained": 20}, None),
        ("hardship_keeps_advance", {"leaving_reason": "death"}, None),
        ("hardship_keeps_advance", {"leaving_reason": "other"}, "6000.00"),
    ],
)
def test_what_somebody_who_left_earns_all_the_same_is_not_asked_back(
    driver: Driver, reading: str, facts: dict[str, Any], due: str | None
) -> None:
    driver.read_otherwise(left_before_end=reading)
    driver.project(what=Training(results=("left",)))
    driver.appropriate("100000.00", YEAR)
    advanced(driver)
    driver.end("project-1", people("project-1", 0), **facts)
    assert asked(driver) == ([("0000", due, "outcome")] if due else [])


def test_a_final_claim_that_is_sent_back_leaves_nothing_unasked(rich: Driver) -> None:
    """It was submitted before training's word arrived: it holds the failed one, and then comes to nothing."""
    advanced(rich)
    rich.harness.move_clock(ASSESSED)
    rich.assess(what=THREE)
    final = rich.submit("final")
    assert final.clawback == yuan("12000.00")
    rich.end("project-1", people("project-1", 1), "failed")
    assert asked(rich) == []
    rich.decide(final.claim_id, "return")
    assert asked(rich) == [("0001", "6000.00", "outcome")]
    assert [one.state for one in rich.harness.told(subsidy.CLAIM_DECIDED)][-1] == "returned"


def test_somebody_who_comes_back_is_advanced_again_only_once_the_first_advance_is_settled(rich: Driver) -> None:
    """INT-90: three times 6000.00 for one person whose standard is 12000.00 was possible before."""
    advanced(rich)
    first = people("project-1", 2)
    rich.end("project-1", first)
    again = rich.enrol_again("project-1", first[0])
    rich.harness.hear(enrolments.ENROLMENTS_ESTABLISHED, "project-1", again)
    for kind in ("advance", "final"):
        with pytest.raises(Conflict, match="INT-90"):
            rich.submit(kind, advance_waived=kind == "final")
    demand = rich.call(rich.maker, receivables.LIST_DEMANDS, receivables.ListDemands()).demands[0]
    rich.call(
        rich.maker,
        receivables.RECORD_REPAYMENT,
        receivables.RecordRepayment(demand.demand_id, yuan("6000.00"), rich.harness.today, "R-1"),
    )
    second = rich.submit()
    assert (second.persons, second.amount) == (1, yuan("6000.00"))
    rich.pay(second.claim_id)
    assert rich.prove().differences == ()


def test_under_the_other_reading_whoever_comes_back_is_a_new_apprentice(driver: Driver) -> None:
    driver.read_otherwise(second_enrolment="as_new_apprentice")
    driver.project(what=THREE)
    driver.appropriate("100000.00", YEAR)
    advanced(driver)
    first = people("project-1", 2)
    driver.end("project-1", first)
    again = driver.enrol_again("project-1", first[0])
    driver.harness.hear(enrolments.ENROLMENTS_ESTABLISHED, "project-1", again)
    assert driver.submit().persons == 1


def test_the_district_settles_what_training_never_told(rich: Driver) -> None:
    """Results of before demands opened by themselves: the employer is silent, the district asks back, once."""
    advanced(rich)
    rich.harness.move_clock(ASSESSED)
    settle = subsidy.SettleProject("project-1")
    with pytest.raises(Conflict, match="培训尚未结束"):
        rich.call(rich.officer, subsidy.SETTLE_PROJECT, settle)
    rich.assess(what=THREE)
    settled = rich.call(rich.officer, subsidy.SETTLE_PROJECT, settle)
    assert (settled.persons, settled.asked_back) == (2, yuan("12000.00"))
    again = rich.call(rich.officer, subsidy.SETTLE_PROJECT, settle)
    assert (again.persons, again.asked_back) == (2, yuan("0.00"))
    assert [place for place, *_ in asked(rich)] == ["0001", "0002"]
    waiting = rich.call(rich.officer, subsidy.LIST_WAITING, ListWaiting()).items
    assert {one.kind for one in waiting} == {"demand_to_collect", "project_to_settle"}


def test_where_so_read_a_final_claim_keeps_what_was_asked_back_before(driver: Driver) -> None:
    """INT-4 and INT-88 together: the demand stands already when the balance of the same project is paid."""
    driver.read_otherwise(clawback_offset="automatic")
    driver.project(what=THREE)
    for year in (YEAR, DUE_YEAR):
        driver.appropriate("100000.00", year)
    advanced(driver)
    driver.harness.move_clock(ASSESSED)
    driver.end("project-1", people("project-1", 1), "failed")
    driver.end("project-1", people("project-1", 2))
    driver.assess(what=THREE)
    final = driver.submit("final")
    decided = driver.decide(final.claim_id)
    assert (decided.amount, decided.set_off, decided.state) == (yuan("6000.00"), yuan("6000.00"), "closed")
    assert driver.prove().receivable == yuan("6000.00")
    assert driver.prove().differences == ()
