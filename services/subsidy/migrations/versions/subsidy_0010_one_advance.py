"""One person, one advance (INT-90): which advances stand open, the oldest where there are several."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "subsidy_0010"
down_revision = "subsidy_0009"
branch_labels = None
depends_on = None

STANDS = """
    {line}.kind = 'advance' AND {line}.live AND NOT EXISTS (
        SELECT 1 FROM claim_lines AS final JOIN claims ON claims.id = final.claim_id
        WHERE final.enrolment_id = {line}.enrolment_id AND final.kind = 'final' AND final.live
        AND claims.state IN ('approved', 'in_payment', 'paid', 'closed'))
    AND NOT EXISTS (
        SELECT 1 FROM clawbacks JOIN demands ON demands.id = clawbacks.demand_id
        WHERE clawbacks.enrolment_id = {line}.enrolment_id AND demands.settled_on IS NOT NULL)
"""
FILL = """
UPDATE claim_lines SET open_advance = (
    SELECT projects.programme || ':' || projects.occupation || ':' || claim_lines.person_id
    FROM projects WHERE projects.project_id = claim_lines.project_id)
WHERE {mine} AND NOT EXISTS (
    SELECT 1 FROM claim_lines AS older
    JOIN projects AS theirs ON theirs.project_id = older.project_id
    JOIN projects AS ours ON ours.project_id = claim_lines.project_id
    WHERE older.person_id = claim_lines.person_id AND older.id < claim_lines.id
    AND theirs.programme = ours.programme AND theirs.occupation = ours.occupation AND {other})
"""


def upgrade() -> None:
    op.add_column("claim_lines", sa.Column("open_advance", sa.String(200)))
    op.execute(FILL.format(mine=STANDS.format(line="claim_lines"), other=STANDS.format(line="older")))
    condition = sa.text("live AND open_advance IS NOT NULL")
    op.create_index(
        "uq_claim_lines_open_advance",
        "claim_lines",
        ["open_advance"],
        unique=True,
        postgresql_where=condition,
        sqlite_where=condition,
    )
