"""Payees with one account between them are found in any district, under any key, and the account isn't told."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest
from sqlalchemy import delete, insert, select

from services.registry.models import AccountDigest, Organisation
from services.registry.parties.shared_accounts import OTHERS_NAMED
from services.registry.privacy.searchable_fields import ACCOUNTS
from shared.contracts.registry import registers
from shared.errors import InvalidRequest, NotPermitted, TooLarge, Unavailable
from shared.security.personal import Place
from tests.services.full_lists import answered
from tests.services.harness import SHUNYI
from tests.services.registry.driver import FIRMS, Driver, KeyRotation

COLUMNS = Organisation.__table__.columns
ACCOUNT = "6200 0000-0000 1234567"
SAME = "6２00000000001234567"


def asked(driver: Driver, *payees: str) -> registers.SharedAccounts:
    request = registers.AskSharedAccounts(payees)
    return driver.harness.call(driver.review(), registers.ASK_SHARED_ACCOUNTS, request)


def shared(driver: Driver, *payees: str) -> dict[str, tuple[str, ...]]:
    return {one.organisation_id: one.others for one in asked(driver, *payees).shared}


def test_the_same_account_is_found_however_written_and_in_whatever_district(driver: Driver) -> None:
    here = driver.organisation(FIRMS[0], bank_account=ACCOUNT)
    there = driver.organisation(FIRMS[1], SHUNYI, bank_account=SAME)
    third = driver.organisation(FIRMS[2], SHUNYI, bank_account=ACCOUNT)
    another = driver.organisation(FIRMS[3])
    assert shared(driver, here, another) == {here: tuple(sorted((there, third)))}


def test_who_has_no_account_is_named_and_shares_none(driver: Driver) -> None:
    none, nothing = (driver.organisation(firm, bank_account=None) for firm in FIRMS[:2])
    answer = asked(driver, none, driver.organisation(FIRMS[2]), nothing)
    assert (answer.shared, answer.without_account) == ((), (none, nothing))


def test_an_account_that_was_changed_no_longer_counts_and_one_left_out_does(driver: Driver) -> None:
    first = driver.organisation(FIRMS[0], bank_account=ACCOUNT)
    second = driver.organisation(FIRMS[1], bank_account=ACCOUNT)
    driver.organisation(FIRMS[1], bank_account=None)
    assert shared(driver, first) == {first: (second,)}
    driver.organisation(FIRMS[1], bank_account=FIRMS[1].bank_account)
    assert shared(driver, first, second) == {}


def test_nothing_of_the_account_is_told_and_only_services_ask(driver: Driver) -> None:
    here, there = (driver.organisation(firm, bank_account=ACCOUNT) for firm in FIRMS[:2])
    assert "1234567" not in repr(asked(driver, here, there))
    with pytest.raises(NotPermitted):
        driver.harness.call(driver.city(), registers.ASK_SHARED_ACCOUNTS, registers.AskSharedAccounts((here,)))


def test_a_payee_that_is_not_registered_is_named_and_too_many_are_refused(driver: Driver, employer: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        asked(driver, employer, "nobody")
    assert [fault["path"] for fault in error.value.details["fields"]] == ["organisation_ids[1]"]
    with pytest.raises(TooLarge):
        asked(driver, *(f"o-{number}" for number in range(registers.ORGANISATIONS_PER_CALL + 1)))


def test_as_many_payees_as_may_be_asked_for_with_one_account_fit_into_the_answer(driver: Driver) -> None:
    payees = tuple(f"{number:032x}" for number in range(registers.ORGANISATIONS_PER_CALL))
    template = driver.organisation(FIRMS[0], bank_account=ACCOUNT)
    with driver.harness.database.transaction() as session:
        known = {column.name: getattr(session.get(Organisation, template), column.name) for column in COLUMNS}
        digest = session.scalars(select(AccountDigest.digest)).one()
        key_id = session.scalars(select(AccountDigest.key_id)).one()
        rows = [known | {"id": one, "uscc": f"{number:018}"} for number, one in enumerate(payees)]
        session.execute(insert(Organisation), rows)
        digests = [{"key_id": key_id, "digest": digest, "organisation_id": one} for one in payees]
        session.execute(insert(AccountDigest), digests)
    request = registers.AskSharedAccounts(payees)
    answer = answered(driver.harness, driver.review(), registers.ASK_SHARED_ACCOUNTS, request)
    assert {len(one["others"]) for one in answer["shared"]} == {OTHERS_NAMED}


# --- digests come, change and go with their keys -----------------------------------------------------------------


def test_accounts_on_file_before_there_were_digests_are_refused_until_they_have_some(rotation: KeyRotation) -> None:
    first, second = (rotation.driver.organisation(firm, bank_account=ACCOUNT) for firm in FIRMS[1:3])
    forget(rotation)
    with pytest.raises(Unavailable, match="银行账号"):
        asked(rotation.driver, rotation.employer)
    assert rotation.needed()["digest"] == {"": 3}
    rotation.renew()
    assert rotation.needed()["digest"] == {}
    assert shared(rotation.driver, first) == {first: (second,)}


def test_both_keys_find_it_while_they_change_and_the_new_one_alone_afterwards(rotation: KeyRotation) -> None:
    before = rotation.driver.organisation(FIRMS[1], bank_account=ACCOUNT)
    old = rotation.active("digest")
    rotation.new_key("digest")
    rotation.use()
    after = rotation.driver.organisation(FIRMS[2], bank_account=ACCOUNT)
    assert shared(rotation.driver, before, after) == {before: (after,), after: (before,)}
    rotation.renew()
    rotation.take_away("digest", old)
    rotation.use()
    rotation.renew()
    assert shared(rotation.driver, before, after) == {before: (after,), after: (before,)}
    with rotation.driver.harness.database.reading() as session:
        assert set(session.scalars(select(AccountDigest.key_id))) == {rotation.active("digest")}


def test_an_account_changed_while_it_is_renewed_keeps_no_digest_of_the_old_one(rotation: KeyRotation) -> None:
    """The change begins between reading the old account and writing its digest, and is let in only after that."""
    first = rotation.driver.organisation(FIRMS[1], bank_account=ACCOUNT)
    second = rotation.driver.organisation(FIRMS[2], bank_account=ACCOUNT)
    forget(rotation)
    changing: list[Future[str]] = []

    def meanwhile(place: Place) -> None:
        if place.column == ACCOUNTS.column.key and not changing:
            account = FIRMS[2].bank_account
            changing.append(pool.submit(rotation.driver.organisation, FIRMS[2], bank_account=account))
            wait(changing, timeout=0.5)

    with ThreadPoolExecutor(1) as pool:
        rotation.renew(meanwhile)
    assert changing[0].result() == second
    assert shared(rotation.driver, first, second) == {}


def test_an_account_that_cannot_be_read_is_not_passed_over(rotation: KeyRotation) -> None:
    other = rotation.driver.organisation(FIRMS[1], bank_account=ACCOUNT)
    with rotation.driver.harness.database.transaction() as session:
        broken = session.get(Organisation, rotation.employer)
        assert broken is not None
        broken.bank_account = b"\x01\x01x"
    forget(rotation)
    rotation.renew()
    with pytest.raises(Unavailable):
        asked(rotation.driver, other)


def forget(rotation: KeyRotation) -> None:
    """As a database from before there were digests of accounts."""
    with rotation.driver.harness.database.transaction() as session:
        session.execute(delete(AccountDigest))
