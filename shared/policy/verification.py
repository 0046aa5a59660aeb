"""Whether a stored decision stands: its facts, decided again under the document that it names, give it again (X-6).

name, verdict, document, amounts, answers, accepted     as stored
findings      rule, clause, outcome, force and what was compared as stored; words may be improved after the day
facts         what was stored is still there; a fact that was added since has its default
readings      what was stored is still there
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shared.policy.decisions import Decision, decide
from shared.policy.findings import Outcome
from shared.policy.policies import Policies


def verify(stored: Mapping[str, Any], policies: Policies) -> tuple[str, ...]:
    """Decides a stored decision's facts again; the names of the parts that differ, none where the decision stands.

    What was decided is compared, not how it was worded. Facts and readings may have grown since: what the stored
    decision doesn't know takes its default, and must leave everything that was decided as it was.
    """
    before = Decision.from_json(stored)
    document = policies.by_identity(before.document)
    again = decide(before.name, before.facts, document, before.accepted).to_json()
    differing = {part for part in {**again, **stored} if not _same(part, stored.get(part), again.get(part))}
    if not _reasons_told(before):
        differing.add("accepted")
    return tuple(part for part in {**again, **stored} if part in differing)


def _same(part: str, stored: Any, again: Any) -> bool:
    if part == "facts":
        return _within(stored, again)
    if part == "readings":
        return all(used in again for used in stored)
    if part == "findings":
        return _unworded(stored) == _unworded(again)
    return bool(stored == again)


def _within(stored: Any, today: Any) -> bool:
    """Whether all that was stored is still there, at any depth, as it was."""
    if isinstance(stored, dict) and isinstance(today, dict):
        return all(name in today and _within(value, today[name]) for name, value in stored.items())
    if isinstance(stored, list) and isinstance(today, list):
        return len(stored) == len(today) and all(map(_within, stored, today))
    return type(stored) is type(today) and stored == today


def _unworded(findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in finding.items() if name != "message"} for finding in findings]


def _reasons_told(decision: Decision) -> bool:
    """Whether each reason of an officer stands in the finding that it accepted: those words are a fact."""
    return all(
        decision.accepted.get(finding.rule, "") in finding.message
        for finding in decision.findings
        if finding.outcome is Outcome.ACCEPTED
    )
