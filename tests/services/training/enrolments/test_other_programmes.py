"""Overlaps between programmes (X-1, INT-73): a finding for an officer, or forbidden, as each document says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.training.service import TrainingService
from shared.contracts.common import RowResult
from tests.services.training.driver import Driver, outcomes
from tests.services.training.enrolments.database_alone import DatabaseAlone

EVENING_STUDY = Path(__file__).parent / "evening-study.yaml"
Opening = Callable[..., Driver]


@pytest.fixture
def opened(make_database: Callable[..., Any], dialect: str, tmp_path: Path) -> Iterator[Opening]:
    """A driver for whom two more programmes, "evening_study" and "morning_study", read INT-73 as told."""
    made: list[Driver] = []

    def open_with(reading: str, service: type[TrainingService] = TrainingService) -> Driver:
        folder = tmp_path / "policies"
        folder.mkdir()
        written = EVENING_STUDY.read_text("utf-8").replace("value: finding", f"value: {reading}")
        (folder / "evening.yaml").write_text(written, "utf-8")
        (folder / "morning.yaml").write_text(
            written.replace("evening", "morning").replace("2022〕1号", "2022〕2号"), "utf-8"
        )
        url = make_database("training", dialect).url
        made.append(Driver(url, tmp_path, policy_path=str(folder), service=service))
        return made[0]

    yield open_with
    for driver in made:
        driver.harness.close()


def study(driver: Driver, project_id: str, programme: str, people: list[str]) -> tuple[RowResult, ...]:
    """The rival enrols people in a project of another programme."""
    driver.approve(project_id, employer="employer-2", programme=programme)
    driver.admit(people, project_id, employer="employer-2", programme=programme)
    return driver.enrol(people, project_id, driver.rival)


def test_by_default_an_overlap_is_a_finding_on_the_decision_and_bars_nothing(opened: Opening) -> None:
    driver = opened("finding")
    driver.running(1)
    busy, free = study(driver, "p2", "evening_study", ["person-0", "person-1"])
    assert busy.outcome == "accepted" and "X-1" in (busy.message or "")
    assert (free.outcome, free.message) == ("accepted", None)
    shown = driver.enrolments(driver.officer, "p2")
    verdicts = {enrolment.person_id: enrolment.decisions[0].verdict for enrolment in shown}
    assert verdicts == {"person-0": "needs_reason", "person-1": "met"}


def test_a_document_that_forbids_overlaps_refuses_who_is_funded_elsewhere(opened: Opening) -> None:
    driver = opened("forbidden")
    driver.running(1)
    busy, free = study(driver, "p2", "evening_study", ["person-0", "person-1"])
    assert (busy.outcome, busy.field, free.outcome) == ("refused", "person_id", "accepted")
    assert "X-1" in (busy.message or "") and "employer" not in (busy.message or "")


def test_who_left_there_is_free_here(opened: Opening) -> None:
    driver = opened("forbidden")
    [enrolment] = driver.running(1)
    driver.leave([enrolment])
    assert outcomes(study(driver, "p2", "evening_study", ["person-0"])) == ["accepted"]


def test_between_two_that_forbid_it_the_database_has_the_last_word(opened: Opening) -> None:
    driver = opened("forbidden", DatabaseAlone)
    assert outcomes(study(driver, "p2", "evening_study", ["person-0"])) == ["accepted"]
    busy, free = study(driver, "p3", "morning_study", ["person-0", "person-1"])
    assert (busy.outcome, free.outcome) == ("refused", "accepted")
    assert "X-1" in (busy.message or "")
