"""The audit row of an act or of a refusal: who, what, on what, when, from where, with what outcome."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from shared.bus.wire import Call
from shared.clock import now
from shared.kernel.work import actor_of
from shared.security.speaker import Speaker
from shared.store.kernel_tables import AuditRow


def record(
    session: Session,
    call: Call,
    speaker: Speaker | None,
    today: date,
    outcome: str = "ok",
    objects: Collection[str] = (),
    purpose: str | None = None,
) -> None:
    """Adds the row to the session. `speaker`: None where no token was believed; `purpose`: of an unmasked read."""
    session.add(
        AuditRow(
            at=now(),
            business_date=today,
            actor=actor_of(speaker) if speaker else _stranger(call),
            action=call.route,
            objects=list(objects),
            outcome=outcome,
            purpose=purpose,
            request_id=call.request_id,
            correlation_id=call.correlation_id,
        )
    )


def _stranger(call: Call) -> dict[str, str]:
    """All that is known of a caller whose token was not believed."""
    return {} if call.user is None else {"user": call.user}
