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
from shared.contracts.subsidy import bank_and_checks, payments
from shared.contracts.training import enrolments
from shared.errors import NotFound
from shared.policy import Policies
from shared.security.speaker import Role
from shared.store.bulk import SLICE
from tests.rules.policy import BEIJING, document_of, tree_of
from tests.services.harness import SHUNYI
from tests.services.subsidy.elsewhere import AS_OF, DEATHS
from tests.services.subsidy.road import ASSESSED, DUE_YEAR, EMPLOYER, Road, Training
from tests.services.subsidy.test_many import counting

ONE = Training()
THREE = Training(results=("certified", "certified", "certified"))


def approved(road: Road, project_id: str = "project-1", what: Training = ONE, **fields: Any) -> str:
    """An approved advance of a project of its own."""
    road.project(project_id, what, **fields)
    road.appropriate("60000000.00")
    return road.decide(road.submit(project_id=project_id).claim_id).claim_id


def hits(road: Road, **filters: Any) -> tuple[bank_and_checks.HitShape, ...]:
    return road.harness.call(road.officer, bank_and_checks.LIST_HITS, bank_and_checks.ListHits(**filters)).hits


def checks(road: Road, claim_id: str) -> tuple[bank_and_checks.CheckShape, ...]:
    return road.harness.call(road.officer, bank_and_checks.GET_CHECKS, bank_and_checks.GetChecks(claim_id)).checks


def test_a_claim_with_a_hit_stays_out_and_the_others_are_paid(road: Road) -> None:
    held, free = (approved(road, project_id) for project_id in ("project-1", "project-2"))
    road.elsewhere.finds(0)
    batch = road.prepare(held, free)
    (hit,) = hits(road)
    assert batch.held == (payments.HeldClaim(held, (), (hit.hit_id,)),)
    assert [one.claim_id for one in batch.payments] == [free]
    assert road.claim(held).state == "approved"
    assert road.confirm(road.instruct(batch.batch_id)).state == "paid"
    assert road.prove().differences == ()


def test_a_hit_says_what_stands_where_as_of_which_day(road: Road) -> None:
    claim_id = approved(road)
    road.elsewhere.finds(0, "student", date(2022, 6, 6), source="示例教育局", remark="示例学院", as_of=date(2022, 6, 5))
    road.prepare(claim_id)
    (hit,) = hits(road, claim_id=claim_id)
    assert (hit.kind, hit.enrolment_id, hit.payee_id) == ("student", "project-1-enrolment-0000", None)
    assert (hit.source, hit.as_of, hit.since, hit.remark) == (
        "示例教育局", date(2022, 6, 5), date(2022, 6, 6), "示例学院",
    )  # fmt: skip
    assert (hit.state, hit.found_on, hit.decision) == ("open", road.on, None)
    assert (hit.rule, hit.clause) == ("APP-2", "二(一)")


def test_a_comparison_is_kept_with_its_sources_and_days_whether_it_finds_something_or_not(road: Road) -> None:
    claim_id = approved(road, what=THREE)
    road.elsewhere.unread.add("project-1-person-0001")
    road.confirm(road.instruct(road.prepare(claim_id).batch_id))
    (check,) = checks(road, claim_id)
    assert (check.persons, check.unread, check.hits) == (3, 1, 0)
    assert (check.checked_on, check.checked_by) == (road.on, road.maker.subject)
    consulted = {one.kind: (one.source, one.as_of) for one in check.consulted}
    assert consulted["deceased"] == (DEATHS, AS_OF)
    own = ("certificate_twice", "certified_before", "enrolled_elsewhere", "shared_account")
    assert {consulted[kind][1] for kind in own} == {road.on}
    assert check.without_source == ("funded_elsewhere", "insured_elsewhere", "past_retirement_age")


