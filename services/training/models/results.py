"""What people receive and what becomes of it: hours, credits, results, certificates."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.training.models.base import TrainingTable
from shared.store.kernel_tables import RowNumber
from shared.store.types import IdColumn, new_id


class CreditHours(TrainingTable):
    """Class hours that one person received on a day (APP-15, APP-31, APP-33). `reason`: why so many (INT-91)."""

    __tablename__ = "credit_hours"
    __table_args__ = (
        CheckConstraint("class_hours > 0", name="class_hours"),
        UniqueConstraint(
            "enrolment_id", "held_on", "part", "content", "mode", "topic", name="uq_credit_hours_enrolment_id_session"
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"))
    held_on: Mapped[date] = mapped_column(Date)
    part: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str] = mapped_column(String(200))
    class_hours: Mapped[int] = mapped_column(Integer)
    media: Mapped[str | None] = mapped_column(String(71))
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")


class ExtraCredit(TrainingTable):
    """Credits recognised or awarded; they count from the approval by another person than the proposer (APP-15, X-5).

    `from_enrolment_id`: where they were earned, after a change of employer; what was earned there counts once (INT-31).
    """

    __tablename__ = "extra_credits"
    __table_args__ = (
        CheckConstraint("credits > 0", name="credits"),
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_persons"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    credits: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(String(128))
    proposed_on: Mapped[date] = mapped_column(Date)
    from_enrolment_id: Mapped[str | None] = mapped_column(ForeignKey("enrolments.id"), unique=True)
    approved_by: Mapped[str | None] = mapped_column(String(128))
    approved_on: Mapped[date | None] = mapped_column(Date)


class Assessment(TrainingTable):
    """The one result of an enrolment (APP-13). `appraisable`: as registry decided it for that day (INT-24)."""

    __tablename__ = "assessments"

    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    result: Mapped[str] = mapped_column(String(20))
    assessed_on: Mapped[date] = mapped_column(Date)
    pass_certificate: Mapped[str | None] = mapped_column(String(64))
    leaving_reason: Mapped[str] = mapped_column(String(20))
    appraisable: Mapped[bool] = mapped_column(Boolean)
    occupation_decision: Mapped[str | None] = mapped_column(IdColumn)


class AssessmentHalf(TrainingTable):
    """What one party found at the joint assessment (APP-13); of several the latest counts, until the result stands."""

    __tablename__ = "assessment_halves"
    __table_args__ = (
        CheckConstraint("side IN ('employer', 'training_provider')", name="side"),
        Index("ix_assessment_halves_enrolment_id", "enrolment_id", "side", "number"),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"))
    side: Mapped[str] = mapped_column(String(20))
    result: Mapped[str] = mapped_column(String(20))
    assessed_on: Mapped[date] = mapped_column(Date)
    pass_certificate: Mapped[str | None] = mapped_column(String(64))
    recorded_by: Mapped[str] = mapped_column(String(128))
    recorded_on: Mapped[date] = mapped_column(Date)


class PlanDeparture(TrainingTable):
    """Hours that fell short of the plan, found with a pass (APP-26). `taken_up_*`: None until the district did."""

    __tablename__ = "plan_departures"
    __table_args__ = (
        CheckConstraint("(taken_up_by IS NULL) = (reason IS NULL)", name="reasoned"),
        CheckConstraint("(taken_up_by IS NULL) = (taken_up_on IS NULL)", name="dated"),
    )

    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    compared: Mapped[str] = mapped_column(Text)
    found_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Text)
    taken_up_by: Mapped[str | None] = mapped_column(String(128))
    taken_up_on: Mapped[date | None] = mapped_column(Date)


class Certificate(TrainingTable):
    """An occupational certificate; its number counts once in a programme (X-1c). `number_key`: as it is compared."""

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("programme", "number_key"), Index("ix_certificates_number_key", "number_key"))

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolments.id"), index=True)
    programme: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(64))
    number_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(64))
    occupation: Mapped[str] = mapped_column(String(64))
    level: Mapped[str | None] = mapped_column(String(64))
    issued_on: Mapped[date] = mapped_column(Date)
    self_issued: Mapped[bool] = mapped_column(Boolean)
    issuer_registered: Mapped[bool] = mapped_column(Boolean)
