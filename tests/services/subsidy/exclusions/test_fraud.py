"""Confirmed fraud: unpaid money is voided, paid money is taken back by the way it went out, once (APP-27)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.contracts.subsidy import claims as subsidy
from shared.contracts.subsidy import clawbacks, payments
from shared.errors import Conflict, InvalidRequest
from shared.money import Money
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, SOURCES, YEAR, Driver, Training, yuan
from tests.together import together

THREE = Training(results=("certified", "uncertified", "failed"))


@pytest.fixture
def rich(driver: Driver) -> Driver:
    """Three apprentices in training, and money for all of them in both years."""
    driver.project(what=THREE)
    for year in (YEAR, DUE_YEAR):
        driver.appropriate("100000.00", year)
    return driver


def finish(driver: Driver) -> None:
    driver.harness.move_clock(ASSESSED)
    driver.assess(what=THREE)


def committed(driver: Driver) -> Money:
    proof = driver.prove()
    assert proof.differences == ()
    return proof.committed


@pytest.mark.parametrize("how_far", ["submitted", "approved", "prepared"])
def test_an_unpaid_claim_is_voided_whole_and_claimed_anew_for_the_others(rich: Driver, how_far: str) -> None:
    claim = rich.submit()
    batch = None
    if how_far != "submitted":
        rich.decide(claim.claim_id)
    if how_far == "prepared":
        batch = rich.prepare(claim.claim_id)
    rich.fraud(1)
    assert rich.claim(claim.claim_id).state == "voided"
    assert committed(rich) == yuan("0.00")
    assert rich.budget().available == yuan("100000.00")
    assert [one.state for one in rich.harness.told(subsidy.CLAIM_DECIDED)][-1] == "voided"
    if batch is not None:
        left = rich.harness.call(rich.maker, payments.GET_BATCH, payments.GetBatch(batch.batch_id))
        assert (left.state, left.total, [one.state for one in left.payments]) == ("voided", yuan("0.00"), ["voided"])
        with pytest.raises(Conflict, match="作废"):
            rich.instruct(batch.batch_id)
    again = rich.submit()
    assert (again.persons, again.amount) == (2, yuan("12000.00"))
    assert rich.pay(again.claim_id).state == "paid"
    assert rich.clawbacks().clawbacks == ()
    assert rich.prove().differences == ()


def test_a_voided_claim_leaves_the_others_of_its_batch(rich: Driver) -> None:
    rich.project("project-2")
    claims = [rich.submit(project_id=project).claim_id for project in ("project-1", "project-2")]
    for claim_id in claims:
        rich.decide(claim_id)
    batch = rich.prepare(*claims)
    rich.fraud()
    instructed = rich.instruct(batch.batch_id)
    voided, left = sorted(instructed.payments, key=lambda one: one.state == "instructed")
    assert (voided.state, left.state, instructed.total) == ("voided", "instructed", yuan("6000.00"))
    with pytest.raises(InvalidRequest):
        rich.confirm(instructed, [voided])
    assert rich.confirm(instructed, [left]).state == "paid"
    assert rich.prove().paid == yuan("6000.00")
    assert rich.prove().differences == ()


def test_paid_money_goes_back_by_the_sources_that_paid_it(driver: Driver) -> None:
    driver.project(what=THREE)
    driver.appropriate("10000.00")
    driver.appropriate("50000.00", source=SOURCES[1])
    driver.appropriate("50000.00", DUE_YEAR)
    driver.pay(driver.submit().claim_id)
    finish(driver)
    final = driver.pay(driver.submit("final").claim_id)
    driver.fraud(0)
    (back,) = [one for one in driver.clawbacks().clawbacks if one.cause == "fraud"]
    assert (back.amount, back.rule, back.clause, back.claim_id) == (
        yuan("12000.00"),
        "APP-27",
        "六(四)",
        final.claim_id,
    )
    assert {(part.fund_source, part.fiscal_year): str(part.amount) for part in back.channel} == {
        (SOURCES[0], YEAR): "3333.33",
        (SOURCES[1], YEAR): "2666.67",
        (SOURCES[0], DUE_YEAR): "6000.00",
    }
    told = driver.harness.told(clawbacks.CLAWBACK_OPENED)[-1]
    assert (told.cause, told.persons, told.amount) == ("fraud", 1, yuan("12000.00"))
    assert driver.budget().paid == yuan("10000.00")  # what was paid stays paid
    assert driver.prove().differences == ()


def test_what_a_result_took_back_is_not_taken_back_again(rich: Driver) -> None:
    rich.pay(rich.submit().claim_id)
    finish(rich)
    rich.pay(rich.submit("final").claim_id)
    assert rich.clawbacks().total == yuan("6000.00")  # the one who failed
    rich.fraud()
    assert rich.clawbacks().total == rich.prove().paid == yuan("28200.00")
    rich.fraud()  # the same again, and by another inquiry
    rich.fraud(0, 1, 2, inquiry_id="inquiry-2")
    assert rich.clawbacks().total == yuan("28200.00")
    assert rich.prove().differences == ()


def test_the_parts_of_an_inquiry_are_heard_in_any_order(rich: Driver) -> None:
    rich.pay(rich.submit().claim_id)
    for part, place in ((3, 2), (1, 0), (2, 1)):
        rich.fraud(place, part=part, parts=3)
    assert rich.clawbacks().total == yuan("18000.00")
    assert rich.prove().differences == ()


def test_a_block_lifted_with_fraud_confirmed_stands_until_everybody_named_is_heard_of(rich: Driver) -> None:
    """The lifting may overtake the names: no money in between for a claim that holds them."""
    claim = rich.submit()
    rich.block("fraud_inquiry")
    rich.block("fraud_inquiry", lifted=True, inquiry_id="inquiry-1", persons=2)
    for part, place in ((2, 1), (1, 0)):
        with pytest.raises(Conflict):
            rich.decide(claim.claim_id)
        rich.fraud(place, part=part, parts=2)
    assert rich.claim(claim.claim_id).state == "voided"
    assert rich.submit().persons == claim.persons - 2


def test_what_was_instructed_is_taken_back_when_it_has_arrived(rich: Driver) -> None:
    rich.pay(rich.submit().claim_id)
    finish(rich)
    final = rich.submit("final")
    rich.decide(final.claim_id)
    batch = rich.instruct(rich.prepare(final.claim_id).batch_id)
    rich.fraud(0)
    assert rich.claim(final.claim_id).state == "in_payment"
    assert rich.clawbacks().total == yuan("12000.00")  # an advance by its result, and one for fraud
    rich.confirm(batch)
    rich.confirm(batch)
    assert rich.clawbacks().total == yuan("18000.00")
    assert rich.prove().differences == ()


def test_a_voided_final_claim_withdraws_what_it_found_due_back(rich: Driver) -> None:
    rich.pay(rich.submit().claim_id)
    finish(rich)
    final = rich.submit("final")
    rich.decide(final.claim_id)
    assert rich.prove().receivable == yuan("6000.00")
    rich.fraud(0)
    assert rich.claim(final.claim_id).state == "voided"
    assert rich.prove().receivable == yuan("6000.00")  # the fraud's own advance
    again = rich.pay(rich.submit("final").claim_id)
    assert (again.persons, again.amount, again.clawback) == (2, yuan("4200.00"), yuan("6000.00"))
    shown = rich.clawbacks()
    assert [(one.state, one.cause) for one in shown.clawbacks] == [
        ("withdrawn", "result"),
        ("open", "fraud"),
        ("open", "result"),
    ]
    assert shown.total == rich.prove().receivable == yuan("12000.00")
    assert rich.prove().differences == ()


def test_fraud_heard_before_its_project_bars_its_people(driver: Driver) -> None:
    driver.fraud(1)
    driver.project(what=THREE)
    assert driver.submit().persons == 2


@pytest.mark.parametrize("places", [(0,), ()], ids=["named", "whole project"])
def test_fraud_confirmed_before_training_starts_voids_and_takes_back_alike(
    driver: Driver, places: tuple[int, ...]
) -> None:
    driver.appropriate("50000.00")
    for project_id in ("project-1", "project-2"):
        driver.project(project_id, enrolled_on=ASSESSED)
    driver.pay(driver.submit().claim_id)
    driver.fraud(*places)
    assert driver.clawbacks().total == yuan("6000.00")
    waiting = driver.submit(project_id="project-2").claim_id
    driver.fraud(*places, inquiry_id="inquiry-2", project_id="project-2")
    assert driver.claim(waiting).state == "voided"
    assert driver.prove().differences == ()


def test_whom_training_annulled_is_not_claimed_for_either(driver: Driver) -> None:
    driver.project(what=THREE)
    page = driver.outcomes["project-1"]
    first, *others = page.enrolments
    driver.outcomes["project-1"] = replace(page, enrolments=(replace(first, annulled=True), *others))
    assert driver.submit().persons == 2


def test_nobody_is_left_to_claim_for_where_all_were_frauds(driver: Driver) -> None:
    driver.project(what=THREE)
    driver.fraud()
    with pytest.raises(Conflict, match="没有可申领的人员"):
        driver.submit()


def test_fraud_and_every_step_of_payment_at_the_same_moment_leave_the_books_right(rich: Driver) -> None:
    claim = rich.submit()
    rich.decide(claim.claim_id)

    def act(place: int) -> object:
        if place < 3:
            rich.fraud(place)
            return None
        return rich.confirm(rich.instruct(rich.prepare(claim.claim_id).batch_id))

    together(4, act)
    assert rich.prove().differences == ()
    proof = rich.prove()
    assert proof.receivable == proof.paid
    assert rich.claim(claim.claim_id).state in ("voided", "paid")
