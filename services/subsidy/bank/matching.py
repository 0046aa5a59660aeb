"""Whether a line of the bank's fits our payment, and in Chinese what to do where it doesn't. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from services.subsidy.lifecycle.payment import TRANSITIONS, WENT_OUT, WORDS
from shared.contracts.subsidy.bank import BankOutcome
from shared.money import Money

MisfitKind = Literal["stray", "amount", "paid_twice", "contradiction", "voided"]

ORDER: Mapping[BankOutcome, int] = {"unknown": 0, "paid": 1, "rejected": 1, "returned": 2}
"""In which order lines of one day about one payment can only have come about."""


class StatementLine(NamedTuple):
    """What a line says, its numbers by their keys; two that say the same are the same line."""

    payment_id: str
    outcome: BankOutcome
    amount: Money
    on: date
    reference_key: str


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """A payment of ours as it stands. `known_on`: the day of what the bank last said about it, else of instructing."""

    amount: Money
    state: str
    known_on: date | None = None
    reference_key: str | None = None


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """`after`: how the payment stands then, None where the line doesn't fit; `kind`, `message`: why, and the cure."""

    after: PaymentStatus | None
    kind: MisfitKind | None = None
    message: str = ""


def match_line(line: StatementLine, ours: PaymentStatus | None) -> LineVerdict:
    """What a line does to the payment that it names; None: we have no such payment in that district."""
    if ours is None:
        return _misfit("stray", "本辖区没有这一支付编号，请核对银行清单；确非本单位款项的，请在差异清单中说明")
    if line.amount != ours.amount:
        return _misfit("amount", f"金额 {line.amount} 元与支付金额 {ours.amount} 元不符，请与银行核对后更正重报")
    if ours.state == "voided":
        return _misfit("voided", "该笔支付已作废，国库不应拨付，请与国库核对，已付出的请追回并在差异清单中说明")
    if line.outcome == "unknown" and ours.state not in ("prepared", "unknown", "instructed"):
        return _late(line, ours)
    after = TRANSITIONS.get((ours.state, line.outcome))
    if after is None:
        return _contradicts(line, ours)
    if ours.known_on is not None and line.on < ours.known_on and line.outcome != "unknown":
        words = f"日期 {line.on} 早于该笔支付的上一步（{ours.known_on}），请核对回单日期后更正重报"
        return _misfit("contradiction", words)
    known_on = max(line.on, ours.known_on or line.on)
    return LineVerdict(PaymentStatus(ours.amount, after, known_on, line.reference_key))


def _late(line: StatementLine, ours: PaymentStatus) -> LineVerdict:
    """An older list that comes late says no less than was known on its day."""
    if ours.known_on is not None and line.on <= ours.known_on:
        return LineVerdict(ours)
    return _contradicts(line, ours)


def _contradicts(line: StatementLine, ours: PaymentStatus) -> LineVerdict:
    if line.outcome == "paid" and ours.state == "paid":
        if line.reference_key != ours.reference_key:
            return _misfit(
                "paid_twice", "该笔支付已以另一回单号登记到账，已拨付的记录不能修改；请与国库核对，重复拨付的请追回"
            )
        return _misfit("contradiction", "该笔支付已登记到账，日期与本次不同；已拨付的记录不能修改，请核对")
    if ours.state == "prepared":
        return _misfit("contradiction", "该笔支付尚未复核，国库不应拨付；请先由他人复核，再重新提交本行")
    if line.outcome == "returned" and ours.state not in WENT_OUT:
        words = f"该笔支付{WORDS[ours.state]}，尚未登记到账，不能登记退回；请先登记到账结果，再重新提交本行"
        return _misfit("contradiction", words)
    return _misfit("contradiction", f"该笔支付{WORDS[ours.state]}，与本次结果矛盾，请与银行核对并在差异清单中说明")


def _misfit(kind: MisfitKind, message: str) -> LineVerdict:
    return LineVerdict(None, kind, message)
