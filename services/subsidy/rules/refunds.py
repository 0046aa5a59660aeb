"""Money that comes back: to which sources and years it goes (INT-74), and whether it may be spent again (INT-76)."""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import InvalidRequest
from shared.money import ZERO, Money, share, sum_by_key

Owed = tuple[tuple[str, int], Money]
"""What is outstanding of one receivable at one place: a fund source and a fiscal year."""


def spread(amount: Money, owed: Sequence[Owed]) -> list[Money]:
    """What of the amount goes to each, in the order given, which is the oldest first.

    Places share it in proportion to what is outstanding of each, exact to the fen; within a place the oldest is met
    first. Raises InvalidRequest for an amount that is more than all of it, or none.
    """
    whole = sum_by_key(owed)
    total = Money.sum(whole.values())
    if not ZERO < amount <= total:
        raise InvalidRequest.of(("amount", f"金额应大于 0.00 元且不超过尚未退还的 {total} 元，请核对"))
    places = sorted(whole)
    left = dict(zip(places, share(amount, [whole[place].fen for place in places]), strict=True))
    taken = []
    for place, outstanding in owed:
        taken.append(min(outstanding, left[place]))
        left[place] -= taken[-1]
    return taken


def refills_from(open_year: int, reading: str) -> int | None:
    """The first fiscal year whose money may be spent again once it is back; None: none of any year (INT-76).

    `open_year`: the first one whose books aren't closed.
    """
    return None if reading == "to_treasury" else open_year
