"""Whoever's enrolment has ended may stand on another roster of the project (INT-90)."""

from __future__ import annotations

from shared.store.migration_guards import reworded

revision = "review_0005"
down_revision = "review_0004"
branch_labels = None
depends_on = None

STATES = "state IN ('waiting', 'accepted', 'refused'{})"


def upgrade() -> None:
    reworded("roster_persons", "ck_roster_persons_state", STATES.format(""), STATES.format(", 'released'"))
