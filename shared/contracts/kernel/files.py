"""Files in parts: put, joined, fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from shared.contracts.schema.declare import command, of_every_service, query
from shared.contracts.schema.shapes import FileRef, Label, Rows, Text, Whole
from shared.security.speaker import Role

EVERY_ROLE = frozenset(Role)


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


PUT_CHUNK = of_every_service(command, "put_chunk", PutChunk, ChunkPut, EVERY_ROLE, "A part of a file.")
JOIN_FILE = of_every_service(command, "join_file", JoinFile, FileKept, EVERY_ROLE, "Parts become a file.")
GET_CHUNK = of_every_service(query, "get_chunk", GetChunk, Chunk, EVERY_ROLE, "A part of a file in reach.")
