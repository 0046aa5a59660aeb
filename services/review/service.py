"""The review service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.review.rules  # noqa: F401 - they register themselves
from services.review import projects, reading, reviewing, rosters
from shared.bus.service import Service, handles
from shared.bus.work import Look, Work
from shared.contracts import review as contract

_ON_A_ROSTER = "名单中有人员刚刚被列入本项目的另一份名单，请重新提交本名单"
_ACTED_ON = "案件刚刚由他人办理，请刷新后按最新状态办理"


class ReviewService(Service):
    """See services/review/README.md."""

    name = "review"
    conflicts: ClassVar[Mapping[str, str]] = {
        # PostgreSQL names the constraint, SQLite the columns.
        "uq_roster_persons_live": _ON_A_ROSTER,
        "roster_persons.project_id, roster_persons.person_id": _ON_A_ROSTER,
        "pk_case_steps": _ACTED_ON,
        "case_steps.case_id, case_steps.number": _ACTED_ON,
    }

    @handles(contract.SUBMIT_PROJECT, ask=projects.ask_organisations)
    def submit_project(
        self, work: Work, request: contract.SubmitProject, known: projects.Organisations
    ) -> contract.CaseAnswer:
        return projects.submit(work, request, known)

    @handles(contract.JOIN_PROJECT, ask=projects.ask_parties_at_joining)
    def join_project(
        self, work: Work, request: contract.JoinProject, known: projects.Parties | None
    ) -> contract.CaseAnswer:
        return projects.join(work, request, known)

    @handles(contract.RESUBMIT_PROJECT, ask=projects.ask_parties_at_resubmitting)
    def resubmit_project(
        self, work: Work, request: contract.ResubmitProject, known: projects.Parties
    ) -> contract.CaseAnswer:
        return projects.resubmit(work, request, known)

    @handles(contract.SUBMIT_ROSTER, ask=rosters.ask_about_people)
    def submit_roster(
        self, work: Work, request: contract.SubmitRoster, known: rosters.Decisions
    ) -> contract.CaseAnswer:
        return rosters.submit(work, request, known)

    @handles(contract.REVIEW_CASE, ask=reviewing.ask)
    def review_case(self, work: Work, request: contract.ReviewCase, asked: reviewing.Asked) -> contract.CaseAnswer:
        return reviewing.review(work, request, asked)

    @handles(contract.GET_CASE)
    def get_case(self, look: Look, request: contract.GetCase) -> contract.CaseShape:
        return reading.get_case(look, request)

    @handles(contract.LIST_CASES)
    def list_cases(self, look: Look, request: contract.ListCases) -> contract.CasePage:
        return reading.list_cases(look, request)
