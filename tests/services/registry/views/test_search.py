"""Lists for whoever looks for something: filters, pages, and nothing of another's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shared.contracts.common import ListWaiting
from shared.contracts.registry.catalogues import LIST_CATALOGUES, CatalogueShape, ListCatalogues
from shared.contracts.registry.organisations import LIST_ORGANISATIONS, LIST_WAITING, ListOrganisations
from shared.contracts.registry.people import LIST_PEOPLE, ListPeople
from shared.contracts.registry.teachers import (
    LIST_TEACHERS,
    REGISTER_TEACHERS,
    ListTeachers,
    RegisterTeachers,
    TeacherRow,
)
from shared.errors import InvalidRequest, NotFound
from shared.security.speaker import Role, Speaker
from tests.services.harness import CHAOYANG, SHUNYI
from tests.services.registry.driver import FIRMS, PEOPLE, Driver


def found(driver: Driver, speaker: Speaker, **conditions: Any) -> set[str]:
    answer = driver.harness.call(speaker, LIST_ORGANISATIONS, ListOrganisations(**conditions))
    return {one.organisation_id for one in answer.organisations}


def test_organisations_are_found_by_what_is_known_of_them(driver: Driver) -> None:
    mill = driver.organisation(FIRMS[0], name="示例Mill纺织厂")
    school = driver.provider(FIRMS[1], name="示例技工学校")
    far = driver.organisation(FIRMS[2], SHUNYI, name="示例mill二厂")
    city = driver.city()
    assert found(driver, city, name="MILL") == {mill, far}
    assert found(driver, city, name="示例", kind="vocational_college") == {school}
    assert found(driver, city, uscc=FIRMS[0].uscc) == {mill}
    assert found(driver, city, district=SHUNYI) == {far}
    assert found(driver, city, name="mill", district=CHAOYANG) == {mill}
    assert found(driver, city, name="没有") == set()


@pytest.mark.parametrize("text", ["%", "_", "\\"])
def test_a_name_is_sought_as_it_is_written(driver: Driver, text: str) -> None:
    plain, odd = driver.organisation(FIRMS[0], name="示例厂"), driver.organisation(FIRMS[1], name=f"示例{text}厂")
    assert found(driver, driver.city(), name=text) == {odd}
    assert found(driver, driver.city(), name="示例") == {plain, odd}


def test_a_search_ends_at_the_speakers_reach(driver: Driver, employer: str, stranger: str) -> None:
    assert found(driver, driver.officer()) == {employer}
    assert found(driver, driver.officer(), district=SHUNYI) == set()
    assert found(driver, driver.officer(), uscc=FIRMS[1].uscc) == set()
    assert found(driver, driver.employer(stranger)) == {stranger}
    assert found(driver, driver.city()) == {employer, stranger}


def test_pages_join_without_gap_or_repetition_and_a_cursor_opens_nothing_else(driver: Driver) -> None:
    made = {driver.organisation(firm) for firm in FIRMS[:5]}
    seen: list[str] = []
    cursor = None
    while True:
        page = driver.harness.call(driver.city(), LIST_ORGANISATIONS, ListOrganisations(cursor=cursor, limit=2))
        seen += [one.organisation_id for one in page.organisations]
        cursor = page.cursor
        if cursor is None:
            break
        elsewhere = ListOrganisations(cursor=cursor, limit=2)
        assert driver.harness.call(driver.officer(SHUNYI), LIST_ORGANISATIONS, elsewhere).organisations == ()
    assert (len(seen), set(seen)) == (5, made)
    with pytest.raises(InvalidRequest):
        driver.harness.call(driver.city(), LIST_ORGANISATIONS, ListOrganisations(cursor="AAAA"))


def test_an_organisations_people_are_listed_masked_with_what_is_on_file(driver: Driver, employer: str) -> None:
    first, second = driver.people(employer, 2)
    driver.employ(employer, first)
    driver.insure(first, "2022-04", "2022-05")
    page = driver.harness.call(driver.officer(), LIST_PEOPLE, ListPeople(employer))
    by_id = {one.person_id: one for one in page.people}
    assert set(by_id) == {first, second}
    assert (by_id[first].employed, by_id[first].insured_in) == (True, "2022-05")
    assert (by_id[second].employed, by_id[second].insured_in) == (False, None)
    assert PEOPLE[0].name != by_id[first].name
    assert "*" in by_id[first].document_number


def test_people_of_another_organisation_are_not_listed(driver: Driver, employer: str, stranger: str) -> None:
    driver.people(employer)
    for speaker in (driver.employer(stranger), driver.officer(SHUNYI)):
        for method, request in ((LIST_PEOPLE, ListPeople(employer)), (LIST_TEACHERS, ListTeachers(employer))):
            with pytest.raises(NotFound):
                driver.harness.call(speaker, method, request)


def test_people_come_in_pages(driver: Driver, employer: str) -> None:
    known = driver.people(employer, 5)
    first = driver.harness.call(driver.officer(), LIST_PEOPLE, ListPeople(employer, limit=3))
    rest = driver.harness.call(driver.officer(), LIST_PEOPLE, ListPeople(employer, cursor=first.cursor, limit=3))
    assert [one.person_id for one in (*first.people, *rest.people)] == sorted(known)
    assert rest.cursor is None


def test_teachers_are_listed_with_their_awards(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    rows = (
        TeacherRow(1, person, "workplace_mentor", certificate_level="technician", awards=("示例技能大赛一等奖",)),
        TeacherRow(2, person, "instructor", dual_qualified=True),
    )
    driver.harness.call(driver.employer(employer), REGISTER_TEACHERS, RegisterTeachers(employer, rows))
    page = driver.harness.call(driver.officer(), LIST_TEACHERS, ListTeachers(employer, "workplace_mentor"))
    (mentor,) = page.teachers
    assert (mentor.person_id, mentor.awards) == (person, ("示例技能大赛一等奖",))
    assert mentor.name != PEOPLE[0].name
    both = driver.harness.call(driver.officer(), LIST_TEACHERS, ListTeachers(employer))
    assert {one.kind for one in both.teachers} == {"workplace_mentor", "instructor"}
    (line,) = driver.harness.call(driver.officer(), LIST_PEOPLE, ListPeople(employer)).people
    assert line.teaches == ("instructor", "workplace_mentor")


def editions(driver: Driver, **conditions: Any) -> tuple[CatalogueShape, ...]:
    return driver.harness.call(driver.officer(), LIST_CATALOGUES, ListCatalogues(**conditions)).catalogues


def test_editions_are_listed_with_their_entries_and_those_in_force_on_a_day(driver: Driver) -> None:
    old = driver.publish("shortage", date(2021, 1, 1), "a", "b")
    corrected = driver.publish("shortage", date(2021, 1, 1), "a", "b", "c", edition="corrected")
    new = driver.publish("shortage", date(2022, 7, 1), "a")
    other = driver.publish("appraisable", date(2022, 1, 1))
    assert [(one.catalogue_id, one.entries) for one in editions(driver, kind="shortage")] == [
        (old, 2),
        (corrected, 3),
        (new, 1),
    ]
    assert {one.catalogue_id for one in editions(driver, on=date(2022, 6, 30))} == {corrected, other}
    assert {one.catalogue_id for one in editions(driver, on=date(2022, 7, 1))} == {new, other}
    assert editions(driver, on=date(2020, 12, 31)) == ()
    first = driver.harness.call(driver.officer(), LIST_CATALOGUES, ListCatalogues(limit=1))
    rest = driver.harness.call(driver.officer(), LIST_CATALOGUES, ListCatalogues(cursor=first.cursor))
    listed = [one.catalogue_id for one in (*first.catalogues, *rest.catalogues)]
    assert listed == [other, old, corrected, new]


def test_months_that_only_the_district_can_record_wait_for_it(driver: Driver, employer: str, stranger: str) -> None:
    first, second = driver.people(employer, 2)
    for person in (first, second):
        driver.employ(employer, person)
    (item,) = driver.harness.call(driver.officer(), LIST_WAITING, ListWaiting()).items
    assert (item.id, "2 人" in item.title, item.district) == (employer, True, CHAOYANG)
    driver.insure(first, "2022-05")
    (item,) = driver.harness.call(driver.officer(), LIST_WAITING, ListWaiting()).items
    assert "1 人" in item.title
    for speaker in (driver.officer(SHUNYI), driver.city(), driver.employer(employer), driver.city(Role.AUDITOR)):
        assert driver.harness.call(speaker, LIST_WAITING, ListWaiting()).items == ()
    driver.insure(second, "2022-05")
    assert driver.harness.call(driver.officer(), LIST_WAITING, ListWaiting()).items == ()
