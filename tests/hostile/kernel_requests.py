"""A good request for every method that all services answer about themselves; files are each side's own."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import date
from typing import Any

from shared.contracts.kernel.audit import ReadAudit
from shared.contracts.kernel.decisions import ListDecisions, VerifyDecisions
from shared.contracts.kernel.files import GetChunk, JoinFile, PutChunk
from shared.contracts.kernel.key_usage import AskKeyUsage
from shared.contracts.kernel.missed_events import EventsSince, ListParked, OneParked
from shared.contracts.kernel.replay import ReplayDecisions
from shared.contracts.kernel.settlement import AskSettlement, MoveClock
from shared.contracts.schema.shapes import FileRef
from tests.hostile.sides import Side
from tests.rules.policy import DOCUMENTS

LATER = date(2027, 1, 4)
"""A day to which the clock of every driver may be moved."""
PARKED = "parked-event"
(TRIED,) = DOCUMENTS.glob("*apprenticeship.yaml")
"""A document that may be tried: the packaged one."""


def content(side: Side) -> bytes:
    """What stands in the side's file."""
    return f"材料 {side.name}".encode()


def file_of(side: Side) -> FileRef:
    return "sha256:" + hashlib.sha256(content(side)).hexdigest()


def kernel_requests(side: Side) -> dict[str, Any]:
    return {
        "settlement": AskSettlement(),
        "move_clock": MoveClock(LATER),
        "events_since": EventsSince(),
        "list_parked": ListParked(),
        "show_parked": OneParked(PARKED),
        "replay_parked": OneParked(PARKED),
        "verify_decisions": VerifyDecisions(),
        "replay_decisions": ReplayDecisions(TRIED.read_text("utf-8")),
        "list_decisions": ListDecisions(f"subject-{side.name}"),
        "read_audit": ReadAudit(),
        "key_usage": AskKeyUsage(),
        "put_chunk": PutChunk(b64encode(content(side)).decode()),
        "join_file": JoinFile(file_of(side), (file_of(side),), f"{side.name}.txt", "text/plain"),
        "get_chunk": GetChunk(file_of(side)),
    }
