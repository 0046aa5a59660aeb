"""What stands in `docs/contracts` is what the code says, whole and well formed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from shared.bus import wire
from shared.contracts.catalogue import EVENTS, METHODS
from shared.contracts.schema.shapes import Json
from shared.errors import BY_CODE
from shared.reference import generate
from shared.security.speaker import Role

FOLDER = generate.FOLDER
ASYNCAPI: Json = json.loads((FOLDER / "asyncapi.json").read_text("utf-8"))


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from _references(item)


def _resolve(document: Any, pointer: str) -> Any:
    for key in pointer.removeprefix("#/").split("/"):
        document = document[key]
    return document


# --- current -----------------------------------------------------------------------------------------------------


def test_everything_generated_is_current() -> None:
    assert generate.differences(FOLDER) == [], "run `make schemas`"


def test_generating_twice_gives_the_same_bytes() -> None:
    assert generate.generated() == generate.generated()


def test_a_changed_a_missing_and_a_left_over_file_are_seen_and_mended(tmp_path: Path) -> None:
    generate.write(tmp_path)
    assert generate.differences(tmp_path) == []
    left_over = tmp_path / "schemas" / "requests" / "Gone.json"
    left_over.write_text("{}")
    (tmp_path / "reference.md").write_text("changed")
    (tmp_path / "asyncapi.json").unlink()
    assert generate.differences(tmp_path) == ["asyncapi.json", "reference.md", "schemas/requests/Gone.json"]
    generate.write(tmp_path)
    assert generate.differences(tmp_path) == []


def test_check_names_what_is_out_of_date_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    refused = CliRunner().invoke(generate.main, ["--check"])
    assert refused.exit_code == 1
    assert "docs/contracts/permissions.md" in refused.output
    assert list(tmp_path.iterdir()) == []
    assert CliRunner().invoke(generate.main, []).exit_code == 0
    assert CliRunner().invoke(generate.main, ["--check"]).exit_code == 0


# --- schemas -----------------------------------------------------------------------------------------------------


def _schemas() -> list[Path]:
    return sorted((FOLDER / "schemas").rglob("*.json"))


def test_every_message_has_a_schema_of_its_own() -> None:
    named = {path.relative_to(FOLDER / "schemas").with_suffix("").as_posix() for path in _schemas()}
    requests = {f"requests/{method.request.__name__}" for method in METHODS.values()}
    answers = {f"answers/{method.answer.__name__}" for method in METHODS.values()}
    assert named == requests | answers | {f"events/{name}" for name in EVENTS} | {"answers/Error"}


def test_no_two_messages_share_a_name() -> None:
    for kinds in (
        {method.request for method in METHODS.values()},
        {method.answer for method in METHODS.values()},
    ):
        assert len({kind.__name__ for kind in kinds}) == len(kinds)


@pytest.mark.parametrize("path", _schemas(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_schema_is_well_formed_and_needs_no_other_file(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert {_resolve(schema, reference)["type"] for reference in _references(schema)} <= {"object"}
    assert schema["additionalProperties"] is (path.parent.name != "requests")


def test_the_errors_of_the_schema_are_the_errors_that_cross_the_bus() -> None:
    schema = json.loads((FOLDER / "schemas/answers/Error.json").read_text("utf-8"))
    assert schema["properties"]["code"]["enum"] == sorted(BY_CODE)
    for kind in BY_CODE.values():
        sent = json.loads(wire.write_error(kind("请核对后重新提交", limit=1)))["error"]
        Draft202012Validator(schema | {"additionalProperties": False}).validate(sent)


# --- the whole bus -----------------------------------------------------------------------------------------------


def test_asyncapi_names_every_method_and_every_event_once() -> None:
    public = {f"public.{name}" for name, event in EVENTS.items() if event.public}
    named = {*METHODS, *(f"events.{name}" for name in EVENTS), *public}
    assert set(ASYNCAPI["operations"]) == named
    assert set(ASYNCAPI["channels"]) == named | {"replies"}


def test_every_reference_of_asyncapi_leads_somewhere() -> None:
    for reference in set(_references(ASYNCAPI)):
        if reference.startswith("#/"):
            assert _resolve(ASYNCAPI, reference)
        else:
            assert (FOLDER / reference).is_file(), reference


def test_a_replys_messages_are_messages_of_its_channel() -> None:
    replies = [operation["reply"] for operation in ASYNCAPI["operations"].values() if "reply" in operation]
    assert len(replies) == len(METHODS)
    for reply in replies:
        assert all(message["$ref"].startswith(f"{reply['channel']['$ref']}/") for message in reply["messages"])


@pytest.mark.parametrize("route", sorted(METHODS))
def test_a_methods_operation_receives_its_request_and_replies_its_answer_or_an_error(route: str) -> None:
    operation = ASYNCAPI["operations"][route]
    call = _resolve(ASYNCAPI, ASYNCAPI["channels"][route]["messages"]["call"]["$ref"])
    answer = _resolve(ASYNCAPI, _resolve(ASYNCAPI, operation["reply"]["messages"][0]["$ref"])["$ref"])
    assert call["title"] == METHODS[route].request.__name__
    assert answer["title"] == METHODS[route].answer.__name__
    assert operation["x-roles"] == sorted(METHODS[route].roles)
    assert ASYNCAPI["channels"][route]["address"] == route


# --- pages -------------------------------------------------------------------------------------------------------


def _permitted() -> dict[str, set[str]]:
    """Roles by method, read from the page as a reader would: columns by the order of the legend."""
    page = (FOLDER / "permissions.md").read_text("utf-8")
    quoted = re.findall(r"`([a-z_]+)`[,.]", page.partition("\n## ")[0])
    legend = [name for name in quoted if name in set(Role)]
    rows = re.findall(r"^\| `(\S+)` \| \w+ \| (.*) \|$", page, re.MULTILINE)
    return {
        route: {role for role, cell in zip(legend, cells.split("|"), strict=True) if cell.strip()}
        for route, cells in rows
    }


def test_the_permissions_page_says_who_may_call_each_method() -> None:
    permitted = _permitted()
    for route, method in METHODS.items():
        shown = permitted.get(route, permitted.get(f"<service>.{method.name}"))
        assert shown == {role.value for role in method.roles}, route


def test_every_role_has_a_column() -> None:
    page = (FOLDER / "permissions.md").read_text("utf-8")
    assert all(f"`{role.value}`" in page for role in Role)


def test_the_reference_tells_of_every_method_and_event() -> None:
    page = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("reference*.md"))
    headings = set(re.findall(r"^### (?:Event )?`(\S+)`$", page, re.MULTILINE))
    kernel = {route for route in METHODS if f"<service>.{METHODS[route].name}" in headings}
    assert METHODS.keys() | EVENTS.keys() == {name for name in headings if "<" not in name} | kernel


def test_the_wire_format_page_names_every_error_and_header() -> None:
    page = (FOLDER.parent / "wire-format.md").read_text("utf-8")
    names = [*BY_CODE, wire.TOKEN, wire.REQUEST_ID, wire.DEADLINE, wire.CORRELATION_ID]
    assert [name for name in names if f"`{name}`" not in page] == []
