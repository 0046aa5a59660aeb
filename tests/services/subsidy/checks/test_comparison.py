"""Before payment every claim is compared with what is on file elsewhere; a hit holds that claim and no other (X-1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from services.subsidy.rules.checks import KINDS_OF
from shared.contracts.registry import registers
from shared.contracts.subsidy import payments
from shared.contracts.subsidy.checks import CLAIM_HELD, GET_CHECKS, LIST_HITS, GetChecks, ListHits
from shared.contracts.training import enrolments
from shared.errors import NotFound
from shared.policy.policies import Policies
from shared.security.speaker import Role
from shared.store.bulk import SLICE
from tests.counting import counting
from tests.rules.policy import BEIJING, document_of, tree_of
from tests.services.harness import SHUNYI
from tests.services.subsidy.checks.driver import THREE, approved, comparisons, hits
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, EMPLOYER, Driver, Training
from tests.services.subsidy.neighbours import AS_OF, DEATHS

ASKED_ANYWAY = ("training.ask_outcomes", "training.ask_ended")
"""What becomes of learners is asked whatever is compared."""


def test_a_claim_with_a_hit_stays_out_and_the_others_are_paid(driver: Driver) -> None:
    held, free = (approved(driver, project_id) for project_id in ("project-1", "project-2"))
    driver.neighbours.finds(0)
    batch = driver.prepare(held, free)
    (hit,) = hits(driver)
    assert batch.held == (payments.HeldClaim(held, (), (hit.hit_id,)),)
    assert [one.claim_id for one in batch.payments] == [free]
    assert driver.claim(held).state == "approved"
    assert driver.confirm(driver.instruct(batch.batch_id)).state == "paid"
    assert driver.prove().differences == ()


def test_a_hit_says_what_stands_where_as_of_which_day(driver: Driver) -> None:
    claim_id = approved(driver)
    driver.neighbours.finds(
        0, "student", date(2022, 6, 6), source="示例教育局", remark="示例学院", as_of=date(2022, 6, 5)
    )
    driver.prepare(claim_id)
    (hit,) = hits(driver, claim_id=claim_id)
    assert (hit.kind, hit.enrolment_id, hit.payee_id) == ("student", "project-1-enrolment-0000", None)
    assert (hit.source, hit.as_of, hit.since, hit.remark) == (
        "示例教育局", date(2022, 6, 5), date(2022, 6, 6), "示例学院",
    )  # fmt: skip
    assert (hit.state, hit.found_on, hit.decision) == ("open", driver.on, None)
    assert (hit.rule, hit.clause) == ("APP-2", "二(一)")


def test_a_comparison_is_kept_with_its_sources_and_days_whether_it_finds_something_or_not(driver: Driver) -> None:
    claim_id = approved(driver, what=THREE)
    driver.neighbours.unread.add("project-1-person-0001")
    driver.confirm(driver.instruct(driver.prepare(claim_id).batch_id))
    (check,) = comparisons(driver, claim_id)
    assert (check.persons, check.unread, check.hits) == (3, 1, 0)
    assert (check.checked_on, check.checked_by) == (driver.on, driver.maker.subject)
    consulted = {one.kind: (one.source, one.as_of) for one in check.consulted}
    assert consulted["deceased"] == (DEATHS, AS_OF)
    own = ("certificate_twice", "certified_before", "enrolled_elsewhere", "shared_account")
    assert {consulted[kind][1] for kind in own} == {driver.on}
    assert check.without_source == ("funded_elsewhere", "insured_elsewhere", "past_retirement_age")


def test_people_are_asked_about_by_the_time_of_their_training(driver: Driver) -> None:
    """Until its run was over, or until the day of the comparison while it goes on."""
    driver.project(enrolled_on=driver.on - timedelta(days=10))
    for year in (driver.on.year, DUE_YEAR):
        driver.appropriate("60000.00", year)
    driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(ASSESSED)
    driver.assess()
    final = driver.submit("final")
    driver.decide(final.claim_id)
    driver.harness.move_clock(ASSESSED + timedelta(days=5))
    driver.prepare(final.claim_id)
    begun = driver.on - timedelta(days=10)
    rows = [asked.rows[0] for route, asked in driver.harness.asked if route == "registry.ask_standing"]
    assert rows == [
        registers.StandingRow("project-1-person-0000", begun, last, "6-18-01-01", "advanced")
        for last in (driver.on, ASSESSED)
    ]


@pytest.mark.parametrize("kind", ["certificate_twice", "certified_before", "enrolled_elsewhere"])
def test_what_training_knows_of_other_enrolments_holds_too(driver: Driver, kind: Any) -> None:
    claim_id = approved(driver)
    driver.neighbours.doubles(0, kind, driver.on - timedelta(days=1))
    assert driver.prepare(claim_id).state == "voided"
    (hit,) = hits(driver)
    assert (hit.kind, hit.source) == (kind, "本系统学籍")
    assert hit.remark == "另一项目 project-elsewhere，学籍 enrolment-elsewhere"


def test_a_source_that_answers_more_than_the_clause_asks_holds_nothing(driver: Driver) -> None:
    """A death after the end of training, a certificate of its first day: the rule decides, not the register."""
    claim_id = approved(driver)
    driver.neighbours.finds(0, since=driver.on + timedelta(days=1))
    driver.neighbours.doubles(0, "certified_before", driver.on)
    assert driver.prepare(claim_id).state == "prepared"
    assert hits(driver) == ()


def test_a_shared_account_holds_every_claim_of_the_payee(driver: Driver) -> None:
    mine = [approved(driver, project_id) for project_id in ("project-1", "project-2")]
    driver.employer = replace(driver.employer, organisation="employer-2")
    other = approved(driver, "project-3", employer_id="employer-2")
    driver.neighbours.shares(EMPLOYER, "employer-8", "employer-9")
    batch = driver.prepare(*mine, other)
    assert {one.claim_id for one in batch.held} == set(mine)
    assert {one.claim_id for one in batch.payments} == {other}
    found = hits(driver, claim_id=mine[1])
    assert [(one.kind, one.payee_id, one.enrolment_id, one.remark) for one in found] == [
        ("shared_account", EMPLOYER, None, f"另一单位 employer-{number}") for number in (8, 9)
    ]
    assert [len(one.hits) for one in batch.held] == [2, 2]


def test_the_same_hit_never_comes_twice_and_a_new_entry_does(driver: Driver) -> None:
    claim_id = approved(driver)
    driver.neighbours.finds(0)
    for _ in range(3):
        driver.prepare(claim_id)
    assert len(hits(driver)) == 1
    assert [one.hits for one in comparisons(driver, claim_id)] == [1, 1, 1]
    assert [one.hits for one in driver.harness.told(CLAIM_HELD)] == [1]
    driver.neighbours.finds(0, reference="another-entry")
    driver.prepare(claim_id)
    assert len(hits(driver)) == 2
    assert [one.hits for one in driver.harness.told(CLAIM_HELD)] == [1, 1]


def test_a_hit_found_since_takes_a_claim_out_of_its_prepared_batch(driver: Driver) -> None:
    """The payee's account is found shared when another claim of its is compared."""
    first, second = (approved(driver, project_id) for project_id in ("project-1", "project-2"))
    batch = driver.prepare(first)
    driver.neighbours.shares(EMPLOYER, "employer-9")
    driver.prepare(second)
    left = driver.instruct(batch.batch_id)
    assert (left.state, [one.claim_id for one in left.held]) == ("voided", [first])
    assert driver.claim(first).state == "approved"
    assert driver.prove().differences == ()


