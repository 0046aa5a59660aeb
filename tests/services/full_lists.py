"""Lists as long as one call may bring: what they cost in statements, and whether request and answer fit a message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from shared.bus.wire import write_call, write_result
from shared.contracts.schema import codec
from shared.contracts.schema.declare import Method
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.security.speaker import Speaker
from tests.services.harness import KernelHarness

STATEMENTS_MAX = 250
"""The driver splits bulk inserts into pages of a thousand rows or fewer; one statement a row would be thousands."""


def ids(count: int = ROWS_PER_CALL, kind: int = 0) -> list[str]:
    """As long as real ones."""
    return [f"{kind:02x}{number:030x}" for number in range(count)]


def answered(harness: KernelHarness, speaker: Speaker, method: Method[Any, Any], request: Any) -> Any:
    """Plain JSON of the answer; both fit into a message, and few statements were said."""
    wire = codec.write(request)
    assert len(write_call(wire).encode()) <= codec.MAX_BODY
    with statements(harness) as said:
        answer = harness.call_raw(speaker, method, wire)
    assert len(write_result(answer).encode()) <= codec.MAX_BODY
    assert len(said) <= STATEMENTS_MAX
    return answer


def rows_answered(
    harness: KernelHarness, speaker: Speaker, method: Method[Any, Any], request: Any
) -> list[dict[str, Any]]:
    """What became of each row of a full list whose last row repeats its first: that one is refused, naming it."""
    rows: list[dict[str, Any]] = answered(harness, speaker, method, request)["rows"]
    assert len(rows) == ROWS_PER_CALL
    assert rows[-1]["outcome"] == "refused"
    assert "第 1 行" in rows[-1]["message"]
    return rows


@contextmanager
def statements(harness: KernelHarness) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(harness.database.engine, "before_cursor_execute", hear)
    yield said
    event.remove(harness.database.engine, "before_cursor_execute", hear)
