"""Lists show what is in reach and no more, page by page, and what waits for whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.review import cases as contract
from shared.errors import InvalidRequest, NotPermitted
from shared.security.speaker import Role, Speaker
from tests.services.harness import SHUNYI
from tests.services.review.overseer import Overseer
from tests.services.review.town import ELSEWHERE, EMPLOYER, PLAN, PROVIDER, WITH_DEPARTMENTS, Town


def listed(town: Town, speaker: Speaker, **options: Any) -> list[str]:
    page = town.harness.call(speaker, contract.LIST_CASES, contract.ListCases(**options))
    return [case.case_id for case in page.cases]


def test_everybody_sees_what_is_in_reach(town: Town) -> None:
    joined, alone = town.joined(), town.submit().case_id
    auditor = town.harness.speaker(Role.AUDITOR, "auditor-1")
    for party in (town.employer(), town.provider()):
        assert listed(town, party) == [joined, alone]
    for official in (town.district(), town.city(), auditor):
        assert listed(town, official) == [joined]
    for stranger in (town.employer(ELSEWHERE), town.district("officer-9", SHUNYI)):
        assert listed(town, stranger) == []


def test_an_operator_sees_no_case(town: Town) -> None:
    with pytest.raises(NotPermitted):
        listed(town, town.harness.speaker(Role.OPERATOR, "operator-2"))


def test_a_case_waits_for_one_station_at_a_time(town: Town) -> None:
    case_id = town.joined()
    assert (town.waiting(town.district()), town.waiting(town.city())) == ([case_id], [])
    town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert (town.waiting(town.district()), town.waiting(town.city())) == ([], [case_id])
    town.review(town.city(), case_id, "approve")
    assert (town.waiting(town.district()), town.waiting(town.city())) == ([], [])


def test_pages_follow_each_other_without_gap_or_repeat(town: Town) -> None:
    made = [town.joined() for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        request = contract.ListCases(cursor=cursor, limit=2)
        page = town.harness.call(town.district(), contract.LIST_CASES, request)
        seen += [case.case_id for case in page.cases]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == made


def test_a_cursor_out_of_reach_is_refused(town: Town) -> None:
    case_id = town.joined()
    with pytest.raises(InvalidRequest):
        listed(town, town.employer(ELSEWHERE), cursor=case_id)


def test_lists_narrow_by_kind_and_state(town: Town) -> None:
    project, other = town.approved(), town.joined()
    roster = town.sign_up(project, ["person-1"]).case_id
    assert listed(town, town.city(), kind="roster") == [roster]
    assert listed(town, town.city(), state="approved") == [project]
    assert listed(town, town.city(), kind="project", state="in_review") == [other]


def test_lists_narrow_by_every_property_of_a_case(town: Town) -> None:
    first = town.joined()
    town.harness.move_clock(date(2022, 7, 1))
    second = town.joined(occupation="6-18-01-07", level="intermediate", term_years=1)
    town.review(town.district(), second, "approve", WITH_DEPARTMENTS)
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
            assert listed(town, town.city(), **chosen) == expected, chosen


def test_a_roster_is_found_by_the_plan_of_its_project(town: Town) -> None:
    project_id = town.approved()
    roster = town.sign_up(project_id, ["person-1"]).case_id
    assert listed(town, town.city(), occupation=PLAN.occupation, kind="roster") == [roster]
    assert listed(town, town.city(), project_id=project_id) == [project_id, roster]


def test_a_mended_plan_is_found_as_it_now_stands(town: Town) -> None:
    case_id = town.joined()
    town.review(town.district(), case_id, "return")
    town.resubmit(case_id, level="technician")
    assert listed(town, town.city(), level="technician") == [case_id]
    assert listed(town, town.city(), level="advanced") == []


def test_blocked_projects_are_found_while_the_block_stands(town: Town) -> None:
    """X-11."""
    overseer = Overseer(town)
    blocked, free = town.approved(), town.approved()
    objection = overseer.lodge(blocked)
    assert (listed(town, town.city(), blocked=True), listed(town, town.city(), blocked=False)) == ([blocked], [free])
    overseer.answer(objection.id)
    assert listed(town, town.city(), blocked=True) == []
    assert listed(town, town.city(), blocked=False) == [blocked, free]


def test_a_filter_opens_nothing_out_of_reach(town: Town) -> None:
    """APP-1: another district or employer that names the case by every property sees nothing of it."""
    case_id = town.joined()
    named: list[dict[str, Any]] = [{"district": "110105"}, {"employer_id": EMPLOYER}, {"project_id": case_id}]
    for stranger in (town.employer(ELSEWHERE), town.district("officer-9", SHUNYI)):
        for filters in named:
            assert listed(town, stranger, **filters) == []


def test_a_last_page_that_is_full_has_no_cursor(town: Town) -> None:
    made = [town.joined() for _ in range(2)]
    page = town.harness.call(town.city(), contract.LIST_CASES, contract.ListCases(limit=2))
    assert [case.case_id for case in page.cases] == made and page.cursor is None


def test_another_citys_document_has_its_own_stations_with_no_code(new_town: Callable[..., Town]) -> None:
    """The made-up document has one station, at city level, and leaves most clauses of the packaged one out."""
    documents = Path(__file__).parents[2] / "rules" / "documents"
    town = new_town(policy_path=str(documents / "example-city.yaml"), today=date(2031, 3, 1))
    town.employer_district = "990105"
    case_id = town.joined(level="junior", term_years=1, standard="")
    assert (town.waiting(town.district(district="990105")), town.waiting(town.city())) == ([], [case_id])
    assert town.review(town.city(), case_id, "approve").state == "approved"
    (told,) = town.harness.told(contract.PROJECT_APPROVED)
    assert told.document.startswith("example-city-2031-1@")
