"""All five services in this process, on a folder: keys, five SQLite files, encrypted files, the memory broker.

One process at a time: a second one is refused by a lock, since two brokers in two memories would part the system.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.clock import beijing_today
from shared.contracts.schema.declare import SERVICES
from shared.kernel.policy_documents import refuse_changed
from shared.runtime import launcher
from shared.runtime.rulebook import checked_policies
from shared.security import key_files
from shared.settings import Settings, SettingsError, bank, closing, telling
from shared.store.migrate import upgrade

AMQP_URL = "memory://localhost"  # kombu warns without a host


@dataclass(frozen=True)
class Folder:
    """Where an embedded system keeps everything."""

    root: Path

    @property
    def keys(self) -> Path:
        """The folder of keys."""
        return self.root / "keys"

    def settings(self, service: str) -> Settings:
        """What a service is told here; the rest comes from the environment, as in production."""
        return Settings(
            service=service,
            database_url=f"sqlite:///{self.root / service}.db",
            amqp_url=AMQP_URL,
            keys_dir=self.keys,
            objects_dir=self.root / "objects" / service,
            policy_path=os.environ.get("POLICY_PATH", ""),
            holiday_path=os.environ.get("HOLIDAY_PATH", ""),
            allow_clock=True,
            smtp_url=os.environ.get("SMTP_URL"),
            mail_from=os.environ.get("MAIL_FROM"),
            **telling(os.environ),
            **closing(os.environ),
            **bank(os.environ),
        )


@contextlib.contextmanager
def running(root: Path, issuers: Iterable[str]) -> Iterator[Folder]:
    """The system on `root`, made at the first start. Raises SettingsError where another process holds it or a
    known document's body has changed, PolicyProblems where a document can't be used."""
    root.mkdir(parents=True, exist_ok=True)
    folder = Folder(root.absolute())
    with _lock(folder.root / "lock"):
        key_files.init(folder.keys, SERVICES, issuers, beijing_today())
        settings = [folder.settings(service) for service in SERVICES]
        policies = checked_policies(settings[0].policy_path)
        for one in settings:
            refuse_changed(one.database_url, policies)  # of all, before any is migrated
        for one in settings:
            upgrade(one.service, one.database_url)
        with launcher.embedded(settings):
            yield folder


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"{path.parent} is in use by another process: wait for it, or use --data") from None
        yield
