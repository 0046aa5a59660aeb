"""Lists show what is in reach and no more, page by page, and what waits for whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.review import cases
from shared.errors import InvalidRequest, NotPermitted
from shared.security.speaker import Role, Speaker
from tests.services.harness import SHUNYI
from tests.services.review.driver import PLAN, WITH_DEPARTMENTS, Driver
from tests.services.review.neighbours import ELSEWHERE, EMPLOYER, PROVIDER


def listed(driver: Driver, speaker: Speaker, **options: Any) -> list[str]:
    page = driver.harness.call(speaker, cases.LIST_CASES, cases.ListCases(**options))
    return [case.case_id for case in page.cases]


def test_everybody_sees_what_is_in_reach(driver: Driver) -> None:
    joined, alone = driver.joined(), driver.submit().case_id
    auditor = driver.harness.speaker(Role.AUDITOR, "auditor-1")
    for party in (driver.employer(), driver.provider()):
        assert listed(driver, party) == [joined, alone]
    for official in (driver.district(), driver.city(), auditor):
        assert listed(driver, official) == [joined]
    for stranger in (driver.employer(ELSEWHERE), driver.district("officer-9", SHUNYI)):
        assert listed(driver, stranger) == []


def test_an_operator_sees_no_case(driver: Driver) -> None:
    with pytest.raises(NotPermitted):
        listed(driver, driver.harness.speaker(Role.OPERATOR, "operator-2"))


def test_a_case_waits_for_one_station_at_a_time(driver: Driver) -> None:
    case_id = driver.joined()
    assert (driver.waiting(driver.district()), driver.waiting(driver.city())) == ([case_id], [])
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert (driver.waiting(driver.district()), driver.waiting(driver.city())) == ([], [case_id])
    driver.review(driver.city(), case_id, "approve")
    assert (driver.waiting(driver.district()), driver.waiting(driver.city())) == ([], [])


def test_pages_follow_each_other_without_gap_or_repeat(driver: Driver) -> None:
    made = [driver.joined() for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        request = cases.ListCases(cursor=cursor, limit=2)
        page = driver.harness.call(driver.district(), cases.LIST_CASES, request)
        seen += [case.case_id for case in page.cases]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == made


def test_a_cursor_out_of_reach_is_refused(driver: Driver) -> None:
    case_id = driver.joined()
    with pytest.raises(InvalidRequest):
        listed(driver, driver.employer(ELSEWHERE), cursor=case_id)


def test_lists_narrow_by_kind_and_state(driver: Driver) -> None:
    project, other = driver.approved(), driver.joined()
    roster = driver.sign_up(project, ["person-1"]).case_id
    assert listed(driver, driver.city(), kind="roster") == [roster]
    assert listed(driver, driver.city(), state="approved") == [project]
    assert listed(driver, driver.city(), kind="project", state="in_review") == [other]


def test_lists_narrow_by_every_property_of_a_case(driver: Driver) -> None:
    first = driver.joined()
    driver.harness.move_clock(date(2022, 7, 1))
    second = driver.joined(occupation="6-18-01-07", level="intermediate", term_years=1)
    driver.review(driver.district(), second, "approve", WITH_DEPARTMENTS)
    only_first: list[dict[str, Any]] = [
        {"station": "district_review"},
        {"occupation": PLAN.occupation},
        {"level": "advanced"},
        {"submitted_to": date(2022, 6, 30)},
        {"project_id": first},
    ]
    only_second: list[dict[str, Any]] = [
        {"station": "city_verification"},
        {"occupation": "6-18-01-07"},
        {"level": "intermediate"},
        {"submitted_from": date(2022, 7, 1)},
        {"occupation": "6-18-01-07", "level": "intermediate", "project_id": second},
    ]
    both: list[dict[str, Any]] = [
        {"programme": "apprenticeship"},
        {"district": "110105"},
        {"employer_id": EMPLOYER},
        {"provider_id": PROVIDER},
        {"submitted_from": date(2022, 6, 6), "submitted_to": date(2022, 7, 1)},
    ]
    neither: list[dict[str, Any]] = [
        {"programme": "another_programme"},
        {"district": SHUNYI},
        {"employer_id": ELSEWHERE},
        {"provider_id": EMPLOYER},
        {"occupation": PLAN.occupation, "level": "intermediate"},
        {"submitted_from": date(2022, 7, 2)},
    ]
    for expected, filters in (([first], only_first), ([second], only_second), ([first, second], both), ([], neither)):
        for chosen in filters:
            assert listed(driver, driver.city(), **chosen) == expected, chosen


def test_a_roster_is_found_by_the_plan_of_its_project(driver: Driver) -> None:
    project_id = driver.approved()
    roster = driver.sign_up(project_id, ["person-1"]).case_id
    assert listed(driver, driver.city(), occupation=PLAN.occupation, kind="roster") == [roster]
    assert listed(driver, driver.city(), project_id=project_id) == [project_id, roster]


def test_a_mended_plan_is_found_as_it_now_stands(driver: Driver) -> None:
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "return")
    driver.resubmit(case_id, level="technician")
    assert listed(driver, driver.city(), level="technician") == [case_id]
    assert listed(driver, driver.city(), level="advanced") == []


def test_blocked_projects_are_found_while_the_block_stands(driver: Driver) -> None:
    """X-11."""
    blocked, free = driver.approved(), driver.approved()
    objection = driver.lodge(blocked)
    assert (listed(driver, driver.city(), blocked=True), listed(driver, driver.city(), blocked=False)) == (
        [blocked],
        [free],
    )
    driver.answer(objection.id)
    assert listed(driver, driver.city(), blocked=True) == []
    assert listed(driver, driver.city(), blocked=False) == [blocked, free]


def test_a_filter_opens_nothing_out_of_reach(driver: Driver) -> None:
    """APP-1: another district or employer that names the case by every property sees nothing of it."""
    case_id = driver.joined()
    named: list[dict[str, Any]] = [{"district": "110105"}, {"employer_id": EMPLOYER}, {"project_id": case_id}]
    for stranger in (driver.employer(ELSEWHERE), driver.district("officer-9", SHUNYI)):
        for filters in named:
            assert listed(driver, stranger, **filters) == []


def test_a_last_page_that_is_full_has_no_cursor(driver: Driver) -> None:
    made = [driver.joined() for _ in range(2)]
    page = driver.harness.call(driver.city(), cases.LIST_CASES, cases.ListCases(limit=2))
    assert [case.case_id for case in page.cases] == made and page.cursor is None


def test_another_citys_document_has_its_own_stations_with_no_code(new_driver: Callable[..., Driver]) -> None:
    """The made-up document has one station, at city level, and leaves most clauses of the packaged one out."""
    documents = Path(__file__).parents[3] / "rules" / "documents"
    driver = new_driver(policy_path=str(documents / "example-city.yaml"), today=date(2031, 3, 1))
    driver.neighbours.employer_district = "990105"
    case_id = driver.joined(level="junior", term_years=1, standard="")
    assert (driver.waiting(driver.district(district="990105")), driver.waiting(driver.city())) == ([], [case_id])
    assert driver.review(driver.city(), case_id, "approve").state == "approved"
    (told,) = driver.harness.told(cases.PROJECT_APPROVED)
    assert told.document.startswith("example-city-2031-1@")
