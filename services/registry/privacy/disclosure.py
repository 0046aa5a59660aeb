"""Personal data shown: masked, unless role and token allow the purpose; whatever is shown in full is audited (X-4)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from services.registry.access import in_reach, organisations_in_reach, people_in_reach
from services.registry.models import Acquaintance, IdentityDocument, Organisation, Person
from services.registry.privacy.vault import Column, Vault
from shared.contracts.registry.organisations import AccountList, AccountShape, RevealAccounts
from shared.contracts.registry.people import PersonList, PersonShape, RevealPeople
from shared.kernel.work import Look
from shared.security.permissions import check_unmask, may_unmask
from shared.security.speaker import Purpose


def reveal_people(look: Look, request: RevealPeople, vault: Vault) -> PersonList:
    """Those of the ids who are in reach, in the order asked, under the first of their identity documents."""
    ids = people_in_reach(look, set(request.person_ids))
    full = request.purpose is not None and may_unmask(look.speaker, request.purpose)
    if full:
        look.note(*(f"person:{one}" for one in sorted(ids)), purpose=str(request.purpose))
    names = {row.id: row for row in look.session.scalars(select(Person).where(Person.id.in_(ids)))}
    documents = first_documents(look, ids)
    phones = _phones(look, ids)
    return PersonList(
        tuple(
            _person(names[one], documents[one], phones.get(one), vault, masked=not full)
            for one in dict.fromkeys(request.person_ids)
            if one in ids
        )
    )


def reveal_accounts(look: Look, request: RevealAccounts, vault: Vault) -> AccountList:
    """For the purpose named, which the speaker must have: the account to pay, the address to write to.

    What the purpose doesn't need is left out: who pays reads no address, who writes reads no account. Raises
    NotPermitted for a purpose that role or token don't allow.
    """
    check_unmask(look.speaker, request.purpose)
    found = organisations_in_reach(look, request.organisation_ids)
    look.note(*(f"organisation:{one}" for one in sorted(found)), purpose=request.purpose)
    asked = [found[one] for one in dict.fromkeys(request.organisation_ids) if one in found]
    return AccountList(tuple(_account(organisation, request.purpose, vault) for organisation in asked))


def _person(
    person: Person, document: IdentityDocument, phone: Acquaintance | None, vault: Vault, *, masked: bool
) -> PersonShape:
    return PersonShape(
        person_id=person.id,
        name=vault.show(person, Person.name, masked=masked) or "",
        document_kind=document.kind,
        document_number=vault.show(document, IdentityDocument.number, masked=masked) or "",
        phone=vault.show(phone, Acquaintance.phone, masked=masked),
        masked=masked,
    )


def _account(organisation: Organisation, purpose: Purpose, vault: Vault) -> AccountShape:
    def shown(column: Column, needed_for: Purpose) -> str | None:
        return vault.show(organisation, column, masked=False) if purpose is needed_for else None

    return AccountShape(
        organisation_id=organisation.id,
        name=organisation.name,
        bank_name=organisation.bank_name,
        bank_account=shown(Organisation.bank_account, Purpose.PAYMENT),
        contact_email=shown(Organisation.contact_email, Purpose.CONTACT),
    )


def first_documents(look: Look, people: Collection[str]) -> dict[str, IdentityDocument]:
    """The identity document that each person is shown under: the one registered first."""
    newest_first = (
        select(IdentityDocument)
        .where(IdentityDocument.person_id.in_(people))
        .order_by(IdentityDocument.registered_at.desc(), IdentityDocument.id)
    )
    return {document.person_id: document for document in look.session.scalars(newest_first)}


def _phones(look: Look, people: Collection[str]) -> dict[str, Acquaintance]:
    """The phone that an organisation in reach gave last."""
    oldest_first = (
        select(Acquaintance)
        .join(Organisation, Organisation.id == Acquaintance.organisation_id)
        .where(Acquaintance.person_id.in_(people), Acquaintance.phone.is_not(None), in_reach(look.speaker))
        .order_by(Acquaintance.since, Acquaintance.id)
    )
    return {acquaintance.person_id: acquaintance for acquaintance in look.session.scalars(oldest_first)}
