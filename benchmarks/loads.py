"""The three calls that are compared. Each `open_…` makes one caller's own connection and returns its call.

stock_echo       stock nameko's client asks stock nameko's @rpc for the value that it sends
lightest_query   registry.ask_minimum_wage: who speaks, what they may, one indexed look into the database
full_command     registry.register_organisation: token, request id, one transaction with the organisation (its
                 account encrypted), the outbox event and the audit row; told to the bus afterwards
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from benchmarks import stock_echo
from shared.clock import now
from shared.contracts.registry.catalogues import (
    ASK_MINIMUM_WAGE,
    PUBLISH_CATALOGUE,
    AskMinimumWage,
    CatalogueEntry,
    PublishCatalogue,
)
from shared.contracts.registry.organisations import REGISTER_ORGANISATION, RegisterOrganisation
from shared.contracts.schema import codec
from shared.money import Money
from shared.runtime.system_client import System, speaker_of, system_at
from shared.scenario import made_up_parties
from shared.security.keys import FolderSource, Keys
from shared.security.tokens import LIFETIME_MAX

CITY, DISTRICT = "110000", "110105"
OFFICER = speaker_of("district_officer", "bench-officer", district=DISTRICT)
CITY_OFFICER = speaker_of("city_officer", "bench-city-officer")
WAGE_FROM = date(2021, 8, 1)
QUESTION = AskMinimumWage(CITY, WAGE_FROM)
ORGANISATIONS = 20_000
"""More than one caller registers in a run."""

Call = Callable[[], object]


@contextmanager
def our_system() -> Iterator[System]:
    """The system at AMQP_URL, spoken to with the keys of KEYS_DIR."""
    system = system_at(os.environ["AMQP_URL"], Keys(FolderSource(Path(os.environ["KEYS_DIR"]))))
    try:
        yield system
    finally:
        system.close()


@contextmanager
def open_stock_echo(_caller: int) -> Iterator[Call]:
    with stock_echo.client(os.environ["STOCK_AMQP_URL"]) as echo:
        value = codec.write(QUESTION)
        yield lambda: echo(value)


@contextmanager
def open_lightest_query(_caller: int) -> Iterator[Call]:
    with our_system() as system:
        token = system.issuer.issue(OFFICER, now(), LIFETIME_MAX)
        yield lambda: system.caller.call(ASK_MINIMUM_WAGE, QUESTION, token=token)


@contextmanager
def open_full_command(caller: int) -> Iterator[Call]:
    organisations = iter(made_up_parties.organisations(ORGANISATIONS, seed=caller))
    with our_system() as system:
        token = system.issuer.issue(OFFICER, now(), LIFETIME_MAX)

        def register() -> object:
            request = _registration(next(organisations))
            return system.caller.call(REGISTER_ORGANISATION, request, token=token, request_id=uuid.uuid4().hex)

        yield register


LOADS = {
    "stock_echo": open_stock_echo,
    "lightest_query": open_lightest_query,
    "full_command": open_full_command,
}


def publish_wage(system: System, edition: str) -> None:
    """A new edition of the minimum wage: the answer to the query, and an event that notify applies."""
    entry = CatalogueEntry(CITY, amount=Money.yuan(2000))
    request = PublishCatalogue("minimum_wage", edition, WAGE_FROM, "benchmark", (entry,))
    system.ask(PUBLISH_CATALOGUE, request, CITY_OFFICER)


def _registration(organisation: made_up_parties.MadeUpOrganisation) -> RegisterOrganisation:
    return RegisterOrganisation(
        name=organisation.name,
        uscc=organisation.uscc,
        kind="enterprise",
        district=DISTRICT,
        industry_code="3421",
        bank_account=organisation.bank_account,
        bank_name="示例银行",
    )
