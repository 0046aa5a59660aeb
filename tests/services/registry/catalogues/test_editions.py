"""Catalogues: dated editions; the newest of the day holds, whenever it was published (APP-17)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from shared.contracts.registry.catalogues import (
    ASK_MINIMUM_WAGE,
    ASK_SELF_EVALUATION,
    CATALOGUE_PUBLISHED,
    PUBLISH_CATALOGUE,
    AskMinimumWage,
    AskSelfEvaluation,
    CatalogueEntry,
    PublishCatalogue,
)
from shared.contracts.registry.eligibility import ASK_OCCUPATION, AskOccupation, OccupationAnswer
from shared.errors import Conflict, InvalidRequest, NotPermitted
from shared.money import Money
from tests.services.harness import CHAOYANG
from tests.services.registry.driver import FIRMS, TURNER, Driver

NEW_YEAR = date(2022, 1, 1)
CHANGE = date(2022, 9, 1)
EVE = CHANGE - timedelta(days=1)


def _wage(driver: Driver, on: date) -> Money | None:
    return driver.harness.call(driver.review(), ASK_MINIMUM_WAGE, AskMinimumWage(CHAOYANG, on)).amount


def _enter_wage(driver: Driver, from_on: date, *amounts: int | None, edition: str = "1", place: str = "110000") -> None:
    entries = tuple(CatalogueEntry(place, amount=Money.yuan(amount) if amount else None) for amount in amounts)
    request = PublishCatalogue("minimum_wage", f"{from_on} {edition}", from_on, "示例公告", entries)
    driver.harness.call(driver.city(), PUBLISH_CATALOGUE, request)


def _occupation(driver: Driver, approved_on: date, assessed_on: date | None = None) -> OccupationAnswer:
    request = AskOccupation(driver.document, TURNER, approved_on, assessed_on=assessed_on)
    return driver.harness.call(driver.review(), ASK_OCCUPATION, request)


def test_the_wage_of_the_day_is_that_of_the_newest_edition(driver: Driver) -> None:
    _enter_wage(driver, CHANGE, 2420)
    _enter_wage(driver, NEW_YEAR, 2320)
    days = (NEW_YEAR - timedelta(days=1), NEW_YEAR, EVE, CHANGE)
    assert [_wage(driver, day) for day in days] == [None, Money.yuan(2320), Money.yuan(2320), Money.yuan(2420)]


def test_a_correction_from_the_same_day_holds(driver: Driver) -> None:
    _enter_wage(driver, NEW_YEAR, 2230)
    _enter_wage(driver, NEW_YEAR, 2320, edition="更正")
    assert _wage(driver, NEW_YEAR) == Money.yuan(2320)


def test_another_citys_wage_ends_nobody_elses(driver: Driver) -> None:
    _enter_wage(driver, NEW_YEAR, 2320)
    _enter_wage(driver, CHANGE, 1900, place="130000")
    assert _wage(driver, CHANGE) == Money.yuan(2320)


def test_entries_that_stand_twice_or_lack_their_amount_are_named(driver: Driver) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _enter_wage(driver, NEW_YEAR, 2320, None)
    paths = [field["path"] for field in refused.value.details["fields"]]
    assert paths == ["entries[0].code", "entries[1].code", "entries[1].amount"]


def test_an_edition_is_published_once_by_the_city_and_told(driver: Driver) -> None:
    driver.publish("shortage", NEW_YEAR, TURNER, edition="2022 年版")
    with pytest.raises(Conflict):
        driver.publish("shortage", CHANGE, edition="2022 年版")
    with pytest.raises(NotPermitted):
        request = PublishCatalogue("shortage", "区版", NEW_YEAR, "示例公告", ())
        driver.harness.call(driver.officer(), PUBLISH_CATALOGUE, request)
    assert [(told.kind, told.from_on) for told in driver.harness.told(CATALOGUE_PUBLISHED)] == [("shortage", NEW_YEAR)]


def test_class_is_asked_on_the_approval_day_and_appraisability_on_the_assessment_day(driver: Driver) -> None:
    driver.publish("shortage", NEW_YEAR, TURNER)
    driver.publish("shortage", CHANGE)
    driver.publish("appraisable", NEW_YEAR)
    driver.publish("appraisable", CHANGE, TURNER)
    answers = [_occupation(driver, EVE), _occupation(driver, EVE, CHANGE), _occupation(driver, CHANGE, CHANGE)]
    seen = [(answer.occupation_class, answer.appraisable) for answer in answers]
    assert seen == [("shortage", False), ("shortage", True), ("ordinary", True)]


@pytest.mark.parametrize("missing", ["shortage", "appraisable"])
def test_an_unpublished_catalogue_is_not_taken_for_an_empty_one(driver: Driver, missing: str) -> None:
    for kind in {"shortage", "appraisable"} - {missing}:
        driver.publish(kind, NEW_YEAR, TURNER)
    driver.publish(missing, CHANGE, TURNER)
    with pytest.raises(Conflict) as refused:
        _occupation(driver, EVE)
    assert refused.value.details == {"catalogue": missing, "on": EVE.isoformat()}


def test_self_evaluation_is_by_employer_occupation_level_and_day(driver: Driver, employer: str) -> None:
    code = f"{FIRMS[0].uscc}:{TURNER}"
    entries = (CatalogueEntry(code, level="advanced"),)
    request = PublishCatalogue("self_evaluation", "1", CHANGE, "示例公告", entries)
    driver.harness.call(driver.city(), PUBLISH_CATALOGUE, request)

    def registered(occupation: str, level: str, on: date) -> bool:
        asked = AskSelfEvaluation(employer, occupation, level, on)
        return driver.harness.call(driver.review(), ASK_SELF_EVALUATION, asked).registered

    assert registered(TURNER, "advanced", CHANGE)
    assert not registered(TURNER, "technician", CHANGE)
    assert not registered("6-18-01-02", "advanced", CHANGE)
    assert not registered(TURNER, "advanced", EVE)
