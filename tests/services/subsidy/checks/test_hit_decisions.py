"""The district clears a hit or upholds it: the money goes, or is voided and asked back with its basis (X-5, X-15)."""

from __future__ import annotations

import pytest

from shared.contracts.subsidy import checks, clawbacks, payments
from shared.contracts.subsidy import claims as subsidy
from shared.errors import Conflict, NotPermitted
from shared.policy.verification import verify
from shared.security.speaker import Role
from shared.store.kernel_tables import DecisionRow
from tests.services.harness import SHUNYI
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.checks.driver import (
    BASIS,
    THREE,
    approved,
    decide,
    held_final,
    hits,
    ledger,
    outcomes,
    waiting,
)
from tests.services.subsidy.driver import EMPLOYER, SOURCES, YEAR, Driver, yuan
from tests.together import together

# --- cleared -------------------------------------------------------------------------------------------------------


def test_a_cleared_claim_is_paid_and_the_same_hit_never_holds_it_again(driver: Driver, held: str) -> None:
    (row,) = decide(driver, "clear")
    (hit,) = hits(driver)
    assert (row.outcome, row.id) == ("accepted", hit.hit_id)
    assert (hit.state, hit.decided_by, hit.words) == ("cleared", driver.officer.subject, "已函询核实")
    batch = driver.prepare(held)
    assert batch.held == ()
    assert driver.confirm(driver.instruct(batch.batch_id)).state == "paid"
    assert driver.prove().differences == ()


def test_clearing_accepts_the_clause_for_the_recorded_reason_and_is_stored_whole(driver: Driver, held: str) -> None:
    decide(driver, "clear")
    (hit,) = hits(driver)
    assert hit.decision is not None
    (finding,) = [one for one in hit.decision.findings if one.outcome == "accepted"]
    assert (hit.decision.verdict, finding.rule, finding.clause) == ("met", "APP-2", "二(一)")
    assert "死亡登记 2022-06-01（示例民政局，截至 2022-06-01" in finding.compared
    assert "已函询核实" in finding.message
    with driver.harness.database.reading() as session:
        stored = session.query(DecisionRow).filter_by(id=hit.decision.decision_id).one().decision
    assert verify(stored, driver.harness.policies) == ()


def test_hits_of_one_enrolment_that_are_decided_together_share_one_decision(driver: Driver) -> None:
    claim_id = approved(driver, what=THREE)
    driver.neighbours.finds(0)
    driver.neighbours.finds(0, "student")
    driver.neighbours.doubles(0)
    driver.neighbours.finds(1)
    driver.prepare(claim_id)
    assert outcomes(decide(driver, "clear")) == ["accepted"] * 4
    found = hits(driver)
    mine = [one.decision for one in found if one.enrolment_id == "project-1-enrolment-0000"]
    assert len({one.decision_id for one in mine if one}) == 1
    assert mine[0] is not None
    assert [one.rule for one in mine[0].findings if one.outcome == "accepted"] == ["APP-2", "X-1"]
    assert len({one.decision.decision_id for one in found if one.decision}) == 2


def test_a_claim_goes_only_when_all_its_hits_are_cleared(driver: Driver) -> None:
    claim_id = approved(driver, what=THREE)
    driver.neighbours.finds(0)
    driver.neighbours.finds(1)
    driver.prepare(claim_id)
    first, second = (one.hit_id for one in hits(driver))
    decide(driver, "clear", first)
    assert driver.prepare(claim_id).held == (payments.HeldClaim(claim_id, (), (second,)),)
    decide(driver, "clear", second)
    assert driver.prepare(claim_id).held == ()
    assert [(one.hit_ids, one.left) for one in driver.harness.told(checks.HITS_DECIDED)] == [
        ((first,), 1), ((second,), 0),
    ]  # fmt: skip


# --- upheld --------------------------------------------------------------------------------------------------------


