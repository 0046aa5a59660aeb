"""The report of a replay adds pages up, and stays small however many there are."""

from __future__ import annotations

from datetime import date

from cli.replay_report import BEYOND, KINDS_MAX, Report
from shared.contracts.kernel.replay import (
    AmountChange,
    FindingFlip,
    FindingSide,
    ReplayedDecision,
    ReplayPage,
    ReplayTotal,
)
from shared.money import Money

IDENTITY = f"tried@{'a' * 64}"


def change(reason: str = "", flips: tuple[FindingFlip, ...] = (), after: str | None = "refused") -> ReplayedDecision:
    day = date(2024, 1, 1)
    return ReplayedDecision("d", "subsidy.claim", "s", None, day, True, "met", after, flips, (), {}, reason)


def page(*changes: ReplayedDecision, amount: str = "0.00") -> ReplayPage:
    amounts = (AmountChange("balance", Money.parse("1.00"), Money.parse(amount)),)
    total = ReplayTotal("subsidy.claim", 1, len(changes), 0, amounts)
    return ReplayPage(IDENTITY, (total,), changes, others=2, last=9, cursor=None)


def test_pages_add_up_and_amounts_carry_their_sign() -> None:
    report = Report()
    flip = FindingFlip("subsidy.fund_rules", FindingSide("APP-22", "四(四)", "met"), None)
    report.add(page(change(flips=(flip,)), amount="3.50"))
    report.add(page(change(flips=(flip,)), amount="0.25"))
    told = "\n".join(report.lines())
    assert "subsidy.claim：相同 2 项，变化 2 项" in told
    assert "剩余 2.00 → 3.75 元，差额 +1.75 元" in told
    assert "条款 APP-22〔四(四)〕符合 → 未作要求：2 项" in told
    assert "结论 符合 → 不符合：2 项" in told
    assert "其他项目的决定 4 项" in told


def test_reasons_without_end_are_counted_together() -> None:
    report = Report()
    for number in range(KINDS_MAX + 50):
        report.add(page(change(reason=f"第 {number} 种原因", after=None)))
    reasons = report.decisions["subsidy.claim"].reasons
    assert (len(reasons), reasons[BEYOND]) == (KINDS_MAX + 1, 50)


def test_where_nothing_is_stored_the_report_says_so_and_where_to_look() -> None:
    report = Report()
    report.add(ReplayPage(IDENTITY, (), (), others=0, last=0, cursor=None))
    assert "没有存档的决定可供比较：请用 --data 或 --amqp" in "\n".join(report.lines())
