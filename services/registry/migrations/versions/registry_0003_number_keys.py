"""A certificate that somebody held before is on file once, however its number is written.

The column that was unique is the one that stays so, as SQLite can't take a table's constraint away.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.number_keys import number_key
from shared.store.distinct_keys import distinct_keys, fill
from shared.store.migration_guards import append_only, changeable

revision = "registry_0003"
down_revision = "registry_0002"
branch_labels = None
depends_on = None

STORED = "SELECT id, person_id, occupation, level, certificate_number FROM held_certificates ORDER BY recorded_at, id"


def upgrade() -> None:
    changeable("held_certificates")
    op.execute("ALTER TABLE held_certificates RENAME COLUMN certificate_number TO number_key")
    written = sa.Column("certificate_number", sa.String(200), nullable=False, server_default="")
    op.add_column("held_certificates", written)
    op.execute("UPDATE held_certificates SET certificate_number = number_key")
    rows = op.get_bind().execute(sa.text(STORED)).all()
    numbers = [(row.id, (row.person_id, row.occupation, row.level), row.certificate_number) for row in rows]
    fill("held_certificates", "id", "number_key", distinct_keys(numbers, number_key, most=200))
    append_only("held_certificates")
