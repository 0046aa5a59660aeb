"""Encrypted files, named by the SHA-256 of their content, behind one small port for their bytes.

    stored = "SKO1" | length of key id (1 byte) | key id | size of content (8 bytes) | sealed chunks

The name is of the content, not of the ciphertext: it says what a decision referred to, and it survives a
rotation. Each chunk of 1 MiB is sealed on its own, bound to name, header and number, so that one chunk can
be read without the others and a cut or swapped file doesn't open.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shared.errors import NotFound, TooLarge
from shared.security.aead import OVERHEAD_BYTES, Unreadable, framed, key_of, seal, unseal
from shared.security.keys import Ring

CHUNK_BYTES = 1 << 20
OBJECT_BYTES_MAX = 32 << 20

_MAGIC = b"SKO1"
_HEADER_BYTES_MAX = len(_MAGIC) + 1 + 63 + 8
_NAME = re.compile(r"[0-9a-f]{64}")


class ObjectStore(Protocol):
    """Where bytes lie, by name: a directory, or an S3-compatible store."""

    def put(self, name: str, stored: bytes) -> None:
        """Writes the whole or nothing; replaces what had that name."""

    def get(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes from `start`, at most `length`. Raises NotFound."""

    def exists(self, name: str) -> bool:
        """Whether something has that name."""

    def names(self, after: str = "") -> Iterator[str]:
        """Every name greater than `after`, in order."""


@dataclass(frozen=True)
class DirectoryStore:
    """Objects as files of mode 0600 under one folder, written beside their place and then renamed."""

    root: Path

    def put(self, name: str, stored: bytes) -> None:
        """Writes the whole or nothing, on disk when it returns."""
        file = self._file(name)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = file.with_name(f".{name}.{secrets.token_hex(8)}")
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(stored)
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
        _sync_folder(file.parent)

    def get(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes from `start`, at most `length`. Raises NotFound."""
        try:
            with self._file(name).open("rb") as stream:
                stream.seek(start)
                return stream.read(-1 if length is None else length)
        except FileNotFoundError:
            raise _not_found() from None

    def exists(self, name: str) -> bool:
        """Whether something has that name."""
        return self._file(name).is_file()

    def names(self, after: str = "") -> Iterator[str]:
        """Every name greater than `after`, in order."""
        folders = sorted(entry.name for entry in self.root.iterdir()) if self.root.is_dir() else []
        for folder in folders:
            if folder >= after[:2] and (self.root / folder).is_dir():
                files = (entry.name for entry in (self.root / folder).iterdir())
                yield from sorted(name for name in files if name > after and _NAME.fullmatch(name))

    def _file(self, name: str) -> Path:
        # Names come from messages: nothing but a digest may become a path.
        if not _NAME.fullmatch(name):
            raise _not_found()
        return self.root / name[:2] / name


@dataclass(frozen=True)
class _Header:
    key_id: str
    size: int

    def to_bytes(self) -> bytes:
        key_id = self.key_id.encode("ascii")
        return _MAGIC + bytes([len(key_id)]) + key_id + self.size.to_bytes(8, "big")

    @property
    def chunks(self) -> int:
        return -(-self.size // CHUNK_BYTES)


@dataclass(frozen=True)
class EncryptedObjects:
    """The files of one service. `ring`: the `objects` ring."""

    store: ObjectStore
    ring: Ring

    def put(self, content: bytes) -> str:
        """Stores content; returns its name, 64 hex digits. The same content again heals and re-encrypts it.

        Raises TooLarge beyond 32 MiB.
        """
        if len(content) > OBJECT_BYTES_MAX:
            limit = OBJECT_BYTES_MAX >> 20
            raise TooLarge(f"文件超过 {limit} MiB，请压缩或拆分后重新上传", limit_bytes=OBJECT_BYTES_MAX)
        name = hashlib.sha256(content).hexdigest()
        active = self.ring.active
        header = _Header(active.key_id, len(content))
        pieces = [content[start : start + CHUNK_BYTES] for start in range(0, len(content), CHUNK_BYTES)]
        sealed = [seal(active, piece, _bound(name, header, number)) for number, piece in enumerate(pieces)]
        self.store.put(name, header.to_bytes() + b"".join(sealed))
        return name

    def get(self, name: str) -> bytes:
        """The whole content. Raises NotFound, or Unreadable when a byte of it differs."""
        header = self._header(name)
        content = b"".join(self._chunk(name, header, number) for number in range(header.chunks))
        if hashlib.sha256(content).hexdigest() != name:
            raise Unreadable("changed")
        return content

    def size(self, name: str) -> int:
        """Bytes of content as the header says; reading a chunk proves it. Raises NotFound, Unreadable."""
        return self._header(name).size

    def chunk(self, name: str, number: int) -> bytes:
        """Chunk `number` from 0, 1 MiB but for the last; empty past the end. Raises NotFound, Unreadable."""
        header = self._header(name)
        return self._chunk(name, header, number) if 0 <= number < header.chunks else b""

    def exists(self, name: str) -> bool:
        """Whether content of that name is stored."""
        return self.store.exists(name)

    def names(self, after: str = "") -> Iterator[str]:
        """The names of all content greater than `after`, in order."""
        return self.store.names(after)

    def key_id(self, name: str) -> str:
        """Which key wrote it. Raises NotFound, Unreadable."""
        return self._header(name).key_id

    def _header(self, name: str) -> _Header:
        start = self.store.get(name, 0, _HEADER_BYTES_MAX)
        length_at = len(_MAGIC)
        if not start.startswith(_MAGIC) or len(start) <= length_at:
            raise Unreadable("unknown_form")
        size_at = length_at + 1 + start[length_at]
        if len(start) < size_at + 8:
            raise Unreadable("unknown_form")
        key_id = start[length_at + 1 : size_at].decode("ascii", errors="replace")
        return _Header(key_id, int.from_bytes(start[size_at : size_at + 8], "big"))

    def _chunk(self, name: str, header: _Header, number: int) -> bytes:
        key = key_of(self.ring, header.key_id)
        last = number == header.chunks - 1
        length = (header.size - number * CHUNK_BYTES if last else CHUNK_BYTES) + OVERHEAD_BYTES
        start = len(header.to_bytes()) + number * (CHUNK_BYTES + OVERHEAD_BYTES)
        return unseal(key, self.store.get(name, start, length), _bound(name, header, number))


def _bound(name: str, header: _Header, number: int) -> bytes:
    return header.to_bytes() + framed(name, str(number))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_found() -> NotFound:
    return NotFound("未找到该文件，请核对附件引用或重新上传")
