"""Lists for people who look for something: organisations, an organisation's people and teachers, editions.

Every list carries the speaker's reach in its own query and goes on by the keys of its last row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from services.registry.access import in_reach, organisation_in_reach
from services.registry.evidence.records import newest_employments
from services.registry.models import (
    Acquaintance,
    Catalogue,
    CatalogueEntry,
    HeldCertificate,
    IdentityDocument,
    InsuredMonth,
    Organisation,
    Person,
    Register,
    RegisterEntry,
    RegisterSubject,
    Teacher,
)
from services.registry.parties.organisations import named_organisations, organisation_shape
from services.registry.privacy.disclosure import first_documents
from services.registry.privacy.vault import Vault
from services.registry.registers.editions import THE_CITY
from shared.batching import grouped
from shared.contracts.registry.catalogues import CataloguePage, CatalogueShape, ListCatalogues
from shared.contracts.registry.organisations import ListOrganisations, OrganisationList
from shared.contracts.registry.people import ListPeople, PersonLine, PersonPage
from shared.contracts.registry.registers import ListRegisters, RegisterPage, RegisterShape
from shared.contracts.registry.teachers import ListTeachers, TeacherPage, TeacherShape
from shared.kernel.work import Look
from shared.store import access_filter
from shared.store.by_name import shape_of
from shared.store.cursors import read_page, read_rows


def list_organisations(look: Look, request: ListOrganisations) -> OrganisationList:
    """Those that are named, or that every condition fits, in the order of their ids; case of names is of no account.

    This and every list below raises InvalidRequest for a cursor that is none.
    """
    if request.ids:
        return named_organisations(look, request.ids)
    chosen = select(Organisation).where(in_reach(look.speaker))
    if request.name is not None:
        chosen = chosen.where(func.lower(Organisation.name).contains(request.name.lower(), autoescape=True))
    chosen = chosen.where(*access_filter.filters_by_name(Organisation, request, "uscc", "kind", "district"))
    shown, cursor = read_page(look.session, chosen, request, Organisation.id)
    return OrganisationList(tuple(organisation_shape(one) for one in shown), cursor)


def list_people(look: Look, request: ListPeople, vault: Vault) -> PersonPage:
    """People whom an organisation in reach knows, in the order of their ids. Raises NotFound for another one."""
    organisation = organisation_in_reach(look, request.organisation_id)
    chosen = (
        select(Person)
        .join(Acquaintance, Acquaintance.person_id == Person.id)
        .where(Acquaintance.organisation_id == organisation.id)
    )
    shown, cursor = read_page(look.session, chosen, request, Person.id)
    return PersonPage(_lines(look, organisation.id, shown, vault), cursor)


def list_teachers(look: Look, request: ListTeachers, vault: Vault) -> TeacherPage:
    """Mentors and instructors of an organisation in reach, in the order of their ids. Raises NotFound for another."""
    organisation = organisation_in_reach(look, request.organisation_id)
    chosen = (
        select(Teacher, Person)
        .join(Person, Person.id == Teacher.person_id)
        .where(Teacher.organisation_id == organisation.id, *access_filter.filters({Teacher.kind: request.kind}))
    )
    shown, cursor = read_rows(look.session, chosen, request, Teacher.id)
    return TeacherPage(tuple(_teacher(teacher, person, vault) for teacher, person in shown), cursor)


def list_catalogues(look: Look, request: ListCatalogues) -> CataloguePage:
    """Editions by kind and day; `on`: only those that hold that day."""
    entries = (
        select(func.count()).where(CatalogueEntry.catalogue_id == Catalogue.id).correlate(Catalogue).scalar_subquery()
    )
    chosen = select(Catalogue, entries).where(*access_filter.filters({Catalogue.kind: request.kind}))
    if request.on is not None:
        chosen = chosen.where(Catalogue.id.in_(_in_force(request.on)))
    keys = (Catalogue.kind, Catalogue.from_on, Catalogue.number)
    shown, cursor = read_rows(look.session, chosen, request, *keys)
    return CataloguePage(
        tuple(shape_of(CatalogueShape, one, catalogue_id=one.id, entries=entries) for one, entries in shown), cursor
    )


def list_registers(look: Look, request: ListRegisters) -> RegisterPage:
    """Editions of the city and of the speaker's district with their size, the last imported first."""
    rows = (
        select(func.count())
        .select_from(RegisterEntry)
        .join(RegisterSubject, RegisterEntry.subject_id == RegisterSubject.id)
        .where(RegisterSubject.register_id == Register.id)
        .correlate(Register)
        .scalar_subquery()
    )
    chosen = select(Register, rows).where(
        or_(Register.kept_by == THE_CITY, access_filter.in_reach(look.speaker, Register.kept_by)),
        *access_filter.filters({Register.kind: request.kind}),
    )
    shown, cursor = read_rows(look.session, chosen, request, Register.number, descending=True)
    return RegisterPage(
        tuple(shape_of(RegisterShape, one, register_id=one.id, rows=rows) for one, rows in shown), cursor
    )


