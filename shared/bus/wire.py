"""The bytes on the bus, compatible with a stock nameko caller and listener; `docs/wire-format.md` shows them.

A call:    exchange "nameko-rpc", routing key "<service>.<method>", body {"args": [], "kwargs": {…request…}},
           properties reply_to, correlation_id, content_type "application/json", headers below.
An answer: {"result": {…}, "error": null} or {"result": null, "error": {exc_type, exc_path, exc_args, value, code,
           message, details}}: nameko reads the first four, everyone else the last three.
An event:  exchange "<owner>.events", routing key = event name; and on "public", "<event>.<district>".
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from shared.contracts.schema import codec
from shared.contracts.schema.shapes import Json
from shared.errors import InvalidRequest, SkillsError, TooLarge, Unavailable

CONTENT_TYPE = "application/json"

# nameko puts every key of a proxy's context data behind its own prefix: a stock client can send ours.
TOKEN = "nameko.token"  # noqa: S105
REQUEST_ID = "nameko.request_id"
DEADLINE = "nameko.deadline"  # milliseconds since 1970-01-01 UTC
CORRELATION_ID = "nameko.correlation_id"

TOKEN_MAX, NAME_MAX, EVENT_NAME_MAX = 8192, 64, 80
"""Characters of a token, of an id, and of an event's full name."""

DEFAULT_TIMEOUT = 30.0
"""Seconds that a call without a deadline may take."""

_NO_ANSWER = "答复无法识别，结果未知；请用同一个 request_id 重试"


def new_correlation_id() -> str:
    """A conversation that begins here."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Call:
    """One request as it arrived. `deadline`: seconds since 1970, real time.

    `user`: the broker's user that brought it; None within one process, where there is no broker and nobody else.
    """

    route: str
    payload: Any
    token: str | None
    request_id: str | None
    deadline: float
    correlation_id: str = field(default_factory=new_correlation_id)
    user: str | None = None


def call_headers(call: Call) -> dict[str, Any]:
    """The AMQP headers of a call; what it lacks is left out."""
    headers = {
        TOKEN: call.token,
        REQUEST_ID: call.request_id,
        DEADLINE: int(call.deadline * 1000),
        CORRELATION_ID: call.correlation_id,
    }
    return {name: value for name, value in headers.items() if value is not None}


def read_call(
    route: str, body: bytes | str, headers: Mapping[str, Any], received_at: float, user: str | None = None
) -> Call:
    """A call from its bytes. Raises InvalidRequest or TooLarge; only the headers above are looked at."""
    if _size(body) > codec.MAX_BODY:
        raise TooLarge(f"消息超过 {codec.MAX_BODY // 1024 // 1024} MiB，请分批提交")
    wire = codec.loads(body)
    if not isinstance(wire, dict) or not isinstance(wire.get("kwargs"), dict) or wire.get("args"):
        raise InvalidRequest.of(("", '正文应为 {"args": [], "kwargs": {…}}，参数都写在 kwargs 里'))
    return Call(
        route=route,
        payload=wire["kwargs"],
        token=_text(headers, TOKEN, TOKEN_MAX),
        request_id=_text(headers, REQUEST_ID, NAME_MAX),
        deadline=_deadline(headers, received_at),
        correlation_id=_text(headers, CORRELATION_ID, NAME_MAX) or new_correlation_id(),
        user=user,
    )


def write_call(payload: Mapping[str, Any]) -> str:
    """The body of a call."""
    return codec.dumps({"args": [], "kwargs": dict(payload)})


def write_result(result: Any) -> str:
    """The body of an answer, from plain JSON."""
    return codec.dumps({"result": result, "error": None})


def write_error(error: SkillsError) -> str:
    """The body of an answer that is a typed error."""
    named = type(error)
    return codec.dumps(
        {
            "result": None,
            "error": {
                "exc_type": named.__name__,
                "exc_path": f"{named.__module__}.{named.__name__}",
                "exc_args": [error.message],
                "value": error.message,
                **error.to_wire(),
            },
        }
    )


def read_answer(body: bytes | str) -> Any:
    """The result of an answer; raises the typed error that it carries, or Unavailable for what is no answer."""
    try:
        wire = codec.loads(body)
    except InvalidRequest:
        raise Unavailable(_NO_ANSWER) from None
    if not isinstance(wire, dict) or "result" not in wire or not isinstance(wire.get("error"), dict | None):
        raise Unavailable(_NO_ANSWER)
    if wire.get("error"):
        raise SkillsError.from_wire(wire["error"])
    return wire["result"]


def _size(body: bytes | str) -> int:
    """In bytes: a transport that has decoded the body already hides up to three of four."""
    return len(body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body)


def _text(headers: Mapping[str, Any], name: str, longest: int) -> str | None:
    value = headers.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise InvalidRequest.of((name, f"消息头 {name} 应为不超过 {longest} 个字符的文字"))
    return value


def _deadline(headers: Mapping[str, Any], received_at: float) -> float:
    value = headers.get(DEADLINE)
    if value is None:
        return received_at + DEFAULT_TIMEOUT
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise InvalidRequest.of((DEADLINE, f"消息头 {DEADLINE} 应为整数（毫秒）"))
    return value / 1000


# --- events ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Envelope:
    """What surrounds an event's data. `actor`: {subject, role, system}; no personal data anywhere in an event."""

    event_id: str
    name: str
    version: int
    aggregate_id: str
    sequence: int
    district: str | None
    occurred_at: datetime
    business_date: date
    actor: Json
    correlation_id: str
    data: Json


Data = TypeVar("Data")


@dataclass(frozen=True)
class Event(Generic[Data]):
    """An envelope with its data read into the contract's class: what a handler is given."""

    envelope: Envelope
    data: Data


def write_event(envelope: Envelope) -> str:
    """The body of an event."""
    return codec.dumps(codec.write(envelope))


def read_event(body: bytes | str) -> Envelope:
    """Raises InvalidRequest where the bytes are no event, or an id of it is none that could be kept."""
    envelope = codec.read_tolerant(Envelope, codec.loads(body))
    limits = {"event_id": NAME_MAX, "correlation_id": NAME_MAX, "name": EVENT_NAME_MAX}
    wrong = [name for name, longest in limits.items() if not 0 < len(getattr(envelope, name)) <= longest]
    if wrong:
        raise InvalidRequest.of(*((name, f"长度应为 1 至 {limits[name]} 个字符") for name in wrong))
    return envelope
