"""What a use case is given: `Look` to read, `Work` to change something. Everything it may touch hangs here.

A use case loads, decides, stores and tells; it never commits, publishes, asks a clock or opens a session.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from shared.batching import slices
from shared.contracts.schema import codec
from shared.contracts.schema.declare import EventType, Method
from shared.contracts.schema.shapes import Json
from shared.policy.decisions import Decision
from shared.policy.policies import Policies
from shared.security.objects import EncryptedObjects
from shared.security.speaker import Role, Speaker
from shared.store.kernel_tables import DecisionRow, FileRow, OutboxRow
from shared.store.types import new_id

Req = TypeVar("Req")
Ans = TypeVar("Ans")
Data = TypeVar("Data")
Row = TypeVar("Row")

SLICE = 1000
"""Events written by one statement."""


def actor_of(speaker: Speaker) -> Json:
    """The speaker as events, decisions and audit keep it: who, as what, through which system."""
    kept = ("subject", "role", "system", "district", "organisation", "on_behalf_of", "for_role")
    return {name: value for name, value in speaker.to_json().items() if name in kept}


@dataclass(frozen=True)
class Telling:
    """Around an event: who made it true, on which day, when, in which conversation, for which district."""

    speaker: Speaker
    today: date
    at: datetime
    correlation_id: str
    district: str | None = None


def tell(session: Session, event: EventType[Data], aggregate_id: str, data: Data, telling: Telling) -> None:
    """Writes the event into the outbox of this transaction, numbered within its aggregate."""
    told_before = select(func.coalesce(func.max(OutboxRow.sequence), 0)).where(OutboxRow.aggregate_id == aggregate_id)
    row = _outbox_row(event, aggregate_id, told_before.scalar_subquery() + 1, data, telling)
    session.add(OutboxRow(**row))
    session.flush()


def _outbox_row(
    event: EventType[Data], aggregate_id: str, sequence: Any, data: Data, telling: Telling
) -> dict[str, Any]:
    return {
        "name": event.name,
        "version": event.version,
        "aggregate_id": aggregate_id,
        "sequence": sequence,
        "district": telling.district,
        "occurred_at": telling.at,
        "business_date": telling.today,
        "actor": actor_of(telling.speaker),
        "correlation_id": telling.correlation_id,
        "data": codec.write(data),
    }


@dataclass
class Look:
    """Reading. `today`: the Beijing business date; `at`: the real instant; `store`: the service's encrypted files."""

    session: Session
    speaker: Speaker
    today: date
    at: datetime
    policies: Policies
    store: EncryptedObjects
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

    def tell(self, event: EventType[Data], aggregate_id: str, data: Data, *, district: str | None = None) -> None:
        """Tells it in this very transaction. `aggregate_id`: whose events are numbered together."""
        tell(self.session, event, aggregate_id, data, self._telling(district))

    def tell_all(self, event: EventType[Data], told: Sequence[tuple[str, Data]]) -> None:
        """The same for thousands, a statement per slice: each aggregate with its data, which name their district."""
        for some in slices(told, SLICE):
            ids = {aggregate_id for aggregate_id, _ in some}
            before = select(OutboxRow.aggregate_id, func.max(OutboxRow.sequence)).where(OutboxRow.aggregate_id.in_(ids))
            numbered = Counter(dict(self.session.execute(before.group_by(OutboxRow.aggregate_id)).all()))
            rows = []
            for aggregate_id, data in some:
                numbered[aggregate_id] += 1
                telling = self._telling(getattr(data, "district", None))
                rows.append(_outbox_row(event, aggregate_id, numbered[aggregate_id], data, telling))
            self.session.execute(insert(OutboxRow), rows)

    def add(self, row: Row) -> Row:
        """The row, written at once: what the database forbids is said here, what it numbers is known."""
        self.session.add(row)
        self.session.flush()
        return row

    def _telling(self, district: str | None) -> Telling:
        return Telling(self.speaker, self.today, self.at, self.correlation_id, district)

    def store_decision(self, decision: Decision, subject_id: str) -> str:
        """Stores a decision whole (X-6) and returns its id."""
        return self.store_decisions([(subject_id, decision)])[0]

    def store_decisions(self, decisions: Sequence[tuple[str, Decision]]) -> list[str]:
        """Stores decisions with the subject of each, in one statement; their ids, in the same order."""
        actor = actor_of(self.speaker)
        rows = [
            {
                "id": new_id(),
                "name": decision.name,
                "subject_id": subject_id,
                "document": decision.document,
                "decision": decision.to_json(),
                "actor": actor,
                "business_date": self.today,
                "decided_at": self.at,
            }
            for subject_id, decision in decisions
        ]
        if rows:
            self.session.execute(insert(DecisionRow), rows)
        return [str(row["id"]) for row in rows]

    def file_away(
        self,
        content: bytes,
        *,
        name: str,
        media_type: str,
        district: str,
        organisation: str,
        roles: Collection[Role] = (),
    ) -> FileRow:
        """Keeps a file for an organisation of a district: whoever reaches either may fetch it in chunks.

        `roles`: only these of them, for a file that holds more than the rest may see.
        """
        reference = f"sha256:{self.store.put(content)}"
        owner = (FileRow.file == reference, FileRow.district == district, FileRow.organisation == organisation)
        known = self.session.scalar(select(FileRow).where(*owner))
        if known is not None:
            return known
        row = FileRow(
            file=reference,
            name=name,
            media_type=media_type,
            size=len(content),
            district=district,
            organisation=organisation,
            roles=sorted(roles),
            kept_at=self.at,
        )
        return self.add(row)


class Asks:
    """Questions to other services, asked before the transaction, as this service on behalf of the speaker."""

    def __init__(
        self,
        call: Any,
        speaker: Speaker,
        today: date,
        policies: Policies,
        reading: Callable[[], AbstractContextManager[Session]],
        store: EncryptedObjects,
    ) -> None:
        self._call = call
        self.speaker = speaker
        self.today = today
        self.policies = policies
        self.reading = reading
        """Opens a session on this service's own tables, to know what to ask; close it before asking."""
        self.store = store

    def ask(self, method: Method[Req, Ans], request: Req) -> Ans:
        """The answer, or the other service's typed error; `Unavailable` when it does not answer in time."""
        answer: Ans = self._call(method, request)
        return answer
