"""Dated evidence about people: employment, months of insurance, certificates held. Every row is a new fact.

Nothing is edited: a later row of the same kind takes the earlier one's place in decisions made from then on, and
decisions made before keep their own facts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registry.access import known_to, organisation_in_reach, people_in_reach
from services.registry.events import tell_people
from services.registry.models import Employment, HeldCertificate, InsuredMonth
from shared.calendar import month_of
from shared.contracts.common import RowResults
from shared.contracts.registry.evidence import (
    EVIDENCE_RECORDED,
    EmploymentRow,
    HeldCertificateRow,
    InsuranceRow,
    RecordEmployment,
    RecordHeldCertificates,
    RecordInsurance,
)
from shared.contracts.row_answers import RowAnswers
from shared.kernel.work import Work
from shared.money import ZERO
from shared.number_keys import number_fault, number_key
from shared.store.bulk import insert_absent
from shared.store.by_name import values_of
from shared.store.types import new_id

STRANGER = "该人员未在本单位（本辖区）登记，请先登记人员，再补录"

Fault = tuple[str, str]
"""(field, what to do)."""

_TERMS = tuple(field.name for field in fields(EmploymentRow) if field.name not in ("row", "person_id"))


LONGEST = 200
"""Characters of a certificate's number."""


def record_employment(work: Work, request: RecordEmployment) -> RowResults:
    """Contract, way into the post and wage, of people whom the organisation knows. Raises NotFound for another's."""
    organisation = organisation_in_reach(work, request.organisation_id)
    answers = RowAnswers(request.rows)
    ids = {row.person_id for row in request.rows}
    known = known_to(work.session, organisation.id, ids)
    newest = newest_employments(work.session, organisation.id, ids)
    first: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    for place, row in enumerate(request.rows):
        earlier = newest.get(row.person_id)
        fault = _stranger(row.person_id, known) or _repeated(row.person_id, row.row, first) or _employment_fault(row)
        if fault:
            answers.refuse(place, *fault)
        elif earlier and all(getattr(earlier, term) == getattr(row, term) for term in _TERMS):
            answers.unchanged(place, earlier.id)
        else:
            employment_id = new_id()
            made = {"id": employment_id, "organisation_id": organisation.id, "recorded_at": work.at}
            rows.append(values_of(Employment, row, **made))
            answers.accept(place, employment_id)
    insert_absent(work.session, Employment, rows)
    people = [row["person_id"] for row in rows]
    tell_people(work, EVIDENCE_RECORDED, organisation.id, people, organisation.district)
    return answers.results()


def record_insurance(work: Work, request: RecordInsurance) -> RowResults:
    """Months of insurance; months on file already are passed over. A result's id is the person's."""
    answers = RowAnswers(request.rows)
    ids = {row.person_id for row in request.rows}
    known = people_in_reach(work, ids)
    insured = insured_months(work.session, ids)
    rows: list[dict[str, Any]] = []
    for place, row in enumerate(request.rows):
        if fault := _stranger(row.person_id, known) or _month_fault(row, work.today):
            answers.refuse(place, *fault)
            continue
        months = [(row.person_id, month, row.insured_by) for month in sorted(set(row.months))]
        fresh = [one for one in months if one not in insured]
        insured.update(fresh)
        rows += [dict(zip(("person_id", "month", "insured_by"), one, strict=True)) for one in fresh]
        (answers.accept if fresh else answers.unchanged)(place, row.person_id)
    insert_absent(work.session, InsuredMonth, [row | {"recorded_at": work.at} for row in rows])
    tell_people(work, EVIDENCE_RECORDED, None, answers.accepted(), work.speaker.district)
    return answers.results()


def record_held_certificates(work: Work, request: RecordHeldCertificates) -> RowResults:
    """Certificates that people held before; one on file already is unchanged."""
    answers = RowAnswers(request.rows)
    ids = {row.person_id for row in request.rows}
    known = people_in_reach(work, ids)
    held = {_certificate(one): one.id for one in held_certificates(work.session, ids)}
    rows: list[dict[str, Any]] = []
    for place, row in enumerate(request.rows):
        certificate = (row.person_id, row.occupation, row.level, number_key(row.number))
        if fault := _stranger(row.person_id, known) or _issue_fault(row, work.today):
            answers.refuse(place, *fault)
        elif certificate in held:
            answers.unchanged(place, held[certificate])
        else:
            held[certificate] = new_id()
            made = {"id": held[certificate], "certificate_number": row.number, "number_key": certificate[-1]}
            rows.append(values_of(HeldCertificate, row, **made, recorded_at=work.at))
            answers.accept(place, held[certificate])
    insert_absent(work.session, HeldCertificate, rows)
    people = list(dict.fromkeys(row["person_id"] for row in rows))
    tell_people(work, EVIDENCE_RECORDED, work.speaker.organisation, people, work.speaker.district)
    return answers.results()


def newest_employments(session: Session, organisation_id: str, people: Collection[str]) -> dict[str, Employment]:
    """The employment that holds of each person at an organisation; who has none is missing."""
    newest = (
        select(func.max(Employment.number))
        .where(Employment.organisation_id == organisation_id, Employment.person_id.in_(people))
        .group_by(Employment.person_id)
    )
    return {row.person_id: row for row in session.scalars(select(Employment).where(Employment.number.in_(newest)))}


def insured_months(session: Session, people: Collection[str]) -> set[tuple[str, str, str]]:
    """(person, month, who paid)."""
    rows = session.scalars(select(InsuredMonth).where(InsuredMonth.person_id.in_(people)))
    return {(row.person_id, row.month, row.insured_by) for row in rows}


def held_certificates(session: Session, people: Collection[str]) -> Collection[HeldCertificate]:
    """What these people held, whatever the day."""
    return session.scalars(select(HeldCertificate).where(HeldCertificate.person_id.in_(people))).all()


def _certificate(held: HeldCertificate) -> tuple[str, str, str, str]:
    return held.person_id, held.occupation, held.level, held.number_key


def _stranger(person_id: str, known: Collection[str]) -> Fault | None:
    return None if person_id in known else ("person_id", STRANGER)


def _repeated(person_id: str, row: int, first: dict[str, int]) -> Fault | None:
    """Remembers where a person stands first, and finds fault with the second time."""
    if first.setdefault(person_id, row) == row:
        return None
    return "person_id", f"与第 {first[person_id]} 行是同一人，请只保留一行"


def _employment_fault(row: EmploymentRow) -> Fault | None:
    if row.monthly_wage < ZERO:
        return "monthly_wage", "月工资不能为负数，请核对"
    if row.contract_to and not row.contract_from:
        return "contract_from", "填写了合同终止日，请补填合同起始日"
    if row.contract_from and row.contract_to and row.contract_to < row.contract_from:
        return "contract_to", "合同终止日早于起始日，请核对劳动合同"
    return None


def _month_fault(row: InsuranceRow, today: date) -> Fault | None:
    late = [month for month in row.months if month > month_of(today)]
    return ("months", f"{late[0]} 尚未到来，请核对参保月份") if late else None


def _issue_fault(row: HeldCertificateRow, today: date) -> Fault | None:
    if fault := number_fault(row.number, LONGEST):
        return "number", fault
    return ("issued_on", "发证日期晚于今天，请核对证书") if row.issued_on > today else None
