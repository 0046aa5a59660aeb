"""The life of a payment. A move that isn't here doesn't exist.

prepared ─ instruct ─▶ instructed ─ paid ────▶ paid ─ returned ─▶ returned
         ─ void ────▶ voided      ─ rejected ▶ rejected
                                  ─ unknown ─▶ unknown, until the bank knows: paid or rejected

What the bank says of a payment is the move. Rejected and returned ones are repeated by a payment of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

State = Literal["prepared", "instructed", "unknown", "paid", "rejected", "returned", "voided"]
Move = Literal["instruct", "void", "paid", "rejected", "unknown", "returned"]

TRANSITIONS: Mapping[tuple[str, Move], State] = {
    ("prepared", "instruct"): "instructed",
    ("prepared", "void"): "voided",
    ("instructed", "paid"): "paid",
    ("instructed", "rejected"): "rejected",
    ("instructed", "unknown"): "unknown",
    ("unknown", "unknown"): "unknown",
    ("unknown", "paid"): "paid",
    ("unknown", "rejected"): "rejected",
    ("paid", "returned"): "returned",
}

AWAITED: tuple[State, ...] = ("instructed", "unknown")
"""The bank has to say what became of it."""

ON_ITS_WAY: tuple[State, ...] = ("prepared", *AWAITED)
FAILED: tuple[State, ...] = ("rejected", "returned")
"""May be repeated, once."""

WENT_OUT: tuple[State, ...] = ("paid", "returned")
TOLD: tuple[State, ...] = (*AWAITED, "paid")
"""The treasury was told, and it didn't fail: its claim isn't voided any more."""

WORDS: Mapping[str, str] = {
    "prepared": "尚未复核",
    "instructed": "已通知国库，待银行结果",
    "unknown": "银行结果未明",
    "paid": "已拨付",
    "rejected": "已被银行拒付",
    "returned": "拨付后已退回",
    "voided": "已作废",
}
