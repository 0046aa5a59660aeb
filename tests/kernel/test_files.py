"""Files: put in chunks, joined under the hash that the sender counted, fetched by whom they are for, never readable
on disk.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.kernel.files import GET_CHUNK, JOIN_FILE, PUT_CHUNK, Chunk, FileKept, GetChunk, JoinFile, PutChunk
from shared.contracts.schema import codec
from shared.errors import InvalidRequest, NotFound, TooLarge
from shared.security.objects import CHUNK_BYTES
from shared.security.speaker import Role, Speaker
from shared.store.kernel_tables import FileRow
from tests.kernel.notebook import Notebook, NotebookService
from tests.services.harness import CHAOYANG, SHUNYI

CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 5000  # more than one chunk
PARTS = [CONTENT[:CHUNK_BYTES], CONTENT[CHUNK_BYTES:]]


def reference(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def put(book: Notebook, speaker: Speaker, *parts: bytes) -> tuple[str, ...]:
    return tuple(
        book.harness.call(speaker, PUT_CHUNK["review"], PutChunk(b64encode(part).decode())).chunk for part in parts
    )


def join(book: Notebook, speaker: Speaker, chunks: tuple[str, ...], file: str = reference(CONTENT)) -> FileKept:
    request = JoinFile(file, chunks, "计划.pdf", "application/pdf")
    return book.harness.call(speaker, JOIN_FILE["review"], request)


def fetch(book: Notebook, speaker: Speaker, number: int = 0, file: str = reference(CONTENT)) -> Chunk:
    wire = book.harness.call_raw(speaker, GET_CHUNK["review"], codec.write(GetChunk(file, number)))
    return codec.read_tolerant(Chunk, wire)  # as a caller reads it: a chunk is longer than a request's text may be


def employer(book: Notebook, organisation: str = "firm-1") -> Speaker:
    return book.harness.speaker(Role.EMPLOYER, "clerk-1", organisation=organisation)


@pytest.fixture
def kept(book: Notebook) -> Notebook:
    """The file of firm-1."""
    join(book, employer(book), put(book, employer(book), *PARTS))
    return book


def test_a_file_goes_in_by_chunks_and_comes_out_as_it_was(book: Notebook) -> None:
    chunks = put(book, employer(book), *PARTS)
    assert join(book, employer(book), chunks) == FileKept(
        reference(CONTENT), "计划.pdf", "application/pdf", len(CONTENT)
    )
    fetched = [fetch(book, employer(book), number) for number in range(2)]
    assert b"".join(b64decode(chunk.data) for chunk in fetched) == CONTENT
    assert {(chunk.chunks, chunk.name, chunk.media_type) for chunk in fetched} == {(2, "计划.pdf", "application/pdf")}


def test_past_the_last_chunk_there_is_nothing(kept: Notebook) -> None:
    assert fetch(kept, employer(kept), 2).data == ""


def test_a_chunk_alone_can_be_fetched_by_nobody(book: Notebook) -> None:
    (chunk,) = put(book, employer(book), PARTS[0])
    with pytest.raises(NotFound):
        fetch(book, employer(book), file=chunk)


def test_what_does_not_join_to_the_hash_that_was_meant_is_refused_and_not_kept(book: Notebook) -> None:
    chunks = put(book, employer(book), *PARTS)
    with pytest.raises(InvalidRequest, match="所列各项") as refused:
        join(book, employer(book), chunks[::-1])
    assert refused.value.details["fields"][0]["path"] == "file"
    assert book.rows(FileRow) == []
    with pytest.raises(NotFound):
        fetch(book, employer(book))


def test_a_chunk_that_was_never_put_is_named(book: Notebook) -> None:
    chunks = put(book, employer(book), PARTS[0])
    with pytest.raises(InvalidRequest) as refused:
        join(book, employer(book), (*chunks, reference(b"never put")))
    assert refused.value.details["fields"][0]["path"] == "chunks"


def test_a_chunk_of_more_than_a_mebibyte_is_refused(book: Notebook) -> None:
    with pytest.raises(TooLarge, match="1 MiB") as refused:
        put(book, employer(book), CONTENT[: CHUNK_BYTES + 1])
    assert refused.value.details == {"limit_bytes": CHUNK_BYTES}


@pytest.mark.parametrize("data", ["=", "YQ", "!!!!"])
def test_what_is_no_base64_is_refused(book: Notebook, data: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        book.harness.call(employer(book), PUT_CHUNK["review"], PutChunk(data))
    assert refused.value.details["fields"][0]["path"] == "data"


def test_who_knows_a_hash_cannot_join_what_somebody_else_put(kept: Notebook) -> None:
    (chunk,) = put(kept, employer(kept), PARTS[1])
    knowing = kept.harness.speaker(Role.EMPLOYER, "clerk-2", organisation="firm-2")
    with pytest.raises(InvalidRequest) as refused:
        join(kept, knowing, (chunk,), reference(PARTS[1]))
    assert refused.value.details["fields"][0]["path"] == "chunks"
    with pytest.raises(NotFound):
        fetch(kept, knowing, file=reference(PARTS[1]))


def test_the_same_file_joined_again_is_one_file(kept: Notebook) -> None:
    join(kept, employer(kept), put(kept, employer(kept), *PARTS))
    assert len(kept.rows(FileRow)) == 1


def test_a_file_reaches_those_of_its_owner_and_who_sees_all_and_nobody_else(kept: Notebook) -> None:
    for reader in (employer(kept), kept.harness.speaker(Role.CITY_OFFICER, "city-1")):
        assert fetch(kept, reader).chunks == 2
    for stranger in (employer(kept, "firm-2"), kept.officer, kept.operator):
        with pytest.raises(NotFound):
            fetch(kept, stranger)


def test_a_file_of_a_district_reaches_its_officers_and_not_the_neighbours(book: Notebook) -> None:
    join(book, book.officer, put(book, book.officer, *PARTS))
    assert fetch(book, book.officer).chunks == 2
    with pytest.raises(NotFound):
        fetch(book, book.harness.speaker(Role.DISTRICT_OFFICER, "officer-2", district=SHUNYI))


def test_the_same_content_kept_by_two_owners_reaches_both(kept: Notebook) -> None:
    other = employer(kept, "firm-2")
    join(kept, other, put(kept, other, *PARTS))
    assert fetch(kept, other).chunks == fetch(kept, employer(kept)).chunks == 2


def test_a_file_for_some_roles_reaches_only_them(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    def file_away(work: Any) -> None:
        about = {"name": "n", "media_type": "text/csv", "district": CHAOYANG, "organisation": "firm-1"}
        work.file_away(b"accounts", **about, roles=[Role.FINANCE_OFFICER])

    monkeypatch.setattr(NotebookService, "meanwhile", staticmethod(file_away))
    book.write("first")
    finance = book.harness.speaker(Role.FINANCE_OFFICER, "finance-1", district=CHAOYANG)
    assert b64decode(fetch(book, finance, file=reference(b"accounts")).data) == b"accounts"
    for other in (book.officer, employer(book), book.harness.speaker(Role.CITY_OFFICER, "city-1")):
        with pytest.raises(NotFound):
            fetch(book, other, file=reference(b"accounts"))


def test_who_fetches_a_file_leaves_a_trace(kept: Notebook) -> None:
    fetch(kept, employer(kept))
    line = kept.audit()[-1]
    (row,) = kept.rows(FileRow)
    assert (line.action, line.objects, line.purpose) == ("review.get_chunk", [f"file:{row.id}"], "file")


def test_nothing_of_a_file_is_readable_on_disk(kept: Notebook, tmp_path: Path) -> None:
    stored = [file for file in (tmp_path / "objects").rglob("*") if file.is_file()]
    assert len(stored) == 3  # two chunks and the whole
    for file in stored:
        raw = file.read_bytes()
        assert b"%PDF" not in raw and CONTENT[1000:1016] not in raw
        assert file.stat().st_mode & 0o077 == 0
