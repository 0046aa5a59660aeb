"""What a use case is given: `Look` to read, `Work` to change something. Everything it may touch hangs here.

A use case loads, decides, stores and tells; it never commits, publishes, asks a clock or opens a session.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.contracts import codec
from shared.contracts.declare import EventType, Method
from shared.contracts.shapes import Json
from shared.policy.decisions import Decision
from shared.policy.policies import Policies
from shared.security.speaker import Speaker
from shared.store.kernel_tables import DecisionRow, Told

Req = TypeVar("Req")
Ans = TypeVar("Ans")
Data = TypeVar("Data")


def actor_of(speaker: Speaker) -> Json:
    """The speaker as events, decisions and audit keep it: who, as what, through which system."""
    kept = ("subject", "role", "system", "district", "organisation", "on_behalf_of", "for_role")
    return {name: value for name, value in speaker.to_json().items() if name in kept}


@dataclass
class Look:
    """Reading. `today`: the Beijing business date; `at`: the real instant."""

    session: Session
    speaker: Speaker
    today: date
    at: datetime
    policies: Policies
    objects: list[str] = field(default_factory=list)
    purpose: str | None = None

    def note(self, *objects: str, purpose: str | None = None) -> None:
        """What this was about, for the audit row: ids such as "case:4f…", and for an unmasked read its purpose."""
        self.objects.extend(objects)
        self.purpose = purpose or self.purpose


@dataclass
class Work(Look):
    """Changing something, inside one transaction."""

    correlation_id: str = ""
    told: int = 0

    def tell(self, event: EventType[Data], aggregate_id: str, data: Data, *, district: str | None = None) -> None:
        """Writes the event into the outbox of this very transaction, numbered within its aggregate."""
        last = self.session.scalar(select(func.max(Told.sequence)).where(Told.aggregate_id == aggregate_id))
        self.session.add(
            Told(
                name=event.name,
                version=event.version,
                aggregate_id=aggregate_id,
                sequence=(last or 0) + 1,
                district=district,
                occurred_at=self.at,
                business_date=self.today,
                actor=actor_of(self.speaker),
                correlation_id=self.correlation_id,
                data=codec.write(data),
            )
        )
        self.session.flush()
        self.told += 1

    def keep(self, decision: Decision, subject_id: str) -> str:
        """Stores a decision whole (X-6) and returns its id."""
        row = DecisionRow(
            name=decision.name,
            subject_id=subject_id,
            document=decision.document,
            decision=decision.to_json(),
            actor=actor_of(self.speaker),
            business_date=self.today,
            decided_at=self.at,
        )
        self.session.add(row)
        self.session.flush()
        return row.id


class Asks:
    """Questions to other services, asked before the transaction, as this service on behalf of the speaker."""

    def __init__(self, call: Any, speaker: Speaker, today: date, policies: Policies) -> None:
        self._call = call
        self.speaker = speaker
        self.today = today
        self.policies = policies

    def ask(self, method: Method[Req, Ans], request: Req) -> Ans:
        """The answer, or the other service's typed error; `Unavailable` when it does not answer in time."""
        answer: Ans = self._call(method, request)
        return answer
