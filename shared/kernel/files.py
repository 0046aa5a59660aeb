"""Files over the bus, in chunks of at most 1 MiB: put chunks, join them, fetch them again."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.contracts.kernel.files import Chunk, ChunkPut, FileKept, GetChunk, JoinFile, PutChunk
from shared.errors import InvalidRequest, TooLarge
from shared.kernel.work import Look, Work
from shared.security.objects import CHUNK_BYTES
from shared.security.permissions import not_found, reaches
from shared.security.speaker import Speaker
from shared.store.kernel_tables import Answered, FileRow

_PREFIX = "sha256:"


def put_chunk(work: Work, request: PutChunk) -> ChunkPut:
    """Keeps one part under its own hash; nobody can fetch it before it is joined into a file."""
    try:
        content = b64decode(request.data, validate=True)
    except ValueError:
        raise InvalidRequest.of(("data", "不是合法的 base64，请重新编码")) from None
    if len(content) > CHUNK_BYTES:
        raise TooLarge("每段最多 1 MiB，请拆分后上传", limit_bytes=CHUNK_BYTES)
    return ChunkPut(_PREFIX + work.store.put(content))


def join_file(work: Work, request: JoinFile) -> FileKept:
    """Joins parts into the file that the sender meant; it belongs to the sender's organisation or district.

    Only the sender's own parts: a hash may be known from a message, and must not fetch what it stands for.
    """
    if not set(request.chunks) <= _put_by(work, request.chunks):
        raise InvalidRequest.of(("chunks", "有分段尚未上传，请先上传全部分段"))
    content = b"".join(work.store.get(chunk.removeprefix(_PREFIX)) for chunk in request.chunks)
    row = work.file_away(
        content,
        name=request.name,
        media_type=request.media_type,
        district=work.speaker.district or "",
        organisation=work.speaker.organisation or "",
    )
    if row.file != request.file:
        raise InvalidRequest.of(("file", "合并后的内容与校验值不符，请重新上传"))
    work.note(f"file:{row.id}")
    return FileKept(row.file, row.name, row.media_type, row.size)


def _put_by(work: Work, chunks: Collection[str]) -> set[str]:
    """Those of the parts that the speaker put: their answers are remembered with the request ids, for ever (X-14)."""
    answers = [{"chunk": chunk} for chunk in chunks]
    own = (Answered.system == work.speaker.system, Answered.subject == work.speaker.subject)
    put = select(Answered.answer).where(*own, Answered.method.endswith(".put_chunk"), Answered.answer.in_(answers))
    return {answer["chunk"] for answer in work.session.scalars(put)}


def get_chunk(look: Look, request: GetChunk) -> Chunk:
    """One part of a file of an organisation or a district in the speaker's reach, if the file is for their role."""
    row = owned(look.session, look.speaker, request.file)
    look.note(f"file:{row.id}", purpose="file")
    data = look.store.chunk(request.file.removeprefix(_PREFIX), request.number)
    return Chunk(b64encode(data).decode(), -(-row.size // CHUNK_BYTES), row.name, row.media_type)


def owned(session: Session, speaker: Speaker, file: str) -> FileRow:
    """A file of an organisation or a district in the speaker's reach, for their role; else NotFound."""
    for row in session.scalars(select(FileRow).where(FileRow.file == file)):
        in_reach = reaches(speaker, district=row.district, organisations=[row.organisation])
        if in_reach and (not row.roles or speaker.acting_role in row.roles):
            return row
    raise not_found()
