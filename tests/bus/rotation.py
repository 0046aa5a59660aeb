"""A story for a running system, real or embedded: every key is rotated while people are registered and found."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from shared.clock import beijing_today, now
from shared.contracts.kernel.files import GET_CHUNK, JOIN_FILE, PUT_CHUNK
from shared.contracts.kernel.key_usage import KEY_USAGE, AskKeyUsage
from shared.runtime.system_client import SANDBOX_ISSUER, System, speaker_of
from shared.scenario.made_up_parties import organisations, people
from shared.security import key_files
from shared.security.speaker import Speaker
from shared.security.tokens import TokenIssuer

PATIENCE = 60.0
DISTRICT = "110105"
OFFICER = speaker_of("district_officer", "officer-1", DISTRICT)
RINGS = ("personal", "digest", "objects")
SIGNING = ("services/registry/token", "services/review/token", "services/registry/audit", f"issuers/{SANDBOX_ISSUER}")
EVERYBODY = people(240, seed=31)
LOADS = 3
PER_CALL = 4
SCAN = b"a scanned page"


@dataclass
class Story:
    """`system`: the running one; `keys_dir`: the folder that its processes read."""

    system: System
    keys_dir: Path
    employer: str = ""
    registered: dict[int, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    rounds: int = 0

    # --- one act each ------------------------------------------------------------------------------------------------

    def ask(self, route: str, payload: dict[str, Any], speaker: Speaker = OFFICER) -> Any:
        """Once, with no patience: an error is an error. Signed by whatever key the issuer uses now."""
        issuer = TokenIssuer(SANDBOX_ISSUER, self.system.keys.issuer_key(SANDBOX_ISSUER))
        return replace(self.system, issuer=issuer).call(route, payload, speaker, patience=0.0)

    def register(self, numbers: list[int]) -> None:
        rows = [
            {"row": number + 1, "name": one.name, "document_kind": "resident_id", "document_number": one.id_number}
            for number, one in ((number, EVERYBODY[number]) for number in numbers)
        ]
        answer = self.ask("registry.register_people", {"organisation_id": self.employer, "rows": rows})
        for row in answer["rows"]:
            assert row["id"], row
            before = self.registered.setdefault(row["row"] - 1, row["id"])
            assert before == row["id"], f"registered twice: {row}"

    def find(self, number: int) -> str | None:
        asked = {"document_kind": "resident_id", "document_number": EVERYBODY[number].id_number}
        found: str | None = self.ask("registry.find_person", asked)["person_id"]
        return found

    def needed(self) -> dict[str, dict[str, int]]:
        usage = self.system.ask(KEY_USAGE["registry"], AskKeyUsage())
        return {ring.ring: ring.needed for ring in usage.rings if ring.needed}

    # --- the load ----------------------------------------------------------------------------------------------------

    def load(self, first: int, stop: threading.Event) -> None:
        """Registers people of its own and finds them again, and again those of the beginning."""
        mine = range(first, len(EVERYBODY), LOADS)
        place = 0
        while not stop.is_set() and not self.errors:
            numbers = [mine[(place + step) % len(mine)] for step in range(PER_CALL)]
            try:
                self.register(numbers)
                wrong = [number for number in (*numbers, 0) if self.find(number) != self.registered[number]]
                assert wrong == [], f"not found: {wrong}"
            except Exception as error:
                self.errors.append(f"{type(error).__name__}: {error}")
            place += PER_CALL
            self.rounds += 1

    # --- the story ---------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        firm = organisations(1, seed=31)[0]
        organisation = {
            "name": firm.name,
            "uscc": firm.uscc,
            "kind": "enterprise",
            "district": DISTRICT,
            "industry_code": "C3311",
            "bank_account": firm.bank_account,
            "bank_name": "示例银行",
        }
        self.employer = self.ask("registry.register_organisation", organisation)["organisation_id"]
        self.register(list(range(12)))
        chunk = self.ask(PUT_CHUNK["registry"].route, {"data": b64encode(SCAN).decode()})["chunk"]
        file = {"file": chunk, "chunks": [chunk], "name": "scan.pdf", "media_type": "application/pdf"}
        assert chunk == f"sha256:{hashlib.sha256(SCAN).hexdigest()}"
        self.ask(JOIN_FILE["registry"].route, file)

    def rotate(self) -> dict[str, str]:
        """A new key everywhere, in use at once; the old ones by folder."""
        old = {}
        for folder in (*RINGS, *SIGNING):
            old[folder] = key_files.active_id(self.keys_dir, folder)
            key_files.activate(self.keys_dir, folder, key_files.add_key(self.keys_dir, folder, beijing_today()))
        return old

    def age(self) -> None:
        """As if the change had been made two hours ago."""
        for folder in (*RINGS, *SIGNING):
            os.utime(self.keys_dir / folder / "active", times=(time.time() - 7200, time.time() - 7200))

    def some_rounds(self) -> None:
        """Lets the load go on for a while that is counted in what it does."""
        until = self.rounds + 4 * LOADS
        self.eventually(lambda: self.rounds >= until)

    def eventually(self, condition: Callable[[], Any]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert self.errors == []
            assert time.monotonic() < deadline, "it did not come about"
            time.sleep(0.05)

    def play(self, retire: Callable[[str, str], None]) -> None:
        """`retire(ring, key id)`: ends a key as an operator does."""
        self.begin()
        stop = threading.Event()
        threads = [threading.Thread(target=self.load, args=(number, stop)) for number in range(LOADS)]
        for thread in threads:
            thread.start()
        try:
            self.some_rounds()
            old_token = self.system.issuer
            old = self.rotate()
            self.some_rounds()
            self.eventually(lambda: not self.needed())
            self.age()
            for ring in RINGS:
                retire(ring, old[ring])
                assert not (self.keys_dir / ring / f"{old[ring]}.key").exists()
                self.some_rounds()
        finally:
            stop.set()
            for thread in threads:
                thread.join(PATIENCE)
        assert self.errors == []
        for folder in SIGNING:
            key_files.retire(self.keys_dir, folder, old[folder], now())
        self._nothing_is_lost()
        self._the_old_token_key_is_worth_nothing(old_token)

    def _nothing_is_lost(self) -> None:
        assert {number: self.find(number) for number in self.registered} == self.registered
        self.register(sorted(self.registered))  # everybody again: nobody is new
        file = f"sha256:{hashlib.sha256(SCAN).hexdigest()}"
        fetched = self.ask(GET_CHUNK["registry"].route, {"file": file, "number": 0})
        assert b64decode(fetched["data"]) == SCAN
        assert self.needed_with_new_issuer() == {}

    def needed_with_new_issuer(self) -> dict[str, Any]:
        rings = self.ask(KEY_USAGE["registry"].route, {}, speaker_of("operator", "o"))["rings"]
        return {ring["ring"]: ring["needed"] for ring in rings if ring["needed"]}

    def _the_old_token_key_is_worth_nothing(self, old: TokenIssuer) -> None:
        def refused() -> bool:
            try:
                replace(self.system, issuer=old).call(
                    "registry.settlement", {}, speaker_of("operator", "o"), patience=0.0
                )
            except Exception as error:
                return type(error).__name__ == "Unauthenticated"
            return False

        self.eventually(refused)


def embedded_story(folder: Path) -> None:
    """The story in this process, which is green from its first line on; the retiring without a second process."""
    from shared.runtime import embedded
    from shared.runtime.system_client import system_at
    from shared.security.keys import FolderSource, Keys

    with embedded.running(folder, [SANDBOX_ISSUER]) as running:
        keys = Keys(FolderSource(running.keys))
        with closing(system_at(embedded.AMQP_URL, keys)) as system:
            story = Story(system, running.keys)
            story.play(lambda ring, key_id: key_files.retire(running.keys, ring, key_id, now()))
    sys.stdout.write(f"{len(story.registered)} people, {story.rounds} rounds\n")