def test_people_are_asked_about_by_the_time_of_their_training(road: Road) -> None:
    """Until its run was over, or until the day of the comparison while it goes on."""
    road.project(enrolled_on=road.on - timedelta(days=10))
    for year in (road.on.year, DUE_YEAR):
        road.appropriate("60000.00", year)
    road.pay(road.submit().claim_id)
    road.harness.move_clock(ASSESSED)
    road.assess()
    final = road.submit("final")
    road.decide(final.claim_id)
    road.harness.move_clock(ASSESSED + timedelta(days=5))
    road.prepare(final.claim_id)
    begun = road.on - timedelta(days=10)
    rows = [asked.rows[0] for route, asked in road.harness.asked if route == "registry.ask_standing"]
    assert rows == [
        registers.StandingRow("project-1-person-0000", begun, last, "6-18-01-01", "advanced")
        for last in (road.on, ASSESSED)
    ]


@pytest.mark.parametrize("kind", ["certificate_twice", "certified_before", "enrolled_elsewhere"])
def test_what_training_knows_of_other_enrolments_holds_too(road: Road, kind: Any) -> None:
    claim_id = approved(road)
    road.elsewhere.doubles(0, kind, road.on - timedelta(days=1))
    assert road.prepare(claim_id).state == "voided"
    (hit,) = hits(road)
    assert (hit.kind, hit.source) == (kind, "本系统学籍")
    assert hit.remark == "另一项目 project-elsewhere，学籍 enrolment-elsewhere"


def test_a_source_that_answers_more_than_the_clause_asks_holds_nothing(road: Road) -> None:
    """A death after the end of training, a certificate of its first day: the rule decides, not the register."""
    claim_id = approved(road)
    road.elsewhere.finds(0, since=road.on + timedelta(days=1))
    road.elsewhere.doubles(0, "certified_before", road.on)
    assert road.prepare(claim_id).state == "prepared"
    assert hits(road) == ()


def test_a_shared_account_holds_every_claim_of_the_payee(road: Road) -> None:
    mine = [approved(road, project_id) for project_id in ("project-1", "project-2")]
    road.employer = replace(road.employer, organisation="employer-2")
    other = approved(road, "project-3", employer_id="employer-2")
    road.elsewhere.shares(EMPLOYER, "employer-8", "employer-9")
    batch = road.prepare(*mine, other)
    assert {one.claim_id for one in batch.held} == set(mine)
    assert {one.claim_id for one in batch.payments} == {other}
    found = hits(road, claim_id=mine[1])
    assert [(one.kind, one.payee_id, one.enrolment_id, one.remark) for one in found] == [
        ("shared_account", EMPLOYER, None, f"另一单位 employer-{number}") for number in (8, 9)
    ]
    assert [len(one.hits) for one in batch.held] == [2, 2]


def test_the_same_hit_never_comes_twice_and_a_new_entry_does(road: Road) -> None:
    claim_id = approved(road)
    road.elsewhere.finds(0)
    for _ in range(3):
        road.prepare(claim_id)
    assert len(hits(road)) == 1
    assert [one.hits for one in checks(road, claim_id)] == [1, 1, 1]
    assert [one.hits for one in road.harness.told(bank_and_checks.CLAIM_HELD)] == [1]
    road.elsewhere.finds(0, reference="another-entry")
    road.prepare(claim_id)
    assert len(hits(road)) == 2
    assert [one.hits for one in road.harness.told(bank_and_checks.CLAIM_HELD)] == [1, 1]


def test_a_hit_found_since_takes_a_claim_out_of_its_prepared_batch(road: Road) -> None:
    """The payee's account is found shared when another claim of its is compared."""
    first, second = (approved(road, project_id) for project_id in ("project-1", "project-2"))
    batch = road.prepare(first)
    road.elsewhere.shares(EMPLOYER, "employer-9")
    road.prepare(second)
    left = road.instruct(batch.batch_id)
    assert (left.state, [one.claim_id for one in left.held]) == ("voided", [first])
    assert road.claim(first).state == "approved"
    assert road.prove().differences == ()


def test_a_hit_is_found_again_in_the_claim_that_is_made_anew(road: Road) -> None:
    claim_id = approved(road, what=THREE)
    road.elsewhere.finds(0)
    road.prepare(claim_id)
    road.fraud(1)
    anew = road.decide(road.submit().claim_id).claim_id
    batch = road.prepare(anew)
    (hit,) = hits(road, claim_id=anew)
    assert batch.held == (payments.HeldClaim(anew, (), (hit.hit_id,)),)
    assert hit.claim_id == claim_id  # in whose comparison it was found first


