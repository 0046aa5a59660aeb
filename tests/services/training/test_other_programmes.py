"""Overlaps between programmes (X-1, INT-73): a finding for an officer, or forbidden, as each document says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.common import RowResult
from shared.contracts.training import enrolments
from tests.services.training.world import World, outcomes

EVENING_STUDY = Path(__file__).parent / "evening-study.yaml"
Opening = Callable[[str], World]


@pytest.fixture
def opened(make_database: Callable[..., Any], dialect: str, tmp_path: Path) -> Iterator[Opening]:
    """A world in which two more programmes, "evening_study" and "morning_study", read INT-73 as told."""
    made: list[World] = []

    def open_with(reading: str) -> World:
        folder = tmp_path / "policies"
        folder.mkdir()
        written = EVENING_STUDY.read_text("utf-8").replace("value: finding", f"value: {reading}")
        (folder / "evening.yaml").write_text(written, "utf-8")
        (folder / "morning.yaml").write_text(
            written.replace("evening", "morning").replace("2022〕1号", "2022〕2号"), "utf-8"
        )
        made.append(World(make_database("training", dialect).url, tmp_path, policy_path=str(folder)))
        return made[0]

    yield open_with
    for world in made:
        world.harness.close()


def study(world: World, project_id: str, programme: str, people: list[str]) -> tuple[RowResult, ...]:
    """The rival enrols people in a project of another programme."""
    world.approve(project_id, employer="employer-2", programme=programme)
    world.admit(people, project_id, employer="employer-2", programme=programme)
    return world.enrol(people, project_id, world.rival)


def test_by_default_an_overlap_is_a_finding_on_the_decision_and_bars_nothing(opened: Opening) -> None:
    world = opened("finding")
    world.running(1)
    busy, free = study(world, "p2", "evening_study", ["person-0", "person-1"])
    assert busy.outcome == "accepted" and "X-1" in (busy.message or "")
    assert (free.outcome, free.message) == ("accepted", None)
    shown = world.harness.call(world.officer, enrolments.LIST_ENROLMENTS, enrolments.ListEnrolments("p2")).enrolments
    verdicts = {enrolment.person_id: enrolment.decisions[0].verdict for enrolment in shown}
    assert verdicts == {"person-0": "needs_reason", "person-1": "met"}


def test_a_document_that_forbids_overlaps_refuses_who_is_funded_elsewhere(opened: Opening) -> None:
    world = opened("forbidden")
    world.running(1)
    busy, free = study(world, "p2", "evening_study", ["person-0", "person-1"])
    assert (busy.outcome, busy.field, free.outcome) == ("refused", "person_id", "accepted")
    assert "X-1" in (busy.message or "") and "employer" not in (busy.message or "")


def test_who_left_there_is_free_here(opened: Opening) -> None:
    world = opened("forbidden")
    [enrolment] = world.running(1)
    world.leave([enrolment])
    assert outcomes(study(world, "p2", "evening_study", ["person-0"])) == ["accepted"]


def test_between_two_that_forbid_it_the_database_has_the_last_word(
    opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = opened("forbidden")
    assert outcomes(study(world, "p2", "evening_study", ["person-0"])) == ["accepted"]
    # The check before the write sees nothing, as it would a moment before the other commits.
    monkeypatch.setattr("services.training.enrolments.establishment._answer_enrolled", lambda *_: None)
    monkeypatch.setattr("services.training.enrolments.eligibility._elsewhere", lambda *_: {})
    busy, free = study(world, "p3", "morning_study", ["person-0", "person-1"])
    assert (busy.outcome, free.outcome) == ("refused", "accepted")
    assert "X-1" in (busy.message or "")