def test_a_hit_is_found_again_in_the_claim_that_is_made_anew(driver: Driver) -> None:
    claim_id = approved(driver, what=THREE)
    driver.neighbours.finds(0)
    driver.prepare(claim_id)
    driver.fraud(1)
    anew = driver.decide(driver.submit().claim_id).claim_id
    batch = driver.prepare(anew)
    (hit,) = hits(driver, claim_id=anew)
    assert batch.held == (payments.HeldClaim(anew, (), (hit.hit_id,)),)
    assert hit.claim_id == claim_id  # in whose comparison it was found first


def test_a_document_without_these_rules_compares_and_asks_nothing(driver: Driver) -> None:
    tree = tree_of(BEIJING)
    for entry in tree["rules"].values():
        entry["decided_by"] = [name for name in entry["decided_by"] if name not in KINDS_OF]
    driver.harness.policies = driver.harness.kernel.policies = Policies((document_of(tree),))
    claim_id = approved(driver)
    driver.neighbours.finds(0)
    assert driver.prepare(claim_id).state == "prepared"
    assert comparisons(driver, claim_id) == () == hits(driver)
    assert not [route for route, _ in driver.harness.asked if route not in ASKED_ANYWAY]


def test_nobody_reads_hits_or_comparisons_of_another_district(driver: Driver) -> None:
    claim_id = approved(driver)
    driver.neighbours.finds(0)
    driver.prepare(claim_id)
    stranger = driver.harness.speaker(Role.DISTRICT_OFFICER, "officer-9", district=SHUNYI)
    assert driver.call(stranger, LIST_HITS, ListHits()).hits == ()
    with pytest.raises(NotFound):
        driver.call(stranger, LIST_HITS, ListHits(claim_id=claim_id))
    with pytest.raises(NotFound):
        driver.call(stranger, GET_CHECKS, GetChecks(claim_id))