def test_a_document_without_these_rules_compares_and_asks_nothing(road: Road) -> None:
    tree = tree_of(BEIJING)
    for entry in tree["rules"].values():
        entry["decided_by"] = [name for name in entry["decided_by"] if name not in KINDS_OF]
    road.harness.policies = road.harness.kernel.policies = Policies((document_of(tree),))
    claim_id = approved(road)
    road.elsewhere.finds(0)
    assert road.prepare(claim_id).state == "prepared"
    assert checks(road, claim_id) == () == hits(road)
    assert not [route for route, _ in road.harness.asked if route != "training.ask_outcomes"]


def test_nobody_reads_hits_or_comparisons_of_another_district(road: Road) -> None:
    claim_id = approved(road)
    road.elsewhere.finds(0)
    road.prepare(claim_id)
    stranger = road.harness.speaker(Role.DISTRICT_OFFICER, "officer-9", district=SHUNYI)
    assert road.harness.call(stranger, bank_and_checks.LIST_HITS, bank_and_checks.ListHits()).hits == ()
    with pytest.raises(NotFound):
        road.harness.call(stranger, bank_and_checks.LIST_HITS, bank_and_checks.ListHits(claim_id=claim_id))
    with pytest.raises(NotFound):
        road.harness.call(stranger, bank_and_checks.GET_CHECKS, bank_and_checks.GetChecks(claim_id))


def test_nothing_is_asked_about_the_claims_of_another_district(road: Road) -> None:
    claim_id = approved(road)
    road.harness.asked.clear()
    stranger = road.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    with pytest.raises(NotFound):
        road.harness.call(stranger, payments.PREPARE_PAYMENT, payments.PreparePayment((claim_id,)))
    assert road.harness.asked == []


def test_hits_are_listed_page_by_page_and_by_state(road: Road) -> None:
    claim_id = approved(road, what=THREE)
    for place in range(3):
        road.elsewhere.finds(place)
    road.prepare(claim_id)
    first = road.harness.call(road.auditor, bank_and_checks.LIST_HITS, bank_and_checks.ListHits(limit=2))
    rest = road.harness.call(
        road.auditor, bank_and_checks.LIST_HITS, bank_and_checks.ListHits(cursor=first.cursor, limit=2)
    )
    assert [len(page.hits) for page in (first, rest)] == [2, 1] and rest.cursor is None
    assert hits(road, state="cleared") == () == hits(road, programme="another")


def test_somebody_in_two_claims_of_a_batch_is_compared_for_each(road: Road) -> None:
    first = approved(road)
    road.project("project-2")
    told = enrolments.EnrolmentsEstablished(
        "project-3", "apprenticeship", road.district, EMPLOYER, road.on,
        (enrolments.EnrolledPerson("project-3-enrolment-0000", "project-1-person-0000"),),
    )  # fmt: skip
    road.project("project-3", Training(results=()))
    road.harness.hear(enrolments.ENROLMENTS_ESTABLISHED, "project-3", told)
    page = road.outcomes["project-1"]
    (outcome,) = page.enrolments
    road.outcomes["project-3"] = replace(
        page, project_id="project-3", enrolments=(replace(outcome, enrolment_id="project-3-enrolment-0000"),)
    )
    road.appropriate("6000.00")
    second = road.decide(road.submit(project_id="project-3").claim_id).claim_id
    road.elsewhere.finds(0)
    assert {one.claim_id for one in road.prepare(first, second).held} == {first, second}


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
def test_the_database_itself_keeps_what_was_found(road: Road, what: str) -> None:
    claim_id = approved(road)
    road.elsewhere.finds(0)
    road.prepare(claim_id)
    with pytest.raises(DatabaseError), road.harness.database.transaction() as session:
        session.execute(text(CHANGES[what]))


def test_comparing_thousands_takes_statements_by_the_slice(road: Road) -> None:
    people = 3 * SLICE
    claim_id = approved(road, what=Training(results=("certified",) * people))
    for place in range(people):
        road.elsewhere.finds(place)
    with counting(road) as sent:
        batch = road.prepare(claim_id)
    assert len(batch.held[0].hits) == people
    assert len(sent) < 45
