"""An answer to a long list is always small enough to be sent: what was done is never left unsaid."""

from __future__ import annotations

from dataclasses import replace

from shared.bus.wire import write_result
from shared.contracts.common import RowResult, RowResults
from shared.contracts.row_answers import MESSAGES_MAX, RowAnswers, fitted
from shared.contracts.schema import codec
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.training.enrolments import EnrolRow

LONG = "请先签订培训协议再建立学籍；" * 200


def test_messages_that_fit_together_stay_whole() -> None:
    rows = [RowResult(1, "refused", None, "person_id", LONG), RowResult(2, "accepted", "a")]
    assert fitted(rows) == tuple(rows)


def test_messages_that_would_burst_the_answer_are_cut_alike_and_say_so() -> None:
    answers = RowAnswers([EnrolRow(row, f"{row:032x}") for row in range(1, ROWS_PER_CALL + 1)])
    for at, _ in answers.waiting():
        answers.refuse(at, "person_id", LONG)
    results = answers.results()
    assert (
        len(write_result(codec.write(RowResults(tuple(replace(row, message=LONG) for row in results.rows)))).encode())
        > codec.MAX_BODY
    )
    assert len(write_result(codec.write(results)).encode()) <= codec.MAX_BODY
    assert {len(row.message or "") for row in results.rows} == {MESSAGES_MAX // ROWS_PER_CALL}
    assert all((row.message or "").endswith("（其余见决定记录）") for row in results.rows)


def test_short_messages_beside_long_ones_are_left_alone() -> None:
    rows = [RowResult(row, "refused", None, "person_id", LONG if row % 2 else "请核对") for row in range(ROWS_PER_CALL)]
    assert {row.message for row in fitted(rows) if not row.row % 2} == {"请核对"}
