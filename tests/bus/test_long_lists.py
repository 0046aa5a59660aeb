"""While one call works through five thousand rows, its service still says that it is alive."""

from __future__ import annotations

import threading
import urllib.request

from shared.bus.system import speaker_of
from shared.contracts import registry
from shared.made_up import organisations, people
from tests.bus.conftest import Processes

OFFICER = speaker_of("district_officer", "officer-1", district="110105")


def alive(url: str) -> bool:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return int(answer.status) == 200


def test_a_service_is_alive_while_it_registers_five_thousand_people(processes: Processes) -> None:
    processes.start("registry")
    (firm,) = organisations(1, seed=51)
    system = processes.system
    known = system.ask(
        registry.REGISTER_ORGANISATION,
        registry.RegisterOrganisation(firm.name, firm.uscc, "enterprise", "110105", "3421"),
        OFFICER,
    )
    rows = tuple(
        registry.PersonRow(number, person.name, "resident_id", person.id_number, person.phone)
        for number, person in enumerate(people(5000, seed=51), start=1)
    )
    request = registry.RegisterPeople(known.organisation_id, rows)
    answered = threading.Event()
    outcomes: set[str] = set()

    def register() -> None:
        answer = system.ask(registry.REGISTER_PEOPLE, request, OFFICER)
        outcomes.update(row.outcome for row in answer.rows)
        answered.set()

    calling = threading.Thread(target=register)
    calling.start()
    url = f"http://127.0.0.1:{processes.services['registry'].settings['HTTP_PORT']}/healthz"
    meanwhile = 0
    while not answered.is_set():
        assert alive(url)
        meanwhile += not answered.is_set()
    calling.join()
    assert outcomes == {"accepted"}
    assert meanwhile >= 2
