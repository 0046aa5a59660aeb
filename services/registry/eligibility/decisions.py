"""Eligibility, decided for other services: load the facts of a whole list, decide each, keep every decision (X-6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from sqlalchemy import select

from services.registry.access import known_to, organisation_in_reach, require_all
from services.registry.catalogues import editions
from services.registry.eligibility import facts
from services.registry.evidence.records import newest_employments
from services.registry.models import Teacher
from services.registry.rules.catalogues import OccupationFacts, days, told_apart
from shared.contracts.common import Decided
from shared.contracts.registry.eligibility import (
    ApprenticesDecided,
    AskOccupation,
    DecideApprentices,
    DecideParties,
    DecideTeachers,
    OccupationAnswer,
    PartiesDecided,
    TeacherDecided,
    TeachersDecided,
)
from shared.contracts.registry.evidence import AskWages, Wage, WageList
from shared.errors import Conflict
from shared.kernel.work import Look, Work
from shared.policy.decisions import Decision, decide

ONE_CLASS = "ordinary"
_CATALOGUE_NAMES = {"shortage": "急需紧缺职业目录", "appraisable": "可开展评价职业目录"}
TeacherKind = Literal["workplace_mentor", "instructor"]

_TEACHER_DECISIONS = {"workplace_mentor": "registry.mentor", "instructor": "registry.instructor"}


def decide_parties(work: Work, request: DecideParties) -> PartiesDecided:
    """Employer (APP-4, APP-5, APP-29) and provider (APP-6, APP-17), a decision each. Raises NotFound for one that is
    out of reach, NoPolicyInForce for a document that isn't loaded.
    """
    document = work.policies.by_identity(request.document)
    employer = organisation_in_reach(work, request.employer_id)
    provider = organisation_in_reach(work, request.provider_id)
    about_employer = facts.employer_facts(work.session, employer, request.occupation, request.on)
    about_provider = facts.provider_facts(work.session, provider, request.occupation, request.on, request.evidence_on)
    decided = _store_decisions(
        work,
        [
            (employer.id, decide("registry.employer", about_employer, document)),
            (provider.id, decide("registry.provider", about_provider, document)),
        ],
    )
    return PartiesDecided(
        employer=decided[0],
        provider=decided[1],
        employer_district=employer.district,
        provider_district=provider.district,
        provider_kind=provider.kind,
        small_or_subsidiary=employer.small_or_subsidiary,
    )


def decide_apprentices(work: Work, request: DecideApprentices) -> ApprenticesDecided:
    """Each person for the training (APP-2, APP-3, INT-37); raises InvalidRequest naming strangers to the employer."""
    document = work.policies.by_identity(request.document)
    employer = organisation_in_reach(work, request.employer_id)
    people = list(dict.fromkeys(request.person_ids))
    known = known_to(work.session, employer.id, people)
    require_all("person_ids", request.person_ids, known, "申报企业没有登记该人员，请先登记人员")
    about = facts.apprentice_facts(work.session, request, people)
    return ApprenticesDecided(
        _store_decisions(work, [(person, decide("registry.apprentice", about[person], document)) for person in people])
    )


def decide_teachers(work: Work, request: DecideTeachers) -> TeachersDecided:
    """Mentors (APP-11) and instructors (APP-12); raises InvalidRequest naming unknown ids."""
    document = work.policies.by_identity(request.document)
    ids = list(dict.fromkeys(request.teacher_ids))
    found = {one.id: one for one in work.session.scalars(select(Teacher).where(Teacher.id.in_(ids)))}
    require_all("teacher_ids", request.teacher_ids, found, "没有登记该导师或教师，请先登记")
    decisions = [
        (one, decide(_TEACHER_DECISIONS[found[one].kind], facts.teacher_facts(found[one], request.on), document))
        for one in ids
    ]
    decided = _store_decisions(work, decisions)
    return TeachersDecided(tuple(_teacher(found[one.subject_id], one) for one in decided))


def ask_occupation(work: Work, request: AskOccupation) -> OccupationAnswer:
    """Class and appraisability on the days that the document's reading names (APP-17, INT-24).

    Under a document that doesn't tell occupations apart all are one class, and nothing is decided. Raises Conflict
    where a catalogue has no edition in force that day: an unpublished catalogue is not an empty one.
    """
    document = work.policies.by_identity(request.document)
    if not told_apart(document):
        return OccupationAnswer(None, ONE_CLASS, appraisable=True)
    about = OccupationFacts(
        occupation=request.occupation,
        approved_on=request.approved_on,
        entries=tuple(
            entry
            for kind in _CATALOGUE_NAMES
            for entry in editions.occupation_entries(work.session, kind, request.occupation)
        ),
        enrolled_on=request.enrolled_on,
        assessed_on=request.assessed_on,
    )
    for kind, on in zip(_CATALOGUE_NAMES, days(about, document.reading("catalogue_day")), strict=True):
        if editions.in_force(work.session, kind, on) is None:
            name = _CATALOGUE_NAMES[kind]
            raise Conflict(
                f"没有 {on} 有效的{name}，请市级经办人先发布当日有效的版本", catalogue=kind, on=on.isoformat()
            )
    decision = decide("registry.occupation", about, document)
    (stored,) = _store_decisions(work, [(request.occupation, decision)])
    return OccupationAnswer(
        decision_id=stored.decision_id,
        occupation_class=str(decision.answers["occupation_class"]),
        appraisable=bool(decision.answers["appraisable"]),
    )


def ask_wages(look: Look, request: AskWages) -> WageList:
    """The wage of the newest employment at the organisation; null for whom it has none on file."""
    newest = newest_employments(look.session, request.organisation_id, set(request.person_ids))
    return WageList(
        tuple(
            Wage(person, newest[person].monthly_wage if person in newest else None)
            for person in dict.fromkeys(request.person_ids)
        )
    )


def _teacher(teacher: Teacher, decided: Decided) -> TeacherDecided:
    return TeacherDecided(
        teacher.id, cast(TeacherKind, teacher.kind), teacher.organisation_id, decided, teacher.person_id
    )


def _store_decisions(work: Work, decisions: Sequence[tuple[str, Decision]]) -> tuple[Decided, ...]:
    """Stores decisions whole with their subjects, in one statement for a list; each in short, with its id."""
    return tuple(
        Decided.of(id, subject_id, decision.to_json())
        for id, (subject_id, decision) in zip(work.store_decisions(decisions), decisions, strict=True)
    )
