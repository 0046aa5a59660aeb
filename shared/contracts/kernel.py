"""What every service answers besides its own work, under its own name: settlement, move_clock, events_since,
list_parked, show_parked, replay_parked, verify_decisions, replay_decisions, list_decisions, read_audit, key_usage,
put_chunk, join_file, get_chunk; and tells: audit_sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from shared.contracts.common import PageSize
from shared.contracts.schema.declare import SERVICES, EventType, Method, command, event, query
from shared.contracts.schema.shapes import FileRef, Id, Json, Label, Rows, Text, Whole
from shared.money import Money
from shared.security.speaker import Role

Cursor = Annotated[int, Whole(0, 2**53)]
DOCUMENT_MAX = 200_000
"""Characters of a policy document that is sent to be tried; the longest one at hand has a tenth of them."""

EVERY_ROLE = frozenset(Role)
OPERATORS = (Role.OPERATOR,)
AUDITORS = (Role.OPERATOR, Role.AUDITOR)


@dataclass(frozen=True)
class AskSettlement:
    """No parameters."""


@dataclass(frozen=True)
class Settlement:
    """How far a service's telling and hearing has come. Counts by "<owner>.<event>".

    `due`: what the business date demands and isn't done yet.
    """

    told: Json
    unsent: int
    applied: Json
    waiting: int
    parked: int
    open_commands: int
    due: int = 0


@dataclass(frozen=True)
class MoveClock:
    to: date


@dataclass(frozen=True)
class ClockMoved:
    today: date


@dataclass(frozen=True)
class EventsSince:
    """`cursor`: the last position already read, 0 for the beginning."""

    cursor: Cursor = 0
    limit: PageSize = 200


@dataclass(frozen=True)
class PositionedEvent:
    position: int
    event: Json


@dataclass(frozen=True)
class EventPage:
    events: tuple[PositionedEvent, ...]
    cursor: int


@dataclass(frozen=True)
class ListParked:
    limit: PageSize = 200


@dataclass(frozen=True)
class ParkedEvent:
    event_id: str
    name: str
    attempts: int
    parked_at: datetime
    reason: str


@dataclass(frozen=True)
class ParkedPage:
    parked: tuple[ParkedEvent, ...]


@dataclass(frozen=True)
class OneParked:
    event_id: Id


@dataclass(frozen=True)
class ParkedBody:
    event_id: str
    reason: str
    body: str


@dataclass(frozen=True)
class Replayed:
    event_id: str


@dataclass(frozen=True)
class VerifyDecisions:
    cursor: Cursor = 0
    limit: PageSize = 500


@dataclass(frozen=True)
class VerifiedDecisions:
    """`differing`: ids whose facts, decided again, no longer give what was decided; how a finding is worded doesn't
    count. `cursor`: null at the end.
    """

    verified: int
    differing: tuple[str, ...]
    cursor: int | None


@dataclass(frozen=True)
class ReplayDecisions:
    """`document`: the YAML text of a policy document, which is neither installed nor kept.

    `as_if_from`: the asker's assumption that its first values held since that day; null for none. `cursor`: the last
    decision already replayed, 0 for the beginning.
    """

    document: Annotated[str, Text(DOCUMENT_MAX)]
    as_if_from: date | None = None
    cursor: Cursor = 0
    limit: PageSize = 200


@dataclass(frozen=True)
class FindingSide:
    """What a rule finds under one of the two documents."""

    rule: str
    clause: str
    outcome: str


@dataclass(frozen=True)
class FindingFlip:
    """A rule function whose outcome changes; a side is null where that document doesn't ask it."""

    function: str
    before: FindingSide | None
    after: FindingSide | None


@dataclass(frozen=True)
class AmountChange:
    """An amount of decisions before and after, in yuan."""

    name: str
    before: Money
    after: Money


@dataclass(frozen=True)
class ReplayedDecision:
    """A decision that would change, or that can't be decided: then `after` is null and `reason` says why.

    `newest`: no later decision of that name is about the same subject; `answers`: name → [before, after].
    """

    decision_id: str
    name: str
    subject_id: str
    project_id: str | None
    business_date: date
    newest: bool
    before: str
    after: str | None
    flips: tuple[FindingFlip, ...]
    amounts: tuple[AmountChange, ...]
    answers: Json
    reason: str


