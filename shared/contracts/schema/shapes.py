"""The words contracts are written in: constraints on a field, and the field types that recur in every service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any


@dataclass(frozen=True, slots=True)
class Text:
    """A string's length in characters and, where given, the pattern that all of it must match."""

    max: int
    min: int = 1
    pattern: str | None = None
    hint: str = "请按要求的格式填写"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number's bounds, both included."""

    min: int
    max: int


@dataclass(frozen=True, slots=True)
class Rows:
    """How many rows a list may hold; a longer one is `too_large` and names the limit."""

    max: int
    min: int = 0


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field that holds personal data (X-4): it may travel in an RPC, never in an event."""


@dataclass(frozen=True, slots=True)
class Once:
    """Marks a field of a command's answer that is given once: a repeat of the request id gets null in its place."""


ROWS_PER_CALL = 5000
IDS_PER_EVENT = 1000

Id = Annotated[str, Text(64, pattern=r"[A-Za-z0-9_-]+", hint="请填写系统返回的编号")]
Code = Annotated[str, Text(64, pattern=r"[a-z0-9_]+", hint="请填写代码表中的代码（小写字母、数字、下划线）")]
Label = Annotated[str, Text(200)]
Prose = Annotated[str, Text(4000, min=0)]
Reason = Annotated[str, Text(2000)]
District = Annotated[str, Text(6, pattern=r"\d{6}", hint="请填写六位行政区划代码，如 110105")]
FileRef = Annotated[str, Text(71, pattern=r"sha256:[0-9a-f]{64}", hint="请先上传文件，再填写返回的引用")]
Json = dict[str, Any]
"""Free JSON, for facts and findings that another layer types."""
