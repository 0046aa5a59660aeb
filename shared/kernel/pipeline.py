"""The straight line that every command, query and event walks, in every service.

    command   decode → who is it → may they → seen this request id? → ask other services
              → one transaction: request id, load, decide, store, tell, audit → commit → answer
    query     decode → who is it → may they → ask → read → answer
    event     read → ask → one transaction: effect, tell, audit, applied → commit

The kernel knows neither nameko nor eventlet: tests walk the same line without a bus.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.bus.grants import Grants
from shared.bus.wire import Call, Envelope, Event
from shared.clock import beijing_today, now
from shared.contracts.schema import codec
from shared.contracts.schema.declare import EventType, Method
from shared.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    NotPermitted,
    SkillsError,
    Unauthenticated,
    Unavailable,
)
from shared.kernel import audit_rows
from shared.kernel.crash_points import Boundaries
from shared.kernel.retry import repeat
from shared.kernel.service import Handling, Service, handlings
from shared.kernel.work import Asks, Look, Work
from shared.observability import CALLS_REFUSED, RPC_SECONDS, count_outcome
from shared.policy.document import Document
from shared.policy.policies import Policies
from shared.security.objects import EncryptedObjects
from shared.security.permissions import check_role
from shared.security.speaker import Speaker
from shared.security.tokens import TokenVerifier
from shared.store.database import Database, is_disconnect
from shared.store.kernel_tables import Answered, BusinessClock, InboxRow

log = structlog.get_logger()

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
    boundaries: Boundaries = field(default_factory=Boundaries)
    wake: Callable[[str], None] = lambda _name: None
    open_commands: int = 0
    grants: Callable[[], Grants] = Grants

    def __post_init__(self) -> None:
        self.name = self.service.name
        self.handlings: Mapping[str, Handling] = handlings(self.service)

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
            raise self._unexpected(call.route, error) from None
        finally:
            route = call.route if call.route in self.handlings else "unknown"
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
                self._audit_refusal(call, speaker, refusal)
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
        content = content_digest(method, call.payload)
        if handling.ask is not None:  # what was done before is answered without asking anybody again
            with self.database.reading() as session:
                seen = self._seen(session, speaker, call, content)
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
            seen = self._seen(session, speaker, call, content)
            if seen is not None:
                return seen.answer
            remembered = self._remember(session, speaker, call, content)
            work = self._work(session, speaker, call.correlation_id)
            answered = self._do(handling, work, request, *asked)
            answer = codec.write(answered)
            remembered.answer = codec.without_once(type(answered), answer)
            audit_rows.record(session, call, speaker, work.today, "ok", work.objects, work.purpose)
            session.flush()
            self.boundaries.reached("before_commit", call.route)
        self.boundaries.reached("after_commit", call.route)
        self.wake(call.route)
        return answer

    def _seen(self, session: Session, speaker: Speaker, call: Call, content: str) -> Answered | None:
        """The answer this request id got before; raises Conflict where it came with other content (X-14)."""
        answered = session.get(Answered, (speaker.system, speaker.subject, call.request_id))
        if answered is not None and (answered.method, answered.content) != (call.route, content):
            raise Conflict(
                "这个 request_id 已用于另一项内容，请为新的请求换一个 request_id", request_id=call.request_id
            )
        return answered

    def _remember(self, session: Session, speaker: Speaker, call: Call, content: str) -> Answered:
        """Claims the request id first: a second one at the same moment waits, then sees this one's answer."""
        row = Answered(
            system=speaker.system,
            subject=speaker.subject,
            request_id=call.request_id,
            method=call.route,
            content=content,
            answer=None,
            answered_at=now(),
        )
        session.add(row)
        session.flush()
        return row

    def _check_deadline(self, call: Call) -> None:
        if time.time() > call.deadline:
            raise Unavailable("请求已过截止时间，未办理；请用同一个 request_id 重新提交")

    def turn_away(self, route: str, user: str | None, refusal: SkillsError) -> None:
        """Audits and counts a call that the door refuses before it is read."""
        known = route if route in self.handlings else "unknown"
        count_outcome(self.name, known, refusal.code)
        self._audit_refusal(Call(known, {}, None, None, time.time(), user=user), None, refusal)

    # --- events --------------------------------------------------------------------------------------------------

    def apply(self, envelope: Envelope, inbox_number: int) -> None:
        """The effect of one heard event and the mark that it was applied, in one transaction."""
        handling = self.handlings.get(envelope.name)
        if handling is None or not isinstance(handling.serves, EventType):
            raise NotFound(f"{self.name} does not hear {envelope.name}")
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
            self.boundaries.reached("before_apply_commit", call.route)
        self.boundaries.reached("after_apply_commit", call.route)
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
                request_id=_derived_request_id(call, method, question) if method.kind == "command" else None,
            )

        with self.database.reading() as session:
            today = self.today(session)
        asks = Asks(call_out, speaker, today, self.policies, self.database.reading, self.objects)
        return (handling.ask(asks, request),)

    def _repeat(self, use_case: Callable[[], Any], deadline: float) -> Any:
        return repeat(use_case, self.service.conflicts, deadline)

    def _unexpected(self, route: str, error: Exception) -> SkillsError:
        if is_disconnect(error):
            log.warning("database_away", service=self.name, route=route, kind=type(error).__name__)
            return Unavailable("数据库暂不可用，未办理；请稍后用同一个 request_id 重新提交")
        # The text of a foreign error may quote personal data: only its kind and its place are logged.
        log.error("unexpected", service=self.name, route=route, kind=type(error).__name__, at=_place(error))
        return Unavailable("系统内部错误，未办理；请稍后用同一个 request_id 重试，仍不成功请联系运维", route=route)

    def _audit_refusal(self, call: Call, speaker: Speaker | None, refusal: SkillsError) -> None:
        if (why := refusal.details.get("reason")) is not None and isinstance(refusal, (Unauthenticated, NotPermitted)):
            CALLS_REFUSED.labels(self.name, str(why)).inc()
        try:
            with self.database.transaction() as session:
                audit_rows.record(session, call, speaker, self.today(session), refusal.code)
        except Exception as error:
            # The refusal still reaches the caller; that its trace could not be written is an operator's matter.
            log.error("refusal_not_audited", service=self.name, route=call.route, kind=type(error).__name__)


def content_digest(method: Method[Any, Any], payload: Mapping[str, Any]) -> str:
    """What a request id stands for: the method and its parameters, digested, so that no personal data stays."""
    return hashlib.sha256(f"{method.route}\n{codec.dumps(payload)}".encode()).hexdigest()


def _derived_request_id(call: Call, method: Method[Any, Any], question: Any) -> str:
    """The same question of the same request or event has the same id: asked again, it is answered, not done again."""
    asked = content_digest(method, codec.write(question))
    return hashlib.sha256(f"{call.request_id or call.correlation_id}\n{asked}".encode()).hexdigest()


def _place(error: Exception) -> list[str]:
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-6:]
