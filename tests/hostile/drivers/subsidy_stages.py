"""How far the advance of each of a side's projects has come."""

from __future__ import annotations

from tests.hostile.sides import Side

PAID, OWING, SUBMITTED, RESERVED, HELD, PREPARED, INSTRUCTED, UNCLAIMED = (
    "paid", "owing", "submitted", "reserved", "held", "prepared", "instructed", "unclaimed",
)  # fmt: skip
SHORT = "short"
STAGES = (PAID, OWING, SUBMITTED, RESERVED, HELD, PREPARED, INSTRUCTED, UNCLAIMED)


def project_of(side: Side, stage: str) -> str:
    """Its project at that stage."""
    return f"project-{stage}-{side.name}"
