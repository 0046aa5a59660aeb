"""The straight line that every command, query and event walks, in every service.

    command   decode → who is it → may they → seen this request id? → ask other services
              → one transaction: request id, load, decide, store, tell, audit → commit → answer
    query     decode → who is it → may they → ask → read → answer
    event     read → ask → one transaction: effect, tell, audit, applied → commit

The kernel knows neither nameko nor eventlet: tests walk the same line without a bus.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.bus.grants import Grants
from shared.bus.wire import Call, Envelope, Event
from shared.clock import beijing_today, now
from shared.contracts.schema import codec
from shared.contracts.schema.declare import EventType, Method
from shared.errors import (
    InvalidRequest,
    NotFound,
    NotPermitted,
    SkillsError,
    Unauthenticated,
    Unavailable,
)
from shared.kernel import audit_rows, rejections, request_ids
from shared.kernel.crash_points import CrashPoints
from shared.kernel.retry import repeat
from shared.kernel.service import Handling, Service, handlings
from shared.kernel.unexpected_errors import unexpected
from shared.kernel.work import Asks, Look, Work
from shared.observability import RPC_SECONDS, count_outcome
from shared.policy.document import Document
from shared.policy.policies import Policies
from shared.security.objects import EncryptedObjects
from shared.security.permissions import check_role
from shared.security.speaker import Speaker
from shared.security.tokens import TokenVerifier
from shared.store.database import Database
from shared.store.kernel_tables import BusinessClock, InboxRow

CallOut = Callable[..., Any]
"""(method, request, *, speaker, deadline, correlation_id) → answer; `shared/bus/client.py` in a real service."""


@dataclass
class Kernel:
    """One service's way of working. `call_out` asks other services; `wake` tells the loops what was committed.

    `check_document`: raises PolicyProblems where a document that isn't installed and this service's rules don't agree.

    `grants`: what each user of the broker may call; nobody asks it within one process.
    """

    service: type[Service]
    database: Database
    policies: Policies
    verifier: TokenVerifier
    call_out: CallOut
    check_document: Callable[[Document], None]
    objects: EncryptedObjects
    allow_clock: bool = False
    crash_points: CrashPoints = field(default_factory=CrashPoints)
    wake: Callable[[str], None] = lambda _name: None
    open_commands: int = 0
    grants: Callable[[], Grants] = Grants

    def __post_init__(self) -> None:
        self.name = self.service.name
        self.handlings: Mapping[str, Handling] = handlings(self.service)

    def known(self, route: str) -> str:
        """The route or event if it is served here, else "unknown": what a stranger sends becomes no label."""
        return route if route in self.handlings else "unknown"

    # --- calls ---------------------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Any:
        """Plain JSON of the answer. Raises typed errors only, whatever happens inside."""
        started = time.perf_counter()
        outcome = "ok"
        try:
            return self._answer(call)
        except SkillsError as error:
            outcome = error.code
            raise
        except Exception as error:
            outcome = "unavailable"
            raise unexpected(self.name, call.route, error) from None
        finally:
            route = self.known(call.route)
            count_outcome(self.name, route, outcome)
            RPC_SECONDS.labels(self.name, route).observe(time.perf_counter() - started)

    def _answer(self, call: Call) -> Any:
        handling = self.handlings.get(call.route)
        if handling is None or not isinstance(handling.serves, Method):
            raise NotFound(f"没有名为 {call.route} 的方法，请核对服务与方法名称")
        method = handling.serves
        speaker = None
        try:
            if call.user is not None:
                self.grants().check_method(call.user, call.route)
            request = codec.read(method.request, call.payload)
            speaker = self.verifier.verify(call.token or "", now())
            if call.user is not None:
                self.grants().check_token(call.user, speaker)
            check_role(speaker, method.roles)
            if method.kind == "query":
                return self._query(handling, method, request, speaker, call)
            return self._command(handling, method, request, speaker, call)
        except SkillsError as refusal:
            if method.kind == "command" or isinstance(refusal, (Unauthenticated, NotPermitted)):
                rejections.refused(self, call, speaker, refusal)
            raise

    def _query(self, handling: Handling, method: Method[Any, Any], request: Any, speaker: Speaker, call: Call) -> Any:
        asked = self._ask(handling, request, speaker, call)
        with self.database.reading() as session:
            look = Look(session, speaker, self.today(session), now(), self.policies, self.objects)
            answer = self._do(handling, look, request, *asked)
        if look.purpose:  # an unmasked read leaves its trace before the answer leaves the service
            with self.database.transaction() as session:
                audit_rows.record(session, call, speaker, look.today, "ok", look.objects, look.purpose)
        return codec.write(answer)

    def _command(self, handling: Handling, method: Method[Any, Any], request: Any, speaker: Speaker, call: Call) -> Any:
        if call.request_id is None:
            raise InvalidRequest.of(("request_id", "办理类请求必须带 request_id，重试时使用同一个"))
        content = request_ids.content_digest(method, call.payload)
        if handling.ask is not None:  # what was done before is answered without asking anybody again
            with self.database.reading() as session:
                seen = request_ids.answered_before(session, speaker, call, content)
            if seen is not None:
                return seen.answer
        self._check_deadline(call)
        self.open_commands += 1
        try:
            asked = self._ask(handling, request, speaker, call)
            self._check_deadline(call)
            return self._repeat(lambda: self._transact(handling, request, speaker, call, content, asked), call.deadline)
        finally:
            self.open_commands -= 1

    def _transact(
        self,
        handling: Handling,
        request: Any,
        speaker: Speaker,
        call: Call,
        content: str,
        asked: tuple[Any, ...],
    ) -> Any:
        with self.database.transaction() as session:
            seen = request_ids.answered_before(session, speaker, call, content)
            if seen is not None:
                return seen.answer
            remembered = request_ids.claim(session, speaker, call, content)
            work = self._work(session, speaker, call.correlation_id)
            answered = self._do(handling, work, request, *asked)
            answer = codec.write(answered)
            remembered.answer = codec.without_once(type(answered), answer)
            audit_rows.record(session, call, speaker, work.today, "ok", work.objects, work.purpose)
            session.flush()
            self.crash_points.reached("before_commit", call.route)
        self.crash_points.reached("after_commit", call.route)
        self.wake(call.route)
        return answer

    def _check_deadline(self, call: Call) -> None:
        if time.time() > call.deadline:
            raise Unavailable("请求已过截止时间，未办理；请用同一个 request_id 重新提交")

    # --- events --------------------------------------------------------------------------------------------------

    def apply(self, envelope: Envelope, inbox_number: int) -> None:
        """The effect of one heard event and the mark that it was applied, in one transaction."""
        handling = self.handlings.get(envelope.name)
        if handling is None or not isinstance(handling.serves, EventType):
            raise NotFound(f"{self.name} does not hear {envelope.name}")
        if envelope.version > handling.serves.version:
            # A newer sender means something else by it: it waits for a newer process of ours, set aside in the end.
            raise NotFound(f"{self.name} does not know version {envelope.version} of {envelope.name}")
        event = Event(envelope, codec.read_tolerant(handling.serves.data, envelope.data))
        speaker = self._speaker_for(envelope)
        call = Call(envelope.name, {}, None, envelope.event_id, time.time() + 30.0, envelope.correlation_id)
        asked = self._ask(handling, event, speaker, call)
        self._repeat(lambda: self._apply_once(handling, event, speaker, call, inbox_number, asked), call.deadline)

    def _apply_once(
        self,
        handling: Handling,
        event: Event[Any],
        speaker: Speaker,
        call: Call,
        inbox_number: int,
        asked: tuple[Any, ...],
    ) -> None:
        with self.database.transaction() as session:
            heard = session.get(InboxRow, inbox_number, with_for_update=True)
            if heard is None or heard.applied_at is not None:
                return
            work = self._work(session, speaker, call.correlation_id)
            self._do(handling, work, event, *asked)
            heard.applied_at = now()
            heard.attempts += 1
            if work.objects:
                audit_rows.record(session, call, speaker, work.today, "ok", work.objects, work.purpose)
            session.flush()
            self.crash_points.reached("before_apply_commit", call.route)
        self.crash_points.reached("after_apply_commit", call.route)
        self.wake(call.route)

    def _speaker_for(self, envelope: Envelope) -> Speaker:
        """Work without a caller: this service's own identity, with the recorded subject."""
        actor = envelope.actor
        return Speaker.service(self.name, on_behalf_of=actor.get("on_behalf_of") or actor.get("subject"))

    # --- shared steps --------------------------------------------------------------------------------------------

    def today(self, session: Session) -> date:
        """The business date: the real day in Beijing, or the one a sandbox was moved to."""
        if self.allow_clock:
            moved: date | None = session.scalar(select(BusinessClock.today))
            if moved is not None:
                return moved
        return beijing_today()

    def _work(self, session: Session, speaker: Speaker, correlation_id: str) -> Work:
        today = self.today(session)
        return Work(session, speaker, today, now(), self.policies, self.objects, correlation_id=correlation_id)

    def _do(self, handling: Handling, *given: Any) -> Any:
        return handling.use_case(*given, *(getattr(self.service, name) for name in handling.tools))

    def _ask(self, handling: Handling, request: Any, speaker: Speaker, call: Call) -> tuple[Any, ...]:
        if handling.ask is None:
            return ()

        def call_out(method: Method[Any, Any], question: Any) -> Any:
            return self.call_out(
                method,
                question,
                speaker=speaker,
                deadline=call.deadline,
                correlation_id=call.correlation_id,
                request_id=request_ids.derived(call, method, question) if method.kind == "command" else None,
            )

        with self.database.reading() as session:
            today = self.today(session)
        asks = Asks(call_out, speaker, today, self.policies, self.database.reading, self.objects)
        return (handling.ask(asks, request),)

    def _repeat(self, use_case: Callable[[], Any], deadline: float) -> Any:
        return repeat(use_case, self.service.conflicts, deadline)
