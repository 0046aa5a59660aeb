"""Comparisons before payment, what they found, and which claims stayed out of a batch for it.

checks ── hits      a comparison never changes; a hit is opened once, decided once
held_claims         what a batch went without, and why
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.models.base import (
    CodeColumn,
    DistrictColumn,
    PersonColumn,
    SubsidyTable,
    one_of,
    unique_where,
)
from shared.contracts.subsidy.checks import HitKind, HitState
from shared.store.kernel_tables import Numbered
from shared.store.types import IdColumn, JsonColumn

SourceColumn = String(200)
ReferenceColumn = String(200)


class Check(Numbered, SubsidyTable):
    """One comparison of a claim, as evidence. `persons`: compared; `unread`: whose age no document on file tells;
    `consulted`: kinds, sources and their days; `hits`: how many it found, known ones too."""

    __tablename__ = "checks"
    __table_args__ = (
        CheckConstraint("persons >= 0 AND unread >= 0 AND unread <= persons AND hits >= 0", name="counts"),
    )

    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    checked_on: Mapped[date]
    checked_by: Mapped[str] = mapped_column(PersonColumn)
    persons: Mapped[int]
    unread: Mapped[int]
    consulted: Mapped[Any] = mapped_column(JsonColumn)
    hits: Mapped[int]


class Hit(Numbered, SubsidyTable):
    """One thing found about an enrolment or a payee. `claim_id`: in whose comparison; `found_by`: who ordered that.

    `reference`: the same for the same entry, so that it never comes twice, and what was cleared stays cleared. An
    upheld one comes again: the enrolment earns nothing, but a payee may have mended its account, or not.
    """

    __tablename__ = "hits"
    __table_args__ = (
        one_of("kind", HitKind),
        CheckConstraint("(kind = 'shared_account') = (payee_id IS NOT NULL)", name="payee"),
        CheckConstraint("(enrolment_id IS NULL) <> (payee_id IS NULL)", name="subject"),
        one_of("state", HitState),
        CheckConstraint(
            "(state = 'open') = (decided_on IS NULL) AND (decided_on IS NULL) = (decided_by IS NULL) "
            "AND (decided_on IS NULL) = (decision_id IS NULL)",
            name="decided",
        ),
        CheckConstraint("decided_by IS NULL OR decided_by <> found_by", name="other_person"),
        unique_where("uq_hits_of_enrolment", "enrolment_id", "kind", "reference", where="state <> 'upheld'"),
        unique_where("uq_hits_of_payee", "payee_id", "kind", "reference", where="state <> 'upheld'"),
    )

    check_id: Mapped[str] = mapped_column(ForeignKey("checks.id"), index=True)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), index=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.project_id"), index=True)
    programme: Mapped[str] = mapped_column(CodeColumn)
    document: Mapped[str] = mapped_column(String(160))
    district: Mapped[str] = mapped_column(DistrictColumn)
    kind: Mapped[str] = mapped_column(String(20))
    enrolment_id: Mapped[str | None] = mapped_column(IdColumn)
    payee_id: Mapped[str | None] = mapped_column(IdColumn)
    reference: Mapped[str] = mapped_column(ReferenceColumn)
    source: Mapped[str] = mapped_column(SourceColumn)
    as_of: Mapped[date]
    since: Mapped[date | None]
    remark: Mapped[str | None] = mapped_column(SourceColumn)
    trained_from: Mapped[date | None]
    trained_to: Mapped[date | None]
    found_on: Mapped[date]
    found_by: Mapped[str] = mapped_column(PersonColumn)
    state: Mapped[str] = mapped_column(String(8), default="open")
    decided_on: Mapped[date | None]
    decided_by: Mapped[str | None] = mapped_column(PersonColumn)
    words: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(SourceColumn, default="")
    decision_id: Mapped[str | None] = mapped_column(IdColumn)


class HeldClaim(SubsidyTable):
    """A claim that stayed out of a batch, or left it. `blocks`: kinds; `hits`: ids; as they stood then."""

    __tablename__ = "held_claims"
    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    claim_id: Mapped[str] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    held_on: Mapped[date]
    held_by: Mapped[str] = mapped_column(PersonColumn)
    blocks: Mapped[Any] = mapped_column(JsonColumn)
    hits: Mapped[Any] = mapped_column(JsonColumn)
