"""At the same moment: the constraint decides, the loser does its work again and finds what the winner wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TypeVar

from sqlalchemy import func, select

from services.registry.models import Digest, IdentityDocument, Organisation, Person
from tests.conftest import MadeDatabase
from tests.services.registry.driver import FIRMS, PEOPLE, Driver, open_driver, row_of

Answer = TypeVar("Answer")
ROUNDS = 5


def _together(*acts: Callable[[], Answer]) -> list[Answer]:
    """Every act in a thread of its own, all let go at once."""
    gate = Barrier(len(acts))

    def act(one: Callable[[], Answer]) -> Answer:
        gate.wait()
        return one()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def _counts(driver: Driver, *tables: type[Person | IdentityDocument | Digest | Organisation]) -> list[int | None]:
    with driver.harness.database.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def _registers(driver: Driver, organisation: str, numbers: Sequence[int]) -> Callable[[], set[tuple[int, str]]]:
    rows = [row_of(number, PEOPLE[number]) for number in numbers if number]

    def act() -> set[tuple[int, str]]:
        return {(one.row, str(one.id)) for one in driver.register(organisation, *rows).rows}

    return act


def test_two_calls_with_the_same_people_end_with_each_person_once(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path
) -> None:
    for round_number in range(ROUNDS):
        driver = open_driver(make_database("registry", dialect).url, tmp_path / str(round_number))
        one, other = driver.organisation(FIRMS[0]), driver.organisation(FIRMS[1])
        forwards, backwards = range(1, 25), range(24, 0, -1)
        seen = _together(_registers(driver, one, forwards), _registers(driver, other, backwards))
        assert seen[0] == seen[1]
        assert _counts(driver, Person, IdentityDocument, Digest) == [24, 24, 24]
        driver.harness.close()


def test_one_organisation_registered_twice_at_once_is_one_organisation(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path
) -> None:
    for round_number in range(ROUNDS):
        driver = open_driver(make_database("registry", dialect).url, tmp_path / str(round_number))
        seen = _together(*[lambda driver=driver: driver.organisation(FIRMS[0])] * 4)  # type: ignore[misc]
        assert len(set(seen)) == 1
        assert _counts(driver, Organisation) == [1]
        driver.harness.close()


def test_the_same_evidence_twice_at_once_is_kept_once(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    answers = _together(*[lambda: driver.insure(person, "2022-04", "2022-05")] * 4)
    assert sorted(answer.rows[0].outcome for answer in answers) == ["accepted", *["unchanged"] * 3]
