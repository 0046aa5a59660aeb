"""A service's decisions under a document that isn't installed: a page at a time, read only.

The text is parsed by the same strict loader as an installed one and checked against this service's rules; every fault
is named. What it says of other services' rules is theirs to judge: each is asked for its own decisions. A page holds
only the decisions that change or can't be decided, and the totals of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from shared.contracts.kernel.replay import (
    AmountChange,
    FindingFlip,
    FindingSide,
    ReplayDecisions,
    ReplayedDecision,
    ReplayPage,
    ReplayTotal,
)
from shared.errors import InvalidRequest, NoPolicyInForce
from shared.kernel.service import Service
from shared.kernel.work import Look
from shared.money import ZERO, Money
from shared.policy.decisions import Decision, Verdict
from shared.policy.document import Document
from shared.policy.document_parser import parse_document
from shared.policy.findings import Finding
from shared.policy.policies import Policies
from shared.policy.problems import PolicyProblems
from shared.policy.replay import UNREADABLE, Change, antedated, replay
from shared.store.kernel_tables import DecisionRow

FAULTS_SHOWN = 100

CheckDocument = Callable[[Document], None]
"""Raises PolicyProblems where a document and the service's rules don't agree."""


@dataclass
class _Total:
    """What adds up over the decisions of one name."""

    same: int = 0
    changed: int = 0
    undecided: int = 0
    amounts: dict[str, tuple[Money, Money]] = field(default_factory=dict)

    def count(self, change: Change, *, newest: bool) -> None:
        if change.after is None:
            self.undecided += 1
            return
        self.same += change.same
        self.changed += not change.same
        for name, (before, after) in change.amounts.items() if newest else ():
            sums = self.amounts.get(name, (ZERO, ZERO))
            self.amounts[name] = (sums[0] + before, sums[1] + after)


def replay_decisions(
    look: Look, request: ReplayDecisions, service: type[Service], check_document: CheckDocument
) -> ReplayPage:
    """One page of stored decisions under the document of the request.

    Raises InvalidRequest with every fault of the document, or where it is of a programme that nothing here governs.
    """
    document = _document(request, look.policies, check_document)
    rows = _page(look, request)
    totals: defaultdict[str, _Total] = defaultdict(_Total)
    changes: list[tuple[DecisionRow, bool, Change]] = []
    others = 0
    for row, newest in rows:
        if _is_of_another_programme(row, document, look.policies):
            others += 1
            continue
        change = _changed(row, document, look.policies)
        totals[row.name].count(change, newest=newest)
        if not change.same:
            changes.append((row, newest, change))
    last = look.session.scalar(select(func.max(DecisionRow.number))) or 0
    end = rows[-1][0].number if rows else last
    return ReplayPage(
        document=document.identity,
        totals=tuple(_total(name, total) for name, total in sorted(totals.items())),
        changes=_shown(look, service, changes),
        others=others,
        last=last,
        cursor=end if end < last else None,
    )


def _page(look: Look, request: ReplayDecisions) -> Sequence[tuple[DecisionRow, bool]]:
    """The next decisions, each with whether it is the newest of its name about its subject."""
    later = aliased(DecisionRow)
    superseded = (
        select(later.number)
        .where(later.name == DecisionRow.name, later.subject_id == DecisionRow.subject_id)
        .where(later.number > DecisionRow.number)
        .exists()
    )
    chosen = select(DecisionRow, ~superseded).where(DecisionRow.number > request.cursor)
    rows = look.session.execute(chosen.order_by(DecisionRow.number).limit(request.limit)).all()
    return [(row, bool(newest)) for row, newest in rows]


def _document(request: ReplayDecisions, policies: Policies, check_document: CheckDocument) -> Document:
    document = read_checked(request.document, check_document)
    programmes = sorted({known.programme for known in policies.documents})
    if document.programme not in programmes:
        cure = f"没有 {document.programme} 的决定可比较，应为以下之一：{'、'.join(programmes)}"
        raise InvalidRequest.of(("document.programme", cure))
    return antedated(document, request.as_if_from) if request.as_if_from else document


def read_checked(text: str, check_document: CheckDocument) -> Document:
    """The document that a text is. Raises InvalidRequest with the place and cure of each fault, a hundred at most."""
    try:
        return _parsed(text, check_document)
    except PolicyProblems as found:
        faults = [(f"document.{problem.path}".rstrip("."), problem.said) for problem in found.problems]
        raise InvalidRequest.of(*faults[:FAULTS_SHOWN]) from found


@lru_cache(maxsize=4)
def _parsed(text: str, check_document: CheckDocument) -> Document:
    """Once for all pages of a replay. Raises PolicyProblems."""
    document = parse_document(text, "document")
    check_document(document)
    return document


def _is_of_another_programme(row: DecisionRow, document: Document, policies: Policies) -> bool:
    """False, too, where the decision's own document isn't loaded: then it is shown as not decidable."""
    try:
        return policies.by_identity(row.document).programme != document.programme
    except NoPolicyInForce:
        return False


def _changed(row: DecisionRow, document: Document, policies: Policies) -> Change:
    try:
        stored = Decision.from_json(row.decision)
    except (LookupError, ValueError, TypeError, AttributeError):
        return Change(Verdict.REFUSED, None, reason=UNREADABLE)
    return replay(stored, document, policies)


def _total(name: str, total: _Total) -> ReplayTotal:
    return ReplayTotal(name, total.same, total.changed, total.undecided, _amounts(total.amounts.items()))


def _shown(
    look: Look, service: type[Service], changes: Sequence[tuple[DecisionRow, bool, Change]]
) -> tuple[ReplayedDecision, ...]:
    projects = _projects(look, service, {row.subject_id for row, _, _ in changes})
    return tuple(
        ReplayedDecision(
            decision_id=row.id,
            name=row.name,
            subject_id=row.subject_id,
            project_id=projects.get(row.subject_id),
            business_date=row.business_date,
            newest=newest,
            before=change.before.value,
            after=change.after.value if change.after else None,
            flips=tuple(FindingFlip(flip.function, _side(flip.before), _side(flip.after)) for flip in change.flips),
            amounts=_amounts((name, pair) for name, pair in change.amounts.items() if pair[0] != pair[1]),
            answers={name: list(pair) for name, pair in change.answers.items()},
            reason=change.reason,
        )
        for row, newest, change in changes
    )


def _projects(look: Look, service: type[Service], subjects: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for subject, project in service.decided_about:
        found.update(
            (row[0], row[1]) for row in look.session.execute(select(subject, project).where(subject.in_(subjects)))
        )
    return found


def _side(finding: Finding | None) -> FindingSide | None:
    return FindingSide(finding.rule, finding.clause, finding.outcome.value) if finding else None


def _amounts(pairs: Iterable[tuple[str, tuple[Money, Money]]]) -> tuple[AmountChange, ...]:
    return tuple(AmountChange(name, before, after) for name, (before, after) in sorted(pairs))
