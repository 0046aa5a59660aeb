"""Editions of other offices' registers: opened by their first rows and never edited.

Each keeper, a district or the city, has editions of its own, so that nobody replaces another's register unseen: of
every kind, keeper and source the newest counts.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registry.models import Register
from shared.contracts.registry.registers import ImportRegister
from shared.errors import InvalidRequest
from shared.kernel.work import Work
from shared.store.bulk import insert_absent
from shared.store.by_name import values_of

THE_CITY = ""


def find_edition(work: Work, request: ImportRegister) -> Register | None:
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


def store_edition(work: Work, request: ImportRegister, register_id: str) -> None:
    """The edition that these rows begin."""
    kept_by = work.speaker.district or THE_CITY
    row = values_of(Register, request, id=register_id, kept_by=kept_by, imported_on=work.today)
    insert_absent(work.session, Register, [row])


def newest_editions(session: Session) -> dict[str, Register]:
    """The editions that count, by id."""
    of_one = (Register.kind, Register.kept_by, Register.source)
    place = func.row_number().over(partition_by=of_one, order_by=Register.as_of.desc())
    ranked = select(Register.id, place.label("place")).subquery()
    first = select(ranked.c.id).where(ranked.c.place == 1)
    found = session.scalars(select(Register).where(Register.id.in_(first)).order_by(*of_one))
    return {one.id: one for one in found}
