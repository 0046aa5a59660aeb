"""The provider's own district sees the case and what concerns the provider, and nobody of the employer's (INT-22)."""

from __future__ import annotations

import pytest

from shared.contracts.common import Opinion
from shared.contracts.review import cases
from shared.errors import NotFound
from tests.services.harness import SHUNYI
from tests.services.review.driver import WITH_DEPARTMENTS, Driver
from tests.services.review.neighbours import EMPLOYER, PROVIDER, finding

HAIDIAN = "110108"


@pytest.fixture(autouse=True)
def in_shunyi(driver: Driver) -> None:
    """The provider is registered in another district than the employer."""
    driver.neighbours.provider_district = SHUNYI


def _listed(driver: Driver, district: str, **asked: object) -> list[str]:
    officer = driver.district("officer-9", district)
    page = driver.call(officer, cases.LIST_CASES, cases.ListCases(**asked))  # type: ignore[arg-type]
    return [case.case_id for case in page.cases]


def test_it_reads_the_project_with_the_findings_about_the_provider_only(driver: Driver) -> None:
    driver.neighbours.findings[EMPLOYER] = (finding("APP-29", "unmet"),)
    driver.neighbours.findings[PROVIDER] = (finding("APP-6", "met"),)
    case_id = driver.joined()
    assert _listed(driver, SHUNYI) == [case_id]
    shown = driver.case(case_id, driver.district("officer-9", SHUNYI))
    assert {decided.subject_id for decided in shown.decisions} == {PROVIDER}
    assert shown.provider_id == PROVIDER
    own = driver.case(case_id, driver.district())
    assert {decided.subject_id for decided in own.decisions} == {EMPLOYER, PROVIDER, case_id}


def test_it_does_not_read_what_the_employers_district_wrote(driver: Driver) -> None:
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "return", Opinion("与张三核对过"))
    shown = driver.case(case_id, driver.district("officer-9", SHUNYI))
    assert [(step.move, step.opinion) for step in shown.history if step.station] == [("return", "")]
    own = driver.case(case_id, driver.district())
    assert [step.opinion for step in own.history if step.station] == ["与张三核对过"]


def test_it_sees_no_roster_and_nobody_of_it(driver: Driver) -> None:
    project_id = driver.project_with("person-00001")
    assert _listed(driver, SHUNYI) == [project_id]
    (roster,) = [case for case in _of_city(driver) if case != project_id]
    with pytest.raises(NotFound):
        driver.case(roster, driver.district("officer-9", SHUNYI))
    shown = driver.case(project_id, driver.district("officer-9", SHUNYI))
    assert (shown.persons_accepted, shown.persons_refused) == ((), ())


def _of_city(driver: Driver) -> list[str]:
    return [case.case_id for case in driver.call(driver.city(), cases.LIST_CASES, cases.ListCases()).cases]


def test_it_decides_nothing_and_nothing_waits_for_it(driver: Driver) -> None:
    case_id = driver.joined()
    with pytest.raises(NotFound):
        driver.review(driver.district("officer-9", SHUNYI), case_id, "approve", WITH_DEPARTMENTS)
    assert _listed(driver, SHUNYI, waiting_for_me=True) == []


def test_a_district_of_neither_party_sees_nothing(driver: Driver) -> None:
    case_id = driver.joined()
    assert _listed(driver, HAIDIAN) == []
    with pytest.raises(NotFound):
        driver.case(case_id, driver.district("officer-9", HAIDIAN))


def test_before_the_provider_joins_its_district_sees_nothing(driver: Driver) -> None:
    case_id = driver.submit().case_id
    assert _listed(driver, SHUNYI) == []
    with pytest.raises(NotFound):
        driver.case(case_id, driver.district("officer-9", SHUNYI))
