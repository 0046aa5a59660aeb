"""The one result of an enrolment, however it comes: passed or failed by assessment, left by withdrawal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.training.models import Assessment, Enrolment, Project
from shared.contracts.registry.eligibility import ASK_OCCUPATION, AskOccupation, OccupationAnswer
from shared.kernel.work import Asks
from shared.store.bulk import insert_each
from shared.store.database import execute_count

Days = tuple[date, date]
"""When somebody was enrolled and when assessed, or gone."""

Occupations = Mapping[Days, OccupationAnswer]

OTHER_RESULT = "该学籍已有考核结果或已退出，不能更改；如登记有误请联系属地人社部门"
_TAKEN = dict.fromkeys(("assessments_pkey", "pk_assessments", "assessments.enrolment_id"), OTHER_RESULT)


def ask_occupations(asks: Asks, project: Project, days: Iterable[Days]) -> Occupations:
    """Whether the project's occupation can be appraised, once for each pair of days (INT-24)."""
    return {
        (enrolled_on, gone_on): asks.ask(
            ASK_OCCUPATION,
            AskOccupation(project.document, project.occupation, project.approved_on, enrolled_on, gone_on),
        )
        for enrolled_on, gone_on in sorted(days)
    }


def result_values(
    enrolment_id: str,
    result: str,
    on: date,
    occupation: OccupationAnswer,
    *,
    pass_certificate: str | None = None,
    leaving_reason: str = "none",
) -> dict[str, Any]:
    """A row of `assessments`."""
    return {
        "enrolment_id": enrolment_id,
        "result": result,
        "assessed_on": on,
        "pass_certificate": pass_certificate,
        "leaving_reason": leaving_reason,
        "appraisable": occupation.appraisable,
        "occupation_decision": occupation.decision_id,
    }


def store_results(session: Session, values: Sequence[dict[str, Any]]) -> dict[int, str]:
    """Inserts the results and moves their enrolments; place → reason for those that have one already.

    in_training → the result: the only move that an enrolment makes by itself.
    """
    taken = insert_each(session, Assessment, values, _TAKEN)
    stored = [row for place, row in enumerate(values) if place not in taken]
    for result in sorted({row["result"] for row in stored}):
        ids = [row["enrolment_id"] for row in stored if row["result"] == result]
        in_training = update(Enrolment).where(Enrolment.id.in_(ids), Enrolment.state == "in_training")
        execute_count(session, in_training.values(state=result))
    return taken
