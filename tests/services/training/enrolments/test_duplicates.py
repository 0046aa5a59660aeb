"""What speaks against paying an enrolment, seen from training's own stored (X-1): both sides of every condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from services.training.models import Certificate, CourseRun, Enrolment
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.training import enrolments as training
from shared.errors import InvalidRequest, NotPermitted
from tests.services.full_lists import answered, ids
from tests.services.training.driver import PLAN, START, Driver
from tests.services.training.enrolments.test_other_programmes import EVENING_STUDY

DAY = timedelta(days=1)
ENDS = date(2024, 6, 15)
BEFORE = START - DAY


class StoredEnrolments:
    """Enrolments as a test says them, straight in the tables; each stands in a run of its own."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def enrolled(self, id: str, person: str = "person-1", *, level: str = "advanced", **changes: Any) -> str:
        project = f"project-{id}"
        self.driver.approve(project, programme=changes.get("programme", "apprenticeship"), level=level)
        row = _enrolment(id, person, project)
        with self.driver.harness.database.transaction() as session:
            session.add(CourseRun(id=f"run-{project}", project_id=project, starts_on=START))
            session.flush()
            session.add(Enrolment(**(row | changes)))
        return id

    def certified(self, enrolment: str, number: str, issued_on: date = BEFORE, **changes: Any) -> None:
        row = _certificate(enrolment, number) | {"issued_on": issued_on}
        with self.driver.harness.database.transaction() as session:
            session.add(Certificate(**(row | changes)))

    def asked(self, *enrolments: str) -> training.DuplicateList:
        request = training.AskDuplicates(enrolments)
        return self.driver.call(self.driver.subsidy, training.ASK_DUPLICATES, request)

    def found(self, enrolment: str) -> list[tuple[str, str, date]]:
        return [(one.kind, one.other_enrolment_id, one.since) for one in self.asked(enrolment).duplicates]


@pytest.fixture
def stored(make_database: Callable[..., Any], dialect: str, tmp_path: Path) -> Iterator[StoredEnrolments]:
    made = Driver(make_database("training", dialect).url, tmp_path, policy_path=str(EVENING_STUDY))
    yield StoredEnrolments(made)
    made.harness.close()


# --- one certificate for two trainings ---------------------------------------------------------------------------


def test_a_certificate_number_on_two_enrolments_is_found_on_both_across_programmes(stored: StoredEnrolments) -> None:
    stored.enrolled("mine")
    stored.enrolled("evening", "person-2", programme="evening_study")
    stored.certified("mine", "C1", ENDS)
    stored.certified("evening", "C1", START)
    assert stored.found("mine") == [("certificate_twice", "evening", START)]
    assert stored.found("evening") == [("certificate_twice", "mine", ENDS)]
    [told] = stored.asked("mine").duplicates
    assert (told.other_project_id, told.other_programme) == ("project-evening", "evening_study")


@pytest.mark.parametrize(
    ("number", "changes"),
    [("C2", {}), ("C1", {"kind": "special_operation_certificate"})],
    ids=["another number", "another kind"],
)
def test_another_certificate_is_no_duplicate(stored: StoredEnrolments, number: str, changes: dict[str, str]) -> None:
    stored.enrolled("mine")
    stored.enrolled("other", "person-2")
    stored.certified("mine", "C1", ENDS)
    stored.certified("other", number, ENDS, **changes)
    assert stored.found("mine") == []


# --- certified before the training -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "issued_on", "found"),
    [
        ("advanced", BEFORE, True),
        ("technician", BEFORE, True),
        ("intermediate", BEFORE, False),
        ("junior", BEFORE, False),
        (None, BEFORE, False),
        ("advanced", START, False),
    ],
)
def test_a_certificate_of_the_level_or_above_from_an_earlier_enrolment_is_found(
    stored: StoredEnrolments, level: str | None, issued_on: date, found: bool
) -> None:
    stored.enrolled("mine")
    stored.enrolled("earlier", state="left")
    stored.certified("earlier", "C1", issued_on, level=level)
    assert stored.found("mine") == ([("certified_before", "earlier", issued_on)] if found else [])


def test_a_certificate_of_another_occupation_or_person_or_of_this_enrolment_is_not_one(
    stored: StoredEnrolments,
) -> None:
    stored.enrolled("mine")
    stored.enrolled("earlier", state="failed")
    stored.enrolled("somebody", "person-2", state="failed")
    stored.certified("earlier", "C1", occupation="6-20-01")
    stored.certified("somebody", "C2")
    stored.certified("mine", "C3")
    assert stored.found("mine") == []


def test_of_two_certificates_of_one_enrolment_the_earlier_tells_since_when(stored: StoredEnrolments) -> None:
    stored.enrolled("mine")
    stored.enrolled("earlier", state="left")
    stored.certified("earlier", "C1", BEFORE)
    stored.certified("earlier", "C2", BEFORE - DAY, level="technician")
    assert stored.found("mine") == [("certified_before", "earlier", BEFORE - DAY)]


