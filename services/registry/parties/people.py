"""People: registered by identity document, once each, however many organisations register them.

A list is worked through as a set. An organisation that names a known person by number must know the name, too, else
a number alone would reveal it; only an officer corrects a name. A phone number belongs to the organisation that gave
it, so no organisation learns another's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from services.registry.access import organisation_in_reach, people_in_reach
from services.registry.events import tell_people
from services.registry.models import Acquaintance, IdentityDocument, Organisation, Person
from services.registry.parties import identity_documents
from services.registry.parties.identity_documents import Candidate, Known
from services.registry.privacy.vault import Vault, parse_number
from shared.contracts.common import RowResults
from shared.contracts.registry.people import (
    PEOPLE_REGISTERED,
    AddIdentityDocument,
    FindPerson,
    IdentityDocumentAdded,
    PersonFound,
    PersonRow,
    RegisterPeople,
)
from shared.contracts.row_answers import RowAnswers
from shared.errors import Conflict, InvalidRequest
from shared.identity import BadNumber
from shared.kernel.work import Look, Work
from shared.security.permissions import not_found
from shared.security.speaker import Role
from shared.store.bulk import insert_absent
from shared.store.types import new_id


def register_people(work: Work, request: RegisterPeople, vault: Vault) -> RowResults:
    """Each row's person, new or known already, and known to the organisation from now on.

    Raises NotFound for an organisation out of reach, Unavailable while some document can't be found by its number.
    """
    organisation = organisation_in_reach(work, request.organisation_id)
    answers = RowAnswers(request.rows)
    sound = identity_documents.candidates(answers, work.today, vault)
    found = identity_documents.find_documents(work.session, [sought for one in sound for sought in one.sought])
    on_file = {one.place: found[keyed] for one in sound for keyed in one.digests if keyed in found}
    sound = _one_row_each(answers, sound, on_file)
    renamed = _check_names(work, answers, [one for one in sound if one.place in on_file], on_file, vault)
    strangers = [one for one in sound if one.place not in on_file]
    documents = on_file | identity_documents.store_strangers(work.session, strangers, work.at, vault)
    accepted = [one for one in sound if answers.waits(one.place)]
    written = [(one.kind, one.digests, documents[one.place]) for one in accepted]
    identity_documents.store_digests(work.session, written, found)
    changed = renamed | {one.place for one in strangers}
    _introduce(work, organisation, answers, [(one, documents[one.place].person_id) for one in accepted], changed, vault)
    tell_people(work, PEOPLE_REGISTERED, organisation.id, answers.accepted(), organisation.district)
    return answers.results()


def add_identity_document(work: Work, request: AddIdentityDocument, vault: Vault) -> IdentityDocumentAdded:
    """A further identity document of a person: from now on it finds the same person (X-1).

    Raises NotFound for a person out of reach, InvalidRequest for a bad number, Conflict where it is another's.
    """
    if not people_in_reach(work, [request.person_id]):
        raise not_found()
    number = _normal(request.document_kind, request.document_number, work, "document_number")
    digests = vault.digests(request.document_kind, number)
    found = identity_documents.find_documents(work.session, [(request.document_kind, keyed) for keyed in digests])
    owner = next(iter(found.values()), None)
    if owner is None:
        owner = Known(new_id(), request.person_id)
        row = identity_documents.document_row(owner, request.document_kind, number, work.at, vault)
        work.session.execute(insert(IdentityDocument), [row])
        identity_documents.store_digests(work.session, [(request.document_kind, digests, owner)], found)
    if owner.person_id != request.person_id:
        raise Conflict("该证件已登记在另一人名下，请核对证件和人员编号", field="document_number")
    work.note(f"person:{request.person_id}")
    return IdentityDocumentAdded(owner.document_id)


def find_person(look: Look, request: FindPerson, vault: Vault) -> PersonFound:
    """The person of a document, where the speaker may know of them. Raises InvalidRequest as above, Unavailable."""
    number = _normal(request.document_kind, request.document_number, look, "document_number")
    digests = [(request.document_kind, keyed) for keyed in vault.digests(request.document_kind, number)]
    known = {one.person_id for one in identity_documents.find_documents(look.session, digests).values()}
    return PersonFound(next(iter(people_in_reach(look, known)), None))


def _normal(kind: str, number: str, look: Look, path: str) -> str:
    try:
        return parse_number(kind, number, look.today)
    except BadNumber as fault:
        raise InvalidRequest.of((path, str(fault))) from None


def _one_row_each(
    answers: RowAnswers[PersonRow], sound: Sequence[Candidate], on_file: Mapping[int, Known]
) -> list[Candidate]:
    """Refuses the second of two documents that name the same person."""
    first: dict[str, int] = {}
    for one in sound:
        person = on_file[one.place].person_id if one.place in on_file else f"row {one.place}"
        if first.setdefault(person, one.place) != one.place:
            earlier = answers.rows[first[person]].row
            answers.refuse(one.place, "document_number", f"与第 {earlier} 行是同一人的不同证件，请只保留一行")
    return [one for one in sound if answers.waits(one.place)]


def _check_names(
    work: Work, answers: RowAnswers[PersonRow], known: Sequence[Candidate], on_file: Mapping[int, Known], vault: Vault
) -> set[int]:
    """Refuses rows whose name isn't the one on file, or writes it anew for an officer; the places written anew."""
    ids = {on_file[one.place].person_id for one in known}
    on_file_as = {row.id: row for row in work.session.scalars(select(Person).where(Person.id.in_(ids)))}
    renamed: dict[int, dict[str, Any]] = {}
    for one in known:
        person_id = on_file[one.place].person_id
        if vault.open(on_file_as[person_id], Person.name) == one.name:
            continue
        if work.speaker.acting_role is Role.DISTRICT_OFFICER:
            renamed[one.place] = {"id": person_id, "name": vault.seal(one.name, Person.name, person_id)}
        else:
            cure = "姓名与该证件已登记的不一致，请核对证件；确已更名的请由区级经办人登记"
            answers.refuse(one.place, "name", cure)
    if renamed:
        work.session.execute(update(Person), list(renamed.values()))
        work.note(*(f"person:{row['id']}" for row in renamed.values()))
    return set(renamed)


