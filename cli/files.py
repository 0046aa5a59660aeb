"""Files over the bus, from the command line: sent and fetched in chunks, with their progress on standard error."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

from shared.contracts.kernel.files import GET_CHUNK, JOIN_FILE, PUT_CHUNK, GetChunk, JoinFile, PutChunk
from shared.runtime.system_client import System
from shared.security.objects import CHUNK_BYTES
from shared.security.speaker import Speaker

Item = TypeVar("Item")


def send(system: System, service: str, speaker: Speaker, content: bytes, name: str) -> str:
    """The reference of the file, kept by the service for the speaker's organisation or district."""
    pieces = [content[start : start + CHUNK_BYTES] for start in range(0, len(content), CHUNK_BYTES)]
    chunks = tuple(
        system.ask(PUT_CHUNK[service], PutChunk(base64.b64encode(piece).decode()), speaker).chunk
        for piece in shown(pieces, f"上传 {name}")
    )
    whole = f"sha256:{hashlib.sha256(content).hexdigest()}"
    request = JoinFile(whole, chunks, name, "application/octet-stream")
    return str(system.ask(JOIN_FILE[service], request, speaker).file)


def fetch(system: System, service: str, speaker: Speaker, file: str) -> tuple[bytes, str]:
    """A file's content and its name."""
    first = system.ask(GET_CHUNK[service], GetChunk(file), speaker)
    rest = [system.ask(GET_CHUNK[service], GetChunk(file, number), speaker) for number in range(1, first.chunks)]
    return b"".join(base64.b64decode(chunk.data) for chunk in (first, *rest)), first.name


def shown(items: Iterable[Item], label: str) -> Iterator[Item]:
    """The items, counted on standard error as they are worked through."""
    listed = list(items)
    for number, item in enumerate(listed, start=1):
        click.echo(f"{label}：{number}/{len(listed)}", err=True)
        yield item
