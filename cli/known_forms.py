"""The spreadsheets that scenarios know by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from programmes.apprenticeship.forms.roster import RosterHead, read_roster, write_roster
from shared.forms.spreadsheet.sheets import SheetRead
from shared.scenario.files import Form


class _ApprenticeRoster:
    """学徒花名册; `head`: the fields of RosterHead."""

    def read(self, data: bytes, today: date) -> SheetRead:
        return read_roster(data, today)

    def write(self, head: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> bytes:
        return write_roster(RosterHead(**head), rows)


KNOWN_FORMS: Mapping[str, Form] = {"apprentice_roster": _ApprenticeRoster()}
