"""What a replay adds up to: by decision how many change, which rules flip, and the sums of each amount."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.contracts.kernel.replay import FindingSide, ReplayedDecision, ReplayPage, ReplayTotal
from shared.money import ZERO, Money

KINDS_MAX = 500
"""How many different flips, or reasons, are kept apart for one decision; what is beyond is counted together."""
BEYOND = "其他"

VERDICTS = {"met": "符合", "needs_reason": "需说明理由", "refused": "不符合"}
OUTCOMES = {
    "met": "符合",
    "unmet": "不符合",
    "advice": "提示",
    "accepted": "凭理由接受",
    "not_applicable": "不适用",
    "pending": "待建立学籍时核定",
}
AMOUNTS = {
    "standard": "标准",
    "advance": "预拨",
    "entitlement": "核定",
    "advance_paid": "已预拨",
    "balance": "剩余",
    "clawback": "追回",
    "missing": "缺口",
}


def verdict_word(verdict: str | None) -> str:
    """The word for a decision's verdict."""
    return VERDICTS[verdict] if verdict else "不能判定"


def outcome_word(outcome: str | None) -> str:
    """The word for a finding's outcome."""
    return OUTCOMES[outcome] if outcome else "未作要求"


def amount_word(name: str) -> str:
    """A fund source, which the document names, stays as it is."""
    return AMOUNTS.get(name, name)


def signed(before: Money, after: Money) -> str:
    """The difference in yuan with its sign: `+600.00`, `-30.00`, `0.00`."""
    return f"{'+' if after > before else ''}{after - before}"


@dataclass
class _Decisions:
    """All decisions of one name."""

    same: int = 0
    changed: int = 0
    undecided: int = 0
    amounts: dict[str, tuple[Money, Money]] = field(default_factory=dict)
    verdicts: Counter[str] = field(default_factory=Counter)
    flips: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def total(self, total: ReplayTotal) -> None:
        self.same += total.same
        self.changed += total.changed
        self.undecided += total.undecided
        for amount in total.amounts:
            before, after = self.amounts.get(amount.name, (ZERO, ZERO))
            self.amounts[amount.name] = (before + amount.before, after + amount.after)

    def change(self, change: ReplayedDecision) -> None:
        if change.reason:
            _count(self.reasons, change.reason)
        elif change.before != change.after:
            _count(self.verdicts, f"{verdict_word(change.before)} → {verdict_word(change.after)}")
        for flip in change.flips:
            _count(self.flips, f"{side_words(flip.before)} → {side_words(flip.after)}")


@dataclass
class Report:
    """Adds up the pages of all services; its size depends on the documents, not on how many decisions there are."""

    document: str = ""
    others: int = 0
    decisions: defaultdict[str, _Decisions] = field(default_factory=lambda: defaultdict(_Decisions))

    def add(self, page: ReplayPage) -> None:
        """Counts a page in."""
        self.document = page.document
        self.others += page.others
        for total in page.totals:
            self.decisions[total.name].total(total)
        for change in page.changes:
            self.decisions[change.name].change(change)

    def lines(self) -> Iterator[str]:
        """The report, line by line."""
        yield f"按 {self.document[:-52]} 重新判定存档的决定，未改动任何数据："
        for name, found in sorted(self.decisions.items()):
            yield f"{name}：相同 {found.same} 项，变化 {found.changed} 项，不能判定 {found.undecided} 项"
            for amount, (before, after) in found.amounts.items():
                yield f"    {amount_word(amount)} {before} → {after} 元，差额 {signed(before, after)} 元"
            for title, counted in (("结论", found.verdicts), ("条款", found.flips), ("不能判定", found.reasons)):
                yield from (f"    {title} {kind}：{count} 项" for kind, count in counted.most_common())
        if not self.decisions and not self.others:
            yield "没有存档的决定可供比较：请用 --data 或 --amqp 指明存有决定的系统"
        if self.others:
            yield f"其他项目的决定 {self.others} 项，未作比较"
        yield "金额为各对象最新一次决定之和；实际已拨付的金额以当时的事实计入，不随新文件改变"


def side_words(side: FindingSide | None) -> str:
    """`APP-19〔四(三)〕不符合`."""
    return f"{side.rule}〔{side.clause}〕{outcome_word(side.outcome)}" if side else outcome_word(None)


def _count(counter: Counter[str], kind: str) -> None:
    counter[kind if kind in counter or len(counter) < KINDS_MAX else BEYOND] += 1
