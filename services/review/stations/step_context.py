"""A case in front of the officer who may take its next step: who that is, and what the step stands on (X-5)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.review.cases import cases
from services.review.models import Case, Step
from services.review.rules.workflow import next_station, station, workflow_of
from shared.policy.document import Document, Station
from shared.policy.policies import Policies
from shared.security.permissions import check_other_person, check_place, check_role
from shared.security.speaker import Role, Speaker

APPLYING = {"submit": "企业申报", "join": "培训机构申报", "resubmit": "企业重新申报"}


@dataclass(frozen=True)
class StepContext:
    """A case, the document that governs it, its present station, its history."""

    case: Case
    document: Document
    station: Station
    steps: list[Step]

    @property
    def is_last(self) -> bool:
        """Whether no station comes after the present one."""
        return next_station(workflow_of(self.document, self.case.kind), cases.place_of(self.case)) is None

    @property
    def approvals(self) -> list[Step]:
        """The stations that this round has passed."""
        return [step for step in self.steps if step.round == self.case.round and step.move == "approve"]


def step_context(session: Session, speaker: Speaker, policies: Policies, case_id: str) -> StepContext:
    """Raises NotFound, NotPermitted or Conflict unless the speaker may decide the case where it now stands (X-5)."""
    case = cases.case_in_reach(session, speaker, case_id)
    document = cases.document_of(policies, case)
    present = station(workflow_of(document, case.kind), cases.place_of(case))
    check_role(speaker, [Role(present.role)])
    check_place(speaker, case.district)
    context = StepContext(case, document, present, cases.history(session, case.case_id))
    check_other_person(speaker, _steps_elsewhere(session, context, speaker.person))
    return context


def _steps_elsewhere(session: Session, context: StepContext, person: str) -> dict[str, str]:
    """What a person did at other places of the case, or applied for with its project: Chinese step → person."""
    case = context.case
    labels = {each.id: each.label for each in workflow_of(context.document, case.kind).stations}
    applied = [] if case.kind == cases.PROJECT else cases.history(session, case.project_id)
    elsewhere = [step for step in context.steps if step.station != context.station.id]
    elsewhere += [step for step in applied if step.station is None]
    own = (step for step in elsewhere if step.person == person)
    return {labels.get(step.station or "", APPLYING.get(step.move, step.move)): person for step in own}
