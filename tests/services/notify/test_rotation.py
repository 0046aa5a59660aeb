"""Keys change while messages wait: whatever an old key sealed is sealed again, and leaves as before."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy import LargeBinary

from services.notify.channels.signed_post import signature
from services.notify.models import NotifyTable
from services.notify.service import NotifyService
from shared.clock import beijing_today
from shared.contracts.notify.messages import SET_CHANNELS, ChannelChoice, SetChannels
from shared.contracts.registry.parties import AccountList
from shared.contracts.subsidy import payments
from shared.security import key_files
from shared.security.keys import FolderSource, Keys
from tests.services.notify import samples
from tests.services.notify.desk import Desk
from tests.services.notify.hooks import Hook, receiving
from tests.services.notify.samples import EMPLOYER


def use_keys(desk: Desk) -> None:
    """What a process does when it notices that its keys have changed."""
    keys_dir = desk.harness.settings.keys_dir
    assert keys_dir is not None
    NotifyService.prepare(replace(desk.harness.settings, webhook_hosts="127.0.0.1"), Keys(FolderSource(keys_dir)))


def test_every_sealed_column_is_renewed(desk: Desk) -> None:
    sealed = {
        (table.name, column.name)
        for table in NotifyTable.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    (renewal,) = NotifyService.renewals(desk.harness.database)
    assert {(one.table.__tablename__, one.column) for one in renewal.holdings} == sealed  # type: ignore[attr-defined]


def test_without_the_old_key_messages_are_read_and_webhooks_signed_as_before(desk: Desk) -> None:
    keys_dir = desk.harness.settings.keys_dir
    assert keys_dir is not None
    use_keys(desk)
    with receiving(Hook()) as hook:
        choice = SetChannels((ChannelChoice("all", mail=False, webhook=True),), f"http://127.0.0.1:{hook.port}/in")
        made = desk.harness.call(desk.employer(EMPLOYER), SET_CHANNELS, choice)
        desk.harness.hear(payments.PAYMENT_CONFIRMED, "claim-0", samples.PAYMENT)
        (before,) = desk.messages(desk.employer(EMPLOYER))
        old = key_files.active_id(keys_dir, "personal")
        key_files.activate(keys_dir, "personal", key_files.add_key(keys_dir, "personal", beijing_today()))
        use_keys(desk)
        (renewal,) = NotifyService.renewals(desk.harness.database)
        assert renewal.usage() == {old: 4}
        assert sum(iter(renewal.round, 0)) >= 4
        assert renewal.usage() == {}
        (keys_dir / "personal" / f"{old}.key").unlink()
        use_keys(desk)
        errands = NotifyService.errands(desk.harness.database, lambda *_, **__: AccountList(()))
        assert [loop.work() for loop in errands if loop.name == "webhook"] == [1]
    assert desk.messages(desk.employer(EMPLOYER))[0].title == before.title
    (body,), (headers,) = hook.bodies, hook.headers
    assert json.loads(body)["id"] == before.message_id
    signed = signature(body, bytes.fromhex(made.secret or ""), int(headers["Skills-Timestamp"]))
    assert headers["Skills-Signature"] == f"v1={signed}"
    NotifyService.prepare(desk.harness.settings, Keys(FolderSource(keys_dir)))
