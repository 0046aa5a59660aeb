"""Inspections (APP-37): both parties are sent the result and confirm that they have it."""

from __future__ import annotations

from services.review import events
from services.review.cases import cases
from services.review.models import Act, Case, Matter
from services.review.oversight import matters
from services.review.rules.oversight import InspectionFacts
from shared.contracts.common import PARTIES, Decided
from shared.contracts.review.audits_and_inspections import AcknowledgeInspection, InspectionRecorded, RecordInspection
from shared.contracts.review.oversight import INSPECTION_RECORDED
from shared.contracts.schema import codec
from shared.kernel.work import Work
from shared.policy.decisions import decide

DECISION = "review.inspection"
ACKNOWLEDGE = "acknowledge"


def record_inspection(work: Work, request: RecordInspection) -> InspectionRecorded:
    """Records an inspection; its decision shows who has not confirmed the result yet."""
    project = matters.project_at_hand(work, request.project_id)
    matters.check_past(work, "held_on", request.held_on)
    matter = matters.open_matter(work, project, "inspection", "told", request.found, happened_on=request.held_on)
    matters.add_act(work, matter, "inspect", request.found, codec.write(request))
    events.tell_matter(work, INSPECTION_RECORDED, matter, project, outcome=request.result)
    return InspectionRecorded(matter.matter_id, _decide(work, matter, project, ()))


def acknowledge_inspection(work: Work, request: AcknowledgeInspection) -> InspectionRecorded:
    """A party has the result; a second confirmation of the same party changes nothing."""
    matter, project = matters.matter_in_reach(work.session, work.speaker, request.inspection_id, "inspection")
    told = acknowledged_by(matters.acts_of(work.session, matter))
    role = work.speaker.acting_role
    known = matters.decision_of(work.session, matter)
    if role in told and known is not None:
        return InspectionRecorded(matter.matter_id, known)
    told = tuple(sorted({*told, role.value}))
    if set(told) == set(PARTIES):
        matter.state = "acknowledged"
    matters.add_act(work, matter, ACKNOWLEDGE)
    return InspectionRecorded(matter.matter_id, _decide(work, matter, project, told))


def acknowledged_by(acts: list[Act]) -> tuple[str, ...]:
    """The parties that have confirmed the result, by role."""
    return tuple(sorted({act.role for act in acts if act.move == ACKNOWLEDGE}))


def _decide(work: Work, matter: Matter, project: Case, told: tuple[str, ...]) -> Decided:
    """Decides whether both were told, as far as they have confirmed it."""
    inspected = matters.acts_of(work.session, matter)[0].details
    facts = InspectionFacts(work.today, inspected["way"], tuple(inspected["inspectors"]), told)
    return matters.store_decision(work, matter, decide(DECISION, facts, cases.document_of(work.policies, project)))
