"""Registers of other offices, and digests by which payees with the same account are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only, counted

revision = "registry_0002"
down_revision = "registry_0001"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ID = sa.String(64)
KEY = sa.String(64)
KIND = sa.String(20)


def upgrade() -> None:
    _accounts()
    _registers()
    _subjects()
    _entries()
    append_only("registers")
    append_only("register_entries")
    counted("register_subjects", ("id", "register_id", "kind"))  # its number is sealed anew as keys change


def _accounts() -> None:
    op.create_table(
        "account_digests",
        sa.Column("key_id", KEY, primary_key=True),
        sa.Column("digest", KEY, primary_key=True),
        sa.Column(
            "organisation_id",
            ID,
            _reference("account_digests", "organisation_id", "organisations.id"),
            primary_key=True,
        ),
    )
    op.create_index("ix_account_digests_organisation_id", "account_digests", ["organisation_id"])


def _registers() -> None:
    op.create_table(
        "registers",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("kept_by", sa.String(6), nullable=False),
        sa.Column("imported_on", sa.Date, nullable=False),
        sa.UniqueConstraint("id", name="uq_registers_id"),
        sa.UniqueConstraint("kind", "source", "kept_by", "as_of", name="uq_registers_edition"),
        sa.CheckConstraint(
            "kind IN ('deceased', 'student', 'insured_elsewhere', 'funded_elsewhere')", name="ck_registers_kind"
        ),
    )


def _subjects() -> None:
    op.create_table(
        "register_subjects",
        sa.Column("id", ID, primary_key=True),
        sa.Column("register_id", ID, _reference("register_subjects", "register_id", "registers.id"), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("number", sa.LargeBinary, nullable=False),
        sa.CheckConstraint(
            "kind IN ('resident_id', 'passport', 'residence_permit')",
            name="ck_register_subjects_kind",
        ),
    )
    op.create_index("ix_register_subjects_register_id", "register_subjects", ["register_id"])
    op.create_table(
        "register_digests",
        sa.Column("key_id", KEY, primary_key=True),
        sa.Column("kind", KIND, primary_key=True),
        sa.Column("digest", KEY, primary_key=True),
        sa.Column("register_id", ID, _reference("register_digests", "register_id", "registers.id"), primary_key=True),
        sa.Column(
            "subject_id", ID, _reference("register_digests", "subject_id", "register_subjects.id"), nullable=False
        ),
    )
    op.create_index("ix_register_digests_subject_id", "register_digests", ["subject_id"])


def _entries() -> None:
    op.create_table(
        "register_entries",
        sa.Column("id", ID, primary_key=True),
        sa.Column(
            "subject_id", ID, _reference("register_entries", "subject_id", "register_subjects.id"), nullable=False
        ),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.Column("to_on", sa.Date, nullable=False),
        sa.Column("remark", sa.String(200), nullable=False),
        sa.UniqueConstraint("subject_id", "from_on", "to_on", "remark", name="uq_register_entries_row"),
        sa.CheckConstraint("from_on <= to_on", name="ck_register_entries_period"),
    )


def _reference(table: str, column: str, target: str) -> sa.ForeignKey:
    return sa.ForeignKey(target, name=f"fk_{table}_{column}")
