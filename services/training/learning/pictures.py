"""Photos and videos of training (APP-33): only what a party uploaded is one, never a name alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import InstrumentedAttribute

from services.training.list_rows import Fault
from services.training.models import Project
from shared.kernel.kept_files import NOT_HERE, own_files
from shared.kernel.work import Work
from shared.store.kernel_tables import FileRow

Kind = Literal["photo", "video"]
_TYPES: Mapping[Kind, tuple[str, str]] = {"photo": ("image/", "照片"), "video": ("video/", "视频")}


@dataclass(frozen=True)
class Pictures:
    """What the speaker's side keeps here of some files: by file its media type."""

    kept: Mapping[str, str]

    def fault(self, field: str, file: str | None, *kinds: Kind) -> Fault | None:
        """What is wrong with a file that is named as a picture of one of these kinds; nothing where none is named."""
        if file is None:
            return None
        media_type = self.kept.get(file)
        if media_type is None:
            return field, NOT_HERE
        if not media_type.startswith(tuple(_TYPES[kind][0] for kind in kinds)):
            words = "或".join(_TYPES[kind][1] for kind in kinds)
            return field, f"这份文件（{media_type}）不是{words}，请上传{words}后填写其引用"
        return None


def pictures_of(work: Work, files: Collection[str | None]) -> Pictures:
    """What the speaker's side keeps of these files."""
    named = [file for file in files if file]
    return Pictures(own_files(work.session, work.speaker, named) if named else {})


def is_here(file: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """Whether one of the parties of the project in the statement keeps the file: earlier releases took names alone."""
    whose = or_(FileRow.organisation == Project.employer_id, FileRow.organisation == Project.provider_id)
    return exists().where(FileRow.file == file, whose).correlate_except(FileRow)
