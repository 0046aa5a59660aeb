"""Editions of other offices' registers: opened by their first rows, never edited, listed with their size.

Each keeper, a district or the city, has editions of its own, so that nobody replaces another's register unseen: of
every kind, keeper and source the newest counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.registry.models import Register, RegisterEntry, RegisterSubject
from shared.contracts.registry.registers import ImportRegister, ListRegisters, RegisterKind, RegisterPage, RegisterShape
from shared.errors import InvalidRequest
from shared.kernel.work import Look, Work
from shared.store.access_filter import in_reach
from shared.store.bulk import insert_absent
from shared.store.cursors import behind, page

THE_CITY = ""


def added_to(work: Work, request: ImportRegister) -> Register | None:
    """The speaker's edition that the rows add to, if there is one. Raises InvalidRequest for a day to come."""
    if request.as_of > work.today:
        raise InvalidRequest.of(("as_of", f"名册截止日期晚于今天（{work.today}），请核对"))
    return work.session.scalar(
        select(Register).where(
            Register.kind == request.kind,
            Register.source == request.source,
            Register.kept_by == (work.speaker.district or THE_CITY),
            Register.as_of == request.as_of,
        )
    )


def start(work: Work, request: ImportRegister, register_id: str) -> None:
    """The edition that these rows begin."""
    row = {
        "id": register_id,
        "kind": request.kind,
        "source": request.source,
        "kept_by": work.speaker.district or THE_CITY,
        "as_of": request.as_of,
        "imported_on": work.today,
    }
    insert_absent(work.session, Register, [row])


def newest(session: Session) -> dict[str, Register]:
    """The editions that count, by id."""
    of_one = (Register.kind, Register.kept_by, Register.source)
    place = func.row_number().over(partition_by=of_one, order_by=Register.as_of.desc())
    ranked = select(Register.id, place.label("place")).subquery()
    first = select(ranked.c.id).where(ranked.c.place == 1)
    found = session.scalars(select(Register).where(Register.id.in_(first)).order_by(*of_one))
    return {one.id: one for one in found}


def listed(look: Look, request: ListRegisters) -> RegisterPage:
    """Editions of the city and of the speaker's district, the last imported first."""
    newest_first = -Register.number
    chosen = select(Register).where(
        or_(Register.kept_by == THE_CITY, in_reach(look.speaker, Register.kept_by)),
        behind(request.cursor, newest_first),
    )
    if request.kind is not None:
        chosen = chosen.where(Register.kind == request.kind)
    found = look.session.scalars(chosen.order_by(newest_first).limit(request.limit + 1)).all()
    shown, cursor = page(found, request.limit, lambda one: (-one.number,))
    rows = _rows(look.session, [one.id for one in shown])
    return RegisterPage(tuple(_shape(one, rows.get(one.id, 0)) for one in shown), cursor)


def _rows(session: Session, registers: Sequence[str]) -> Mapping[str, int]:
    counted = (
        select(RegisterSubject.register_id, func.count())
        .join(RegisterEntry, RegisterEntry.subject_id == RegisterSubject.id)
        .where(RegisterSubject.register_id.in_(registers))
        .group_by(RegisterSubject.register_id)
    )
    return {register_id: int(number) for register_id, number in session.execute(counted)}


def _shape(register: Register, rows: int) -> RegisterShape:
    kind = cast("RegisterKind", register.kind)
    return RegisterShape(register.id, kind, register.source, register.as_of, rows, register.imported_on)
