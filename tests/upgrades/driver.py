"""A system as a release left it, brought to today's version the way an operator does it, on harnesses of today.

Each service's rows are put into a database of the version that wrote them; the documents are checked, then migrations
run, then the kernel starts. What services ask each other is answered by the others' kernels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from shared.clock import beijing_today
from shared.contracts.registry import eligibility, organisations
from shared.contracts.schema.declare import SERVICES, Method
from shared.contracts.training import enrolments
from shared.kernel.policy_documents import refuse_changed
from shared.runtime.rulebook import checked_policies
from shared.security import key_files
from shared.security.keys import FolderSource, Keys
from shared.security.personal import PersonalCipher
from shared.security.speaker import Purpose, Speaker
from shared.store.database import Database
from shared.store.migrate import upgrade
from tests.conftest import MadeDatabase
from tests.services.harness import KernelHarness
from tests.upgrades import rows
from tests.upgrades.services import STORIES, service_of

MakeDatabase = Callable[..., MadeDatabase]
ASKED_OF_REGISTRY = (organisations.LIST_ORGANISATIONS, eligibility.DECIDE_PARTIES, eligibility.ASK_OCCUPATION)


class Driver:
    """The services of one story of a release, each on a harness."""

    def __init__(self, story: str, folder: Path, policy_path: str) -> None:
        self.story = story
        self.folder = folder
        self.policy_path = policy_path
        self.harnesses: dict[str, KernelHarness] = {}
        self.was: dict[str, list[rows.Rows]] = {}

    @classmethod
    def of(cls, data: Path, make_database: MakeDatabase, dialect: str, folder: Path, policy_path: str = "") -> Driver:
        """All services whose rows lie in `data`."""
        made = cls(f"{data.parent.name}/{data.name}", folder, policy_path)
        for service in STORIES[data.name]:
            made._upgrade(service, data / f"{service}.jsonl", make_database(service, dialect, migrated=False))
        made._introduce()
        return made

    def __getitem__(self, service: str) -> KernelHarness:
        return self.harnesses[service]

    def rows(self, service: str, table: str, **values: Any) -> list[Mapping[str, Any]]:
        """Rows as they were before the upgrade, by some of their values."""
        tables = (each for each in self.was[service] if each.table == table)
        found = [dict(zip(each.columns, row, strict=True)) for each in tables for row in each.rows]
        return [row for row in found if values.items() <= row.items()]

    def close(self) -> None:
        for harness in self.harnesses.values():
            harness.close()

    def _upgrade(self, service: str, file: Path, made: MadeDatabase) -> None:
        before = self.was[service] = rows.read(file)
        for version in rows.versions(before):
            upgrade(service, made.owner_url, to=version)
        owner = Database(made.owner_url)
        with owner.engine.begin() as connection:
            rows.put(connection, before, self._cipher(service).encrypt)
        owner.dispose()
        refuse_changed(made.owner_url, checked_policies(self.policy_path))
        upgrade(service, made.owner_url, runs_as=service if made.dialect == "postgresql" else None)
        harness = KernelHarness(service_of(service), made.url, self.folder / service, policy_path=self.policy_path)
        for renewal in harness.renewals:
            while renewal.round():
                """Digests are made again, as they are when keys rotate."""
        self.harnesses[service] = harness

    def _cipher(self, service: str) -> PersonalCipher:
        """Under the keys that the harness of the service will find."""
        keys_dir = self.folder / service / "keys"
        key_files.init(keys_dir, SERVICES, ["harness"], beijing_today())
        return PersonalCipher(Keys(FolderSource(keys_dir)).ring("personal"))

    def _introduce(self) -> None:
        for name, harness in self.harnesses.items():
            for method in ASKED_OF_REGISTRY:
                if name != "registry" and "registry" in self.harnesses:
                    harness.answers(method, self._asked(name, self.harnesses["registry"], method))
            if name != "training" and "training" in self.harnesses:
                harness.answers(
                    enrolments.ASK_FUNDED, self._asked(name, self.harnesses["training"], enrolments.ASK_FUNDED)
                )

    @staticmethod
    def _asked(asker: str, neighbour: KernelHarness, method: Method[Any, Any]) -> Callable[[Any], Any]:
        speaker = Speaker.service(asker, frozenset(Purpose))
        return lambda request: neighbour.call(speaker, method, request)
