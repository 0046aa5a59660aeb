"""What is read of training: figures of the bulletin, projects in reach, what waits, deadlines told (APP-28, X-13)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from shared.contracts.common import GetFigures, GetHistory, ListWaiting, RowResult
from shared.contracts.schema import codec
from shared.contracts.training import circumstances, credits, learning, preparation, projects
from shared.contracts.training import enrolments as training
from shared.errors import InvalidRequest, NotPermitted
from shared.money import Money
from shared.security.speaker import Role, Speaker
from tests.services.harness import CHAOYANG, SHUNYI
from tests.services.training.world import LAST_DAY, START, World, assessment, certificate, outcomes


def figures(world: World, speaker: Speaker, years: tuple[int, int] = (2022, 2022), **more: str) -> learning.Figures:
    return world.harness.call(speaker, learning.GET_FIGURES, GetFigures("apprenticeship", *years, **more))


def waiting(world: World, speaker: Speaker, **page: object) -> list[tuple[str, date, date | None]]:
    items = world.harness.call(speaker, learning.LIST_WAITING, ListWaiting(**page)).items  # type: ignore[arg-type]
    return [(item.kind, item.since, item.due_on) for item in items]


def two_projects(world: World) -> None:
    """Three people in "p1" (one failed, one left, one certified), two in "p2" of a rival at a lower level."""
    first, second, third = world.running(3)
    world.teach([first])
    world.harness.move_clock(LAST_DAY)
    world.passed([first])
    world.assess([assessment(1, second, result="failed", pass_certificate=None)])
    world.leave([third], LAST_DAY)
    world.certify([certificate(1, first, "C-1"), certificate(2, first, "C-2")])
    world.approve("p2", employer="employer-2", level="intermediate", term_years=1, starts_on=LAST_DAY)
    people = ["person-1", "person-8"]
    world.admit(people, "p2", employer="employer-2")
    world.sign(people, "p2", world.rival)
    world.assign(people, "p2", world.rival)
    assert outcomes(world.enrol(people, "p2", world.rival, starts_on=LAST_DAY)) == ["accepted"] * 2


def test_figures_count_person_times_and_persons_apart(world: World) -> None:
    two_projects(world)
    city = world.harness.speaker(Role.CITY_OFFICER, "city-1")
    shown = figures(world, city, (2021, 2025))
    first, second = sorted(shown.lines, key=lambda line: line.year)
    assert (first.year, first.level, first.person_times, first.persons) == (2022, "advanced", 3, 3)
    assert (first.in_training, first.passed, first.failed, first.left, first.certified) == (0, 1, 1, 1, 1)
    assert (second.year, second.level, second.person_times, second.in_training) == (2024, "intermediate", 2, 2)
    assert (shown.total.person_times, shown.total.persons, shown.total.high_level) == (5, 4, "3/5")
    assert [(finding.rule, finding.compared) for finding in shown.target] == [
        ("APP-28", "2021-2025 年 5/30000 人次，高级工及以上 3/5")
    ]


def test_figures_end_where_the_reach_ends(world: World) -> None:
    two_projects(world)
    sees = {
        world.employer: ["advanced"],
        world.rival: ["intermediate"],
        world.officer: ["advanced", "intermediate"],
        world.provider: ["advanced", "intermediate"],
        world.stranger: [],
    }
    for speaker, levels in sees.items():
        shown = figures(world, speaker, (2021, 2025))
        assert sorted(line.level for line in shown.lines) == levels
        assert shown.total.person_times == sum(line.person_times for line in shown.lines)
        assert shown.target == ()
    assert figures(world, world.officer, (2021, 2025), district=SHUNYI).lines == ()
    assert [line.year for line in figures(world, world.officer, (2024, 2024), district=CHAOYANG).lines] == [2024]
    assert figures(world, world.officer, (2023, 2023)).total.high_level == "0/0"
    with pytest.raises(InvalidRequest):
        figures(world, world.officer, (2024, 2023))
    with pytest.raises(NotPermitted):
        figures(world, world.harness.speaker(Role.OPERATOR, "operator-1"))


def test_projects_are_found_by_every_filter_page_by_page(world: World) -> None:
    two_projects(world)

    def found(speaker: Speaker = world.officer, **filters: object) -> list[str]:
        request = learning.ListProjects(**filters)  # type: ignore[arg-type]
        return [line.project_id for line in world.harness.call(speaker, learning.LIST_PROJECTS, request).projects]

    assert found() == ["p1", "p2"]
    assert (found(world.employer), found(world.rival), found(world.stranger)) == (["p1"], ["p2"], [])
    assert found(level="intermediate") == found(employer_id="employer-2") == found(started_from=LAST_DAY) == ["p2"]
    assert found(started_to=LAST_DAY - timedelta(days=1)) == ["p1"]
    assert found(state="completed") == found(district=SHUNYI) == found(programme="other") == []
    assert found(occupation="6-18-01", provider_id="provider-1", state="running") == ["p1", "p2"]
    assert found(world.employer, employer_id="employer-2") == []
    first = world.harness.call(world.officer, learning.LIST_PROJECTS, learning.ListProjects(limit=1))
    assert (first.projects[0].enrolled, first.cursor) == (3, "p1")
    assert found(cursor=first.cursor) == ["p2"]


def test_what_waits_for_a_party_comes_oldest_first_and_goes_when_it_is_done(world: World) -> None:
    world.approve(starts_on=START)
    approved = date(2022, 6, 10)
    assert waiting(world, world.employer) == [("file_textbooks", approved, START)]
    world.admit(["person-0"])
    both = [("file_textbooks", approved, START), ("start_training", approved, None)]
    assert waiting(world, world.employer) == both
    assert waiting(world, world.provider) == waiting(world, world.officer) == waiting(world, world.rival) == []
    first = world.harness.call(world.employer, learning.LIST_WAITING, ListWaiting(limit=1))
    assert waiting(world, world.employer, cursor=first.cursor) == both[1:]
    world.sign(["person-0"])
    world.assign(["person-0"])
    [enrolled] = world.enrol(["person-0"])
    assert waiting(world, world.employer) == []
    world.harness.move_clock(LAST_DAY)
    assert waiting(world, world.employer) == []
    world.harness.move_clock(LAST_DAY + timedelta(days=1))
    ended = LAST_DAY + timedelta(days=1)
    assert waiting(world, world.employer) == [("record_media", ended, None), ("record_results", ended, None)]
    assert waiting(world, world.provider) == [("record_media", ended, None)]
    world.photograph()
    world.assess([assessment(1, enrolled.id or "", result="failed", pass_certificate=None)])
    assert waiting(world, world.employer) == waiting(world, world.provider) == []


@pytest.mark.parametrize("cursor", ["x", "2022-06-10|a", "2022-13-10|a|b", "a|b|c|d"])
def test_a_cursor_that_nobody_was_given_is_refused(world: World, cursor: str) -> None:
    world.running(1)
    with pytest.raises(InvalidRequest):
        waiting(world, world.employer, cursor=cursor)
    with pytest.raises(InvalidRequest):
        world.harness.call(world.officer, learning.GET_HISTORY, GetHistory("p1", cursor))


# --- deadlines ---------------------------------------------------------------------------------------------------


def test_the_textbooks_deadline_is_set_moved_with_the_start_and_closed_once(world: World) -> None:
    world.approve(starts_on=date(2022, 7, 1))
    [told] = world.harness.told(projects.DEADLINE_SET)
    assert (told.name, told.party, told.organisation_id, told.subject_id) == (
        "textbooks_filed",
        "employer",
        "employer-1",
        "p1",
    )
    assert (told.due_on, told.document) == (date(2022, 7, 1), world.document)
    world.approve(starts_on=date(2022, 7, 1))
    world.ready_but_for_textbooks(["person-0"])
    world.enrol(["person-0"])
    _, moved = world.harness.told(projects.DEADLINE_SET)
    assert (moved.deadline_id, moved.due_on) == (told.deadline_id, START)
    for _ in range(2):
        world.harness.call(world.employer, preparation.FILE_TEXTBOOKS, preparation.FileTextbooks("p1", ("车工工艺",)))
    [closed] = world.harness.told(projects.DEADLINE_CLOSED)
    assert (closed.deadline_id, closed.outcome) == (told.deadline_id, "met")


def test_what_was_never_filed_is_no_longer_asked_when_the_run_is_over(world: World) -> None:
    world.approve()
    world.ready_but_for_textbooks(["person-0"])
    [enrolled] = world.enrol(["person-0"])
    world.leave([enrolled.id or ""])
    world.photograph()
    world.complete()
    [closed] = world.harness.told(projects.DEADLINE_CLOSED)
    assert closed.outcome == "dropped"
    assert waiting(world, world.employer) == []


# --- thousands at a time -----------------------------------------------------------------------------------------


def test_a_page_of_enrolments_with_years_of_decisions_fits_into_a_message(world: World) -> None:
    enrolments = world.running(200)
    world.teach(enrolments)
    world.harness.move_clock(date(2023, 6, 10))
    for month in range(7, 13):
        rows = tuple(learning.WageOfMonth(number, id, Money.yuan(3000)) for number, id in enumerate(enrolments))
        world.harness.call(world.employer, learning.RECORD_WAGES, learning.RecordWages("p1", f"2022-{month:02}", rows))
    world.passed(enrolments, date(2023, 6, 10))
    page = world.harness.call(world.officer, training.LIST_ENROLMENTS, training.ListEnrolments("p1"))
    assert len(page.enrolments) == 200
    assert [len(shown.decisions) for shown in page.enrolments] == [5] * 200
    assert len(codec.dumps(codec.write(page)).encode()) < codec.MAX_BODY / 2


def test_5000_rows_take_no_more_statements_than_50(world: World) -> None:
    """Hours, wages and breaks of 5000 people: set by set, whatever their number."""
    counted: list[str] = []
    engine = world.harness.database.engine
    people = [f"person-{number}" for number in range(5000)]
    world.ready(people)
    enrolments = [row.id or "" for row in world.enrol(people)]
    world.harness.move_clock(START + timedelta(days=40))
    event.listen(engine, "before_cursor_execute", lambda *args: counted.append(args[2]))

    def statements(chosen: list[str]) -> list[int]:
        spent = []
        for doing in (_teach, _pay, _pause):
            counted.clear()
            assert set(outcomes(doing(world, chosen))) == {"accepted"}
            spent.append(len(counted))
        return spent

    few, many = statements(enrolments[:50]), statements(enrolments[50:])
    # Drivers send long inserts in parts, and what is told comes in parts of 1000.
    assert all(more - less < 60 for less, more in zip(few, many, strict=True)), (few, many)


def _teach(world: World, enrolments: list[str]) -> tuple[RowResult, ...]:
    rows = tuple(
        credits.CreditRow(number, id, START, "workplace", "practice", "on_the_job", 8)
        for number, id in enumerate(enrolments)
    )
    return world.harness.call(world.employer, credits.RECORD_CREDITS, credits.RecordCredits("p1", rows)).rows


def _pay(world: World, enrolments: list[str]) -> tuple[RowResult, ...]:
    rows = tuple(learning.WageOfMonth(number, id, Money.yuan(3000)) for number, id in enumerate(enrolments))
    return world.harness.call(world.employer, learning.RECORD_WAGES, learning.RecordWages("p1", "2022-06", rows)).rows


def _pause(world: World, enrolments: list[str]) -> tuple[RowResult, ...]:
    first, expected = START + timedelta(days=1), START + timedelta(days=9)
    return world.change(
        [
            circumstances.CircumstanceRow(number, id, "break", first, expected, "personal")
            for number, id in enumerate(enrolments)
        ]
    )
