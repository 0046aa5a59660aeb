"""While one call works through five thousand rows, its service still says that it is alive."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TypeVar

from shared.contracts.registry import registers
from shared.contracts.registry.organisations import REGISTER_ORGANISATION, RegisterOrganisation
from shared.contracts.registry.people import REGISTER_PEOPLE, PersonRow, RegisterPeople
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.runtime.system_client import speaker_of
from shared.scenario.made_up_parties import organisations, people
from tests.bus.conftest import Processes

Answer = TypeVar("Answer")

OFFICER = speaker_of("district_officer", "officer-1", district="110105")


def alive(url: str) -> bool:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return int(answer.status) == 200


def asked_while_alive(processes: Processes, ask: Callable[[], Answer]) -> Answer:
    """The answer; until it came the registry was seen alive, more than once."""
    url = f"http://127.0.0.1:{processes.services['registry'].settings['HTTP_PORT']}/healthz"
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(ask)
        meanwhile = 0
        while not asking.done():
            assert alive(url)
            meanwhile += not asking.done()
        answer = asking.result()
    assert meanwhile >= 2
    return answer


def test_a_service_is_alive_while_it_registers_and_imports_five_thousand_people(processes: Processes) -> None:
    processes.start("registry")
    (firm,) = organisations(1, seed=51)
    made = people(ROWS_PER_CALL, seed=51)
    ask = processes.system.ask
    known = ask(
        REGISTER_ORGANISATION,
        RegisterOrganisation(firm.name, firm.uscc, "enterprise", "110105", "3421"),
        OFFICER,
    )
    rows = tuple(
        PersonRow(number, person.name, "resident_id", person.id_number, person.phone)
        for number, person in enumerate(made, start=1)
    )
    registering = RegisterPeople(known.organisation_id, rows)
    registered = asked_while_alive(processes, lambda: ask(REGISTER_PEOPLE, registering, OFFICER))
    assert {row.outcome for row in registered.rows} == {"accepted"}

    since = date(2022, 3, 1)
    entries = tuple(
        registers.RegisterRow(number, "resident_id", person.id_number, since)
        for number, person in enumerate(made, start=1)
    )
    importing = registers.ImportRegister("student", "示例学籍管理部门", since, entries)
    imported = asked_while_alive(processes, lambda: ask(registers.IMPORT_REGISTER, importing, OFFICER))
    assert {row.outcome for row in imported.rows} == {"accepted"}
