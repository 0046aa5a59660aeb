"""Nobody's name, ID number, phone or account is found where it may not rest (X-4). What it may: papers for people."""

from __future__ import annotations

from pathlib import Path

from shared.contracts.schema.declare import SERVICES
from shared.scenario import made_up_parties
from tests.scenarios.conftest import Played
from tests.scenarios.personal import found_in, found_under


def test_nothing_personal_rests_in_any_file_of_the_system(main_road: Played) -> None:
    data = main_road.folder / "data"
    assert {f"{service}.db" for service in SERVICES} <= {file.name for file in data.iterdir()}
    assert any((data / "objects").rglob("*.*")) or any(one.is_file() for one in (data / "objects").rglob("*"))
    assert list(found_under(data)) == []


def test_nothing_personal_is_printed_or_logged(main_road: Played) -> None:
    assert found_in(main_road.stdout.encode()) == set()
    assert found_in(main_road.stderr.encode()) == set()


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    person = made_up_parties.people(1, 7)[0]
    (tmp_path / "plain.log").write_text(f"phone={person.phone}", "utf-8")
    (tmp_path / "event.json").write_text('{"name": "' + person.name.encode("unicode_escape").decode() + '"}', "ascii")
    assert list(found_under(tmp_path)) == [("event.json", {"name"}), ("plain.log", {"phone"})]
