"""Lists for whoever looks for something: filters, pages, and nothing of another's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shared.contracts.common import ListWaiting
from shared.contracts.registry.catalogues import LIST_CATALOGUES, CatalogueShape, ListCatalogues
from shared.contracts.registry.parties import (
    LIST_ORGANISATIONS,
    LIST_PEOPLE,
    LIST_TEACHERS,
    LIST_WAITING,
    REGISTER_TEACHERS,
    ListOrganisations,
    ListPeople,
    ListTeachers,
    RegisterTeachers,
    TeacherRow,
)
from shared.errors import InvalidRequest, NotFound
from shared.security.speaker import Role, Speaker
from tests.services.harness import CHAOYANG, SHUNYI
from tests.services.registry.conftest import FIRMS, PEOPLE, Office


def found(office: Office, speaker: Speaker, **conditions: Any) -> set[str]:
    answer = office.harness.call(speaker, LIST_ORGANISATIONS, ListOrganisations(**conditions))
    return {one.organisation_id for one in answer.organisations}


def test_organisations_are_found_by_what_is_known_of_them(office: Office) -> None:
    mill = office.organisation(FIRMS[0], name="示例Mill纺织厂")
    school = office.provider(FIRMS[1], name="示例技工学校")
    far = office.organisation(FIRMS[2], SHUNYI, name="示例mill二厂")
    city = office.city()
    assert found(office, city, name="MILL") == {mill, far}
    assert found(office, city, name="示例", kind="vocational_college") == {school}
    assert found(office, city, uscc=FIRMS[0].uscc) == {mill}
    assert found(office, city, district=SHUNYI) == {far}
    assert found(office, city, name="mill", district=CHAOYANG) == {mill}
    assert found(office, city, name="没有") == set()


@pytest.mark.parametrize("text", ["%", "_", "\\"])
def test_a_name_is_sought_as_it_is_written(office: Office, text: str) -> None:
    plain, odd = office.organisation(FIRMS[0], name="示例厂"), office.organisation(FIRMS[1], name=f"示例{text}厂")
    assert found(office, office.city(), name=text) == {odd}
    assert found(office, office.city(), name="示例") == {plain, odd}


def test_a_search_ends_at_the_speakers_reach(office: Office, employer: str, stranger: str) -> None:
    assert found(office, office.officer()) == {employer}
    assert found(office, office.officer(), district=SHUNYI) == set()
    assert found(office, office.officer(), uscc=FIRMS[1].uscc) == set()
    assert found(office, office.employer(stranger)) == {stranger}
    assert found(office, office.city()) == {employer, stranger}


def test_pages_join_without_gap_or_repetition_and_a_cursor_opens_nothing_else(office: Office) -> None:
    made = {office.organisation(firm) for firm in FIRMS[:5]}
    seen: list[str] = []
    cursor = None
    while True:
        page = office.harness.call(office.city(), LIST_ORGANISATIONS, ListOrganisations(cursor=cursor, limit=2))
        seen += [one.organisation_id for one in page.organisations]
        cursor = page.cursor
        if cursor is None:
            break
        elsewhere = ListOrganisations(cursor=cursor, limit=2)
        assert office.harness.call(office.officer(SHUNYI), LIST_ORGANISATIONS, elsewhere).organisations == ()
    assert (len(seen), set(seen)) == (5, made)
    with pytest.raises(InvalidRequest):
        office.harness.call(office.city(), LIST_ORGANISATIONS, ListOrganisations(cursor="AAAA"))


def test_an_organisations_people_are_listed_masked_with_what_is_on_file(office: Office, employer: str) -> None:
    first, second = office.people(employer, 2)
    office.employ(employer, first)
    office.insure(first, "2022-04", "2022-05")
    page = office.harness.call(office.officer(), LIST_PEOPLE, ListPeople(employer))
    by_id = {one.person_id: one for one in page.people}
    assert set(by_id) == {first, second}
    assert (by_id[first].employed, by_id[first].insured_in) == (True, "2022-05")
    assert (by_id[second].employed, by_id[second].insured_in) == (False, None)
    assert PEOPLE[0].name != by_id[first].name
    assert "*" in by_id[first].document_number


def test_people_of_another_organisation_are_not_listed(office: Office, employer: str, stranger: str) -> None:
    office.people(employer)
    for speaker in (office.employer(stranger), office.officer(SHUNYI)):
        for method, request in ((LIST_PEOPLE, ListPeople(employer)), (LIST_TEACHERS, ListTeachers(employer))):
            with pytest.raises(NotFound):
                office.harness.call(speaker, method, request)


def test_people_come_in_pages(office: Office, employer: str) -> None:
    known = office.people(employer, 5)
    first = office.harness.call(office.officer(), LIST_PEOPLE, ListPeople(employer, limit=3))
    rest = office.harness.call(office.officer(), LIST_PEOPLE, ListPeople(employer, cursor=first.cursor, limit=3))
    assert [one.person_id for one in (*first.people, *rest.people)] == sorted(known)
    assert rest.cursor is None


def test_teachers_are_listed_with_their_awards(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    rows = (
        TeacherRow(1, person, "workplace_mentor", certificate_level="technician", awards=("示例技能大赛一等奖",)),
        TeacherRow(2, person, "instructor", dual_qualified=True),
    )
    office.harness.call(office.employer(employer), REGISTER_TEACHERS, RegisterTeachers(employer, rows))
    page = office.harness.call(office.officer(), LIST_TEACHERS, ListTeachers(employer, "workplace_mentor"))
    (mentor,) = page.teachers
    assert (mentor.person_id, mentor.awards) == (person, ("示例技能大赛一等奖",))
    assert mentor.name != PEOPLE[0].name
    both = office.harness.call(office.officer(), LIST_TEACHERS, ListTeachers(employer))
    assert {one.kind for one in both.teachers} == {"workplace_mentor", "instructor"}
    (line,) = office.harness.call(office.officer(), LIST_PEOPLE, ListPeople(employer)).people
    assert line.teaches == ("instructor", "workplace_mentor")


def editions(office: Office, **conditions: Any) -> tuple[CatalogueShape, ...]:
    return office.harness.call(office.officer(), LIST_CATALOGUES, ListCatalogues(**conditions)).catalogues


def test_editions_are_listed_with_their_entries_and_those_in_force_on_a_day(office: Office) -> None:
    old = office.publish("shortage", date(2021, 1, 1), "a", "b")
    corrected = office.publish("shortage", date(2021, 1, 1), "a", "b", "c", edition="corrected")
    new = office.publish("shortage", date(2022, 7, 1), "a")
    other = office.publish("appraisable", date(2022, 1, 1))
    assert [(one.catalogue_id, one.entries) for one in editions(office, kind="shortage")] == [
        (old, 2),
        (corrected, 3),
        (new, 1),
    ]
    assert {one.catalogue_id for one in editions(office, on=date(2022, 6, 30))} == {corrected, other}
    assert {one.catalogue_id for one in editions(office, on=date(2022, 7, 1))} == {new, other}
    assert editions(office, on=date(2020, 12, 31)) == ()
    first = office.harness.call(office.officer(), LIST_CATALOGUES, ListCatalogues(limit=1))
    rest = office.harness.call(office.officer(), LIST_CATALOGUES, ListCatalogues(cursor=first.cursor))
    listed = [one.catalogue_id for one in (*first.catalogues, *rest.catalogues)]
    assert listed == [other, old, corrected, new]


def test_months_that_only_the_district_can_record_wait_for_it(office: Office, employer: str, stranger: str) -> None:
    first, second = office.people(employer, 2)
    for person in (first, second):
        office.employ(employer, person)
    (item,) = office.harness.call(office.officer(), LIST_WAITING, ListWaiting()).items
    assert (item.id, "2 人" in item.title, item.district) == (employer, True, CHAOYANG)
    office.insure(first, "2022-05")
    (item,) = office.harness.call(office.officer(), LIST_WAITING, ListWaiting()).items
    assert "1 人" in item.title
    for speaker in (office.officer(SHUNYI), office.city(), office.employer(employer), office.city(Role.AUDITOR)):
        assert office.harness.call(speaker, LIST_WAITING, ListWaiting()).items == ()
    office.insure(second, "2022-05")
    assert office.harness.call(office.officer(), LIST_WAITING, ListWaiting()).items == ()
