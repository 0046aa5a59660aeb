"""The personal data of the main road, and where it may not be found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from shared.scenario import made_up_parties


@cache
def known() -> dict[bytes, str]:
    """What may not be found, as it would stand in a file, with the name of its kind: plain, and escaped as in JSON."""
    told: dict[str, str] = {}
    for person in [*made_up_parties.people(33, 7), *made_up_parties.people(4, 8)]:
        told |= {person.name: "name", person.id_number: "ID number", person.phone: "phone"}
        told |= {person.bank_account: "account"}
    told |= {organisation.bank_account: "account" for organisation in made_up_parties.organisations(2, 7)}
    return {form: kind for text, kind in told.items() for form in (text.encode(), json.dumps(text)[1:-1].encode())}


def found_in(content: bytes) -> set[str]:
    """The kinds of personal data that it holds."""
    return {kind for text, kind in known().items() if text in content}


def found_under(folder: Path) -> Iterator[tuple[str, set[str]]]:
    """Each file below the folder that holds any, with what kinds."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and (kinds := found_in(file.read_bytes())):
            yield str(file.relative_to(folder)), kinds
