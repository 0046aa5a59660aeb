"""What waits for the speaker: needs of its projects, found by the database, the oldest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from services.training.learning.pictures import is_here
from services.training.mentors.guidance import CLASSROOM, WORKPLACE, Part
from services.training.models import (
    Admission,
    AssessmentHalf,
    Break,
    CreditHours,
    DeadlineRow,
    Enrolment,
    ExtraCredit,
    Media,
    MentorAssignment,
    MentorRelease,
    PlanDeparture,
    Project,
)
from services.training.projects.deadlines import TEXTBOOKS
from services.training.results.assessment_halves import side_of
from shared.contracts.common import ListWaiting, WaitingPage
from shared.kernel.work import Look
from shared.kernel.worklist import need, waiting_page
from shared.security.speaker import Role
from shared.store.access_filter import in_reach

TITLES = {
    "start_training": "项目已获批、名单已通过，待建立学籍开班",
    "file_textbooks": "教材待存档",
    "end_break": "休学已过预计复学日，待登记复学、延长或退出",
    "assign_mentor": "学员缺少在任的企业导师或培训机构教师，待配备接替人员",
    "name_instructor": "学员缺少在任的培训机构教师，待提出接替教师",
    "record_results": "培训期满，待登记考核结果",
    "settle_run": "培训期满而单位未登记结果，请督促；单位失联或已不存在的，办理结算",
    "answer_results": "对方已登记考核结果，待本方登记或核对",
    "record_media": "培训期满仍无照片、视频，待登记",
    "approve_extra_credits": "互认、奖励学分待批准",
    "take_up_departures": "实际学时少于计划，待认定理由",
}
"""What is to be done, by kind, as the officials read it."""


def list_waiting(look: Look, request: ListWaiting) -> WaitingPage:
    """Sorted by day, kind and id. Raises InvalidRequest for a wrong cursor."""
    needs = [of_role(look) for of_role in NEEDS.get(look.speaker.acting_role, ())]
    return waiting_page(look, needs, TITLES, request)


def _need(look: Look, kind: str, id: Any, since: Any, due_on: Any = None) -> Any:
    """One kind of need in reach, of projects; the caller joins and narrows it."""
    needed = need(kind, id, Project.id, Project.district, since, due_on)
    return needed.where(in_reach(look.speaker, Project.district, Project.employer_id, Project.provider_id))


def _governed(look: Look, function: str) -> ColumnElement[bool]:
    """Projects whose document has a rule that asks for it."""
    asking = [
        document.identity
        for document in look.policies.documents
        if any(name == function for _, name in document.rules_by_function())
    ]
    return Project.document.in_(asking)


def _start_training(look: Look) -> Any:
    admitted = exists().where(Admission.project_id == Project.id)
    return _need(look, "start_training", Project.id, Project.approved_on).where(Project.state == "approved", admitted)


def _file_textbooks(look: Look) -> Any:
    return (
        _need(look, "file_textbooks", Project.id, Project.approved_on, DeadlineRow.due_on)
        .join(DeadlineRow, DeadlineRow.project_id == Project.id)
        .where(DeadlineRow.name == TEXTBOOKS, DeadlineRow.outcome.is_(None))
    )


def _end_break(look: Look) -> Any:
    return (
        _need(look, "end_break", Enrolment.id, Break.until)
        .join(Enrolment, Enrolment.project_id == Project.id)
        .join(Break, Break.enrolment_id == Enrolment.id)
        .where(Enrolment.state == "in_training", Break.ended_on.is_(None), Break.until < look.today)
    )


def _unguided(look: Look, kind: str, *parts: Part) -> Any:
    """Learners whom nobody guides today in one of these parts, since the last teacher left."""
    pairs = and_(MentorAssignment.project_id == Enrolment.project_id, MentorAssignment.person_id == Enrolment.person_id)
    last_release = (
        select(func.max(MentorRelease.from_on))
        .join(MentorAssignment, MentorAssignment.id == MentorRelease.assignment_id)
        .where(pairs, MentorRelease.from_on <= look.today)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    alone = []
    for part in parts:
        released = exists().where(
            MentorRelease.assignment_id == MentorAssignment.id,
            MentorRelease.part == part,
            MentorRelease.from_on <= look.today,
        )
        alone.append(
            ~exists(
                select(MentorAssignment.id)
                .where(pairs, MentorAssignment.assigned_on <= look.today, ~released)
                .correlate(Enrolment)
            )
        )
    return (
        _need(look, kind, Enrolment.id, func.coalesce(last_release, Enrolment.starts_on))
        .join(Enrolment, Enrolment.project_id == Project.id)
        .where(Enrolment.state == "in_training", or_(*alone), _governed(look, "training.guided"))
    )


def _assign_mentor(look: Look) -> Any:
    return _unguided(look, "assign_mentor", WORKPLACE, CLASSROOM)


def _name_instructor(look: Look) -> Any:
    return _unguided(look, "name_instructor", CLASSROOM)


def _record_results(look: Look) -> Any:
    """Whose term is over, and of whom the speaker's side hasn't said yet what it found."""
    own = exists().where(AssessmentHalf.enrolment_id == Enrolment.id, AssessmentHalf.side == side_of(look.speaker))
    return _ended(look, "record_results").where(Enrolment.state == "in_training", ~own)


def _record_results_jointly(look: Look) -> Any:
    return _record_results(look).where(_governed(look, "training.jointly_assessed"))


def _answer_results(look: Look) -> Any:
    """Projects in which the other side spoke last of the result of somebody who has none yet."""
    side, later = side_of(look.speaker), aliased(AssessmentHalf)
    answered = exists().where(
        later.enrolment_id == AssessmentHalf.enrolment_id, later.side == side, later.number > AssessmentHalf.number
    )
    return (
        _need(look, "answer_results", Project.id, func.min(AssessmentHalf.recorded_on))
        .join(Enrolment, Enrolment.project_id == Project.id)
        .join(AssessmentHalf, AssessmentHalf.enrolment_id == Enrolment.id)
        .where(Enrolment.state == "in_training", AssessmentHalf.side != side, ~answered)
        .group_by(Project.id, Project.district)
    )


def _settle_run(look: Look) -> Any:
    return _ended(look, "settle_run").where(Enrolment.state == "in_training")


def _record_media(look: Look) -> Any:
    with_hours = (
        select(CreditHours.id)
        .join(Enrolment, Enrolment.id == CreditHours.enrolment_id)
        .where(Enrolment.project_id == Project.id, is_here(CreditHours.media))
        .correlate(Project)
    )
    of_project = exists().where(Media.project_id == Project.id, is_here(Media.file))
    kept = or_(of_project, exists(with_hours))
    return _ended(look, "record_media").where(Project.state == "running", ~kept, _governed(look, "training.media_kept"))


def _ended(look: Look, kind: str) -> Any:
    """Projects with enrolments whose term is over, since the first of them."""
    return (
        _need(look, kind, Project.id, func.min(Enrolment.ends_on))
        .join(Enrolment, Enrolment.project_id == Project.id)
        .where(Enrolment.ends_on <= look.today)
        .group_by(Project.id, Project.district)
    )


def _approve_extra_credits(look: Look) -> Any:
    """Another person than the proposer approves (X-5); nothing from an annulled enrolment is left to approve."""
    annulled = select(Enrolment.id).where(Enrolment.state == "annulled")
    return (
        _need(look, "approve_extra_credits", ExtraCredit.id, ExtraCredit.proposed_on)
        .join(Enrolment, Enrolment.project_id == Project.id)
        .join(ExtraCredit, ExtraCredit.enrolment_id == Enrolment.id)
        .where(
            ExtraCredit.approved_by.is_(None),
            ExtraCredit.proposed_by != look.speaker.person,
            Enrolment.state == "in_training",
            or_(ExtraCredit.from_enrolment_id.is_(None), ExtraCredit.from_enrolment_id.not_in(annulled)),
        )
    )


def _take_up_departures(look: Look) -> Any:
    return (
        _need(look, "take_up_departures", Enrolment.id, PlanDeparture.found_on)
        .join(Enrolment, Enrolment.project_id == Project.id)
        .join(PlanDeparture, PlanDeparture.enrolment_id == Enrolment.id)
        .where(PlanDeparture.taken_up_by.is_(None), Enrolment.state == "passed")
    )


NEEDS: Mapping[Role, tuple[Callable[[Look], Any], ...]] = {
    Role.EMPLOYER: (
        _start_training,
        _file_textbooks,
        _end_break,
        _assign_mentor,
        _record_results,
        _answer_results,
        _record_media,
    ),
    Role.TRAINING_PROVIDER: (_name_instructor, _record_results_jointly, _answer_results, _record_media),
    Role.DISTRICT_OFFICER: (_approve_extra_credits, _take_up_departures, _settle_run),
}
"""By role; an employer that is the provider of others sees here what it has to do as an employer."""
