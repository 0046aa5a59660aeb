"""Payees with one account between them are found in any district, under any key, and the account isn't told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from services.registry.models import AccountDigest, Organisation
from services.registry.parties.shared_accounts import OTHERS_NAMED
from services.registry.privacy.lookup_digests import Digests
from services.registry.privacy.searchable_fields import ACCOUNTS
from shared.contracts.registry import registers
from shared.errors import InvalidRequest, NotPermitted, TooLarge, Unavailable
from tests.services.full_lists import answered
from tests.services.harness import SHUNYI
from tests.services.registry.conftest import FIRMS, Office
from tests.services.registry.rotating import Rotating, rotating_registry

COLUMNS = Organisation.__table__.columns
ACCOUNT = "6200 0000-0000 1234567"
SAME = "6２00000000001234567"


@pytest.fixture
def rotating(office: Office) -> Rotating:
    return rotating_registry(office)


def asked(office: Office, *payees: str) -> registers.SharedAccounts:
    request = registers.AskSharedAccounts(payees)
    return office.harness.call(office.review(), registers.ASK_SHARED_ACCOUNTS, request)


def shared(office: Office, *payees: str) -> dict[str, tuple[str, ...]]:
    return {one.organisation_id: one.others for one in asked(office, *payees).shared}


def test_the_same_account_is_found_however_written_and_in_whatever_district(office: Office) -> None:
    here = office.organisation(FIRMS[0], bank_account=ACCOUNT)
    there = office.organisation(FIRMS[1], SHUNYI, bank_account=SAME)
    third = office.organisation(FIRMS[2], SHUNYI, bank_account=ACCOUNT)
    another = office.organisation(FIRMS[3])
    assert shared(office, here, another) == {here: tuple(sorted((there, third)))}


def test_who_has_no_account_is_named_and_shares_none(office: Office) -> None:
    none, nothing = (office.organisation(firm, bank_account=None) for firm in FIRMS[:2])
    answer = asked(office, none, office.organisation(FIRMS[2]), nothing)
    assert (answer.shared, answer.without_account) == ((), (none, nothing))


def test_an_account_that_was_changed_no_longer_counts_and_one_left_out_does(office: Office) -> None:
    first = office.organisation(FIRMS[0], bank_account=ACCOUNT)
    second = office.organisation(FIRMS[1], bank_account=ACCOUNT)
    office.organisation(FIRMS[1], bank_account=None)
    assert shared(office, first) == {first: (second,)}
    office.organisation(FIRMS[1], bank_account=FIRMS[1].bank_account)
    assert shared(office, first, second) == {}


def test_nothing_of_the_account_is_told_and_only_services_ask(office: Office) -> None:
    here, there = (office.organisation(firm, bank_account=ACCOUNT) for firm in FIRMS[:2])
    assert "1234567" not in repr(asked(office, here, there))
    with pytest.raises(NotPermitted):
        office.harness.call(office.city(), registers.ASK_SHARED_ACCOUNTS, registers.AskSharedAccounts((here,)))


def test_a_payee_that_is_not_registered_is_named_and_too_many_are_refused(office: Office, employer: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        asked(office, employer, "nobody")
    assert [fault["path"] for fault in error.value.details["fields"]] == ["organisation_ids[1]"]
    with pytest.raises(TooLarge):
        asked(office, *(f"o-{number}" for number in range(registers.ORGANISATIONS_PER_CALL + 1)))


def test_as_many_payees_as_may_be_asked_for_with_one_account_fit_into_the_answer(office: Office) -> None:
    payees = tuple(f"{number:032x}" for number in range(registers.ORGANISATIONS_PER_CALL))
    template = office.organisation(FIRMS[0], bank_account=ACCOUNT)
    with office.harness.database.transaction() as session:
        known = {column.name: getattr(session.get(Organisation, template), column.name) for column in COLUMNS}
        digest = session.scalars(select(AccountDigest.digest)).one()
        key_id = session.scalars(select(AccountDigest.key_id)).one()
        rows = [known | {"id": one, "uscc": f"{number:018}"} for number, one in enumerate(payees)]
        session.execute(insert(Organisation), rows)
        digests = [{"key_id": key_id, "digest": digest, "organisation_id": one} for one in payees]
        session.execute(insert(AccountDigest), digests)
    request = registers.AskSharedAccounts(payees)
    answer = answered(office.harness, office.review(), registers.ASK_SHARED_ACCOUNTS, request)
    assert {len(one["others"]) for one in answer["shared"]} == {OTHERS_NAMED}


# --- digests come, change and go with their keys -----------------------------------------------------------------


def test_accounts_on_file_before_there_were_digests_are_refused_until_they_have_some(rotating: Rotating) -> None:
    first, second = (rotating.office.organisation(firm, bank_account=ACCOUNT) for firm in FIRMS[1:3])
    forget(rotating)
    with pytest.raises(Unavailable, match="银行账号"):
        asked(rotating.office, rotating.employer)
    assert rotating.needed()["digest"] == {"": 3}
    rotating.renew()
    assert rotating.needed()["digest"] == {}
    assert shared(rotating.office, first) == {first: (second,)}


def test_both_keys_find_it_while_they_change_and_the_new_one_alone_afterwards(rotating: Rotating) -> None:
    before = rotating.office.organisation(FIRMS[1], bank_account=ACCOUNT)
    old = rotating.active("digest")
    rotating.new_key("digest")
    rotating.use()
    after = rotating.office.organisation(FIRMS[2], bank_account=ACCOUNT)
    assert shared(rotating.office, before, after) == {before: (after,), after: (before,)}
    rotating.renew()
    rotating.take_away("digest", old)
    rotating.use()
    rotating.renew()
    assert shared(rotating.office, before, after) == {before: (after,), after: (before,)}
    with rotating.office.harness.database.reading() as session:
        assert set(session.scalars(select(AccountDigest.key_id))) == {rotating.active("digest")}


def test_an_account_changed_while_it_is_renewed_keeps_no_digest_of_the_old_one(
    rotating: Rotating, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change begins between reading the old account and writing its digest, and is let in only after that."""
    first = rotating.office.organisation(FIRMS[1], bank_account=ACCOUNT)
    second = rotating.office.organisation(FIRMS[2], bank_account=ACCOUNT)
    forget(rotating)
    make: Callable[[Digests, Any], Any] = Digests._digest
    changing: list[Future[str]] = []

    def meanwhile(self: Digests, found: Any) -> Any:
        if self.what is ACCOUNTS and not changing:
            account = FIRMS[2].bank_account
            changing.append(pool.submit(rotating.office.organisation, FIRMS[2], bank_account=account))
            wait(changing, timeout=0.5)
        return make(self, found)

    monkeypatch.setattr(Digests, "_digest", meanwhile)
    with ThreadPoolExecutor(1) as pool:
        rotating.renew()
    assert changing[0].result() == second
    assert shared(rotating.office, first, second) == {}


def test_an_account_that_cannot_be_read_is_not_passed_over(rotating: Rotating) -> None:
    other = rotating.office.organisation(FIRMS[1], bank_account=ACCOUNT)
    with rotating.office.harness.database.transaction() as session:
        broken = session.get(Organisation, rotating.employer)
        assert broken is not None
        broken.bank_account = b"\x01\x01x"
    forget(rotating)
    rotating.renew()
    with pytest.raises(Unavailable):
        asked(rotating.office, other)


def forget(rotating: Rotating) -> None:
    """As a database from before there were digests of accounts."""
    with rotating.office.harness.database.transaction() as session:
        session.execute(delete(AccountDigest))
