"""The people and organisations of a scenario: made up, with valid numbers, the same ones for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from shared import made_up


class MadeUpCasting:
    """Plain JSON values of shared.made_up: dates as ISO text."""

    def people(self, count: int, seed: int) -> Sequence[dict[str, Any]]:
        """{name, id_number, born_on, phone, bank_account} of each."""
        return [_plain(person) for person in made_up.people(count, seed)]

    def organisations(self, count: int, seed: int) -> Sequence[dict[str, Any]]:
        """{name, uscc, bank_account} of each."""
        return [_plain(organisation) for organisation in made_up.organisations(count, seed)]


def _plain(made: made_up.MadeUpPerson | made_up.MadeUpOrganisation) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(made).items()}
