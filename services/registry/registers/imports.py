"""Registers of other offices: imported as they are, row by row, and never edited.

Somebody in a register is a digest and a sealed number, whether registered here or not. Rows of the same kind, source
and day add to that edition (`editions.py`); what the newest ones say of people is asked before money moves
(`matches.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.models import RegisterEntry
from services.registry.models.registers import STILL
from services.registry.privacy.vault import Vault, parse_number
from services.registry.registers import editions
from services.registry.registers.subjects import Line, subjects_of
from shared.contracts.common import RowResults
from shared.contracts.registry.registers import ImportRegister, RegisterRow
from shared.contracts.row_answers import RowAnswers
from shared.identity import BadNumber
from shared.kernel.work import Work
from shared.store.bulk import insert_absent
from shared.store.types import new_id

Content = tuple[str, date, date, str]
"""(subject id, from, to, remark): what makes two rows of an edition the same."""

_CONTENT = ("subject_id", "from_on", "to_on", "remark")


def import_register(work: Work, request: ImportRegister, vault: Vault) -> RowResults:
    """Each row's entry, new or there already; an edition without one sound row isn't made. Raises InvalidRequest for a
    register of a day to come, Unavailable while somebody of a register can't be found.
    """
    known = editions.find_edition(work, request)
    register_id = known.id if known else new_id()
    answers = RowAnswers(request.rows)
    lines = _sound(answers, request, work.today, vault)
    if lines and known is None:
        editions.store_edition(work, request, register_id)
    subjects = subjects_of(work.session, register_id, lines, vault)
    _enter(work.session, answers, [(line, subjects[line.digests[0]]) for line in lines])
    work.note(f"register:{register_id}")
    return answers.results()


def _sound(answers: RowAnswers[RegisterRow], request: ImportRegister, today: date, vault: Vault) -> list[Line]:
    """The rows without a fault; the others are refused, each with its cure."""
    answers.refuse_where(lambda row: _fault(row, request))
    lines: list[Line] = []
    for place, row in answers.waiting():
        try:
            number = parse_number(row.document_kind, row.document_number, today)
        except BadNumber as fault:
            answers.refuse(place, "document_number", str(fault))
            continue
        digests = vault.digests(row.document_kind, number)
        lines.append(Line(place, row.document_kind, number, digests, row.from_on, row.to_on or STILL, row.remark or ""))
    return lines


def _fault(row: RegisterRow, request: ImportRegister) -> tuple[str, str] | None:
    if row.to_on is not None and row.to_on < row.from_on:
        return "to_on", "截止日期早于起始日期，请核对两个日期"
    if request.kind != "deceased":
        return None
    if row.from_on > request.as_of:
        return "from_on", f"死亡日期晚于名册截止日期（{request.as_of}），请核对"
    return ("to_on", "死亡记录没有截止日期，请留空") if row.to_on is not None else None


def _enter(session: Session, answers: RowAnswers[RegisterRow], lines: Sequence[tuple[Line, str]]) -> None:
    """Writes what an edition doesn't say yet, and answers every line."""
    entries = _entries(session, {subject_id for _, subject_id in lines})
    new: list[dict[str, Any]] = []
    for line, subject_id in lines:
        content = (subject_id, line.from_on, line.to_on, line.remark)
        if content in entries:
            answers.unchanged(line.place, entries[content])
            continue
        entries[content] = new_id()
        new.append({"id": entries[content]} | dict(zip(_CONTENT, content, strict=True)))
        answers.accept(line.place, entries[content])
    insert_absent(session, RegisterEntry, new)


def _entries(session: Session, subjects: Collection[str]) -> dict[Content, str]:
    rows = session.scalars(select(RegisterEntry).where(RegisterEntry.subject_id.in_(subjects)))
    return {(one.subject_id, one.from_on, one.to_on, one.remark): one.id for one in rows}
