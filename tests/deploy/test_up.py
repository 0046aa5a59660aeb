"""The order in which `make up` brings the system up: no database is changed before all of them have been looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from deploy.local.system import LocalSystem
from deploy.local.up import up
from shared.policy.problems import PolicyProblems
from shared.settings import SettingsError
from tests.rules.policy import EXAMPLE_CITY


@dataclass
class RecordedService:
    """A service that is down; notes what is done to it, and refuses where a document is said to have changed."""

    name: str
    done: list[str]
    changed: bool = False
    process: None = None

    def check_documents(self, policies: Any) -> None:
        assert policies.current
        self.done.append(f"check {self.name}")
        if self.changed:
            raise SettingsError("the body has changed")

    def migrate(self) -> None:
        self.done.append(f"migrate {self.name}")

    def start(self) -> None:
        self.done.append(f"start {self.name}")


class RecordedSystem:
    """A system of such services, without servers."""

    def __init__(self, *services: RecordedService) -> None:
        self._services = services

    def start_servers(self) -> None:
        """None are needed."""

    def make_keys(self) -> None:
        """None are needed."""

    def services(self, _servers: Any) -> list[RecordedService]:
        return list(self._services)


def test_where_the_last_database_knows_another_body_the_first_is_not_migrated() -> None:
    done: list[str] = []
    system = RecordedSystem(RecordedService("registry", done), RecordedService("notify", done, changed=True))
    with pytest.raises(SettingsError):
        up(cast("LocalSystem", system))
    assert done == ["check registry", "check notify"]


def test_a_document_that_the_rules_of_all_services_cannot_read_stops_it_before_any_database_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = EXAMPLE_CITY.read_text("utf-8").replace("[subsidy.standard]", "[subsidy.guess]")
    (tmp_path / "city.yaml").write_text(faulty, "utf-8")
    monkeypatch.setenv("POLICY_PATH", str(tmp_path))
    done: list[str] = []
    with pytest.raises(PolicyProblems, match=r"subsidy\.guess"):
        up(cast("LocalSystem", RecordedSystem(RecordedService("notify", done))))
    assert done == []