# --- funded twice at the same time -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "since"),
    [
        (START - 30 * DAY, START + DAY, START),
        (START - 30 * DAY, START, None),
        (ENDS - DAY, ENDS + 30 * DAY, ENDS - DAY),
        (ENDS, ENDS + 30 * DAY, None),
    ],
    ids=["ends on the first day", "ended the day before", "begins on the last day", "begins the day after"],
)
def test_two_funded_enrolments_that_share_a_day_are_found(
    stored: StoredEnrolments, starts_on: date, ends_on: date, since: date | None
) -> None:
    stored.enrolled("mine")
    stored.enrolled("other", starts_on=starts_on, ends_on=ends_on, state="passed")
    assert stored.found("mine") == ([("enrolled_elsewhere", "other", since)] if since else [])


@pytest.mark.parametrize("changes", [{"funded": False}, {"state": "left"}, {"state": "failed"}, {"person": "person-2"}])
def test_who_is_not_funded_there_or_holds_no_place_any_more_overlaps_with_nobody(
    stored: StoredEnrolments, changes: dict[str, Any]
) -> None:
    stored.enrolled("mine")
    stored.enrolled("other", **changes)
    assert stored.found("mine") == stored.found("other") == []


# --- what holds for all ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("annulled", ["mine", "other"])
def test_an_annulled_enrolment_counts_for_nothing_on_either_side(stored: StoredEnrolments, annulled: str) -> None:
    stored.enrolled("mine")
    stored.enrolled("other")
    for enrolment in ("mine", "other"):
        stored.certified(enrolment, "C1")
    assert {kind for kind, _, _ in stored.found("mine")} == {
        "certificate_twice",
        "certified_before",
        "enrolled_elsewhere",
    }
    with stored.driver.harness.database.transaction() as session:
        session.execute(update(Enrolment).where(Enrolment.id == annulled).values(state="annulled"))
    assert stored.found("mine") == []


def test_the_same_pair_has_the_same_reference_whenever_asked_and_each_kind_its_own(stored: StoredEnrolments) -> None:
    stored.enrolled("mine")
    stored.enrolled("other")
    stored.certified("mine", "C1")
    stored.certified("other", "C1")
    before = [one.reference for one in stored.asked("mine").duplicates]
    stored.driver.harness.move_clock(ENDS)
    answer = stored.asked("other", "mine")
    assert answer.as_of == ENDS
    assert [one.reference for one in answer.duplicates if one.enrolment_id == "mine"] == before
    assert len({one.reference for one in answer.duplicates}) == 6


def test_an_id_that_nobody_is_enrolled_by_is_named_and_only_services_ask(stored: StoredEnrolments) -> None:
    stored.enrolled("mine")
    with pytest.raises(InvalidRequest) as error:
        stored.asked("mine", "stranger")
    assert [fault["path"] for fault in error.value.details["fields"]] == ["enrolment_ids[1]"]
    with pytest.raises(NotPermitted):
        stored.driver.call(stored.driver.officer, training.ASK_DUPLICATES, training.AskDuplicates(("mine",)))


def test_five_thousand_enrolments_are_compared_in_few_statements(stored: StoredEnrolments) -> None:
    """Each person is enrolled a second time, and nobody's certificate is missing there."""
    known, others = ids(ROWS_PER_CALL), ids(ROWS_PER_CALL, kind=1)
    stored.driver.approve("p1")
    stored.driver.approve("p2")
    with stored.driver.harness.database.transaction() as session:
        for project in ("p1", "p2"):
            session.add(CourseRun(id=f"run-{project}", project_id=project, starts_on=START))
        session.flush()
        rows = [
            _enrolment(id, f"person-{number}", project)
            for project, enrolments in (("p1", known), ("p2", others))
            for number, id in enumerate(enrolments)
        ]
        session.execute(insert(Enrolment), rows)
        session.execute(insert(Certificate), [_certificate(id, f"N{number}") for number, id in enumerate(others)])
    request = training.AskDuplicates(tuple(known))
    told = answered(stored.driver.harness, stored.driver.subsidy, training.ASK_DUPLICATES, request)["duplicates"]
    assert len(told) == 2 * ROWS_PER_CALL


def _enrolment(id: str, person: str, project: str) -> dict[str, Any]:
    return {
        "id": id,
        "run_id": f"run-{project}",
        "project_id": project,
        "person_id": person,
        "programme": "apprenticeship",
        "exclusion_group": project,  # so that the database lets the overlaps in which are to be found
        "funded": True,
        "starts_on": START,
        "ends_on": ENDS,
        "state": "in_training",
    }


def _certificate(enrolment: str, number: str) -> dict[str, Any]:
    return {
        "id": f"{number}-{enrolment}",
        "enrolment_id": enrolment,
        "programme": f"programme-of-{enrolment}",
        "number": number,
        "number_key": number,
        "kind": "skill_level_certificate",
        "occupation": PLAN.occupation,
        "level": "advanced",
        "issued_on": BEFORE,
        "self_issued": False,
        "issuer_registered": False,
    }
