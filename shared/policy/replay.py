"""A stored decision decided again under another document: what would change, touching nothing.

    replay(stored, new, policies) → Change      verdict, findings that flip, amounts, answers; or why it can't be said

The facts stay as they were stored, among them what was really paid before; so does an officer's reason for accepting a
principle. Findings are compared by the rule function that made them: another document numbers its rules its own way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from shared.contracts.schema.codec import read
from shared.errors import SkillsError
from shared.money import ZERO, Money
from shared.policy.decisions import Decision, Verdict, decider_for, verdict_of
from shared.policy.document import Document, Value
from shared.policy.findings import Finding, Outcome
from shared.policy.policies import Policies
from shared.policy.rules import Result

UNREADABLE = "存档内容无法按新文件判定，请先用 skills decisions verify 核验该决定"
NOT_ITS_OWN = "存档决定与其所依据的文件不符，请先用 skills decisions verify 核验该决定"


@dataclass(frozen=True, slots=True)
class Flip:
    """What one rule function found `before` and finds `after`; None where that document doesn't ask it."""

    function: str
    before: Finding | None
    after: Finding | None


@dataclass(frozen=True, slots=True)
class Change:
    """One decision before and after. `amounts`: all of them; `answers`: those that differ.

    `reason`: why it can't be decided under the new document, in Chinese; then there is nothing after.
    """

    before: Verdict
    after: Verdict | None
    flips: tuple[Flip, ...] = ()
    amounts: Mapping[str, tuple[Money, Money]] = field(default_factory=dict)
    answers: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    reason: str = ""

    @property
    def same(self) -> bool:
        """Whether verdict, findings, amounts and answers are as before."""
        moved = any(before != after for before, after in self.amounts.values())
        return self.before is self.after and not (self.flips or self.answers or moved)


def replay(stored: Decision, new: Document, policies: Policies) -> Change:
    """What `new` would make of the stored facts; what it can't decide is said with its reason, never guessed."""
    try:
        return _compared(stored, new, policies)
    except SkillsError as refusal:
        fields = (f"{field['path']}：{field['message']}" for field in refusal.details.get("fields", ()))
        return Change(stored.verdict, None, reason="；".join((refusal.message, *fields)))
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError):
        return Change(stored.verdict, None, reason=UNREADABLE)


def antedated(document: Document, start: date) -> Document:
    """The document as if its first values had held since `start`: an assumption of whoever asks, never made here."""
    return replace(document, values={key: _antedated(value, start) for key, value in document.values.items()})


def _antedated(value: Value, start: date) -> Value:
    first, *later = value.entries
    return replace(value, entries=(replace(first, from_on=min(first.from_on, start)), *later))


def _compared(stored: Decision, new: Document, policies: Policies) -> Change:
    old = policies.by_identity(stored.document)
    asked = _run(stored, old)
    if [finding.rule for finding in asked.findings] != [finding.rule for finding in stored.findings]:
        return Change(stored.verdict, None, reason=NOT_ITS_OWN)
    result = _run(stored, new)
    if asked.functions and not result.functions:
        return Change(stored.verdict, None, reason=f"{new.number} 没有规定 {stored.name} 的任何条款，无从比较")
    before = dict(zip(asked.functions, stored.findings, strict=True))
    after = _accepted_as_before(dict(zip(result.functions, result.findings, strict=True)), before, stored.accepted)
    return Change(
        before=stored.verdict,
        after=verdict_of(after.values()),
        flips=_flips(before, after),
        amounts=_pairs(stored.amounts, result.amounts, ZERO),
        answers={
            name: (one, other)
            for name, (one, other) in _pairs(stored.answers, result.answers, None).items()
            if one != other
        },
    )


def _run(stored: Decision, document: Document) -> Result:
    decider = decider_for(stored.name, document)
    return decider.run(read(decider.facts, stored.facts), document)


def _accepted_as_before(
    after: Mapping[str, Finding], before: Mapping[str, Finding], reasons: Mapping[str, str]
) -> dict[str, Finding]:
    """An officer's reason holds for what the same function finds now, whatever the rule is called."""
    return {
        function: finding.accepted(reasons[before[function].rule])
        if finding.awaits_reason and function in before and before[function].outcome is Outcome.ACCEPTED
        else finding
        for function, finding in after.items()
    }


def _flips(before: Mapping[str, Finding], after: Mapping[str, Finding]) -> tuple[Flip, ...]:
    flips = (Flip(function, before.get(function), after.get(function)) for function in {**before, **after})
    return tuple(flip for flip in flips if _outcome(flip.before) is not _outcome(flip.after))


def _outcome(finding: Finding | None) -> Outcome | None:
    return finding.outcome if finding else None


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any], absent: Any) -> dict[str, tuple[Any, Any]]:
    return {name: (before.get(name, absent), after.get(name, absent)) for name in {**before, **after}}
