"""Which organisations are paid into the same account: compared by keyed digests, without one account being read."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from services.registry.access import require_all
from services.registry.models import AccountDigest, Organisation
from services.registry.privacy.lookup_digests import check_all_filled
from services.registry.privacy.searchable_fields import ACCOUNT, ACCOUNTS
from services.registry.privacy.vault import Vault
from shared.contracts.registry.registers import AskSharedAccounts, SharedAccount, SharedAccounts
from shared.kernel.work import Look
from shared.security.speaker import Purpose
from shared.store.bulk import insert_absent

OTHERS_NAMED = 50
"""For each payee; more would say nothing new, and five hundred payees with one account wouldn't fit into an answer."""


def store_digests(session: Session, organisation_id: str, account: str, vault: Vault) -> None:
    """Puts the digests of an account, under every key, in the place of those of the one before.

    The organisation is written first: whoever renews digests holds its row, so an old account's never come back.
    """
    session.flush()
    session.execute(
        delete(AccountDigest).where(AccountDigest.organisation_id == organisation_id),
        execution_options={"synchronize_session": False},
    )
    rows = [
        {"key_id": key_id, "digest": digest, "organisation_id": organisation_id}
        for key_id, digest in sorted(vault.digests(ACCOUNT, account))
    ]
    insert_absent(session, AccountDigest, rows)


def ask_shared_accounts(look: Look, request: AskSharedAccounts, vault: Vault) -> SharedAccounts:
    """Payees whose account somebody else has, too, wherever registered; raises InvalidRequest for unknown ones.

    Raises Unavailable while some account can't be compared: it might be the same one.
    """
    ids = tuple(dict.fromkeys(request.organisation_ids))
    asked = select(Organisation.id, Organisation.bank_account.is_(None)).where(Organisation.id.in_(ids))
    without = {row.id: row[1] for row in look.session.execute(asked)}
    require_all("organisation_ids", request.organisation_ids, without, "没有登记这个单位，请核对编号")
    check_all_filled(look.session, vault.lookup.ring.now().keys, ACCOUNTS)
    look.note(*(f"organisation:{one}" for one in sorted(ids)), purpose=Purpose.PAYMENT)
    others = _sharing(look.session, ids)
    return SharedAccounts(
        tuple(SharedAccount(one, tuple(sorted(others[one])[:OTHERS_NAMED])) for one in ids if one in others),
        tuple(one for one in ids if without[one]),
    )


def _sharing(session: Session, ids: tuple[str, ...]) -> dict[str, set[str]]:
    """Of these organisations, those with the same account under any key."""
    mine, other = aliased(AccountDigest), aliased(AccountDigest)
    pairs = (
        select(mine.organisation_id, other.organisation_id)
        .join(other, (other.key_id == mine.key_id) & (other.digest == mine.digest))
        .where(mine.organisation_id.in_(ids), other.organisation_id != mine.organisation_id)
    )
    others: dict[str, set[str]] = defaultdict(set)
    for one, another in session.execute(pairs):
        others[one].add(another)
    return others
