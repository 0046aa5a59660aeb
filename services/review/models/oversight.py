"""Tables of oversight.

blocks             what stands, or stood, in the way of a project's money; lifted once, never changed otherwise
oversight_matters  an objection, audit, evaluation, inspection, summons, inquiry or public notice, and where it stands
oversight_acts     who did what in a matter, when, with which words; only ever added to
inquiry_persons    whom a fraud inquiry is about, none where it is the whole project; only ever added to
notices            what of a case is published, and for which days; ended once, never changed otherwise
notice_objections  which objections were lodged against a notice; only ever added to
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.review.models.base import ReviewTable
from shared.contracts.review.oversight import BlockKind, MatterKind
from shared.store.types import IdColumn, InstantColumn, JsonColumn, new_id

_OPEN_SUMMONS = text("kind = 'summons' AND state <> 'closed'")
_OPEN_NOTICE = text("ended_on IS NULL")

STATES: dict[MatterKind, tuple[str, ...]] = {
    "objection": ("open", "upheld", "dismissed"),
    "audit": ("passed", "failed", "settled"),
    "evaluation": ("passed", "failed"),
    "inspection": ("told", "acknowledged"),
    "summons": ("summoned", "mending", "refused", "reported", "suspended", "remedied", "closed"),
    "fraud_inquiry": ("open", "confirmed", "cleared"),
    "public_notice": ("open", "closed", "withdrawn"),
}


def states_check() -> str:
    """The condition that a matter's state is one of its kind."""
    listed = {kind: ", ".join(f"'{state}'" for state in states) for kind, states in STATES.items()}
    return " OR ".join(f"(kind = '{kind}' AND state IN ({states}))" for kind, states in listed.items())


class Block(ReviewTable):
    """`opened_on` may lie ahead: a suspension from a day on. Money stands still from the moment of the row."""

    __tablename__ = "blocks"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('objection', 'audit_finding', 'suspension', 'fraud_inquiry', 'public_notice')", name="kind"
        ),
        CheckConstraint("(lifted_on IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),
    )

    block_id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), index=True)
    kind: Mapped[BlockKind] = mapped_column(String(20))
    opened_on: Mapped[date] = mapped_column(Date)
    opened_by: Mapped[str] = mapped_column(String(128))
    lifted_on: Mapped[date | None] = mapped_column(Date)
    lifted_by: Mapped[str | None] = mapped_column(String(128))


class Matter(ReviewTable):
    """`words`: what it is about; `happened_on`: the day of the audit or inspection, else of the opening; `moved_on`: of
    the newest act; `due_on`: of the interview, then the day until which the employer mends; of a notice, by which it
    is closed; `acts`: how many there are. At most one summons of a project is open.
    """

    __tablename__ = "oversight_matters"
    __table_args__ = (
        CheckConstraint(states_check(), name="state_of_its_kind"),
        Index(
            "uq_oversight_matters_open_summons",
            "project_id",
            unique=True,
            postgresql_where=_OPEN_SUMMONS,
            sqlite_where=_OPEN_SUMMONS,
        ),
    )

    matter_id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), index=True)
    kind: Mapped[MatterKind] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    opened_on: Mapped[date] = mapped_column(Date)
    opened_at: Mapped[datetime] = mapped_column(InstantColumn)
    opened_by: Mapped[str] = mapped_column(String(128))
    happened_on: Mapped[date] = mapped_column(Date)
    moved_on: Mapped[date] = mapped_column(Date)
    words: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column(Date)
    block_id: Mapped[str | None] = mapped_column(ForeignKey("blocks.block_id"), unique=True)
    decision_id: Mapped[str | None] = mapped_column(IdColumn)
    acts: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it so


class Act(ReviewTable):
    """One act in a matter. `details`: the facts given with it, as the contract's request has them."""

    __tablename__ = "oversight_acts"

    matter_id: Mapped[str] = mapped_column(ForeignKey("oversight_matters.matter_id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    project_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), index=True)
    move: Mapped[str] = mapped_column(String(20))
    person: Mapped[str] = mapped_column(String(128))
    role: Mapped[str] = mapped_column(String(40))
    acted_on: Mapped[date] = mapped_column(Date)
    acted_at: Mapped[datetime] = mapped_column(InstantColumn)
    words: Mapped[str] = mapped_column(Text)
    details: Mapped[Any] = mapped_column(JsonColumn)


class InquiryPerson(ReviewTable):
    """`row`: the person's place in the inquiry, from 0."""

    __tablename__ = "inquiry_persons"

    matter_id: Mapped[str] = mapped_column(ForeignKey("oversight_matters.matter_id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    row: Mapped[int] = mapped_column(Integer)


class Notice(ReviewTable):
    """A public notice; its text is its matter's. `to_on`: the last of its `working_days`; `objections`: how many were
    lodged against it, counted so that none slips past its end. A case has one open notice at most.
    """

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("working_days > 0 AND from_on < to_on", name="days"),
        CheckConstraint("objections >= 0", name="objections"),
        Index("uq_notices_open", "case_id", unique=True, postgresql_where=_OPEN_NOTICE, sqlite_where=_OPEN_NOTICE),
    )

    notice_id: Mapped[str] = mapped_column(ForeignKey("oversight_matters.matter_id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"))
    title: Mapped[str] = mapped_column(String(200))
    published_at: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date] = mapped_column(Date)
    working_days: Mapped[int] = mapped_column(Integer)
    objections: Mapped[int] = mapped_column(Integer)
    ended_on: Mapped[date | None] = mapped_column(Date)


class NoticeObjection(ReviewTable):
    """An objection that names a notice; both are matters of one project."""

    __tablename__ = "notice_objections"

    objection_id: Mapped[str] = mapped_column(ForeignKey("oversight_matters.matter_id"), primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.notice_id"), index=True)
