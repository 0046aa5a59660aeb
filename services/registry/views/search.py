"""Lists for people who look for something: organisations, an organisation's people and teachers, editions.

Every list carries the speaker's reach in its own query and goes on by the keys of its last row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.registry.access import in_reach
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
    Teacher,
)
from services.registry.parties.organisations import listed, load, shape
from services.registry.privacy.disclosure import first_documents
from services.registry.privacy.vault import Vault
from shared.contracts.registry.catalogues import CatalogueKind, CataloguePage, CatalogueShape, ListCatalogues
from shared.contracts.registry.organisations import ListOrganisations, OrganisationList
from shared.contracts.registry.people import ListPeople, PersonLine, PersonPage
from shared.contracts.registry.teachers import ListTeachers, TeacherPage, TeacherShape
from shared.kernel.work import Look
from shared.store.cursors import behind, page


def organisations(look: Look, request: ListOrganisations) -> OrganisationList:
    """Those that are named, or that every condition fits, in the order of their ids; case of names is of no account."""
    if request.ids:
        return listed(look, request)
    chosen = select(Organisation).where(in_reach(look.speaker), behind(request.cursor, Organisation.id))
    if request.name is not None:
        chosen = chosen.where(func.lower(Organisation.name).contains(request.name.lower(), autoescape=True))
    for column, value in (
        (Organisation.uscc, request.uscc),
        (Organisation.kind, request.kind),
        (Organisation.district, request.district),
    ):
        if value is not None:
            chosen = chosen.where(column == value)
    found = look.session.scalars(chosen.order_by(Organisation.id).limit(request.limit + 1)).all()
    shown, cursor = page(found, request.limit, lambda one: (one.id,))
    return OrganisationList(tuple(shape(one) for one in shown), cursor)


def people(look: Look, request: ListPeople, vault: Vault) -> PersonPage:
    """People whom an organisation in reach knows, in the order of their ids."""
    organisation = load(look, request.organisation_id)
    chosen = (
        select(Person)
        .join(Acquaintance, Acquaintance.person_id == Person.id)
        .where(Acquaintance.organisation_id == organisation.id, behind(request.cursor, Person.id))
    )
    found = look.session.scalars(chosen.order_by(Person.id).limit(request.limit + 1)).all()
    shown, cursor = page(found, request.limit, lambda one: (one.id,))
    return PersonPage(_lines(look, organisation.id, shown, vault), cursor)


def teachers(look: Look, request: ListTeachers, vault: Vault) -> TeacherPage:
    """Mentors and instructors of an organisation in reach, in the order of their ids."""
    organisation = load(look, request.organisation_id)
    chosen = (
        select(Teacher, Person)
        .join(Person, Person.id == Teacher.person_id)
        .where(Teacher.organisation_id == organisation.id, behind(request.cursor, Teacher.id))
    )
    if request.kind is not None:
        chosen = chosen.where(Teacher.kind == request.kind)
    found = look.session.execute(chosen.order_by(Teacher.id).limit(request.limit + 1)).all()
    shown, cursor = page(found, request.limit, lambda row: (row.Teacher.id,))
    return TeacherPage(tuple(_teacher(row.Teacher, row.Person, vault) for row in shown), cursor)


def catalogues(look: Look, request: ListCatalogues) -> CataloguePage:
    """Editions by kind and day; `on`: only those that hold that day."""
    keys = (Catalogue.kind, Catalogue.from_on, Catalogue.number)
    chosen = select(Catalogue).where(behind(request.cursor, *keys))
    if request.kind is not None:
        chosen = chosen.where(Catalogue.kind == request.kind)
    if request.on is not None:
        chosen = chosen.where(Catalogue.id.in_(_in_force(request)))
    found = look.session.scalars(chosen.order_by(*keys).limit(request.limit + 1)).all()
    shown, cursor = page(found, request.limit, lambda one: (one.kind, one.from_on, one.number))
    counts = _entries(look.session, [one.id for one in shown])
    return CataloguePage(tuple(_edition(one, counts.get(one.id, 0)) for one in shown), cursor)


def _in_force(request: ListCatalogues) -> Select[str]:
    """Of each kind the newest edition up to the day; of several from one day the last published."""
    newest = func.row_number().over(
        partition_by=Catalogue.kind, order_by=(Catalogue.from_on.desc(), Catalogue.number.desc())
    )
    ranked = select(Catalogue.id, newest.label("place")).where(Catalogue.from_on <= request.on).subquery()
    return select(ranked.c.id).where(ranked.c.place == 1)


def _entries(session: Session, ids: Collection[str]) -> dict[str, int]:
    counted = (
        select(CatalogueEntry.catalogue_id, func.count())
        .where(CatalogueEntry.catalogue_id.in_(ids))
        .group_by(CatalogueEntry.catalogue_id)
    )
    return dict(session.execute(counted).all())


def _edition(catalogue: Catalogue, entries: int) -> CatalogueShape:
    kind = cast("CatalogueKind", catalogue.kind)
    return CatalogueShape(catalogue.id, kind, catalogue.edition, catalogue.from_on, catalogue.source, entries)


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
                name=_masked_name(one, vault),
                document_kind=document.kind,
                document_number=_masked_number(document, vault),
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
    newest = select(InsuredMonth.person_id, func.max(InsuredMonth.month)).where(InsuredMonth.person_id.in_(people))
    return dict(session.execute(newest.group_by(InsuredMonth.person_id)).all())


def _held(session: Session, people: Collection[str]) -> dict[str, int]:
    counted = select(HeldCertificate.person_id, func.count()).where(HeldCertificate.person_id.in_(people))
    return dict(session.execute(counted.group_by(HeldCertificate.person_id)).all())


def _teaching(session: Session, organisation_id: str, people: Collection[str]) -> Mapping[str, list[str]]:
    kinds: dict[str, list[str]] = defaultdict(list)
    asked = select(Teacher.person_id, Teacher.kind).where(
        Teacher.organisation_id == organisation_id, Teacher.person_id.in_(people)
    )
    for person_id, kind in session.execute(asked.order_by(Teacher.kind)):
        kinds[person_id].append(kind)
    return kinds


def _teacher(teacher: Teacher, person: Person, vault: Vault) -> TeacherShape:
    return TeacherShape(
        teacher_id=teacher.id,
        person_id=teacher.person_id,
        name=_masked_name(person, vault),
        kind=teacher.kind,  # type: ignore[arg-type] # a CHECK holds it to the two
        attested_on=teacher.attested_on,
        post_since=teacher.post_since,
        teaching_since=teacher.teaching_since,
        dual_qualified=teacher.dual_qualified,
        certificate_level=teacher.certificate_level,
        title=teacher.title,
        key_technical_staff=teacher.key_technical_staff,
        awards=tuple(teacher.awards),
    )


def _masked_name(person: Person, vault: Vault) -> str:
    return vault.show(person.name, Person.__tablename__, "name", person.id, masked=True) or ""


def _masked_number(document: IdentityDocument, vault: Vault) -> str:
    shown = vault.show(document.number, IdentityDocument.__tablename__, "number", document.id, masked=True)
    return shown or ""
