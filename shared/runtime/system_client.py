"""The whole system as one caller sees it: asks with patience, waits until all is settled, moves the business date.

For stories, the command line and tests. It needs the sandbox's issuer, so it is of no use against production.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tenacity import RetryError, Retrying, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed

from shared.bus.client import Caller
from shared.clock import now
from shared.contracts.catalogue import EVENTS
from shared.contracts.kernel.settlement import MOVE_CLOCK, SETTLEMENT, AskSettlement, MoveClock, Settlement
from shared.contracts.schema import codec
from shared.contracts.schema.declare import SERVICES, Method
from shared.errors import Unavailable
from shared.security.keys import Keys
from shared.security.speaker import Purpose, Role, Speaker
from shared.security.tokens import TokenIssuer

SANDBOX_ISSUER = "sandbox"
TOKEN_LIFETIME = timedelta(minutes=5)
OPERATOR = Speaker(subject="cli", system="cli", role=Role.OPERATOR)
AUDITOR = Speaker(subject="cli", system="cli", role=Role.AUDITOR)
ANSWER_TIMEOUT = 15.0
"""Seconds that one attempt waits for its answer."""
PATIENCE = 120.0
"""Seconds that a story waits for a part that is down, repeating the same request id."""


class NotSettledError(Exception):
    """Something that was told is not applied everywhere in time, or is parked."""


@dataclass(frozen=True)
class System:
    """A system that can be called. `issuer` signs the sandbox's tokens."""

    caller: Caller
    issuer: TokenIssuer
    keys: Keys

    def ask(self, method: Method[Any, Any], request: Any, speaker: Speaker = OPERATOR) -> Any:
        """The contract's answer. A part that is down is asked again, with the same request id, for a while."""
        wire = self.call(method.route, codec.write(request), speaker)
        return codec.read_tolerant(method.answer, wire)

    def call(
        self,
        route: str,
        payload: Mapping[str, Any],
        speaker: Speaker,
        *,
        patience: float = PATIENCE,
        request_id: str | None = None,
    ) -> Any:
        """Plain JSON in and out; see `ask`."""
        request_id = request_id or uuid.uuid4().hex
        for attempt in Retrying(
            retry=retry_if_exception_type(Unavailable),
            stop=stop_after_delay(patience),
            wait=wait_fixed(0.2),
            reraise=True,
        ):
            with attempt:
                token = self.issuer.issue(speaker, now(), TOKEN_LIFETIME)
                answer = self.caller.call_raw(
                    route, dict(payload), token=token, request_id=request_id, timeout=ANSWER_TIMEOUT
                )
        return answer

    def settle(self) -> None:
        """Returns when two successive readings agree that all that was told is applied; raises NotSettledError."""
        waiting = Retrying(
            retry=retry_if_result(lambda settled: not settled), stop=stop_after_delay(PATIENCE), wait=wait_fixed(0.01)
        )
        before: dict[str, Settlement] = {}

        def settled() -> bool:
            nonlocal before
            reading = {service: self.ask(SETTLEMENT[service], AskSettlement()) for service in SERVICES}
            parked = [service for service, one in reading.items() if one.parked]
            if parked:
                raise NotSettledError(f"搁置的事件：{', '.join(parked)}，请用 skills parked list 查看")
            same, before = reading == before, reading
            return same and _all_applied(reading)

        try:
            waiting(settled)
        except RetryError:
            raise NotSettledError(f"{PATIENCE:.0f} 秒内未办结：{before}") from None

    def close(self) -> None:
        """Drops its connections."""
        self.caller.close()

    def move_clock(self, to: date) -> None:
        """Moves the business date of all services. Raises NotPermitted where they don't allow it."""
        for service in SERVICES:
            self.ask(MOVE_CLOCK[service], MoveClock(to))


def _all_applied(reading: Mapping[str, Settlement]) -> bool:
    idle = all(not (one.unsent or one.waiting or one.open_commands or one.due) for one in reading.values())
    return idle and all(
        reading[consumer].applied.get(name, 0) == reading[event.owner].told.get(name, 0)
        for name, event in EVENTS.items()
        for consumer in event.consumers
    )


def speaker_of(role: str, subject: str, district: str | None = None, organisation: str | None = None) -> Speaker:
    """A speaker of the sandbox, who may name any purpose that the role is allowed. Raises ValueError."""
    return Speaker(
        subject=subject,
        system=SANDBOX_ISSUER,
        role=Role(role),
        district=district,
        organisation=organisation,
        purposes=frozenset(Purpose),
    )


def system_at(amqp_url: str, keys: Keys) -> System:
    """The system on that bus, spoken to with tokens of the sandbox's issuer."""
    return System(Caller(amqp_url), TokenIssuer(SANDBOX_ISSUER, keys.issuer_key(SANDBOX_ISSUER)), keys)
