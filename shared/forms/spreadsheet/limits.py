"""How large a file that people send in may be. Technical bounds, none of them from a policy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that are checked before a parser sees the file."""

    bytes_max: int = 8 * 1024 * 1024
    unpacked_bytes_max: int = 32 * 1024 * 1024
    unpacked_ratio_max: int = 100
    members_max: int = 200
    elements_max: int = 1_000_000
    rows_max: int = 5_050  # five thousand people, with the title, the head and the foot of their sheet
    columns_max: int = 100
    merges_max: int = 1_000
    cell_characters_max: int = 2_000


LIMITS = Limits()
