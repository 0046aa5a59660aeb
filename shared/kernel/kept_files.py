"""Files that a row or a request names as evidence: here, uploaded by the speaker's own side, of the right kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.errors import InvalidRequest
from shared.security.speaker import Speaker
from shared.store.kernel_tables import FileRow

NOT_HERE = "没有收到这份文件，请先上传文件，再填写返回的引用"


def own_files(session: Session, speaker: Speaker, files: Collection[str]) -> Mapping[str, str]:
    """Those of these files that the speaker's organisation or district keeps here, each with its media type."""
    mine = (
        FileRow.organisation == speaker.organisation if speaker.organisation else FileRow.district == speaker.district
    )
    found = session.execute(select(FileRow.file, FileRow.media_type).where(FileRow.file.in_(set(files)), mine))
    return {row.file: row.media_type for row in found}


def check_here(session: Session, speaker: Speaker, **files: str | None) -> None:
    """Raises InvalidRequest at each field that names a file which the speaker's side hasn't uploaded."""
    named = {field: file for field, file in files.items() if file}
    here = own_files(session, speaker, named.values()) if named else {}
    if missing := [field for field, file in named.items() if file not in here]:
        raise InvalidRequest.of(*((field, NOT_HERE) for field in missing))
