"""From what is on file to the facts of the rules, for a whole list at once.

What is missing becomes a fact that leaves the rule unmet: no employment is no contract and no skilled post, no month
of insurance is none paid. So a decision says what to hand in, and never fails for want of evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registry.catalogues.editions import listed_codes
from services.registry.evidence.records import held_certificates, insured_months, newest_employments
from services.registry.models import Employment, Organisation, Teacher
from services.registry.rules.apprentices import ApprenticeFacts, Skill
from services.registry.rules.code_hierarchy import spellings
from services.registry.rules.organisations import ConditionEvidence, EmployerFacts, ProviderFacts
from services.registry.rules.teachers import InstructorFacts, MentorFacts
from shared.contracts.registry.eligibility import DecideApprentices
from shared.contracts.registry.organisations import ProviderCapability
from shared.contracts.schema import codec
from shared.store.by_name import shape_of

Insurer = Literal["employer", "agency"]

_NOTHING_SHOWN = ProviderCapability(
    legal_person=False,
    licensed_occupations=(),
    premises=False,
    equipment=False,
    teachers=False,
    management_rules=False,
    develops_courses=False,
)

_NOT_EMPLOYED: Mapping[str, Any] = {
    "hiring": "new_hire",
    "dispatched": False,
    "skilled_post": False,
    "contract_from": None,
    "contract_to": None,
    "contract_with": "employer",
}


def employer_facts(session: Session, employer: Organisation, occupation: str, on: date) -> EmployerFacts:
    """`restricted` holds only what concerns this employer: the catalogue itself stays where it is (INT-25)."""
    codes = (employer.industry_code, occupation)
    listed = listed_codes(session, "restricted", on, spellings(codes))
    return shape_of(EmployerFacts, employer, on=on, codes=codes, restricted=listed)


def provider_facts(
    session: Session, provider: Organisation, occupation: str, on: date, evidence_on: date | None
) -> ProviderFacts:
    """An organisation that never said what it can do as a provider shows nothing (APP-6)."""
    shown = codec.read(ProviderCapability, provider.provider) if provider.provider else _NOTHING_SHOWN
    catalogue = listed_codes(session, "providers", on, [provider.uscc])
    in_catalogue = None if catalogue is None else provider.uscc in catalogue
    return shape_of(
        ProviderFacts,
        shown,
        on=on,
        kind=provider.kind,
        occupation=occupation,
        in_catalogue=in_catalogue,
        evidence=tuple(shape_of(ConditionEvidence, one) for one in shown.evidence),
        evidence_on=evidence_on,
    )


def apprentice_facts(
    session: Session, request: DecideApprentices, people: Collection[str]
) -> dict[str, ApprenticeFacts]:
    """One training's facts of each person."""
    employed = newest_employments(session, request.employer_id, people)
    newest_anywhere = _newest_anywhere(session, people)
    insured = _by_person(insured_months(session, people))
    held = _held_by(session, people, request.on)
    funded = defaultdict(list)
    for one in request.funded:
        funded[one.person_id].append(Skill(one.occupation, one.level))
    facts = {}
    for person_id in people:
        employment = employed.get(person_id)
        terms = {field: getattr(employment, field) for field in _NOT_EMPLOYED} if employment else _NOT_EMPLOYED
        insured_by, months = _insurance(
            insured.get(person_id, {}), cast(Insurer, terms["contract_with"]), terms["dispatched"]
        )
        facts[person_id] = shape_of(
            ApprenticeFacts,
            request,
            checked_on=request.on,
            insured_months=months,
            insured_by=insured_by,
            # Whoever recorded the newest employment is the one who really uses a dispatched worker now (APP-3).
            applicant_is_user=employment is not None and newest_anywhere[person_id] == employment.number,
            held=held.get(person_id, ()),
            funded=tuple(funded[person_id]),
            full_years=True,
            **terms,
        )
    return facts


def teacher_facts(teacher: Teacher, on: date) -> MentorFacts | InstructorFacts:
    """What is on file of a mentor (APP-11) or an instructor (APP-12), as of that day."""
    if teacher.kind == "workplace_mentor":
        return shape_of(MentorFacts, teacher, on=on, awards=tuple(teacher.awards), full_years=True)
    return shape_of(InstructorFacts, teacher, on=on, full_years=True)


def _newest_anywhere(session: Session, people: Collection[str]) -> dict[str, int]:
    """The number of each person's newest employment, whoever recorded it."""
    newest = (
        select(Employment.person_id, func.max(Employment.number).label("newest"))
        .where(Employment.person_id.in_(people))
        .group_by(Employment.person_id)
    )
    return {row.person_id: row.newest for row in session.execute(newest)}


def _by_person(insured: Collection[tuple[str, str, str]]) -> dict[str, dict[str, list[str]]]:
    """person → who paid → months."""
    months: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for person_id, month, insured_by in insured:
        months[person_id][insured_by].append(month)
    return months


def _insurance(
    paid: Mapping[str, list[str]], contract_with: Insurer, dispatched: bool
) -> tuple[Insurer, tuple[str, ...]]:
    """Who paid, and the months that count.

    A dispatched worker's must be paid by one party, so only that party's months count: the contract holder's where
    there are any. Everybody else's count whoever paid, since people change employers (APP-2).
    """
    others = sorted(paid, key=lambda insurer: max(paid[insurer]), reverse=True)
    insured_by = contract_with if contract_with in paid or not others else cast(Insurer, others[0])
    counted = paid.get(insured_by, []) if dispatched else [month for months in paid.values() for month in months]
    return insured_by, tuple(sorted(set(counted)))


def _held_by(session: Session, people: Collection[str], on: date) -> dict[str, tuple[Skill, ...]]:
    held: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for certificate in held_certificates(session, people):
        if certificate.issued_on <= on:
            held[certificate.person_id].add((certificate.occupation, certificate.level))
    return {person: tuple(Skill(*skill) for skill in sorted(skills)) for person, skills in held.items()}
