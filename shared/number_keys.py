"""When two numbers of papers are the same number, however they are written (X-1, X-14).

Every number that must be unique is compared by its key: bank references, payment ids and lists of the bank's, numbers
of certificates and of identity documents. What was typed is stored as typed, beside the key.
"""

from __future__ import annotations

import unicodedata

from shared.errors import InvalidRequest

KEY_MAX = 64
"""Characters of a key at most: a compatibility character of one may stand for many."""

_GAPS = ("Zs", "Zl", "Zp", "Cc", "Cf")
# What people type for a hyphen, beside what Unicode calls one: minus, bullet, Japanese long mark, drawn lines.
_DASHES = frozenset("\u02d7\u2043\u2212\u2500\u2501\u2796\u30fc")


def number_key(number: str) -> str:
    """Half-width capitals without spaces, hyphens and dashes: "ｂj－2024 001" is BJ2024001."""
    folded = unicodedata.normalize("NFKC", number)
    if not folded.isalnum() or not _DASHES.isdisjoint(folded):
        folded = "".join(mark for mark in folded if not _is_gap(mark))
    return folded.upper()


def payment_key(number: str) -> str:
    """A payment's id as we give it, however the bank wrote it: small letters (`shared.store.types.new_id`)."""
    return number_key(number).lower()


def number_fault(number: str, most: int = KEY_MAX) -> str | None:
    """What to do where it can't be a number: nothing in it, or more than a number has; None where it can."""
    key = number_key(number)
    if not any(mark.isalnum() for mark in key):
        return "编号中没有数字或字母，只有空格、横线等符号，请按原件填写编号"
    if len(key) > most:
        return f"编号去掉空格和横线后不应超过 {most} 个字符，请按原件核对"
    return None


def check_numbers(*numbers: tuple[str, str]) -> None:
    """Raises InvalidRequest by field. `numbers`: (field, what was typed)."""
    faults = [(field, fault) for field, number in numbers if (fault := number_fault(number))]
    if faults:
        raise InvalidRequest.of(*faults)


def _is_gap(mark: str) -> bool:
    return mark in _DASHES or unicodedata.category(mark) in ("Pd", *_GAPS)