def test_nothing_is_asked_about_the_claims_of_another_district(driver: Driver) -> None:
    claim_id = approved(driver)
    driver.harness.asked.clear()
    stranger = driver.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    with pytest.raises(NotFound):
        driver.call(stranger, payments.PREPARE_PAYMENT, payments.PreparePayment((claim_id,)))
    assert driver.harness.asked == []


def test_hits_are_listed_page_by_page_and_by_state(driver: Driver) -> None:
    claim_id = approved(driver, what=THREE)
    for place in range(3):
        driver.neighbours.finds(place)
    driver.prepare(claim_id)
    first = driver.call(driver.auditor, LIST_HITS, ListHits(limit=2))
    rest = driver.call(driver.auditor, LIST_HITS, ListHits(cursor=first.cursor, limit=2))
    assert [len(page.hits) for page in (first, rest)] == [2, 1] and rest.cursor is None
    assert hits(driver, state="cleared") == () == hits(driver, programme="another")


def test_somebody_in_two_claims_of_a_batch_is_compared_for_each(driver: Driver) -> None:
    first = approved(driver)
    driver.project("project-2")
    told = enrolments.EnrolmentsEstablished(
        "project-3", "apprenticeship", driver.district, EMPLOYER, driver.on,
        (enrolments.EnrolledPerson("project-3-enrolment-0000", "project-1-person-0000"),),
    )  # fmt: skip
    driver.project("project-3", Training(results=()), occupation="6-18-01-02")
    driver.harness.hear(enrolments.ENROLMENTS_ESTABLISHED, "project-3", told)
    page = driver.outcomes["project-1"]
    (outcome,) = page.enrolments
    driver.outcomes["project-3"] = replace(
        page, project_id="project-3", enrolments=(replace(outcome, enrolment_id="project-3-enrolment-0000"),)
    )
    driver.appropriate("6000.00")
    second = driver.decide(driver.submit(project_id="project-3").claim_id).claim_id
    driver.neighbours.finds(0)
    assert {one.claim_id for one in driver.prepare(first, second).held} == {first, second}


CHANGES: Mapping[str, str] = {
    "what was found": "UPDATE hits SET source = 'x'",
    "a hit taken away": "DELETE FROM hits",
    "a comparison": "UPDATE checks SET hits = 0",
    "a comparison taken away": "DELETE FROM checks",
    "who was held": "UPDATE held_claims SET hits = '[]'",
    "the same again": (
        "INSERT INTO hits (id, check_id, claim_id, project_id, programme, document, district, kind, enrolment_id,"
        " reference, source, as_of, found_on, found_by, state, words, basis) SELECT 'again', check_id, claim_id,"
        " project_id, programme, document, district, kind, enrolment_id, reference, source, as_of, found_on, found_by,"
        " state, words, basis FROM hits"
    ),
    "cleared by nobody": "UPDATE hits SET state = 'cleared'",
    "cleared by who ordered the comparison": (
        "UPDATE hits SET state = 'cleared', decided_on = found_on, decided_by = found_by, decision_id = 'd'"
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_database_itself_keeps_what_was_found(driver: Driver, what: str) -> None:
    claim_id = approved(driver)
    driver.neighbours.finds(0)
    driver.prepare(claim_id)
    with pytest.raises(DatabaseError), driver.harness.database.transaction() as session:
        session.execute(text(CHANGES[what]))


def test_comparing_thousands_takes_statements_by_the_slice(driver: Driver) -> None:
    people = 3 * SLICE
    claim_id = approved(driver, what=Training(results=("certified",) * people))
    for place in range(people):
        driver.neighbours.finds(place)
    with counting(driver.harness.database) as sent:
        batch = driver.prepare(claim_id)
    assert len(batch.held[0].hits) == people
    assert len(sent) < 50
