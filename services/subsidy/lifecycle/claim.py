"""The life of a claim, and who has to do with it next. A move that isn't here doesn't exist.

submitted ─ return ─▶ returned        approved ─ prepare ─▶ in_payment ─ confirm ─▶ paid
          ─ reject ─▶ rejected
          ─ approve ▶ approved, or closed where nothing is to be paid
approved ─ close ─▶ closed, where all of it is kept for demands
in_payment ─ leave ─▶ approved, where a block or a hit came up before the batch was checked
in_payment, paid ─ fail ─▶ approved, where the bank rejected or sent back: it may be paid again (`lifecycle/payment.py`)
submitted, approved, in_payment ─ void ─▶ voided, where fraud was confirmed, what was found before payment is upheld, or
                                          somebody in it failed or left, and the treasury isn't told yet
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from shared.errors import Conflict
from shared.security.speaker import Role

State = Literal["submitted", "returned", "rejected", "approved", "in_payment", "paid", "closed", "voided"]
Move = Literal["approve", "return", "reject", "prepare", "close", "leave", "confirm", "fail", "void"]

TRANSITIONS: Mapping[tuple[str, Move], State] = {
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("submitted", "reject"): "rejected",
    ("approved", "prepare"): "in_payment",
    ("approved", "close"): "closed",
    ("in_payment", "leave"): "approved",
    ("in_payment", "confirm"): "paid",
    ("in_payment", "fail"): "approved",
    ("paid", "fail"): "approved",
    ("submitted", "void"): "voided",
    ("approved", "void"): "voided",
    ("in_payment", "void"): "voided",
}

APPROVED = ("approved", "in_payment", "paid", "closed")
SETTLED = ("paid", "closed")
DEAD = ("returned", "rejected", "voided")
UNPAID = ("submitted", "approved", "in_payment")

WAITING: Mapping[Role, tuple[State, ...]] = {
    Role.EMPLOYER: ("returned",),
    Role.DISTRICT_OFFICER: ("submitted",),
    Role.FINANCE_OFFICER: ("approved", "in_payment"),
}
"""What waits for whom: mend and claim anew; decide; prepare, check and confirm payment."""

WORDS: Mapping[str, str] = {
    "submitted": "待区级审核",
    "returned": "已退回",
    "rejected": "不予通过",
    "approved": "已核定待拨付",
    "in_payment": "拨付中",
    "paid": "已拨付",
    "closed": "已办结（无需拨付）",
    "voided": "已作废（查实骗取套取，拨付前核对认定不予拨付，或有人员考核不合格、已退出）",
}


def transition(state: str, move: Move) -> State:
    """The state after a move. Raises Conflict where a claim in that state can't make it."""
    after = TRANSITIONS.get((state, move))
    if after is None:
        raise Conflict(f"该申领目前{WORDS[state]}，不能办理此步骤，请刷新后查看最新状态", state=state, move=move)
    return after
