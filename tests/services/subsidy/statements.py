"""The moment at which the service asks its database something, seen from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.services.subsidy.driver import Driver


@contextmanager
def interrupted(driver: Driver, table: str, act: Callable[[], object], *, when: str = "before") -> Iterator[None]:
    """Does something once, right before or (`when`) "after" the first statement that reads this table."""
    interruptions: list[str] = []

    def sends(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not interruptions and f"FROM {table}" in statement:
            interruptions.append(statement)
            act()

    event.listen(driver.harness.database.engine, f"{when}_cursor_execute", sends)
    yield
    event.remove(driver.harness.database.engine, f"{when}_cursor_execute", sends)
    assert interruptions, f"nobody read {table}"
