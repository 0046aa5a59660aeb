"""What of a project's plan is searched and counted: occupation, level, and how many people may sign up.

Rosters that were longer than their plan before this was counted stand: their project has as many places.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0003"
down_revision = "review_0002"
branch_labels = None
depends_on = None

SIGNED_UP = (
    "SELECT count(*) FROM roster_persons "
    "WHERE roster_persons.project_id = projects.case_id AND roster_persons.state IN ('waiting', 'accepted')"
)


def upgrade() -> None:
    for column in (
        sa.Column("occupation", sa.String(64)),
        sa.Column("level", sa.String(64)),
        sa.Column("places", sa.Integer),
        sa.Column("signed_up", sa.Integer),
    ):
        op.add_column("projects", column)
    _fill()
    with op.batch_alter_table("projects") as projects:
        for name, kind in (("occupation", sa.String(64)), ("level", sa.String(64))):
            projects.alter_column(name, existing_type=kind, nullable=False)
        for name in ("places", "signed_up"):
            projects.alter_column(name, existing_type=sa.Integer(), nullable=False)
        projects.create_check_constraint("ck_projects_places", "signed_up >= 0 AND signed_up <= places")
    op.create_index("ix_projects_occupation_level", "projects", ["occupation", "level"])


def _fill() -> None:
    """From the plans and rosters that are there, in two statements."""
    if op.get_bind().dialect.name == "sqlite":
        occupation, level, places = (
            f"json_extract(plan, '$.{name}')" for name in ("occupation", "level", "head_count")
        )
        larger = "max"
    else:
        occupation, level, places = (f"plan::json ->> '{name}'" for name in ("occupation", "level", "head_count"))
        places, larger = f"CAST({places} AS INTEGER)", "greatest"
    op.execute(f"UPDATE projects SET signed_up = ({SIGNED_UP})")  # noqa: S608 - own constants
    op.execute(
        f"UPDATE projects SET occupation = {occupation}, level = {level}, places = {larger}({places}, signed_up)"  # noqa: S608
    )
