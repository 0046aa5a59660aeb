"""A decision stored whole (X-6): facts, every finding, amounts, readings used, the document's identity.

Deciding the stored facts again under the stored document gives the stored decision; `verifying` says whether it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from shared.contracts.schema.codec import read, write
from shared.errors import Conflict, NoPolicyInForce, PolicyNotMet
from shared.money import Money
from shared.policy.document import Document
from shared.policy.findings import Finding
from shared.policy.rules import DECIDERS, RULES, Decider


class Verdict(StrEnum):
    """`needs_reason`: only principles are unmet, which an officer may accept with a recorded reason."""

    MET = "met"
    NEEDS_REASON = "needs_reason"
    REFUSED = "refused"


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """What follows from all findings of a decision together."""
    findings = tuple(findings)
    if any(finding.blocks for finding in findings):
        return Verdict.REFUSED
    if any(finding.awaits_reason for finding in findings):
        return Verdict.NEEDS_REASON
    return Verdict.MET


@dataclass(frozen=True, slots=True)
class ReadingUsed:
    """A reading of an open text that the decision rests on. `interpretation`: its id, such as INT-3."""

    interpretation: str
    setting: str
    value: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, on which facts, under which document. `accepted`: rule id → an officer's reason."""

    name: str
    document: str
    facts: Mapping[str, Any]
    findings: tuple[Finding, ...]
    amounts: Mapping[str, Money]
    answers: Mapping[str, str | int | bool]
    readings: tuple[ReadingUsed, ...]
    accepted: Mapping[str, str]

    @property
    def verdict(self) -> Verdict:
        """What all its findings come to."""
        return verdict_of(self.findings)

    def require(self, message: str) -> Self:
        """The decision itself where every clause is met or accepted; else raises PolicyNotMet with all findings."""
        if self.verdict is not Verdict.MET:
            raise PolicyNotMet.of(message, [finding.to_json() for finding in self.findings])
        return self

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as `decisions` keeps them."""
        return {
            "name": self.name,
            "verdict": self.verdict.value,
            "document": self.document,
            "facts": dict(self.facts),
            "findings": [finding.to_json() for finding in self.findings],
            "amounts": {name: str(amount) for name, amount in self.amounts.items()},
            "answers": dict(self.answers),
            "readings": [write(used) for used in self.readings],
            "accepted": dict(self.accepted),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """From what was kept. Raises LookupError, ValueError, TypeError where it is no decision."""
        return cls(
            name=stored["name"],
            document=stored["document"],
            facts=stored["facts"],
            findings=tuple(Finding.from_json(finding) for finding in stored["findings"]),
            amounts={name: Money.parse(amount) for name, amount in stored["amounts"].items()},
            answers=stored["answers"],
            readings=tuple(read(ReadingUsed, used) for used in stored["readings"]),
            accepted=stored["accepted"],
        )


def decide(name: str, facts: Any, document: Document, accepted: Mapping[str, str] | None = None) -> Decision:
    """Answers a decision by name. `facts`: its facts dataclass, or the stored JSON values of one.

    `accepted`: rule id → reason, for principles that an officer accepts. Raises InvalidRequest for facts
    that don't fit, NoPolicyInForce for a value that the document lacks, Conflict for a reason where there
    is nothing to accept.
    """
    decider = decider_for(name, document)
    given = read(decider.facts, facts) if isinstance(facts, Mapping) else facts
    result = decider.run(given, document)
    return Decision(
        name=name,
        document=document.identity,
        facts=write(given),
        findings=_with_reasons(result.findings, accepted or {}),
        amounts=result.amounts,
        answers=result.answers,
        readings=_readings_used(result.functions, document),
        accepted=dict(accepted or {}),
    )


def decider_for(name: str, document: Document) -> Decider:
    """The decider of a decision under a document; NoPolicyInForce where the document provides for none.

    Raises LookupError for a name that no service registered: that is a fault of the caller's code.
    """
    variants = DECIDERS.get(name)
    if variants is None:
        raise LookupError(f"no decision is called {name}: known are {', '.join(sorted(DECIDERS))}")
    variant = document.decisions.get(name)
    if variant not in variants:
        known = "、".join(str(known) for known in variants)
        raise NoPolicyInForce(
            f"{document.number} 没有规定 {name} 如何计算：请在文件的 decisions 中写明，可用：{known}",
            document=document.identity,
            decision=name,
        )
    return variants[variant]


def _with_reasons(findings: tuple[Finding, ...], accepted: Mapping[str, str]) -> tuple[Finding, ...]:
    open_rules = {finding.rule for finding in findings if finding.awaits_reason}
    needless = [rule for rule in accepted if rule not in open_rules]
    if needless:
        raise Conflict(f"{'、'.join(needless)} 没有可凭理由接受的事项：请只对原则性要求填写理由", rules=needless)
    return tuple(
        finding.accepted(accepted[finding.rule]) if finding.awaits_reason and finding.rule in accepted else finding
        for finding in findings
    )


def _readings_used(functions: tuple[str, ...], document: Document) -> tuple[ReadingUsed, ...]:
    settings = dict.fromkeys(setting for name in functions for setting in RULES[name].readings)
    ids = {entry.setting: entry.id for entry in document.interpretations.values() if entry.setting}
    return tuple(ReadingUsed(ids.get(setting, ""), setting, document.reading(setting)) for setting in settings)
