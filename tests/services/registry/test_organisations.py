"""Organisations: once per credit code, kept by officers of their own district, accounts only for their purpose."""

from __future__ import annotations

import pytest

from shared.contracts.registry.parties import (
    LIST_ORGANISATIONS,
    ORGANISATION_REGISTERED,
    REVEAL_ACCOUNTS,
    AccountShape,
    ListOrganisations,
    RevealAccounts,
)
from shared.errors import Conflict, InvalidRequest, NotPermitted
from shared.security.speaker import Purpose, Role, Speaker
from tests.services.harness import CHAOYANG, SHUNYI
from tests.services.registry.conftest import FIRMS, Office

PAYMENT = frozenset({Purpose.PAYMENT})
CONTACT = frozenset({Purpose.CONTACT})


def _account(office: Office, speaker: Speaker, organisation: str, purpose: Purpose) -> AccountShape:
    (found,) = office.harness.call(speaker, REVEAL_ACCOUNTS, RevealAccounts((organisation,), purpose)).accounts
    return found


def _names(office: Office, speaker: Speaker, *ids: str) -> list[str]:
    answer = office.harness.call(speaker, LIST_ORGANISATIONS, ListOrganisations(ids))
    return [organisation.name for organisation in answer.organisations]


def test_registering_the_same_code_again_updates_the_same_organisation(office: Office) -> None:
    first = office.organisation(FIRMS[0])
    again = office.organisation(FIRMS[0], name="示例改名有限公司")
    assert again == first
    assert _names(office, office.officer(), first) == ["示例改名有限公司"]
    assert [told.organisation_id for told in office.harness.told(ORGANISATION_REGISTERED)] == [first, first]


def test_account_and_address_that_an_update_leaves_out_stay_on_file(office: Office) -> None:
    known = office.organisation(FIRMS[0])
    office.organisation(FIRMS[0], bank_account=None, bank_name=None, contact_email=None)
    account = _account(office, office.review(PAYMENT), known, Purpose.PAYMENT)
    assert (account.bank_name, account.bank_account) == ("示例银行", FIRMS[0].bank_account)


def test_every_wrong_number_is_named_at_once(office: Office) -> None:
    wrong = FIRMS[0].uscc[:-1] + ("A" if FIRMS[0].uscc[-1] != "A" else "B")
    with pytest.raises(InvalidRequest) as refused:
        office.organisation(FIRMS[0], uscc=wrong, bank_account="12")
    assert [field["path"] for field in refused.value.details["fields"]] == ["uscc", "bank_account"]


def test_an_officer_registers_in_their_own_district_only(office: Office) -> None:
    with pytest.raises(NotPermitted):
        office.organisation(FIRMS[0], SHUNYI, by=office.officer(CHAOYANG))


def test_an_organisation_of_another_district_is_not_taken_over(office: Office, stranger: str) -> None:
    with pytest.raises(Conflict):
        office.organisation(FIRMS[1], CHAOYANG)
    assert _names(office, office.officer(SHUNYI), stranger) == [FIRMS[1].name]


def test_a_list_shows_what_is_in_reach_and_passes_over_the_rest(office: Office, employer: str, stranger: str) -> None:
    both = (stranger, employer)
    assert _names(office, office.officer(CHAOYANG), *both) == [FIRMS[0].name]
    assert _names(office, office.employer(stranger), *both) == [FIRMS[1].name]
    assert _names(office, office.city(), *both) == [FIRMS[1].name, FIRMS[0].name]


def test_who_pays_reads_the_account_and_who_writes_reads_the_address(office: Office, employer: str) -> None:
    to_pay = _account(office, office.review(PAYMENT), employer, Purpose.PAYMENT)
    to_write = _account(office, office.review(CONTACT), employer, Purpose.CONTACT)
    assert (to_pay.bank_account, to_pay.contact_email) == (FIRMS[0].bank_account, None)
    assert (to_write.bank_account, to_write.contact_email) == (None, "clerk@firm.example")


def test_no_account_without_the_purpose_in_the_token(office: Office, employer: str) -> None:
    with pytest.raises(NotPermitted):
        _account(office, office.review(CONTACT), employer, Purpose.PAYMENT)


def test_finance_of_another_district_finds_no_account(office: Office, employer: str) -> None:
    foreign = office.harness.speaker(Role.FINANCE_OFFICER, "finance-1", district=SHUNYI, purposes=PAYMENT)
    answer = office.harness.call(foreign, REVEAL_ACCOUNTS, RevealAccounts((employer,), Purpose.PAYMENT))
    assert answer.accounts == ()
