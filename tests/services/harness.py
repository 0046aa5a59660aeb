"""One service without a bus: its kernel on a real database, walked through the same line as in production.

harness = KernelHarness(SubsidyService, database.url, tmp_path)
harness.answers(training.ASK_OUTCOMES, lambda request: page)        # what another service would say
harness.call(harness.finance, subsidy.APPROPRIATE, Appropriate(...))   # the contract's answer, or its typed error
harness.hear(review.PROJECT_APPROVED, "project-1", ProjectApproved(...))
harness.told(subsidy.CLAIM_DECIDED)                                  # data of the events in the outbox
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from shared.bus.wire import Call, Envelope, write_event
from shared.clock import beijing_today, now
from shared.contracts.kernel.settlement import MOVE_CLOCK, MoveClock
from shared.contracts.schema import codec
from shared.contracts.schema.declare import SERVICES, EventType, Method
from shared.kernel.audit_sealer import Sealer
from shared.kernel.inbox import Inbox
from shared.kernel.operations import install
from shared.kernel.outbox import Outbox
from shared.kernel.pipeline import Kernel
from shared.kernel.policy_documents import record_documents
from shared.kernel.service import Service
from shared.policy.policies import load_documents
from shared.runtime.rulebook import check_document
from shared.security import key_files
from shared.security.keys import FolderSource, Keys
from shared.security.objects import DirectoryStore, EncryptedObjects
from shared.security.speaker import Purpose, Role, Speaker
from shared.security.tokens import TokenIssuer, TokenVerifier
from shared.settings import Settings
from shared.store.database import Database
from shared.store.kernel_tables import InboxRow, OutboxRow

Req = TypeVar("Req")
Ans = TypeVar("Ans")
Data = TypeVar("Data")

CHAOYANG = "110105"
SHUNYI = "110113"


class KernelHarness:
    """A service's kernel, its people and its neighbours' answers. `policy_path`: more documents, as in production."""

    def __init__(self, service: type[Service], url: str, folder: Path, *, policy_path: str = "") -> None:
        keys_dir = folder / "keys"
        key_files.init(keys_dir, SERVICES, ["harness"], beijing_today())
        self.keys = Keys(FolderSource(keys_dir))
        self.settings = Settings(service.name, url, "memory://", keys_dir, folder / "objects", policy_path)
        self.database = Database(url)
        self.policies = load_documents(policy_path)
        record_documents(self.database, self.policies)
        self.neighbours: dict[str, Callable[[Any], Any]] = {}
        self.asked: list[tuple[str, Any]] = []
        self.kernel = Kernel(
            service=service,
            database=self.database,
            policies=self.policies,
            verifier=TokenVerifier(self.keys.trusted()),
            call_out=self._call_out,
            check_document=partial(check_document, service.name),
            objects=EncryptedObjects(DirectoryStore(folder / "objects"), self.keys.ring("objects")),
            allow_clock=True,
        )
        service.prepare(self.settings, self.keys)
        service.record(self.database)
        self.renewals = service.renewals(self.database)
        self.inbox = Inbox(self.kernel)
        self.outbox = Outbox(service.name, self.database, self.kernel.crash_points)
        sealer = Sealer(service.name, self.database, partial(self.keys.audit_key, service.name), 0.0)
        install(self.kernel, self.outbox, self.inbox, sealer, self.renewals)
        self.issuer = TokenIssuer("harness", self.keys.issuer_key("harness"))

    # --- who speaks ----------------------------------------------------------------------------------------------

    def speaker(
        self,
        role: Role,
        subject: str,
        *,
        district: str | None = None,
        organisation: str | None = None,
        purposes: frozenset[Purpose] = frozenset(),
    ) -> Speaker:
        return Speaker(
            subject=subject,
            system="harness",
            role=role,
            district=district,
            organisation=organisation,
            purposes=purposes,
        )

    def token(self, speaker: Speaker) -> str:
        """A token as the speaker would hold it; a machine's is signed by the service that it names."""
        issuer = self.issuer
        if speaker.role is Role.MACHINE:
            issuer = TokenIssuer("services", self.keys.token_key(speaker.subject))
        return issuer.issue(speaker, now(), timedelta(minutes=5))

    # --- what happens --------------------------------------------------------------------------------------------

    def call(self, speaker: Speaker, method: Method[Req, Ans], request: Req, *, request_id: str | None = None) -> Ans:
        """The answer, or the typed error that a caller would get."""
        return codec.read(method.answer, self.call_raw(speaker, method, codec.write(request), request_id=request_id))

    def call_raw(
        self, speaker: Speaker, method: Method[Any, Any], payload: Any, *, request_id: str | None = None
    ) -> Any:
        call = Call(
            route=method.route,
            payload=payload,
            token=self.token(speaker),
            request_id=(request_id or uuid.uuid4().hex) if method.kind == "command" else None,
            deadline=time.time() + 30,
        )
        return self.kernel.answer(call)

    def hear(self, event: EventType[Data], aggregate_id: str, data: Data, *, sequence: int = 1) -> Envelope:
        """Delivers an event and applies it; raises AssertionError where it was not applied."""
        envelope = Envelope(
            event_id=uuid.uuid4().hex,
            name=f"{event.owner}.{event.name}",
            version=event.version,
            aggregate_id=aggregate_id,
            sequence=sequence,
            district=getattr(data, "district", None),
            occurred_at=now(),
            business_date=self.today,
            actor={"subject": "somebody"},
            correlation_id=uuid.uuid4().hex,
            data=codec.write(data),
        )
        self.deliver(envelope)
        with self.database.reading() as session:
            heard = session.scalars(select(InboxRow).where(InboxRow.event_id == envelope.event_id)).one()
        assert heard.applied_at is not None, f"{envelope.name} was not applied: {heard.reason}"
        return envelope

    def deliver(self, envelope: Envelope) -> None:
        self.inbox.store(write_event(envelope))
        self.inbox.apply_batch()

    def answers(self, method: Method[Req, Ans], answer: Callable[[Req], Ans]) -> None:
        """What a neighbour will say from now on."""
        self.neighbours[method.route] = answer

    def told(self, event: EventType[Data]) -> list[Data]:
        """The data of this event's tellings, oldest first."""
        with self.database.reading() as session:
            rows = session.scalars(
                select(OutboxRow).where(OutboxRow.name == event.name).order_by(OutboxRow.number)
            ).all()
        return [codec.read(event.data, row.data) for row in rows]

    def move_clock(self, to: date) -> None:
        operator = self.speaker(Role.OPERATOR, "operator-1")
        self.call(operator, MOVE_CLOCK[self.kernel.name], MoveClock(to))

    @property
    def today(self) -> date:
        with self.database.reading() as session:
            return self.kernel.today(session)

    def close(self) -> None:
        self.database.dispose()

    def _call_out(self, method: Method[Any, Any], request: Any, **_: Any) -> Any:
        self.asked.append((method.route, request))
        assert method.route in self.neighbours, f"nobody answers {method.route} on this harness"
        return self.neighbours[method.route](request)