@dataclass(frozen=True)
class ReplayTotal:
    """Of the decisions of one name on this page: how many there are of each kind, and the sums of their amounts.

    Sums hold the newest decision about each subject only: one that was made again is not money twice.
    """

    name: str
    same: int
    changed: int
    undecided: int
    amounts: tuple[AmountChange, ...]


@dataclass(frozen=True)
class ReplayPage:
    """`document`: the identity of the text; `others`: decisions of other programmes, passed over; `last`: the number
    of the newest decision, for progress. `cursor`: null at the end.
    """

    document: str
    totals: tuple[ReplayTotal, ...]
    changes: tuple[ReplayedDecision, ...]
    others: int
    last: int
    cursor: int | None


@dataclass(frozen=True)
class ListDecisions:
    subject_id: Id
    limit: PageSize = 200


@dataclass(frozen=True)
class StoredDecision:
    id: str
    name: str
    document: str
    business_date: date
    decision: Json


@dataclass(frozen=True)
class DecisionPage:
    decisions: tuple[StoredDecision, ...]


@dataclass(frozen=True)
class ReadAudit:
    """Rows after `cursor`, heads of the other chains after `heads_cursor`: both from 0, each to its own end."""

    cursor: Cursor = 0
    heads_cursor: Cursor = 0
    limit: PageSize = 500


@dataclass(frozen=True)
class AuditPage:
    """Rows in order of writing, the seals of these rows, and heads of all other chains that are kept here.

    A cursor is null where there is nothing after this page.
    """

    rows: tuple[Json, ...]
    seals: tuple[Json, ...]
    heads: tuple[Json, ...]
    cursor: int | None
    heads_cursor: int | None


@dataclass(frozen=True)
class AskKeyUsage:
    """No parameters."""


@dataclass(frozen=True)
class RingUsage:
    """`active`: the key id that writes; `needed`: how many values only each other key opens or finds, by key id.

    The key id "" stands for all keys that the service doesn't hold: such values can't be read at all.
    """

    ring: str
    active: str
    needed: Json


@dataclass(frozen=True)
class KeyUsage:
    rings: tuple[RingUsage, ...]


@dataclass(frozen=True)
class PutChunk:
    """At most 1 MiB of a file, in base64."""

    data: Annotated[str, Text(1_400_000, pattern=r"[A-Za-z0-9+/]*={0,2}", hint="请以 base64 编码")]


@dataclass(frozen=True)
class ChunkPut:
    chunk: FileRef


@dataclass(frozen=True)
class JoinFile:
    """Chunks put before, in order, become one file. `file`: the SHA-256 of the whole, as the sender counted it."""

    file: FileRef
    chunks: Annotated[tuple[FileRef, ...], Rows(32, min=1)]
    name: Label
    media_type: Annotated[str, Text(100, pattern=r"[a-z0-9.+-]+/[a-z0-9.+-]+", hint="如 application/pdf")]


@dataclass(frozen=True)
class FileKept:
    file: FileRef
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class GetChunk:
    file: FileRef
    number: Annotated[int, Whole(0, 31)] = 0


@dataclass(frozen=True)
class Chunk:
    """`data` in base64; `chunks`: how many the file has."""

    data: str
    chunks: int
    name: str
    media_type: str


@dataclass(frozen=True)
class AuditSealed:
    """A signed head of the teller's chain: everything up to its sequence is fixed (`audit_chain.SignedHead`)."""

    head: Json


SETTLEMENT: dict[str, Method[AskSettlement, Settlement]] = {}
MOVE_CLOCK: dict[str, Method[MoveClock, ClockMoved]] = {}
EVENTS_SINCE: dict[str, Method[EventsSince, EventPage]] = {}
LIST_PARKED: dict[str, Method[ListParked, ParkedPage]] = {}
SHOW_PARKED: dict[str, Method[OneParked, ParkedBody]] = {}
REPLAY_PARKED: dict[str, Method[OneParked, Replayed]] = {}
VERIFY_DECISIONS: dict[str, Method[VerifyDecisions, VerifiedDecisions]] = {}
REPLAY_DECISIONS: dict[str, Method[ReplayDecisions, ReplayPage]] = {}
LIST_DECISIONS: dict[str, Method[ListDecisions, DecisionPage]] = {}
READ_AUDIT: dict[str, Method[ReadAudit, AuditPage]] = {}
KEY_USAGE: dict[str, Method[AskKeyUsage, KeyUsage]] = {}
PUT_CHUNK: dict[str, Method[PutChunk, ChunkPut]] = {}
JOIN_FILE: dict[str, Method[JoinFile, FileKept]] = {}
GET_CHUNK: dict[str, Method[GetChunk, Chunk]] = {}
AUDIT_SEALED: dict[str, EventType[AuditSealed]] = {}

