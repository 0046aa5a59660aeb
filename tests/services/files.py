"""Files sent to a service on the harness and fetched from it, in chunks as any caller does it."""

from __future__ import annotations

import base64
import hashlib

from shared.contracts.kernel.files import GET_CHUNK, JOIN_FILE, PUT_CHUNK, JoinFile, PutChunk
from shared.security.objects import CHUNK_BYTES
from shared.security.speaker import Speaker
from tests.services.harness import KernelHarness


def put(
    harness: KernelHarness,
    speaker: Speaker,
    content: bytes,
    name: str = "表.xlsx",
    media_type: str = "application/octet-stream",
) -> str:
    """The reference of a file that the speaker uploaded."""
    service = harness.kernel.name
    pieces = [content[start : start + CHUNK_BYTES] for start in range(0, len(content), CHUNK_BYTES)]
    chunks = tuple(
        harness.call(speaker, PUT_CHUNK[service], PutChunk(base64.b64encode(piece).decode())).chunk for piece in pieces
    )
    request = JoinFile(f"sha256:{hashlib.sha256(content).hexdigest()}", chunks, name, media_type)
    return harness.call(speaker, JOIN_FILE[service], request).file


def fetch(harness: KernelHarness, speaker: Speaker, file: str) -> bytes:
    """Its content, as far as the speaker may have it."""
    method = GET_CHUNK[harness.kernel.name]
    wire = [harness.call_raw(speaker, method, {"file": file})]
    wire += [harness.call_raw(speaker, method, {"file": file, "number": more}) for more in range(1, wire[0]["chunks"])]
    return b"".join(base64.b64decode(chunk["data"]) for chunk in wire)
