"""Keys change while messages wait: whatever an old key sealed is sealed again, and leaves as before."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy import LargeBinary

from services.notify.channels.signed_post import signature
from services.notify.models import NotifyTable
from services.notify.service import NotifyService
from shared.clock import beijing_today
from shared.security import key_files
from shared.security.keys import FolderSource, Keys
from tests.services.notify.channels.webhook_receivers import Hook, receiving
from tests.services.notify.driver import ALL, Driver
from tests.services.notify.samples import EMPLOYER


def use_keys(driver: Driver) -> None:
    """What a process does when it notices that its keys have changed."""
    keys_dir = driver.harness.settings.keys_dir
    assert keys_dir is not None
    NotifyService.prepare(replace(driver.harness.settings, webhook_hosts="127.0.0.1"), Keys(FolderSource(keys_dir)))


def test_every_sealed_column_is_renewed(driver: Driver) -> None:
    sealed = {
        (table.name, column.name)
        for table in NotifyTable.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    (renewal,) = NotifyService.renewals(driver.harness.database)
    assert {(one.table.__tablename__, one.column) for one in renewal.holdings} == sealed  # type: ignore[attr-defined]


def test_without_the_old_key_messages_are_read_and_webhooks_signed_as_before(driver: Driver) -> None:
    keys_dir = driver.harness.settings.keys_dir
    assert keys_dir is not None
    use_keys(driver)
    with receiving(Hook()) as hook:
        made = driver.choose(driver.employer(EMPLOYER), ALL, webhook_url=f"http://127.0.0.1:{hook.port}/in")
        driver.pay()
        (before,) = driver.messages(driver.employer(EMPLOYER))
        old = key_files.active_id(keys_dir, "personal")
        key_files.activate(keys_dir, "personal", key_files.add_key(keys_dir, "personal", beijing_today()))
        use_keys(driver)
        (renewal,) = NotifyService.renewals(driver.harness.database)
        assert renewal.usage() == {old: 4}
        assert sum(iter(renewal.round, 0)) >= 4
        assert renewal.usage() == {}
        (keys_dir / "personal" / f"{old}.key").unlink()
        use_keys(driver)
        assert driver.round("webhook") == 1
    assert driver.messages(driver.employer(EMPLOYER))[0].title == before.title
    (body,), (headers,) = hook.bodies, hook.headers
    assert json.loads(body)["id"] == before.message_id
    signed = signature(body, bytes.fromhex(made.secret or ""), int(headers["Skills-Timestamp"]))
    assert headers["Skills-Signature"] == f"v1={signed}"
    NotifyService.prepare(driver.harness.settings, Keys(FolderSource(keys_dir)))
