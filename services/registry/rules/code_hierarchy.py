"""Which entries of a catalogue catch a code: the code itself and whatever stands above it (APP-4, INT-25).

    industry     GB/T 4754-2017: section C ▸ division 34 ▸ group 342 ▸ class 3421; `C3421` says the same as `3421`
    occupation   the national classification: 6 ▸ 6-18 ▸ 6-18-01 ▸ 6-18-01-01; `6180101` says the same

An entry catches everything below it and nothing above: 34 catches 3421, and 3421 doesn't catch 34.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import normalize

_SECTIONS = dict(  # section → its first division, of GB/T 4754-2017; divisions run on to the next section's
    pair.split()
    for pair in (
        *("A 01", "B 06", "C 13", "D 44", "E 47", "F 51", "G 53", "H 61", "I 63", "J 66"),
        *("K 70", "L 71", "M 73", "N 76", "O 80", "P 83", "Q 84", "R 86", "S 91", "T 97"),
    )
)
_INDUSTRY = re.compile(r"([A-T]?)([0-9]{2,4})")
_UNDASHED = re.compile(r"([0-9])([0-9]{2})([0-9]{2})([0-9]{2})")


def standing_above(code: str) -> tuple[str, ...]:
    """The code in its normal form, and every code that it belongs to, the highest first."""
    plain = _plain(code)
    if plain in _SECTIONS:
        return (plain,)
    if industry := _INDUSTRY.fullmatch(plain):
        digits = industry[2]
        return (_section_of(digits), *(digits[:length] for length in range(2, len(digits) + 1)))
    parts = plain.split("-")
    return tuple("-".join(parts[: length + 1]) for length in range(len(parts)))


def catches(entry: str, code: str) -> bool:
    """Whether an entry of a catalogue holds for the code."""
    return standing_above(entry)[-1] in standing_above(code)


def spellings(codes: Iterable[str]) -> frozenset[str]:
    """Every way in which an entry that catches one of the codes may be written."""
    found: set[str] = set(codes)
    for code in codes:
        for one in standing_above(code):
            found |= {one, one.replace("-", "")}
            if one[0].isdigit() and _INDUSTRY.fullmatch(one):
                found.add(_section_of(one) + one)
    return frozenset(found | {one.lower() for one in found})


def _plain(code: str) -> str:
    """Full-width and small letters, spaces and dots don't make another code."""
    plain = normalize("NFKC", code).strip().upper().replace(".", "-").replace("－", "-").replace("—", "-")
    undashed = _UNDASHED.fullmatch(plain)
    return "-".join(undashed.groups()) if undashed else plain


def _section_of(digits: str) -> str:
    below = [section for section, first in _SECTIONS.items() if first <= digits[:2]]
    return below[-1] if below else ""
