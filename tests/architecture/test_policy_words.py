"""What a document may name is what somebody does: roles that a method grants, parties that are told, anchors."""

from __future__ import annotations

from typing import get_args, get_type_hints

from services.review.rules import workflow
from shared.contracts.common import DeadlineSet
from shared.contracts.review.applications import REVIEW_CASE, SUBMIT_PROJECT, SUBMIT_ROSTER
from shared.policy.document_parser import LEVELS
from shared.policy.policies import load_documents
from shared.policy.workflow_words import ANCHORS, CASES, PARTIES, STATION_ROLES, SUBMITTERS


def test_who_may_stand_at_a_station_is_who_may_review() -> None:
    assert {role for roles in STATION_ROLES.values() for role in roles} == {role.value for role in REVIEW_CASE.roles}
    assert tuple(STATION_ROLES) == LEVELS


def test_who_may_submit_is_who_the_methods_grant_it_to() -> None:
    assert {role.value for role in SUBMIT_PROJECT.roles & SUBMIT_ROSTER.roles} == set(SUBMITTERS)


def test_whoever_a_deadline_may_name_can_be_told_of_it() -> None:
    assert set(get_args(get_type_hints(DeadlineSet)["party"])) == set(PARTIES)


def test_every_anchor_is_named_by_a_document_at_hand() -> None:
    named = {deadline.anchor for document in load_documents().documents for deadline in document.deadlines.values()}
    assert named == set(ANCHORS)


def test_every_kind_of_case_has_its_own_step_on_the_road() -> None:
    assert len(set(CASES.values())) == len(CASES)
    assert workflow.CASES is CASES
