"""Registers of other offices: imported as they are, edition by edition, and never edited."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.contracts.common import RowResults
from shared.contracts.registry import registers
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.errors import InvalidRequest, NotPermitted
from shared.scenario.made_up_parties import people
from shared.security.speaker import Role, Speaker
from tests.services.full_lists import answered
from tests.services.harness import CHAOYANG, SHUNYI
from tests.services.registry.driver import PEOPLE, SCHOOL_OFFICE, TODAY, Driver, everything_stored, register_row

SINCE = date(2021, 9, 1)


def outcomes(results: RowResults) -> list[str]:
    return [one.outcome for one in results.rows]


def listed(driver: Driver, by: Speaker | None = None, **asked: Any) -> tuple[registers.RegisterShape, ...]:
    request = registers.ListRegisters(**asked)
    return driver.harness.call(by or driver.city(), registers.LIST_REGISTERS, request).registers


# --- rows --------------------------------------------------------------------------------------------------------


def test_a_row_of_an_edition_twice_is_unchanged_also_within_one_call_and_however_written(driver: Driver) -> None:
    number = PEOPLE[0].id_number
    first, second = driver.import_register(register_row(1, number), register_row(2, f"{number[:6]} {number[6:]}")).rows
    assert (first.outcome, second.outcome, second.id) == ("accepted", "unchanged", first.id)
    assert outcomes(driver.import_register(register_row(1, number), register_row(2, PEOPLE[1].id_number))) == [
        "unchanged",
        "accepted",
    ]
    (edition,) = listed(driver)
    assert edition.rows == 2


@pytest.mark.parametrize("changes", [{"from_on": date(2021, 9, 2)}, {"to_on": TODAY}, {"remark": "示例学校"}])
def test_another_day_or_remark_of_the_same_person_is_another_entry(driver: Driver, changes: dict[str, Any]) -> None:
    number = PEOPLE[0].id_number
    assert outcomes(driver.import_register(register_row(1, number), register_row(2, number, **changes))) == [
        "accepted",
        "accepted",
    ]
    assert outcomes(driver.import_register(register_row(1, number, **changes))) == ["unchanged"]


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("student", {"document_number": "11010519491231002Y"}, "document_number"),
        ("student", {"to_on": SINCE - timedelta(days=1)}, "to_on"),
        ("deceased", {"to_on": TODAY}, "to_on"),
        ("deceased", {"from_on": TODAY + timedelta(days=1)}, "from_on"),
    ],
)
def test_a_bad_row_is_refused_with_its_cure_and_loses_no_other(
    driver: Driver, kind: str, changes: dict[str, Any], field: str
) -> None:
    bad, good = driver.import_register(
        register_row(1, PEOPLE[0].id_number, **changes), register_row(2, PEOPLE[1].id_number), kind=kind
    ).rows
    assert (bad.outcome, bad.field, good.outcome) == ("refused", field, "accepted")
    assert bad.message and PEOPLE[0].id_number not in bad.message


def test_the_last_days_that_hold_are_taken(driver: Driver) -> None:
    last = register_row(1, PEOPLE[0].id_number, to_on=SINCE)
    assert outcomes(driver.import_register(last)) == ["accepted"]
    assert outcomes(driver.import_register(register_row(1, PEOPLE[0].id_number, from_on=TODAY), kind="deceased")) == [
        "accepted"
    ]


# --- editions ----------------------------------------------------------------------------------------------------


def test_an_edition_without_a_good_row_is_not_made(driver: Driver) -> None:
    assert outcomes(driver.import_register(register_row(1, "11010519491231002Y"))) == ["refused"]
    assert listed(driver) == ()


def test_a_register_of_a_day_to_come_is_refused(driver: Driver) -> None:
    with pytest.raises(InvalidRequest) as error:
        driver.import_register(register_row(1, PEOPLE[0].id_number), as_of=TODAY + timedelta(days=1))
    assert error.value.details["fields"][0]["path"] == "as_of"


def test_editions_are_listed_the_last_imported_first_with_their_size(driver: Driver) -> None:
    for days in (0, 2, 1):
        driver.import_register(register_row(1, PEOPLE[days].id_number), as_of=TODAY - timedelta(days=days))
    driver.import_register(register_row(1, PEOPLE[0].id_number), kind="deceased")
    assert [(one.kind, (TODAY - one.as_of).days) for one in listed(driver)] == [
        ("deceased", 0),
        ("student", 1),
        ("student", 2),
        ("student", 0),
    ]
    assert [one.kind for one in listed(driver, kind="deceased")] == ["deceased"]
    first = driver.harness.call(driver.city(), registers.LIST_REGISTERS, registers.ListRegisters(limit=3))
    assert len(first.registers) == 3
    assert [one.as_of for one in listed(driver, cursor=first.cursor)] == [TODAY]


def test_each_district_keeps_its_own_and_sees_the_citys_besides(driver: Driver) -> None:
    for keeper in (driver.city(), driver.officer(CHAOYANG), driver.officer(SHUNYI)):
        assert outcomes(driver.import_register(register_row(1, PEOPLE[0].id_number), by=keeper)) == ["accepted"]
    seen = {district: listed(driver, driver.officer(district)) for district in (CHAOYANG, SHUNYI)}
    assert [len(editions) for editions in seen.values()] == [2, 2]
    shared = {one.register_id for one in seen[CHAOYANG]} & {one.register_id for one in seen[SHUNYI]}
    assert len(shared) == 1
    assert len(listed(driver, driver.city(Role.AUDITOR))) == 3


def test_who_is_no_officer_imports_nothing(driver: Driver, employer: str) -> None:
    with pytest.raises(NotPermitted):
        driver.import_register(register_row(1, PEOPLE[0].id_number), by=driver.employer(employer))


# --- what holds in the database ----------------------------------------------------------------------------------


def test_two_calls_with_the_same_rows_end_with_each_row_once(driver: Driver) -> None:
    rows = [register_row(number, person.id_number) for number, person in enumerate(PEOPLE)]
    together = threading.Barrier(2)

    def once(order: list[registers.RegisterRow]) -> list[str]:
        together.wait(timeout=30)
        return outcomes(driver.import_register(*order))

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(once, (rows, rows[::-1])))
    assert sorted(both[0] + both[1]) == ["accepted"] * len(rows) + ["unchanged"] * len(rows)
    (edition,) = listed(driver)
    assert edition.rows == len(rows)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registers SET as_of = '2020-01-01'",
        "DELETE FROM registers",
        "UPDATE register_entries SET remark = 'x'",
        "DELETE FROM register_entries",
        "UPDATE register_subjects SET register_id = 'x'",
        "DELETE FROM register_subjects",
    ],
)
def test_what_an_office_sent_is_never_edited(driver: Driver, statement: str) -> None:
    driver.import_register(register_row(1, PEOPLE[0].id_number))
    with (
        pytest.raises(DBAPIError, match=r"append_only|kept_|permission denied"),
        driver.harness.database.transaction() as session,
    ):
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO registers SELECT 99, 'x', kind, source, as_of, kept_by, imported_on FROM registers",
        "INSERT INTO register_entries SELECT 'x', subject_id, from_on, to_on, remark FROM register_entries",
        "INSERT INTO register_entries SELECT 'x', subject_id, '2022-01-02', '2022-01-01', '' FROM register_entries",
        "INSERT INTO register_digests SELECT key_id, kind, digest, register_id, 'x' FROM register_digests",
    ],
)
def test_the_database_lets_no_edition_person_or_row_in_twice(driver: Driver, statement: str) -> None:
    driver.import_register(register_row(1, PEOPLE[0].id_number))
    with (
        pytest.raises(DBAPIError, match=r"(?i)unique|check|period"),
        driver.harness.database.transaction() as session,
    ):
        session.execute(text(statement))


def test_nobody_of_a_register_lies_readable_in_the_database(driver: Driver, tmp_path: Path) -> None:
    driver.import_register(register_row(1, PEOPLE[0].id_number), register_row(2, "E7654321", document_kind="passport"))
    lying = everything_stored(driver.harness.database, tmp_path)
    for secret in (PEOPLE[0].id_number, "E7654321"):
        assert secret.encode() not in lying
        assert secret.encode().hex().encode() not in lying


def test_five_thousand_rows_are_imported_in_few_statements_and_again_unchanged(driver: Driver) -> None:
    rows = tuple(
        register_row(number, person.id_number, remark="示例参保单位" * 10)
        for number, person in enumerate(people(ROWS_PER_CALL, seed=61), start=1)
    )
    request = registers.ImportRegister("insured_elsewhere", SCHOOL_OFFICE, TODAY, rows)
    for outcome in ("accepted", "unchanged"):
        answer = answered(driver.harness, driver.city(), registers.IMPORT_REGISTER, request)
        assert {one["outcome"] for one in answer["rows"]} == {outcome}
