"""What every service answers about itself: settlement, business clock, missed and parked events, decisions, audit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select

from shared.contracts.kernel import KERNEL_METHODS
from shared.contracts.kernel.audit import AUDIT_SEALED
from shared.contracts.kernel.decisions import (
    DecisionPage,
    ListDecisions,
    StoredDecision,
    VerifiedDecisions,
    VerifyDecisions,
)
from shared.contracts.kernel.key_usage import KeyUsage, RingUsage
from shared.contracts.kernel.settlement import AskSettlement, ClockMoved, MoveClock, Settlement
from shared.errors import NoPolicyInForce, NotPermitted, SkillsError
from shared.kernel import files
from shared.kernel.audit_sealer import Sealer, keep_head
from shared.kernel.decision_replay import replay_decisions
from shared.kernel.inbox import Inbox, replay
from shared.kernel.outbox import Outbox
from shared.kernel.pipeline import Kernel
from shared.kernel.service import Handling
from shared.kernel.work import Look, Work
from shared.policy.policies import Policies
from shared.policy.verification import verify
from shared.store.kernel_tables import BusinessClock, DecisionRow
from shared.store.key_rotation import Renewal


def install(kernel: Kernel, outbox: Outbox, inbox: Inbox, sealer: Sealer, renewals: Sequence[Renewal] = ()) -> None:
    """Adds the kernel's own methods and events to what the service handles."""
    name = kernel.name

    def settlement(look: Look, _request: AskSettlement) -> Settlement:
        return Settlement(
            told=dict(outbox.told()),
            unsent=outbox.unsent(),
            applied=dict(inbox.applied()),
            waiting=inbox.waiting(),
            parked=inbox.parked(),
            open_commands=kernel.open_commands,
            due=kernel.service.overdue_work(look.session, look.today),
        )

    bodies: dict[str, Callable[..., Any]] = {
        "settlement": settlement,
        "move_clock": lambda work, request: move_clock(work, request, allowed=kernel.allow_clock),
        "events_since": lambda _look, request: outbox.since(request),
        "list_parked": lambda _look, request: inbox.list_parked(request),
        "show_parked": lambda _look, request: inbox.show_parked(request),
        "replay_parked": lambda work, request: replay(work.session, request),
        "verify_decisions": verify_decisions,
        "replay_decisions": lambda look, request: replay_decisions(
            look, request, kernel.service, kernel.check_document
        ),
        "list_decisions": list_decisions,
        "read_audit": lambda look, request: sealer.page(look.session, request),
        "key_usage": lambda _look, _request: key_usage(renewals),
        "put_chunk": files.put_chunk,
        "join_file": files.join_file,
        "get_chunk": files.get_chunk,
    }
    added = {method[name].route: Handling(method[name], bodies[bare]) for bare, method in KERNEL_METHODS.items()}
    for other, event in AUDIT_SEALED.items():
        if other != name:
            added[f"{other}.{event.name}"] = Handling(event, keep_head)
    kernel.handlings = {**kernel.handlings, **added}


def key_usage(renewals: Sequence[Renewal]) -> KeyUsage:
    """What is kept under each ring and still needs a key that is no longer the active one."""
    rings = [(one.name, one.ring.active.key_id, dict(one.usage())) for one in renewals]
    return KeyUsage(tuple(RingUsage(*ring) for ring in rings))


def move_clock(work: Work, request: MoveClock, *, allowed: bool) -> ClockMoved:
    """Sets the business date, forward only; refused unless the process was started with ALLOW_CLOCK=1."""
    if not allowed:
        raise NotPermitted("本系统不允许调整业务日期（仅限演练环境）")
    moved = work.session.get(BusinessClock, 1)
    if moved is not None and request.to < moved.today:
        raise NotPermitted(f"业务日期只进不退，不能早于 {moved.today.isoformat()}，请改用当日或更晚的日期")
    work.session.merge(BusinessClock(id=1, today=request.to))
    return ClockMoved(request.to)


def verify_decisions(look: Look, request: VerifyDecisions) -> VerifiedDecisions:
    """Decides each stored fact again under the document it names (X-6)."""
    rows = look.session.scalars(
        select(DecisionRow).where(DecisionRow.number > request.cursor).order_by(DecisionRow.number).limit(request.limit)
    ).all()
    differing = tuple(row.id for row in rows if not _stands(row, look.policies))
    last = look.session.scalar(select(func.max(DecisionRow.number))) or 0
    more = bool(rows) and rows[-1].number < last
    return VerifiedDecisions(len(rows), differing, rows[-1].number if more else None)


def _stands(row: DecisionRow, policies: Policies) -> bool:
    """Whether the stored facts give the stored decision; one that cannot even be read or decided does not stand.

    Raises NoPolicyInForce where its document isn't loaded: that says nothing about the decision.
    """
    try:
        return not verify(row.decision, policies)
    except NoPolicyInForce:
        raise
    except (SkillsError, LookupError, ValueError, TypeError, AttributeError):
        return False


def list_decisions(look: Look, request: ListDecisions) -> DecisionPage:
    """The stored decisions about one subject, whole, in order."""
    rows = look.session.scalars(
        select(DecisionRow)
        .where(DecisionRow.subject_id == request.subject_id)
        .order_by(DecisionRow.number)
        .limit(request.limit)
    ).all()
    look.note(f"decisions:{request.subject_id}")
    return DecisionPage(
        tuple(StoredDecision(row.id, row.name, row.document, row.business_date, row.decision) for row in rows)
    )
