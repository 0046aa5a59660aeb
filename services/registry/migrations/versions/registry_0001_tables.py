"""Registry's tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only

revision = "registry_0001"
down_revision = None
branch_labels = ("registry",)
depends_on = "kernel_0001"

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.String(32)
ID = sa.String(64)


def upgrade() -> None:
    _organisations()
    _people()
    _evidence()
    _teachers()
    _catalogues()
    for table in ("employments", "insured_months", "held_certificates", "catalogues", "catalogue_entries"):
        append_only(table)


def _organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", ID, primary_key=True),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("industry_code", sa.String(10), nullable=False),
        sa.Column("small_or_subsidiary", sa.Boolean, nullable=False),
        sa.Column("four_centres", sa.Boolean, nullable=False),
        sa.Column("training_rules", sa.Boolean, nullable=False),
        sa.Column("incentive_scheme", sa.Boolean, nullable=False),
        sa.Column("provider", sa.Text),
        sa.Column("contact_email", sa.LargeBinary),
        sa.Column("bank_account", sa.LargeBinary),
        sa.Column("bank_name", sa.String(200)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("uscc", name="uq_organisations_uscc"),
        sa.CheckConstraint("length(uscc) = 18", name="ck_organisations_uscc_length"),
    )
    op.create_index("ix_organisations_district", "organisations", ["district"])


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
    )
    op.create_table(
        "identity_documents",
        sa.Column("id", ID, primary_key=True),
        sa.Column("person_id", ID, _reference("identity_documents", "person_id", "people.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("number", sa.LargeBinary, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('resident_id', 'passport', 'residence_permit')", name="ck_identity_documents_kind"
        ),
    )
    op.create_index("ix_identity_documents_person_id", "identity_documents", ["person_id"])
    op.create_table(
        "digests",
        sa.Column("key_id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("document_id", ID, _reference("digests", "document_id", "identity_documents.id"), nullable=False),
    )
    op.create_index("ix_digests_document_id", "digests", ["document_id"])
    op.create_table(
        "acquaintances",
        sa.Column("id", ID, primary_key=True),
        sa.Column(
            "organisation_id", ID, _reference("acquaintances", "organisation_id", "organisations.id"), nullable=False
        ),
        sa.Column("person_id", ID, _reference("acquaintances", "person_id", "people.id"), nullable=False),
        sa.Column("phone", sa.LargeBinary),
        sa.Column("since", INSTANT, nullable=False),
        sa.UniqueConstraint("organisation_id", "person_id", name="uq_acquaintances_organisation_id_person_id"),
    )
    op.create_index("ix_acquaintances_person_id", "acquaintances", ["person_id"])


def _evidence() -> None:
    op.create_table(
        "employments",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "organisation_id", ID, _reference("employments", "organisation_id", "organisations.id"), nullable=False
        ),
        sa.Column("person_id", ID, _reference("employments", "person_id", "people.id"), nullable=False),
        sa.Column("post", sa.String(200), nullable=False),
        sa.Column("hiring", sa.String(20), nullable=False),
        sa.Column("dispatched", sa.Boolean, nullable=False),
        sa.Column("skilled_post", sa.Boolean, nullable=False),
        sa.Column("contract_from", sa.Date),
        sa.Column("contract_to", sa.Date),
        sa.Column("contract_with", sa.String(10), nullable=False),
        sa.Column("monthly_wage", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("id", name="uq_employments_id"),
        sa.CheckConstraint("hiring IN ('new_hire', 'transferred', 'chosen')", name="ck_employments_hiring"),
        sa.CheckConstraint("contract_with IN ('employer', 'agency')", name="ck_employments_contract_with"),
        sa.CheckConstraint("contract_to IS NULL OR contract_from <= contract_to", name="ck_employments_contract_order"),
        sa.CheckConstraint("monthly_wage >= 0", name="ck_employments_monthly_wage"),
    )
    op.create_index("ix_employments_person", "employments", ["person_id", "organisation_id"])
    op.create_table(
        "insured_months",
        sa.Column("person_id", ID, _reference("insured_months", "person_id", "people.id"), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("insured_by", sa.String(10), primary_key=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint("insured_by IN ('employer', 'agency')", name="ck_insured_months_insured_by"),
        sa.CheckConstraint("length(month) = 7", name="ck_insured_months_month_length"),
    )
    op.create_table(
        "held_certificates",
        sa.Column("id", ID, primary_key=True),
        sa.Column("person_id", ID, _reference("held_certificates", "person_id", "people.id"), nullable=False),
        sa.Column("occupation", sa.String(64), nullable=False),
        sa.Column("level", sa.String(64), nullable=False),
        sa.Column("certificate_number", sa.String(200), nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint(
            "person_id",
            "occupation",
            "level",
            "certificate_number",
            name="uq_held_certificates_certificate",
        ),
    )


def _teachers() -> None:
    op.create_table(
        "teachers",
        sa.Column("id", ID, primary_key=True),
        sa.Column("organisation_id", ID, _reference("teachers", "organisation_id", "organisations.id"), nullable=False),
        sa.Column("person_id", ID, _reference("teachers", "person_id", "people.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("attested_on", sa.Date),
        sa.Column("post_since", sa.Date),
        sa.Column("teaching_since", sa.Date),
        sa.Column("dual_qualified", sa.Boolean, nullable=False),
        sa.Column("certificate_level", sa.String(64)),
        sa.Column("title", sa.String(64)),
        sa.Column("key_technical_staff", sa.Boolean, nullable=False),
        sa.Column("awards", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("organisation_id", "person_id", "kind", name="uq_teachers_organisation_id_person_id_kind"),
        sa.CheckConstraint("kind IN ('workplace_mentor', 'instructor')", name="ck_teachers_kind"),
    )
    op.create_index("ix_teachers_person_id", "teachers", ["person_id"])


def _catalogues() -> None:
    op.create_table(
        "catalogues",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("edition", sa.String(200), nullable=False),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.UniqueConstraint("id", name="uq_catalogues_id"),
        sa.UniqueConstraint("kind", "edition", name="uq_catalogues_kind_edition"),
    )
    op.create_index("ix_catalogues_kind_from_on", "catalogues", ["kind", "from_on"])
    op.create_table(
        "catalogue_entries",
        sa.Column(
            "catalogue_id", ID, _reference("catalogue_entries", "catalogue_id", "catalogues.id"), primary_key=True
        ),
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("level", sa.String(64), primary_key=True),
        sa.Column("amount", sa.BigInteger),
    )


def _reference(table: str, column: str, target: str) -> sa.ForeignKey:
    return sa.ForeignKey(target, name=f"fk_{table}_{column}")