def _introduce(
    work: Work,
    organisation: Organisation,
    answers: RowAnswers[PersonRow],
    people: Sequence[tuple[Candidate, str]],
    changed: Collection[int],
    vault: Vault,
) -> None:
    """Makes people known to the organisation, each under the phone it gave. `changed`: places that are news anyway."""
    met = _acquaintances(work, organisation.id, [person_id for _, person_id in people])
    new: list[dict[str, Any]] = []
    phones: list[dict[str, Any]] = []
    for one, person_id in people:
        acquaintance = met.get(person_id)
        acquaintance_id = acquaintance.id if acquaintance else new_id()
        news = one.place in changed
        phone = vault.seal(one.phone, Acquaintance.phone, acquaintance_id) if one.phone else None
        if acquaintance is None:
            fields = {"organisation_id": organisation.id, "person_id": person_id, "phone": phone, "since": work.at}
            new.append({"id": acquaintance_id} | fields)
        elif one.phone and one.phone != vault.show(acquaintance, Acquaintance.phone, masked=False):
            phones.append({"id": acquaintance_id, "phone": phone})
            news = True
        (answers.accept if news else answers.unchanged)(one.place, person_id)
    insert_absent(work.session, Acquaintance, new)
    if phones:
        work.session.execute(update(Acquaintance), phones)


def _acquaintances(work: Work, organisation_id: str, people: Sequence[str]) -> dict[str, Acquaintance]:
    asked = select(Acquaintance).where(
        Acquaintance.organisation_id == organisation_id, Acquaintance.person_id.in_(people)
    )
    return {one.person_id: one for one in work.session.scalars(asked)}
