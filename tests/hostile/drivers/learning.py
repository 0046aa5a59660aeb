"""Requests about how the apprentices of a running project learn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.contracts.common import GetFigures, GetHistory, ListWaiting
from shared.contracts.schema.shapes import FileRef
from shared.contracts.training import circumstances, preparation
from shared.contracts.training import learning as contract
from shared.money import Money
from tests.hostile.sides import Side


def learning_requests(
    side: Side, project: str, enrolment: str, teacher: str, picture: FileRef, on: date
) -> Mapping[str, Any]:
    """`enrolment`: of somebody in training in that project; `teacher`: one who guides there."""
    wage = contract.WageOfMonth(1, enrolment, Money.yuan(2400))
    pause = circumstances.CircumstanceRow(1, enrolment, "break", on, until=on, reason="illness")
    return {
        "release_mentors": preparation.ReleaseMentors(project, (preparation.ReleaseRow(1, teacher, on),)),
        "record_circumstances": circumstances.RecordCircumstances(project, (pause,)),
        "record_wages": contract.RecordWages(project, f"{on:%Y-%m}", (wage,)),
        "record_media": contract.RecordMedia(project, (contract.MediaRow(1, "photo", on, picture),)),
        "record_incentives": contract.RecordIncentives(
            project, (contract.IncentiveRow(1, "scholarship", on, enrolment, Money.yuan(100)),)
        ),
        "get_conduct": contract.GetConduct(project),
        "get_figures": GetFigures("apprenticeship", on.year - 1, on.year + 1),
        "list_projects": contract.ListProjects(employer_id=side.employer),
        "list_waiting": ListWaiting(),
        "get_history": GetHistory(project),
    }
