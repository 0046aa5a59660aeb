"""What an officer's recorded reasons do to findings: a principle (原则上) may be accepted, a must never."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shared.policy.decisions import Verdict
from shared.policy.findings import Finding, Outcome


def accept(findings: Iterable[Finding], reasons: Mapping[str, str]) -> tuple[Finding, ...]:
    """The findings, those that await a reason accepted where `reasons` (rule id → reason) has one."""
    return tuple(
        finding.accepted(reasons[finding.rule]) if finding.awaits_reason and finding.rule in reasons else finding
        for finding in findings
    )


def settled(verdict: Verdict, findings: Iterable[Finding]) -> Verdict:
    """The verdict after reasons were accepted: what only awaited a reason is met once nothing awaits one."""
    still_open = any(finding.awaits_reason for finding in findings)
    return Verdict.MET if verdict is Verdict.NEEDS_REASON and not still_open else verdict


def open_rules(findings: Iterable[Finding]) -> frozenset[str]:
    """Rules that await a reason."""
    return frozenset(finding.rule for finding in findings if finding.awaits_reason)


def unmet(findings: Iterable[Finding]) -> tuple[str, ...]:
    """What still stands in the way, one sentence with its rule each, none twice."""
    said = (f"{finding.rule}：{finding.message}" for finding in findings if finding.outcome is Outcome.UNMET)
    return tuple(dict.fromkeys(said))


def outlook(findings: Iterable[Finding]) -> tuple[str, ...]:
    """What stands in the way, and what is still to be settled, one sentence with its rule each, none twice."""
    listed = tuple(findings)
    later = (f"{finding.rule}：{finding.message}" for finding in listed if finding.outcome is Outcome.PENDING)
    return (*unmet(listed), *dict.fromkeys(later))
