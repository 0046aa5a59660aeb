"""A service starts only with documents that its rules can decide by, and loads no other service to say so.

What needs the rules of all services is seen before: by `make up`, `skills migrate` and whoever runs all five at once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.processes import environment
from deploy.local.services import REPOSITORY, SKILLS
from services.subsidy.service import SubsidyService
from shared.clock import beijing_today
from shared.contracts.schema.declare import SERVICES
from shared.policy.problems import PolicyProblems
from shared.runtime.assembly import assemble
from shared.security import key_files
from shared.settings import Settings
from shared.store.migrate import upgrade
from tests.rules.policy import EXAMPLE_CITY

UNREAD = """values:
  subsidy.never_read: {unit: yuan_per_person, clause: 二(九), force: must, evidence: 十元, value: 10}
"""

LOADED = """
import json, sys
from pathlib import Path
from shared.runtime import launcher
from shared.settings import Settings
service, url, keys, objects = sys.argv[1:]
launcher.Running(Settings(service, url, "memory://localhost", Path(keys), Path(objects)))
print(json.dumps(sorted(name for name in sys.modules if name.startswith("services."))))
"""


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    key_files.init(tmp_path / "keys", SERVICES, [], beijing_today())
    return tmp_path / "keys"


def city(folder: Path, before: str, after: str) -> Path:
    """The example city's document with one change."""
    text = EXAMPLE_CITY.read_text("utf-8")
    assert text.count(before) == 1
    folder.mkdir()
    (folder / "city.yaml").write_text(text.replace(before, after), "utf-8")
    return folder


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_process_loads_its_own_rules_and_no_other_service(service: str, keys: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / service}.db"
    upgrade(service, url)
    command = [sys.executable, "-c", LOADED, service, url, str(keys), str(tmp_path / "objects")]
    done = subprocess.run(command, env=environment(), cwd=REPOSITORY, capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert {f"services.{service}.service", f"services.{service}.rules"} <= set(loaded)
    assert {name.split(".")[1] for name in loaded} == {service}


def test_a_document_that_a_services_rules_cannot_decide_by_keeps_it_from_starting(keys: Path, tmp_path: Path) -> None:
    documents = city(tmp_path / "documents", "[subsidy.standard]", "[subsidy.guess]")
    url = f"sqlite:///{tmp_path / 'subsidy.db'}"
    settings = Settings("subsidy", url, "memory://localhost", keys, tmp_path / "objects", str(documents))
    with pytest.raises(PolicyProblems, match=r"没有 subsidy\.guess 这个规则函数"):
        assemble(SubsidyService, settings)


@pytest.mark.parametrize("command", [("migrate", "notify"), ("call", "notify.settlement", "--data", "{folder}")])
def test_a_figure_that_no_rule_of_any_service_reads_is_refused_before_anything_is_touched(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    documents = city(tmp_path / "documents", "\nvalues:\n", f"\n{UNREAD}")
    folder = tmp_path / "city"
    settings = {"POLICY_PATH": str(documents), "DATABASE_OWNER_URL": f"sqlite:///{folder / 'notify.db'}"}
    arguments = [part.format(folder=folder) for part in command]
    done = subprocess.run(
        [*SKILLS, *arguments], env=environment(**settings), cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "subsidy.never_read" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert not list(folder.glob("*.db"))
