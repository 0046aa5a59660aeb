"""Files at rest: named by content, unreadable without the key, and no changed byte goes unnoticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from shared.errors import NotFound, TooLarge
from shared.security.aead import Unreadable
from shared.security.keys import KeyRing, SecretKey
from shared.security.objects import CHUNK_BYTES, OBJECT_BYTES_MAX, DirectoryStore, EncryptedObjects

AES = SecretKey("a1", "aes-256-gcm", bytes(range(32)))
SM4 = SecretKey("s1", "sm4-gcm", bytes(range(16)))
CONTENT = b"scan of a certificate"
LONG = bytes(range(256)) * (CHUNK_BYTES // 256) * 2 + b"the rest"


def ring(active: SecretKey, *others: SecretKey) -> KeyRing:
    return KeyRing(active, {key.key_id: key for key in (active, *others)})


def file_of(root: Path, name: str) -> Path:
    return root / name[:2] / name


@pytest.fixture
def objects(tmp_path: Path) -> EncryptedObjects:
    return EncryptedObjects(DirectoryStore(tmp_path), ring(AES))


@pytest.mark.parametrize("content", [b"", b"x", CONTENT, LONG[:CHUNK_BYTES], LONG[: CHUNK_BYTES + 1], LONG])
def test_what_was_put_comes_back_under_its_sha_256(objects: EncryptedObjects, content: bytes) -> None:
    name = objects.put(content)
    assert name == hashlib.sha256(content).hexdigest()
    assert objects.exists(name)
    assert objects.get(name) == content
    assert objects.size(name) == len(content)


def test_chunks_of_at_most_a_mebibyte_make_the_whole(objects: EncryptedObjects) -> None:
    name = objects.put(LONG)
    chunks = [objects.chunk(name, number) for number in range(4)]
    assert [len(chunk) for chunk in chunks] == [CHUNK_BYTES, CHUNK_BYTES, len(b"the rest"), 0]
    assert b"".join(chunks) == LONG
    assert objects.chunk(name, -1) == b""


def test_nothing_of_the_content_lies_on_disk_and_only_the_owner_reads_it(
    objects: EncryptedObjects, tmp_path: Path
) -> None:
    file = file_of(tmp_path, objects.put(CONTENT))
    assert CONTENT not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]


def test_any_changed_or_missing_byte_is_noticed(objects: EncryptedObjects, tmp_path: Path) -> None:
    name = objects.put(CONTENT)
    file = file_of(tmp_path, name)
    stored = file.read_bytes()
    for position in range(len(stored)):
        file.write_bytes(stored[:position] + bytes([stored[position] ^ 1]) + stored[position + 1 :])
        with pytest.raises(Unreadable):
            objects.get(name)
        file.write_bytes(stored[:position])
        with pytest.raises(Unreadable):
            objects.get(name)


def test_chunks_that_changed_places_are_noticed(objects: EncryptedObjects, tmp_path: Path) -> None:
    name = objects.put(LONG)
    file = file_of(tmp_path, name)
    stored = file.read_bytes()
    head, sealed = len(stored) - len(LONG) - 3 * 28, CHUNK_BYTES + 28
    first, second, rest = (
        stored[head : head + sealed],
        stored[head + sealed : head + 2 * sealed],
        stored[head + 2 * sealed :],
    )
    file.write_bytes(stored[:head] + second + first + rest)
    with pytest.raises(Unreadable):
        objects.chunk(name, 0)


def test_a_file_put_under_another_name_doesnt_open(objects: EncryptedObjects, tmp_path: Path) -> None:
    name, other = objects.put(CONTENT), objects.put(CONTENT[::-1])
    file_of(tmp_path, other).write_bytes(file_of(tmp_path, name).read_bytes())
    for read in (objects.get, lambda wanted: objects.chunk(wanted, 0)):
        with pytest.raises(Unreadable):
            read(other)


def test_putting_the_same_content_again_heals_it_and_takes_the_new_key(tmp_path: Path) -> None:
    name = EncryptedObjects(DirectoryStore(tmp_path), ring(AES)).put(CONTENT)
    rotated = EncryptedObjects(DirectoryStore(tmp_path), ring(SM4, AES))
    assert rotated.get(name) == CONTENT
    file_of(tmp_path, name).write_bytes(b"broken")
    assert rotated.put(CONTENT) == name
    assert EncryptedObjects(DirectoryStore(tmp_path), ring(SM4)).get(name) == CONTENT


def test_a_file_whose_key_is_gone_is_unreadable(tmp_path: Path) -> None:
    name = EncryptedObjects(DirectoryStore(tmp_path), ring(AES)).put(CONTENT)
    with pytest.raises(Unreadable):
        EncryptedObjects(DirectoryStore(tmp_path), ring(SM4)).get(name)


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64, "0" * 63])
def test_an_unknown_name_is_not_found_whatever_it_looks_like(objects: EncryptedObjects, name: str) -> None:
    with pytest.raises(NotFound):
        objects.get(name)


def test_a_file_beyond_the_limit_is_refused_with_the_limit(objects: EncryptedObjects) -> None:
    with pytest.raises(TooLarge, match="32 MiB"):
        objects.put(bytes(OBJECT_BYTES_MAX + 1))


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(
    objects: EncryptedObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = objects.put(CONTENT)

    def full(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        objects.put(CONTENT)
    monkeypatch.undo()
    assert objects.get(name) == CONTENT
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