def test_an_upheld_enrolment_voids_its_unpaid_claim_and_the_others_are_claimed_anew(driver: Driver, held: str) -> None:
    assert outcomes(decide(driver, "uphold")) == ["accepted"]
    assert driver.claim(held).state == "voided"
    assert [one.state for one in driver.harness.told(subsidy.CLAIM_DECIDED)][-1] == "voided"
    assert driver.prove().committed == yuan("0.00")
    (released,) = [one for one in ledger(driver) if one.kind == "release"]
    assert (released.rule, released.clause) == ("APP-2", "二(一)")
    anew = driver.submit()
    assert (anew.persons, anew.amount) == (2, yuan("12000.00"))
    assert driver.pay(anew.claim_id).state == "paid"
    assert driver.clawbacks().clawbacks == ()
    assert driver.prove().differences == ()


def test_what_was_paid_for_an_upheld_enrolment_is_asked_back_by_its_sources_on_the_entered_basis(
    driver: Driver,
) -> None:
    final = held_final(driver)
    assert outcomes(decide(driver, "uphold", basis=BASIS)) == ["accepted"]
    assert driver.claim(final).state == "voided"
    (back,) = driver.clawbacks().clawbacks
    assert (back.cause, back.amount, back.rule, back.clause) == ("check", yuan("6000.00"), "APP-2", "二(一)")
    assert [(part.fund_source, part.fiscal_year) for part in back.channel] == [(SOURCES[0], YEAR)]
    told = driver.harness.told(clawbacks.CLAWBACK_OPENED)[-1]
    assert (told.cause, told.persons, told.amount) == ("check", 1, yuan("6000.00"))
    with driver.harness.database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT basis FROM demands").scalar_one() == BASIS
    anew = driver.submit("final")
    assert anew.persons == 2
    assert driver.pay(anew.claim_id).state == "paid"
    assert driver.prove().differences == ()


def test_upholding_what_was_paid_needs_a_basis_and_says_so(driver: Driver) -> None:
    final = held_final(driver)
    (row,) = decide(driver, "uphold")
    assert (row.outcome, row.field) == ("refused", "basis")
    assert "追回依据" in (row.message or "")
    assert driver.claim(final).state == "approved"
    assert outcomes(decide(driver, "uphold", basis=BASIS)) == ["accepted"]


def test_what_the_treasury_has_sent_already_is_sent_whole_and_asked_back_as_it_arrives(driver: Driver) -> None:
    """The first source has paid, the bank rejected the second, and the comparison before sending it again finds him."""
    bank = BankDriver(driver)
    claim_id, batch = bank.over_two_sources()
    first, second = batch.payments
    bank.says(bank.line(first), bank.line(second, "rejected"))
    driver.neighbours.finds(0)
    assert driver.prepare(claim_id).state == "voided"
    assert outcomes(decide(driver, "uphold")) == ["refused"]  # money is out: it will be asked back
    assert outcomes(decide(driver, "uphold", basis=BASIS)) == ["accepted"]
    assert (driver.claim(claim_id).state, driver.clawbacks().total) == ("approved", first.amount)
    again = bank.instructed(claim_id)  # he earns nothing any more: there is nothing to decide about him
    bank.says(bank.line(again.payments[0]))
    assert driver.claim(claim_id).state == "paid"
    asked = [(back.cause, back.amount) for back in driver.clawbacks().clawbacks]
    assert asked == [("check", first.amount), ("check", second.amount)]
    bank.right()


def test_fraud_after_an_upheld_hit_asks_nothing_twice(driver: Driver) -> None:
    held_final(driver)
    decide(driver, "uphold", basis=BASIS)
    driver.fraud(0)
    assert [(one.cause, one.amount) for one in driver.clawbacks().clawbacks] == [("check", yuan("6000.00"))]
    driver.fraud(inquiry_id="inquiry-2")
    assert driver.clawbacks().total == driver.prove().paid == yuan("18000.00")
    assert driver.prove().differences == ()


# --- accounts ------------------------------------------------------------------------------------------------------


