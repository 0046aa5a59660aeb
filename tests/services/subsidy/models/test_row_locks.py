"""What each step holds until it is done, so that two of them come one after the other, never side by side.

Right before a step commits, another transaction tries to take each row as a step would; SQLite lets in one writer at a
time anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from shared.kernel.crash_points import CrashPoints
from shared.store.database import Database
from tests.conftest import MadeDatabase
from tests.services.subsidy.model.telling import Step
from tests.services.subsidy.model.walk import Walk
from tests.services.subsidy.models.test_guards import STORY

HOLDS = {
    "subsidy.submit_claim": {"projects"},
    "subsidy.decide_claim": {"projects", "claims", "books"},
    "subsidy.prepare_payment": {"projects", "books"},
    "subsidy.approve_payment": {"projects", "batches"},
    "subsidy.record_bank_results": {"projects", "batches"},
    "subsidy.decide_hits": {"projects"},
    "subsidy.reduce_appropriation": {"books"},
    "subsidy.close_period": {"books"},
    "subsidy.record_repayment": {"demands", "books"},
    "subsidy.reverse_repayment": {"demands", "books"},
    "subsidy.offset_demand": {"projects", "claims", "demands", "books"},
    "subsidy.propose_write_off": {"demands"},
    "subsidy.decide_write_off": {"demands"},
    "review.case_blocked": {"projects"},
    "review.case_unblocked": {"projects"},
    "review.fraud_confirmed": {"projects"},
}
"""At least; by method or event."""


class Trying(CrashPoints):
    """Tries to take what a step that is about to commit should hold."""

    def __init__(self, others: Database) -> None:
        super().__init__()
        self.others = others
        self.held: dict[str, set[str]] = {}

    def reached(self, boundary: str, subject: str) -> None:
        if boundary in ("before_commit", "before_apply_commit") and subject in HOLDS:
            held = {table for table in HOLDS[subject] if not self._is_free(table)}
            self.held[subject] = self.held.get(subject, HOLDS[subject]) & held

    def _is_free(self, table: str) -> bool:
        with self.others.reading() as session:
            try:
                session.execute(text(f"SELECT 1 FROM {table} FOR NO KEY UPDATE NOWAIT"))
            except OperationalError:
                return False
        return True


def test_each_step_holds_what_it_read_until_it_is_done(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    url = make_database("subsidy").url
    walk, others = Walk(url, tmp_path), Database(url)
    walk.harness.kernel.crash_points = trying = Trying(others)
    for step in (*STORY, Step("fraud", 1)):
        walk.does(step)
    others.dispose()
    walk.driver.close()
    assert trying.held == HOLDS
