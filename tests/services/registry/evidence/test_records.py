"""Evidence: about people one knows, each row a new fact, the newest holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from shared.contracts.common import RowResult, RowResults
from shared.contracts.registry.evidence import (
    ASK_WAGES,
    EVIDENCE_RECORDED,
    RECORD_HELD_CERTIFICATES,
    RECORD_INSURANCE,
    AskWages,
    HeldCertificateRow,
    InsuranceRow,
    RecordHeldCertificates,
    RecordInsurance,
)
from shared.errors import NotFound, NotPermitted
from shared.money import Money
from shared.security.speaker import Speaker
from tests.services.harness import SHUNYI
from tests.services.registry.driver import TURNER, Driver


def _only(results: RowResults) -> RowResult:
    (result,) = results.rows
    return result


def _wage(driver: Driver, employer: str, person: str) -> Money | None:
    return driver.harness.call(driver.review(), ASK_WAGES, AskWages(employer, (person,))).wages[0].monthly_wage


def _hold(driver: Driver, speaker: Speaker, *rows: HeldCertificateRow) -> list[str]:
    answer = driver.harness.call(speaker, RECORD_HELD_CERTIFICATES, RecordHeldCertificates(rows))
    return [result.outcome for result in answer.rows]


def test_the_newest_employment_holds_and_an_equal_one_changes_nothing(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    assert _wage(driver, employer, person) is None
    first = _only(driver.employ(employer, person))
    again = _only(driver.employ(employer, person))
    raised = _only(driver.employ(employer, person, monthly_wage=Money.yuan(5000)))
    assert (first.outcome, again.outcome, again.id, raised.outcome) == ("accepted", "unchanged", first.id, "accepted")
    assert _wage(driver, employer, person) == Money.yuan(5000)
    assert [told.person_ids for told in driver.harness.told(EVIDENCE_RECORDED)] == [(person,), (person,)]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("contract_to", {"contract_to": date(2022, 5, 31)}),
        ("contract_from", {"contract_from": None}),
        ("monthly_wage", {"monthly_wage": Money.parse("-0.01")}),
    ],
)
def test_employment_that_cannot_be_is_refused_by_field(
    driver: Driver, employer: str, field: str, changes: dict[str, object]
) -> None:
    (person,) = driver.people(employer)
    refused = _only(driver.employ(employer, person, **changes))
    assert (refused.outcome, refused.field) == ("refused", field)


def test_an_employer_records_only_people_it_knows(driver: Driver, employer: str, stranger: str) -> None:
    (person,) = driver.people(stranger)
    refused = _only(driver.employ(employer, person))
    assert (refused.outcome, refused.field) == ("refused", "person_id")
    with pytest.raises(NotFound):
        driver.employ(employer, person, by=driver.employer(stranger))


def test_insured_months_add_up_and_repeated_ones_change_nothing(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    outcomes = [
        _only(driver.insure(person, *months)).outcome
        for months in (("2022-04", "2022-05"), ("2022-05",), ("2022-05", "2022-06"))
    ]
    assert outcomes == ["accepted", "unchanged", "accepted"]


def test_a_month_that_has_not_come_is_refused(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    assert _only(driver.insure(person, "2022-06", "2022-07")).field == "months"


def test_insurance_is_recorded_by_the_own_district_only(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    assert _only(driver.insure(person, "2022-05", district=SHUNYI)).field == "person_id"
    months = InsuranceRow(1, person, ("2022-05",), "employer")
    with pytest.raises(NotPermitted):
        driver.harness.call(driver.employer(employer), RECORD_INSURANCE, RecordInsurance((months,)))


def test_a_certificate_is_recorded_once_and_never_ahead_of_its_day(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    held = HeldCertificateRow(1, person, TURNER, "junior", "A-1", date(2021, 5, 1))
    ahead = HeldCertificateRow(2, person, TURNER, "junior", "A-2", date(2022, 6, 7))
    assert _hold(driver, driver.employer(employer), held, held, ahead) == ["accepted", "unchanged", "refused"]
    assert _hold(driver, driver.officer(), held) == ["unchanged"]
    written_otherwise = [replace(held, number=number) for number in ("a1", "Ａ－１", " A 1 ")]
    assert _hold(driver, driver.officer(), *written_otherwise) == ["unchanged"] * 3
    assert _hold(driver, driver.officer(), replace(held, number=" － "), replace(held, number="A-2")) == [
        "refused",
        "accepted",
    ]
    assert _hold(driver, driver.officer(SHUNYI), held) == ["refused"]
