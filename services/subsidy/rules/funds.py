"""From which source money comes (APP-21, INT-74), which year bears it (INT-75), by which way it goes back (APP-27)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from shared.contracts.schema.shapes import Whole
from shared.contracts.subsidy.claims import ClaimKind
from shared.errors import InvalidRequest
from shared.money import ZERO, Money, share
from shared.policy.document import Document
from shared.policy.findings import Finding
from shared.policy.problems import Fault
from shared.policy.rules import Clause, Result, calculation, clause, rule

Year = Annotated[int, Whole(2000, 2100)]


@dataclass(frozen=True, slots=True)
class SourceAmount:
    """An amount of one fund source: what is free in it."""

    source: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PaidPart:
    """What was paid from one source in one fiscal year."""

    source: str
    fiscal_year: Year
    amount: Money

    @property
    def name(self) -> str:
        """As a decision names the amount that goes back to it."""
        return f"{self.source} {self.fiscal_year}"

    def returned(self, amounts: Mapping[str, Money]) -> Money:
        """What a decision sends back to it. The earliest decisions knew one year and named the source alone."""
        return amounts.get(self.name, amounts.get(self.source, ZERO))


@dataclass(frozen=True, slots=True)
class FundingFacts:
    """An amount to pay and what each source of the document has free in the year that bears it (`bearing_year`).

    `open_year`: the first fiscal year that isn't closed; the earliest decisions knew no closing.
    """

    amount: Money
    available: tuple[SourceAmount, ...]
    kind: ClaimKind
    due_on: date
    approved_on: date
    open_year: Year = 2000


@dataclass(frozen=True, slots=True)
class RecoveryFacts:
    """An amount to take back and what was paid by each source. `fraud`: everything paid goes back (APP-27)."""

    amount: Money
    paid: tuple[PaidPart, ...]
    fraud: bool = False


@calculation("subsidy.funding", "sources_in_order", FundingFacts, ("subsidy.fund_order",))
def funding(facts: FundingFacts, document: Document) -> Result:
    """The amount split over the sources in the document's order; `missing` is what no source can bear."""
    view = clause(document, "subsidy.fund_order")
    free = {entry.source: entry.amount for entry in facts.available}
    whole_only = view.reading("fund_split") == "one_source"
    parts = split(facts.amount, [(source, free.get(source, ZERO)) for source in document.fund_sources], whole_only)
    missing = facts.amount - Money.sum(parts.values())
    year = bearing_year(facts.kind, facts.due_on, facts.approved_on, view.reading("balance_year"), facts.open_year)
    amounts = parts | {"missing": missing}
    finding = fund_order(parts, missing, year, view)
    return Result((finding,), amounts, {"fiscal_year": year}, ("subsidy.fund_order",))


def _sources(document: Document) -> Iterator[Fault]:
    sources = document.fund_sources
    if not sources:
        yield "fund_sources", "为空，而 subsidy.fund_order 要按它列支", "请按列支次序写明资金来源"
    if len(set(sources)) < len(sources):
        yield "fund_sources", "有重复的来源", "每个来源只写一次"


@rule("subsidy.fund_order", of="subsidy.funding", readings=("fund_split", "balance_year"), demands=_sources)
def fund_order(parts: dict[str, Money], missing: Money, year: int, view: Clause) -> Finding:
    """Says from which sources of which year the amount comes, and how much is missing (APP-21)."""
    words = "，".join(f"{view.document.label(source)} {part} 元" for source, part in parts.items() if part)
    cure = f"{year} 年度预算可用额度不足，尚缺 {missing} 元：请先追加预算再核定"
    return view.check(missing == ZERO, words or "0.00", f"资金来源依次为（{year} 年度）：{words}", cure)


def split(amount: Money, available: Sequence[tuple[str, Money]], whole_only: bool = False) -> dict[str, Money]:
    """Takes the amount from the sources in their order (INT-74); what is left over, none of them can bear.

    `whole_only`: the first source that can bear the whole amount bears it, else none.
    """
    if amount < ZERO:
        raise InvalidRequest.of(("amount", "金额不能为负，请核对"))
    if whole_only:
        bearer = next((source for source, free in available if free >= amount), None)
        return {source: amount if source == bearer else ZERO for source, _ in available}
    parts = {}
    for source, free in available:
        parts[source] = min(amount, max(free, ZERO))
        amount -= parts[source]
    return parts


def apportion(amount: Money, left: Sequence[Money]) -> list[Money]:
    """What each source bears of the next amount, in proportion to what it has left of those it bears (INT-74).

    Taken away from `left` amount after amount, every amount and every source adds up to the fen.
    """
    if len(left) == 1:
        return [amount]
    return share(amount, [part.fen for part in left]) if amount else [ZERO] * len(left)


@calculation("subsidy.recovery", "same_channel_in_proportion", RecoveryFacts, ("subsidy.recovery_channel",))
def recovery(facts: RecoveryFacts, document: Document) -> Result:
    """What goes back to each source that paid, in proportion, exact to the fen; everything paid where it was fraud."""
    view = clause(document, "subsidy.recovery_channel")
    paid = Money.sum(entry.amount for entry in facts.paid)
    amount = paid if facts.fraud else facts.amount
    if not ZERO <= amount <= paid:
        raise InvalidRequest.of(("amount", f"追回金额应在 0.00 至已拨付的 {paid} 之间，请核对"))
    parts = share(amount, [entry.amount.fen for entry in facts.paid]) if amount else [ZERO] * len(facts.paid)
    finding = recovery_channel(facts, parts, view)
    by_channel = {entry.name: part for entry, part in zip(facts.paid, parts, strict=True)}
    return Result((finding,), by_channel, {"refer": facts.fraud}, ("subsidy.recovery_channel",))


@rule("subsidy.recovery_channel", of="subsidy.recovery", readings=("clawback_offset", "returned_money"))
def recovery_channel(facts: RecoveryFacts, parts: Sequence[Money], view: Clause) -> Finding:
    """Money goes back through the channel that paid it; fraud is referred as well (APP-27)."""
    words = "，".join(
        f"{view.document.label(entry.source)}（{entry.fiscal_year}）{part} 元"
        for entry, part in zip(facts.paid, parts, strict=True)
    )
    refer = "；并将问题线索移交纪检监察机构，涉嫌犯罪的移送司法机关" if facts.fraud else ""
    return view.met(words or "0.00", f"按原渠道退回：{words}{refer}")


def bearing_year(kind: str, due_on: date, approved_on: date, reading: str, open_year: int) -> int:
    """The fiscal year that bears a claim under the reading `balance_year`; an advance is borne when due (INT-75).

    A closed year bears nothing: the first open one does then.
    """
    of_approval = kind != "advance" and reading == "year_of_approval"
    return max(approved_on.year if of_approval else due_on.year, open_year)


def keep_back(sending: Mapping[str, Money], owed: Sequence[tuple[str, Money]], reading: str) -> list[Money]:
    """What a claim keeps of its own money for each part that it takes back, source by source (INT-4).

    `sending`: by source, what the claim pays; `owed`: source and amount of each part. Nothing under `two_amounts`.
    """
    left = dict(sending) if reading == "automatic" else {}
    kept = []
    for source, amount in owed:
        taken = min(amount, left.get(source, ZERO))
        left[source] = left.get(source, ZERO) - taken
        kept.append(taken)
    return kept
