"""`make release-data RELEASE=…`: what a release leaves behind in its databases, for every later one to carry over.

Plays each story of `stories/` on an embedded system of its own and writes the rows of its services below
`data/<release>/<story>/`. Run once, on the commit that is released; what it wrote is never written again.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from shared.kernel.service import Service
from shared.store.key_rotation import SealedColumn
from tests.scenarios.stage import says
from tests.services.harness import KernelHarness
from tests.upgrades import rows
from tests.upgrades.documents import set_off
from tests.upgrades.services import STORIES, service_of

HERE = Path(__file__).parent
DATA = HERE / "data"


def main() -> None:
    (release,) = sys.argv[1:] or [""]
    if not release or (DATA / release).exists():
        sys.exit("name a release that has no data yet: make release-data RELEASE=0.4")
    for story, services in STORIES.items():
        with tempfile.TemporaryDirectory(prefix="skills-release-") as folder:
            policy_path = str(set_off(Path(folder) / "policy")) if story == "set-off" else ""
            played = Path(folder) / "data"
            says("scenario", "run", HERE / "stories" / f"{story}.yaml", "--data", played, POLICY_PATH=policy_path)
            for service in services:
                write(service_of(service), played, policy_path, DATA / release / story / f"{service}.jsonl")


def write(service: type[Service], played: Path, policy_path: str, file: Path) -> None:
    """One service's rows, its sealed texts opened with the keys of the system that was played."""
    harness = KernelHarness(service, f"sqlite:///{played / service.name}.db", played, policy_path=policy_path)
    columns = [held for renewal in harness.renewals for held in renewal.holdings if isinstance(held, SealedColumn)]
    sealed: dict[str, dict[str, str]] = {}
    for held in columns:
        sealed.setdefault(held.table.__tablename__, {})[held.column] = held.row
    ciphers = {held.table.__tablename__: held.cipher for held in columns}
    with harness.database.engine.connect() as connection:
        found = rows.taken(connection, sealed, lambda stored, place: ciphers[place.table].decrypt(stored, place))
    rows.write(file, found)
    harness.close()


if __name__ == "__main__":
    main()