def _in_force(on: date) -> Select[str]:
    """Of each kind the newest edition up to the day; of several from one day the last published."""
    newest = func.row_number().over(
        partition_by=Catalogue.kind, order_by=(Catalogue.from_on.desc(), Catalogue.number.desc())
    )
    ranked = select(Catalogue.id, newest.label("place")).where(Catalogue.from_on <= on).subquery()
    return select(ranked.c.id).where(ranked.c.place == 1)


def _lines(look: Look, organisation_id: str, people: Collection[Person], vault: Vault) -> tuple[PersonLine, ...]:
    ids = [one.id for one in people]
    documents = first_documents(look, ids)
    employed = newest_employments(look.session, organisation_id, ids)
    insured = _last_months(look.session, ids)
    held = _held(look.session, ids)
    teaching = _teaching(look.session, organisation_id, ids)
    lines = []
    for one in people:
        employment = employed.get(one.id)
        document = documents[one.id]
        lines.append(
            PersonLine(
                person_id=one.id,
                name=vault.show(one, Person.name, masked=True) or "",
                document_kind=document.kind,
                document_number=vault.show(document, IdentityDocument.number, masked=True) or "",
                employed=employment is not None,
                post=employment.post if employment else None,
                contract_to=employment.contract_to if employment else None,
                insured_in=insured.get(one.id),
                certificates=held.get(one.id, 0),
                teaches=tuple(teaching.get(one.id, ())),
            )
        )
    return tuple(lines)


def _last_months(session: Session, people: Collection[str]) -> dict[str, str]:
    """Each person's last month of insurance on file."""
    newest = select(InsuredMonth.person_id, func.max(InsuredMonth.month)).where(InsuredMonth.person_id.in_(people))
    return dict(session.execute(newest.group_by(InsuredMonth.person_id)).all())


def _held(session: Session, people: Collection[str]) -> dict[str, int]:
    """How many certificates each person held before."""
    counted = select(HeldCertificate.person_id, func.count()).where(HeldCertificate.person_id.in_(people))
    return dict(session.execute(counted.group_by(HeldCertificate.person_id)).all())


def _teaching(session: Session, organisation_id: str, people: Collection[str]) -> Mapping[str, list[str]]:
    """As what each person teaches at the organisation."""
    asked = select(Teacher.person_id, Teacher.kind).where(
        Teacher.organisation_id == organisation_id, Teacher.person_id.in_(people)
    )
    return grouped((person_id, kind) for person_id, kind in session.execute(asked.order_by(Teacher.kind)))


def _teacher(teacher: Teacher, person: Person, vault: Vault) -> TeacherShape:
    name = vault.show(person, Person.name, masked=True) or ""
    return shape_of(TeacherShape, teacher, teacher_id=teacher.id, name=name, awards=tuple(teacher.awards))
