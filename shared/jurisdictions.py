"""The places that a document governs and an officer works in: city, districts and what equals one (APP-1).

They are data: `data/jurisdictions.yaml`, and further files of the same form for other cities.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PACKAGED = Path(__file__).parent / "data" / "jurisdictions.yaml"

_CODE = re.compile(r"\d{6}")
_CITY_KEYS = {"code", "name", "districts"}
_DISTRICT_KEYS = {"code", "name", "note"}


class Level(StrEnum):
    """City above, districts and their equals below."""

    CITY = "city"
    DISTRICT = "district"


@dataclass(frozen=True)
class Jurisdiction:
    """One place. `code`: six digits; `city`: the code of its city (its own for a city); `name`: Chinese."""

    code: str
    name: str
    level: Level
    city: str
    note: str = ""


@dataclass(frozen=True)
class Jurisdictions:
    """Every place the system knows, by code."""

    by_code: Mapping[str, Jurisdiction]

    def find(self, code: str) -> Jurisdiction | None:
        """The place of a code, None when unknown."""
        return self.by_code.get(code)

    def name(self, code: str) -> str:
        """Its Chinese name; the code itself when unknown, so that a letter can still be written."""
        place = self.find(code)
        return place.name if place else code

    def bureau(self, code: str) -> str:
        """The human-resources bureau of a place, as it signs."""
        return f"{self.name(code)}人力资源和社会保障局"

    def districts(self, city: str) -> list[Jurisdiction]:
        """The districts of a city and what equals one, by code."""
        found = [place for place in self.by_code.values() if place.level is Level.DISTRICT and place.city == city]
        return sorted(found, key=lambda place: place.code)

    def covers(self, outer: str, inner: str) -> bool:
        """Whether a document of `outer` governs in `inner`: the place itself, or a district of that city."""
        place = self.find(inner)
        return outer == inner or (place is not None and place.city == outer)


@cache
def places() -> Jurisdictions:
    """The packaged places, read once."""
    return load()


def load(files: Iterable[Path] = (PACKAGED,)) -> Jurisdictions:
    """Reads jurisdiction files. Raises ValueError that names the file and the cure."""
    found: dict[str, Jurisdiction] = {}
    for file in files:
        for place in _read(file):
            if place.code in found:
                raise ValueError(f"{file}: {place.code} stands there twice or in an earlier file: keep one")
            found[place.code] = place
    return Jurisdictions(found)


def _read(file: Path) -> list[Jurisdiction]:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(document, dict) or set(document) != {"cities"} or not isinstance(document["cities"], list):
        raise ValueError(f"{file}: write one key, `cities`, with a list")
    return [place for city in document["cities"] for place in _city(file, city)]


def _city(file: Path, entry: Any) -> list[Jurisdiction]:
    code, name, _ = _named(file, entry, _CITY_KEYS)
    city = Jurisdiction(code, name, Level.CITY, code)
    districts = [_named(file, district, _DISTRICT_KEYS) for district in entry.get("districts") or []]
    return [city, *(Jurisdiction(own, label, Level.DISTRICT, code, note) for own, label, note in districts)]


def _named(file: Path, entry: Any, allowed: set[str]) -> tuple[str, str, str]:
    if not isinstance(entry, dict) or not {"code", "name"} <= set(entry) <= allowed:
        raise ValueError(f"{file}: {entry!r} is no place: give it `code` and `name`, and only {sorted(allowed)}")
    code, name = entry["code"], entry["name"]
    if not isinstance(code, str) or not _CODE.fullmatch(code) or not isinstance(name, str):
        raise ValueError(f'{file}: {entry!r}: write the code as six digits in quotes, such as "110105"')
    return code, name, str(entry.get("note", ""))
