"""All documents at hand, and which of them governs a case (X-7).

Documents are found along POLICY_PATH (folders or files, separated as PATH is), in addition to those of the packaged
programmes; below each folder, `superseded/` holds the revisions that only earlier cases keep. The newest revision of
a document governs new cases, wherever its file lies; a lower one that is missing is missed by its own cases only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

from shared.errors import NoPolicyInForce
from shared.policy.document import Document
from shared.policy.document_parser import read_document
from shared.policy.problems import PolicyProblems, Problem

PROGRAMMES = Path(__file__).parents[2] / "programmes"
"""Each folder below is one programme, with its `documents/`."""

SUPERSEDED = "superseded"
"""The folder, beside the documents in use, of revisions that only earlier cases keep."""


@dataclass(frozen=True)
class Policies:
    """The documents at hand, immutable. `documents`: all of them, superseded revisions too."""

    documents: tuple[Document, ...]

    @property
    def current(self) -> tuple[Document, ...]:
        """The newest revision of each document: no other is open to new cases."""
        return _newest(self.documents)

    def governing(self, programme: str, jurisdiction: str, on: date) -> Document:
        """The one document of that programme and place in force that day; raises NoPolicyInForce, never the nearest.

        `jurisdiction`: six-digit code; a district falls under its city where it has no document of its own.
        """
        for code in chain(jurisdiction):
            for document in self.current:
                if (document.programme, document.jurisdiction) == (programme, code) and document.in_force(on):
                    return document
        raise NoPolicyInForce(
            f"{on} 在 {jurisdiction} 没有有效的 {programme} 政策文件：请核对申请日期，或由管理员补录当日有效的文件",
            programme=programme,
            jurisdiction=jurisdiction,
            on=on.isoformat(),
        )

    def begun(self, programme: str, jurisdiction: str, on: date) -> list[Document]:
        """Documents of the programme, at the place or at what it belongs to, that have begun by then: newest first."""
        places = chain(jurisdiction)
        found = (each for each in self.documents if each.programme == programme and each.jurisdiction in places)
        newest_first = sorted(found, key=lambda document: (document.from_on, document.revision), reverse=True)
        return [document for document in newest_first if document.from_on <= on]

    def by_identity(self, identity: str) -> Document:
        """The very document of an `id@hash` that a case keeps; raises NoPolicyInForce when it isn't loaded."""
        return self.by_hash(identity.rpartition("@")[2])

    def by_hash(self, content_hash: str) -> Document:
        """The document with that content; raises NoPolicyInForce: a case waits for its document, it isn't guessed."""
        found = next((document for document in self.documents if document.content_hash == content_hash), None)
        if found is None:
            raise NoPolicyInForce("案件所依据的政策文件未加载：请将该版本文件放入 POLICY_PATH", hash=content_hash)
        return found


def chain(jurisdiction: str) -> tuple[str, ...]:
    """A place and what it belongs to, nearest first: 110105 → 110105, 110100, 110000 (GB/T 2260)."""
    places = (jurisdiction, jurisdiction[:4] + "00", jurisdiction[:2] + "0000")
    return tuple(dict.fromkeys(places))


def load_documents(policy_path: str = "", packaged: Path | None = PROGRAMMES) -> Policies:
    """Every document along `policy_path` and of the packaged programmes. Raises PolicyProblems with all faults."""
    folders = [Path(entry) for entry in policy_path.split(os.pathsep) if entry]
    return load_files(_files([*folders, *(documents_of(packaged) if packaged else [])]))


def documents_of(programmes: Path) -> list[Path]:
    """The `documents/` of every programme below a folder."""
    return sorted(programmes.glob("*/documents"))


def load_files(files: Iterable[Path]) -> Policies:
    """The documents of these files. Raises PolicyProblems with all faults of all files."""
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for file in files:
        try:
            document = read_document(file)
        except PolicyProblems as found:
            problems.extend(found.problems)
        else:
            documents.setdefault(document.content_hash, document)
    current = _newest(documents.values())
    closed = [_closed_by_successor(document, current) for document in documents.values()]
    problems.extend(_misnamed(closed))
    problems.extend(_overlaps(_newest(closed)))
    if problems:
        raise PolicyProblems(problems)
    return Policies(tuple(sorted(closed, key=lambda document: (document.from_on, document.id, document.revision))))


def _newest(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Of each id the highest revision, in the order given."""
    documents = tuple(documents)
    highest = {each.id: each.revision for each in sorted(documents, key=lambda each: each.revision)}
    return tuple(each for each in documents if each.revision == highest[each.id])


def _files(places: Sequence[Path]) -> list[Path]:
    missing = [place for place in places if not place.exists()]
    if missing:
        cure = "请更正 POLICY_PATH，或建立该文件夹"
        raise PolicyProblems([Problem(str(place), "", "没有这个文件或文件夹", cure) for place in missing])
    return list(dict.fromkeys(file.resolve() for place in places for file in _files_in(place)))


def _files_in(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    return [*sorted(place.glob("*.yaml")), *sorted((place / SUPERSEDED).glob("*.yaml"))]


def _closed_by_successor(document: Document, others: Iterable[Document]) -> Document:
    """Ends a document the day before one that names its number under `replaces` begins."""
    starts = [other.from_on for other in others if document.number in other.replaces and _same_field(document, other)]
    ends = [start - timedelta(days=1) for start in starts] + ([document.to_on] if document.to_on else [])
    return replace(document, to_on=min(ends)) if ends else document


def _same_field(one: Document, other: Document) -> bool:
    return (one.programme, one.jurisdiction) == (other.programme, other.jurisdiction)


def _misnamed(documents: Sequence[Document]) -> list[Problem]:
    """One id and revision is one body, and all revisions of an id are data of one government document."""
    problems = []
    for one, other in combinations(documents, 2):
        if one.id != other.id:
            continue
        if one.revision == other.revision:
            fault = f"{other.id} 第 {other.revision} 版已用于 {one.file}"
            cure = "内容有改动的，请写更大的 revision；另一份文件，请另取 id"
            problems.append(Problem(other.file, "revision", fault, cure))
        elif one.number != other.number or not _same_field(one, other):
            fault = f"与 {one.file} 的 number、programme 或 jurisdiction 不同"
            cure = "同一文件的各版须一致；另一份文件，请另取 id"
            problems.append(Problem(other.file, "id", fault, cure))
    return problems


def _overlaps(documents: Sequence[Document]) -> list[Problem]:
    problems = []
    for one, other in combinations(documents, 2):
        if _same_field(one, other) and _both_in_force(one, other):
            fault = f"与 {one.id}（{one.file}）同时有效"
            cure = "请终止其中一个（in_force.to），或在 replaces 中写明较早文件的文号"
            problems.append(Problem(other.file, "in_force", fault, cure))
    return problems


def _both_in_force(one: Document, other: Document) -> bool:
    starts = max(one.from_on, other.from_on)
    return one.in_force(starts) and other.in_force(starts)
