"""A good request for every method that all services answer about themselves; files are each side's own."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import date
from typing import Any

from shared.contracts import kernel as contract
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
        "settlement": contract.AskSettlement(),
        "move_clock": contract.MoveClock(LATER),
        "events_since": contract.EventsSince(),
        "list_parked": contract.ListParked(),
        "show_parked": contract.OneParked(PARKED),
        "replay_parked": contract.OneParked(PARKED),
        "verify_decisions": contract.VerifyDecisions(),
        "replay_decisions": contract.ReplayDecisions(TRIED.read_text("utf-8")),
        "list_decisions": contract.ListDecisions(f"subject-{side.name}"),
        "read_audit": contract.ReadAudit(),
        "key_usage": contract.AskKeyUsage(),
        "put_chunk": contract.PutChunk(b64encode(content(side)).decode()),
        "join_file": contract.JoinFile(file_of(side), (file_of(side),), f"{side.name}.txt", "text/plain"),
        "get_chunk": contract.GetChunk(file_of(side)),
    }
