"""The people and organisations of a scenario: made up, with valid numbers, the same ones for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from shared.scenario import made_up_parties


class MadeUpCasting:
    """Plain JSON values of shared.scenario.made_up_parties: dates as ISO text."""

    def people(self, count: int, seed: int) -> Sequence[dict[str, Any]]:
        """{name, id_number, born_on, phone, bank_account} of each."""
        return [_plain(person) for person in made_up_parties.people(count, seed)]

    def organisations(self, count: int, seed: int) -> Sequence[dict[str, Any]]:
        """{name, uscc, bank_account} of each."""
        return [_plain(organisation) for organisation in made_up_parties.organisations(count, seed)]


def _plain(made: made_up_parties.MadeUpPerson | made_up_parties.MadeUpOrganisation) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(made).items()}