_OFFICIALS = (Role.CITY_OFFICER, *AUDITORS)


def _declare(service: str) -> None:
    SETTLEMENT[service] = query(
        f"{service}.settlement",
        AskSettlement,
        Settlement,
        OPERATORS,
        "Whether all that was told has been applied.",
    )
    MOVE_CLOCK[service] = command(
        f"{service}.move_clock",
        MoveClock,
        ClockMoved,
        OPERATORS,
        "Moves the business date; only where ALLOW_CLOCK=1.",
    )
    EVENTS_SINCE[service] = query(
        f"{service}.events_since", EventsSince, EventPage, OPERATORS, "What a late listener missed, in order."
    )
    LIST_PARKED[service] = query(f"{service}.list_parked", ListParked, ParkedPage, OPERATORS, "Events set aside.")
    SHOW_PARKED[service] = query(f"{service}.show_parked", OneParked, ParkedBody, OPERATORS, "One of them, whole.")
    REPLAY_PARKED[service] = command(
        f"{service}.replay_parked", OneParked, Replayed, OPERATORS, "Tries a parked event again."
    )
    VERIFY_DECISIONS[service] = query(
        f"{service}.verify_decisions",
        VerifyDecisions,
        VerifiedDecisions,
        AUDITORS,
        "Decides stored facts again and names what differs (X-6).",
    )
    REPLAY_DECISIONS[service] = query(
        f"{service}.replay_decisions",
        ReplayDecisions,
        ReplayPage,
        (Role.CITY_OFFICER, Role.AUDITOR),
        "Decides stored facts under another document and shows what would change; changes nothing.",
    )
    LIST_DECISIONS[service] = query(
        f"{service}.list_decisions",
        ListDecisions,
        DecisionPage,
        _OFFICIALS,
        "Every decision about one subject, whole.",
    )
    READ_AUDIT[service] = query(f"{service}.read_audit", ReadAudit, AuditPage, AUDITORS, "Audit rows with their seals.")
    KEY_USAGE[service] = query(
        f"{service}.key_usage", AskKeyUsage, KeyUsage, OPERATORS, "What still needs an old key, for their rotation."
    )
    PUT_CHUNK[service] = command(f"{service}.put_chunk", PutChunk, ChunkPut, EVERY_ROLE, "A part of a file.")
    JOIN_FILE[service] = command(f"{service}.join_file", JoinFile, FileKept, EVERY_ROLE, "Parts become a file.")
    GET_CHUNK[service] = query(f"{service}.get_chunk", GetChunk, Chunk, EVERY_ROLE, "A part of a file in reach.")
    AUDIT_SEALED[service] = event(
        f"{service}.audit_sealed",
        AuditSealed,
        consumers=tuple(other for other in SERVICES if other != service),
        about="A signed head of this service's audit chain, for the others to keep.",
        public=False,
    )


for _service in SERVICES:
    _declare(_service)

KERNEL_METHODS: dict[str, dict[str, Method[Any, Any]]] = {
    "settlement": dict(SETTLEMENT),
    "move_clock": dict(MOVE_CLOCK),
    "events_since": dict(EVENTS_SINCE),
    "list_parked": dict(LIST_PARKED),
    "show_parked": dict(SHOW_PARKED),
    "replay_parked": dict(REPLAY_PARKED),
    "verify_decisions": dict(VERIFY_DECISIONS),
    "replay_decisions": dict(REPLAY_DECISIONS),
    "list_decisions": dict(LIST_DECISIONS),
    "read_audit": dict(READ_AUDIT),
    "key_usage": dict(KEY_USAGE),
    "put_chunk": dict(PUT_CHUNK),
    "join_file": dict(JOIN_FILE),
    "get_chunk": dict(GET_CHUNK),
}
