"""The request ids of commands: one id stands for one content, and the same id again gets the same answer (X-14)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from shared.bus.wire import Call
from shared.clock import now
from shared.contracts.schema import codec
from shared.contracts.schema.declare import Method
from shared.errors import Conflict
from shared.security.speaker import Speaker
from shared.store.kernel_tables import Answered


def content_digest(method: Method[Any, Any], payload: Mapping[str, Any]) -> str:
    """What a request id stands for: the method and its parameters, digested, so that no personal data stays."""
    return hashlib.sha256(f"{method.route}\n{codec.dumps(payload)}".encode()).hexdigest()


def derived(call: Call, method: Method[Any, Any], question: Any) -> str:
    """The id of a command that a request or an event gives to another service: asked again, it isn't done again."""
    asked = content_digest(method, codec.write(question))
    return hashlib.sha256(f"{call.request_id or call.correlation_id}\n{asked}".encode()).hexdigest()


def answered_before(session: Session, speaker: Speaker, call: Call, content: str) -> Answered | None:
    """The answer that this request id got before, None where it is new. Raises Conflict where it had other content."""
    answered = session.get(Answered, (speaker.system, speaker.subject, call.request_id))
    if answered is not None and (answered.method, answered.content) != (call.route, content):
        raise Conflict("这个 request_id 已用于另一项内容，请为新的请求换一个 request_id", request_id=call.request_id)
    return answered


def claim(session: Session, speaker: Speaker, call: Call, content: str) -> Answered:
    """Takes the request id first: a second one at the same moment waits, then sees this one's answer."""
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