def test_an_upheld_account_voids_what_is_unpaid_until_it_is_mended_and_asks_nothing_back(driver: Driver) -> None:
    claims = [approved(driver, project_id) for project_id in ("project-1", "project-2")]
    prepared = driver.prepare(claims[1])
    driver.neighbours.shares(EMPLOYER, "employer-9")
    driver.prepare(claims[0])
    decide(driver, "uphold")
    assert [driver.claim(one).state for one in claims] == ["voided", "voided"]
    with pytest.raises(Conflict, match="作废"):
        driver.instruct(prepared.batch_id)
    anew = driver.decide(driver.submit().claim_id).claim_id
    assert [len(one.hits) for one in driver.prepare(anew).held] == [1]  # the same account still: it is found anew
    assert [one.state for one in hits(driver)] == ["upheld", "open"]
    decide(driver, "uphold", hits(driver)[1].hit_id)
    driver.neighbours.shares(EMPLOYER)
    mended = driver.decide(driver.submit().claim_id).claim_id
    assert driver.confirm(driver.instruct(driver.prepare(mended).batch_id)).state == "paid"
    assert driver.clawbacks().clawbacks == ()
    assert driver.prove().differences == ()


def test_a_cleared_account_stays_cleared_until_somebody_else_shares_it(driver: Driver) -> None:
    first, second = (approved(driver, project_id) for project_id in ("project-1", "project-2"))
    driver.neighbours.shares(EMPLOYER, "employer-9")
    driver.prepare(first)
    decide(driver, "clear")
    assert driver.prepare(first, second).held == ()
    third = approved(driver, "project-3")
    driver.neighbours.shares(EMPLOYER, "employer-8", "employer-9")
    assert [len(one.hits) for one in driver.prepare(third).held] == [1]


# --- who, and how often --------------------------------------------------------------------------------------------


def test_neither_the_applicant_nor_the_maker_decides(driver: Driver, held: str) -> None:
    for person in (driver.employer, driver.maker):
        officer = driver.harness.speaker(Role.DISTRICT_OFFICER, person.subject, district=driver.district)
        (row,) = decide(driver, "clear", by=officer)
        assert row.outcome == "refused" and "不同人员" in (row.message or "")
        assert waiting(driver, officer) == []
    assert waiting(driver, driver.officer) == [("hit_to_decide", held)]


def test_another_district_finds_nothing_to_decide_and_finance_may_not(driver: Driver, held: str) -> None:
    (hit,) = hits(driver)
    stranger = driver.harness.speaker(Role.DISTRICT_OFFICER, "officer-9", district=SHUNYI)
    (row,) = decide(driver, "clear", hit.hit_id, by=stranger)
    assert (row.outcome, row.id) == ("refused", None)
    with pytest.raises(NotPermitted):
        decide(driver, "clear", hit.hit_id, by=driver.checker)
    assert [one.state for one in hits(driver)] == ["open"]


def test_each_hit_is_answered_once_and_a_decision_stands(driver: Driver, held: str) -> None:
    (hit,) = hits(driver)
    rows = decide(driver, "clear", hit.hit_id, "nobody-knows-it", hit.hit_id)
    assert outcomes(rows) == ["accepted", "refused", "refused"]
    assert outcomes(decide(driver, "clear", hit.hit_id)) == ["unchanged"]
    (row,) = decide(driver, "uphold", hit.hit_id)
    assert row.outcome == "refused" and "不能改判" in (row.message or "")
    assert driver.claim(held).state == "approved"


def test_two_officers_at_the_same_moment_decide_a_hit_once(driver: Driver, held: str) -> None:
    def act(place: int) -> object:
        by = driver.harness.speaker(Role.DISTRICT_OFFICER, f"officer-{place}", district=driver.district)
        return decide(driver, "clear" if place % 2 else "uphold", by=by)

    answers = together(6, act)
    accepted = [rows for rows in answers if isinstance(rows, tuple) and outcomes(rows) == ["accepted"]]
    assert len(accepted) == 1
    (hit,) = hits(driver)
    assert (hit.state == "upheld") == (driver.claim(held).state == "voided")
    assert driver.prove().differences == ()
