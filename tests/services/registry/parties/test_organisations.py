"""Organisations: once per credit code, kept by officers of their own district, accounts only for their purpose."""

from __future__ import annotations

import pytest

from shared.contracts.registry.organisations import (
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
from tests.services.registry.driver import FIRMS, Driver

PAYMENT = frozenset({Purpose.PAYMENT})
CONTACT = frozenset({Purpose.CONTACT})


def _account(driver: Driver, speaker: Speaker, organisation: str, purpose: Purpose) -> AccountShape:
    (found,) = driver.harness.call(speaker, REVEAL_ACCOUNTS, RevealAccounts((organisation,), purpose)).accounts
    return found


def _names(driver: Driver, speaker: Speaker, *ids: str) -> list[str]:
    answer = driver.harness.call(speaker, LIST_ORGANISATIONS, ListOrganisations(ids))
    return [organisation.name for organisation in answer.organisations]


def test_registering_the_same_code_again_updates_the_same_organisation(driver: Driver) -> None:
    first = driver.organisation(FIRMS[0])
    again = driver.organisation(FIRMS[0], name="示例改名有限公司")
    assert again == first
    assert _names(driver, driver.officer(), first) == ["示例改名有限公司"]
    assert [told.organisation_id for told in driver.harness.told(ORGANISATION_REGISTERED)] == [first, first]


def test_account_and_address_that_an_update_leaves_out_stay_on_file(driver: Driver) -> None:
    known = driver.organisation(FIRMS[0])
    driver.organisation(FIRMS[0], bank_account=None, bank_name=None, contact_email=None)
    account = _account(driver, driver.review(PAYMENT), known, Purpose.PAYMENT)
    assert (account.bank_name, account.bank_account) == ("示例银行", FIRMS[0].bank_account)


def test_every_wrong_number_is_named_at_once(driver: Driver) -> None:
    wrong = FIRMS[0].uscc[:-1] + ("A" if FIRMS[0].uscc[-1] != "A" else "B")
    with pytest.raises(InvalidRequest) as refused:
        driver.organisation(FIRMS[0], uscc=wrong, bank_account="12")
    assert [field["path"] for field in refused.value.details["fields"]] == ["uscc", "bank_account"]


def test_an_officer_registers_in_their_own_district_only(driver: Driver) -> None:
    with pytest.raises(NotPermitted):
        driver.organisation(FIRMS[0], SHUNYI, by=driver.officer(CHAOYANG))


def test_an_organisation_of_another_district_is_not_taken_over(driver: Driver, stranger: str) -> None:
    with pytest.raises(Conflict):
        driver.organisation(FIRMS[1], CHAOYANG)
    assert _names(driver, driver.officer(SHUNYI), stranger) == [FIRMS[1].name]


def test_a_list_shows_what_is_in_reach_and_passes_over_the_rest(driver: Driver, employer: str, stranger: str) -> None:
    both = (stranger, employer)
    assert _names(driver, driver.officer(CHAOYANG), *both) == [FIRMS[0].name]
    assert _names(driver, driver.employer(stranger), *both) == [FIRMS[1].name]
    assert _names(driver, driver.city(), *both) == [FIRMS[1].name, FIRMS[0].name]


def test_who_pays_reads_the_account_and_who_writes_reads_the_address(driver: Driver, employer: str) -> None:
    to_pay = _account(driver, driver.review(PAYMENT), employer, Purpose.PAYMENT)
    to_write = _account(driver, driver.review(CONTACT), employer, Purpose.CONTACT)
    assert (to_pay.bank_account, to_pay.contact_email) == (FIRMS[0].bank_account, None)
    assert (to_write.bank_account, to_write.contact_email) == (None, "clerk@firm.example")


def test_no_account_without_the_purpose_in_the_token(driver: Driver, employer: str) -> None:
    with pytest.raises(NotPermitted):
        _account(driver, driver.review(CONTACT), employer, Purpose.PAYMENT)


def test_finance_of_another_district_finds_no_account(driver: Driver, employer: str) -> None:
    foreign = driver.harness.speaker(Role.FINANCE_OFFICER, "finance-1", district=SHUNYI, purposes=PAYMENT)
    answer = driver.harness.call(foreign, REVEAL_ACCOUNTS, RevealAccounts((employer,), Purpose.PAYMENT))
    assert answer.accounts == ()
