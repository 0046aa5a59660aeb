"""APP-24: a case moves only along the stations that its document names."""

from __future__ import annotations

import re

import pytest

from services.review.rules.workflow import TRANSITIONS, Move, Place, State, start, transition, workflow_of
from shared.errors import Conflict, InvalidRequest
from tests.rules.policy import EXAMPLE_CITY, beijing, document_of, tree_of

PROJECT = workflow_of(beijing(), "project")


def test_a_project_passes_the_district_then_the_city() -> None:
    place = start(PROJECT)
    assert place == Place("in_review", "district_review")
    place = transition(PROJECT, place, "approve")
    assert place == Place("in_review", "city_verification")
    assert transition(PROJECT, place, "approve") == Place("approved", None)


def test_a_returned_case_starts_again_at_the_first_station() -> None:
    returned = transition(PROJECT, Place("in_review", "city_verification"), "return")
    assert returned == Place("returned", None)
    assert transition(PROJECT, returned, "resubmit") == Place("in_review", "district_review")


def test_another_document_has_its_own_stations() -> None:
    workflow = workflow_of(document_of(tree_of(EXAMPLE_CITY)), "project")
    assert transition(workflow, start(workflow), "approve") == Place("approved", None)


@pytest.mark.parametrize("state", ["approved", "rejected", "withdrawn"])
@pytest.mark.parametrize("move", ["approve", "return", "reject", "resubmit", "withdraw"])
def test_an_ended_case_moves_no_more(state: State, move: Move) -> None:
    assert (state, move) not in TRANSITIONS
    with pytest.raises(Conflict) as refused:
        transition(PROJECT, Place(state, None), move)
    assert not {state, move} & set(re.findall(r"\w+", refused.value.message, re.ASCII)), "officials read no codes"


def test_a_roster_follows_an_approved_project() -> None:
    assert workflow_of(beijing(), "roster").after == "project"
    with pytest.raises(InvalidRequest):
        workflow_of(beijing(), "oral_defence")
