"""The words of a document's work that code acts on: who may stand where, from what a deadline counts, how long a notice
stands.

Each is what a contract grants or knows (`tests/architecture/test_policy_words.py` compares them), so that a document
can't name a step that nobody could take.
"""

from __future__ import annotations

from collections.abc import Mapping

STATION_ROLES: Mapping[str, tuple[str, ...]] = {"district": ("district_officer",), "city": ("city_officer",)}
"""Level of a review step → who may decide there."""

SUBMITTERS = ("employer",)
"""Who may submit a case."""

PARTIES = ("employer", "training_provider", "district_officer", "city_officer", "finance_officer")
"""Who may be reminded of a deadline."""

ANCHORS = ("training_starts",)
"""From what a deadline may be counted: the planned first day of training."""

NOTICE_DAYS = "notice.working_days"
"""For how many working days a public notice stands at least."""

FIGURES: Mapping[str, str] = {NOTICE_DAYS: "working_days"}
"""Value that a document may give to a mechanism of every programme, without a rule of its own → its unit."""

CASES: Mapping[str, str] = {"project": "project_applied", "roster": "signed_up"}
"""Kind of case → the step of the road that submitting one takes."""


def step_at(kind: str, station_id: str) -> str:
    """The step of the road that a station takes: `project_district_review`."""
    return f"{kind}_{station_id}"
