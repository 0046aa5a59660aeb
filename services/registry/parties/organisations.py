"""Organisations: on file once per unified social credit code, kept by officers of their own district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from services.registry.access import organisations_in_reach
from services.registry.models import Organisation
from services.registry.parties.shared_accounts import store_digests
from services.registry.privacy.vault import Vault
from shared.contracts.registry.organisations import (
    ORGANISATION_REGISTERED,
    OrganisationList,
    OrganisationRegistered,
    OrganisationShape,
    OrganisationTold,
    ProviderCapability,
    RegisterOrganisation,
)
from shared.contracts.schema import codec
from shared.errors import Conflict, InvalidRequest
from shared.identity import BadNumber, parse_account, parse_uscc
from shared.kernel.work import Look, Work
from shared.security.permissions import check_place, reaches
from shared.store.bulk import insert_absent
from shared.store.by_name import shape_of
from shared.store.kernel_tables import FileRow
from shared.store.types import new_id

_PLAIN = (
    *("name", "kind", "district", "industry_code", "small_or_subsidiary"),
    *("four_centres", "training_rules", "incentive_scheme"),
)
"""What a registration says as it is kept."""


def register_organisation(work: Work, request: RegisterOrganisation, vault: Vault) -> OrganisationRegistered:
    """A new organisation, or what is on file under its code, written anew.

    Account and address are sealed and never shown in full to most callers, so leaving them out keeps them, as it does
    the papers for a provider's conditions. Raises
    InvalidRequest for numbers that can't be, Conflict for a code that another district registered.
    """
    check_place(work.speaker, request.district)
    _check_papers(work, request)
    uscc, account = _checked_numbers(request)
    known = work.session.scalar(select(Organisation).where(Organisation.uscc == uscc))
    if known is None:
        organisation_id = new_id()
        row = _fields(request, organisation_id, account, vault)
        insert_absent(work.session, Organisation, [{"id": organisation_id, "uscc": uscc, "version": 1} | row])
    else:
        organisation_id = known.id
        _check_same_district(work, known)
        for field, value in _fields(_with_papers_on_file(request, known), organisation_id, account, vault).items():
            setattr(known, field, value)
    if account:
        store_digests(work.session, organisation_id, account, vault)
    work.note(f"organisation:{organisation_id}")
    told = OrganisationTold(organisation_id, request.kind)
    work.tell(ORGANISATION_REGISTERED, organisation_id, told, district=request.district)
    return OrganisationRegistered(organisation_id)


def named_organisations(look: Look, ids: Sequence[str]) -> OrganisationList:
    """Those of the ids that are in reach, in the order asked; the others are passed over."""
    found = organisations_in_reach(look, ids)
    return OrganisationList(tuple(organisation_shape(found[one]) for one in dict.fromkeys(ids) if one in found))


def organisation_shape(organisation: Organisation) -> OrganisationShape:
    """As everybody in reach may see it."""
    return shape_of(OrganisationShape, organisation, organisation_id=organisation.id)


def _checked_numbers(request: RegisterOrganisation) -> tuple[str, str | None]:
    """Code and account in normal form. Raises InvalidRequest with both faults at once."""
    faults: list[tuple[str, str]] = []
    numbers: list[str | None] = []
    for field, parse, text in (
        ("uscc", parse_uscc, request.uscc),
        ("bank_account", parse_account, request.bank_account),
    ):
        try:
            numbers.append(parse(text) if text else None)
        except BadNumber as fault:
            faults.append((field, str(fault)))
    if faults:
        raise InvalidRequest.of(*faults)
    uscc, account = numbers
    return str(uscc), account


def _check_papers(work: Work, request: RegisterOrganisation) -> None:
    """Raises InvalidRequest for evidence whose days are turned round or whose paper isn't here."""
    evidence = request.provider.evidence if request.provider else ()
    kept = select(FileRow).where(FileRow.file.in_({one.paper for one in evidence}))
    here = {
        row.file
        for row in work.session.scalars(kept)
        if reaches(work.speaker, district=row.district, organisations=[row.organisation])
    }
    faults: list[tuple[str, str]] = []
    for place, one in enumerate(evidence):
        if one.to_on is not None and one.to_on < one.from_on:
            faults.append((f"provider.evidence[{place}].to_on", "证明的截止日早于起始日，请核对"))
        if one.paper not in here:
            faults.append((f"provider.evidence[{place}].paper", "没有这份证明文件，请先上传文件再登记"))
    if faults:
        raise InvalidRequest.of(*faults)


def _with_papers_on_file(request: RegisterOrganisation, known: Organisation) -> RegisterOrganisation:
    """With the papers that are on file, where the registration brings none."""
    if not (request.provider and known.provider) or request.provider.evidence:
        return request
    on_file = codec.read(ProviderCapability, known.provider).evidence
    return replace(request, provider=replace(request.provider, evidence=on_file))


def _check_same_district(work: Work, known: Organisation) -> None:
    if not reaches(work.speaker, district=known.district):
        raise Conflict("该统一社会信用代码已由其他区登记；注册地址已迁入本区的，请市级经办人变更", field="uscc")


def _fields(request: RegisterOrganisation, organisation_id: str, account: str | None, vault: Vault) -> dict[str, Any]:
    """What a registration writes; an account or address that was left out isn't among it."""
    sealed = {
        column.key: vault.seal(text, column, organisation_id)
        for column, text in ((Organisation.bank_account, account), (Organisation.contact_email, request.contact_email))
        if text
    }
    bank = {"bank_name": request.bank_name} if request.bank_name else {}
    provider = codec.write(request.provider) if request.provider else None
    return {name: getattr(request, name) for name in _PLAIN} | {"provider": provider} | bank | sealed
