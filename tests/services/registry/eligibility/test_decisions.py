"""Eligibility: decided on what is on file, kept whole, with every clause that is unmet and its cure."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from services.registry.rules.apprentices import ApprenticeFacts
from shared.contracts.common import Decided
from shared.contracts.kernel.decisions import LIST_DECISIONS, VERIFY_DECISIONS, ListDecisions, VerifyDecisions
from shared.contracts.registry.eligibility import (
    DECIDE_APPRENTICES,
    DECIDE_PARTIES,
    DecideApprentices,
    DecideParties,
    Funded,
    PartiesDecided,
)
from shared.contracts.registry.evidence import RECORD_HELD_CERTIFICATES, HeldCertificateRow, RecordHeldCertificates
from shared.contracts.schema import codec
from shared.errors import InvalidRequest, NotPermitted
from shared.security.speaker import Role
from tests.services.registry.driver import FIRMS, TODAY, TURNER, Driver

ENROLMENT = date(2022, 7, 1)


def _decide(driver: Driver, employer: str, *people: str, funded: tuple[Funded, ...] = ()) -> tuple[Decided, ...]:
    request = DecideApprentices(
        document=driver.document,
        on=TODAY,
        employer_id=employer,
        enrolment_on=ENROLMENT,
        training_ends_on=date(2024, 6, 30),
        occupation=TURNER,
        level="advanced",
        person_ids=people,
        funded=funded,
    )
    return driver.harness.call(driver.review(), DECIDE_APPRENTICES, request).people


def _parties(driver: Driver, employer: str, provider: str) -> PartiesDecided:
    request = DecideParties(driver.document, TODAY, employer, provider, TURNER)
    return driver.harness.call(driver.review(), DECIDE_PARTIES, request)


def _unmet(decided: Decided) -> set[str]:
    return {finding.rule for finding in decided.findings if finding.outcome == "unmet"}


def _ready(driver: Driver, employer: str) -> str:
    """A person with all the evidence that an apprentice needs."""
    (person,) = driver.people(employer)
    driver.employ(employer, person)
    driver.insure(person, "2022-06")
    return person


# --- apprentices -------------------------------------------------------------------------------------------------


def test_with_all_evidence_every_clause_is_met(driver: Driver, employer: str) -> None:
    (decided,) = _decide(driver, employer, _ready(driver, employer))
    assert (decided.verdict, _unmet(decided)) == ("met", set())


def test_without_any_evidence_every_unmet_clause_says_what_to_hand_in(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    (decided,) = _decide(driver, employer, person)
    assert (decided.verdict, decided.subject_id) == ("refused", person)
    unmet = [finding for finding in decided.findings if finding.outcome == "unmet"]
    assert [finding.rule for finding in unmet] == ["APP-2"] * 3
    assert all("请" in finding.message for finding in unmet)


def test_insurance_ended_before_the_month_that_counts_is_unmet(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    driver.employ(employer, person)
    driver.insure(person, "2022-04", "2022-05")
    assert _unmet(_decide(driver, employer, person)[0]) == {"APP-2"}


def test_only_the_newest_employment_counts(driver: Driver, employer: str) -> None:
    person = _ready(driver, employer)
    driver.employ(employer, person, contract_to=date(2022, 8, 31))
    assert _decide(driver, employer, person)[0].verdict == "refused"
    driver.employ(employer, person, contract_to=None)
    assert _decide(driver, employer, person)[0].verdict == "met"


def test_a_dispatched_worker_counts_at_the_real_user_with_the_agencys_insurance(
    driver: Driver, employer: str, stranger: str
) -> None:
    (person,) = driver.people(employer)
    driver.employ(employer, person, dispatched=True, contract_with="agency")
    driver.insure(person, "2022-06", insured_by="employer")
    assert _decide(driver, employer, person)[0].verdict == "refused"
    driver.insure(person, "2022-06", insured_by="agency")
    assert _decide(driver, employer, person)[0].verdict == "met"
    driver.people(stranger)
    driver.employ(stranger, person, dispatched=True, contract_with="agency")
    assert _unmet(_decide(driver, employer, person)[0]) == {"APP-3"}


def test_months_paid_by_an_earlier_party_count_for_who_is_not_dispatched(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    driver.employ(employer, person)
    driver.insure(person, "2022-06", insured_by="agency")
    assert _decide(driver, employer, person)[0].verdict == "met"


@pytest.mark.parametrize(
    ("level", "issued_on", "verdict"),
    [
        ("intermediate", date(2021, 1, 1), "met"),
        ("advanced", date(2021, 1, 1), "refused"),
        ("technician", TODAY, "refused"),
    ],
)
def test_who_holds_the_level_already_is_refused(
    driver: Driver, employer: str, level: str, issued_on: date, verdict: str
) -> None:
    person = _ready(driver, employer)
    row = HeldCertificateRow(1, person, TURNER, level, "A-1", issued_on)
    driver.harness.call(driver.officer(), RECORD_HELD_CERTIFICATES, RecordHeldCertificates((row,)))
    assert _decide(driver, employer, person)[0].verdict == verdict


def test_who_was_funded_for_the_same_level_is_refused(driver: Driver, employer: str) -> None:
    person = _ready(driver, employer)
    assert _decide(driver, employer, person, funded=(Funded(person, TURNER, "advanced"),))[0].verdict == "refused"
    assert _decide(driver, employer, person, funded=(Funded(person, TURNER, "intermediate"),))[0].verdict == "met"


def test_people_whom_the_employer_does_not_know_are_named(driver: Driver, employer: str, stranger: str) -> None:
    known = _ready(driver, employer)
    with pytest.raises(InvalidRequest) as refused:
        _decide(driver, stranger, known)
    assert refused.value.details["fields"][0]["path"] == "person_ids[0]"
    assert known in refused.value.details["fields"][0]["message"]


def test_each_decision_is_kept_whole_and_stands_when_decided_again(driver: Driver, employer: str) -> None:
    person = _ready(driver, employer)
    (decided,) = _decide(driver, employer, person)
    auditor = driver.city(Role.AUDITOR)
    page = driver.harness.call(auditor, LIST_DECISIONS["registry"], ListDecisions(person))
    assert [stored.id for stored in page.decisions] == [decided.decision_id]
    facts = codec.read(ApprenticeFacts, page.decisions[0].decision["facts"])
    assert (facts.insured_months, facts.hiring, facts.applicant_is_user) == (("2022-06",), "new_hire", True)
    verified = driver.harness.call(auditor, VERIFY_DECISIONS["registry"], VerifyDecisions())
    assert (verified.verified, verified.differing) == (1, ())


def test_a_repeated_request_id_decides_once(driver: Driver, employer: str) -> None:
    person = _ready(driver, employer)
    request = DecideApprentices(
        driver.document, TODAY, employer, ENROLMENT, date(2024, 6, 30), TURNER, "advanced", (person, person)
    )
    request_id = uuid.uuid4().hex
    first, again = (
        driver.harness.call(driver.review(), DECIDE_APPRENTICES, request, request_id=request_id) for _ in range(2)
    )
    assert first == again
    assert len(first.people) == 1


def test_only_services_ask_for_decisions(driver: Driver, employer: str) -> None:
    request = DecideParties(driver.document, TODAY, employer, employer, TURNER)
    with pytest.raises(NotPermitted):
        driver.harness.call(driver.officer(), DECIDE_PARTIES, request)


# --- employer and provider ---------------------------------------------------------------------------------------


def test_a_sound_employer_and_a_capable_provider_are_met(driver: Driver, employer: str) -> None:
    provider = driver.provider(FIRMS[2])
    driver.publish("restricted", date(2022, 1, 1), "C1711")
    decided = _parties(driver, employer, provider)
    assert (decided.employer.verdict, decided.provider.verdict) == ("met", "met")
    assert (decided.employer.subject_id, decided.provider.subject_id) == (employer, provider)
    assert (decided.employer_district, decided.provider_kind) == ("110105", "vocational_college")


def test_the_restricted_catalogue_of_the_day_decides(driver: Driver, employer: str) -> None:
    provider = driver.provider(FIRMS[2])
    assert _unmet(_parties(driver, employer, provider).employer) == {"APP-4"}
    driver.publish("restricted", date(2022, 1, 1))
    assert _parties(driver, employer, provider).employer.verdict == "met"
    driver.publish("restricted", TODAY, "C3311")
    assert _unmet(_parties(driver, employer, provider).employer) == {"APP-4"}


def test_a_provider_must_stand_in_a_catalogue_once_one_is_loaded(driver: Driver, employer: str) -> None:
    provider = driver.provider(FIRMS[2])
    driver.publish("providers", date(2022, 1, 1), FIRMS[3].uscc)
    assert _unmet(_parties(driver, employer, provider).provider) == {"APP-17"}
    driver.publish("providers", TODAY, FIRMS[2].uscc)
    assert _parties(driver, employer, provider).provider.verdict == "met"


def test_an_employer_that_never_said_what_it_can_teach_is_no_provider(driver: Driver, employer: str) -> None:
    decided = _parties(driver, employer, employer)
    assert decided.provider.verdict == "refused"
    assert _unmet(decided.provider) == {"APP-6"}
