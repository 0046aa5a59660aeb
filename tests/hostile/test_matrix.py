"""Every method × every role × own or foreign jurisdiction (APP-1), as `docs/contracts/permissions.md` writes it down.

The methods come from the contracts and the roles from the code, so that a new one is tested from its first day: one
without a sample fails by name and says where to add it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from shared.contracts.catalogue import METHODS
from shared.contracts.schema import codec
from shared.security.permissions import ReachKind, visible
from shared.security.speaker import Role, Speaker
from tests.hostile.driver import Driver, Outcome
from tests.hostile.kernel_requests import file_of
from tests.hostile.sides import NARROW, Side

ROUTES = sorted(METHODS)
BLIND = {ReachKind.SUBJECT, ReachKind.NOTHING}
"""Reaches that hold no file of an organisation or a district."""

FREE = {
    "review.submit_project": "any employer may apply together with any provider, which then joins or doesn't",
}
"""Methods by which somebody may name what is another's, and why."""

ABSENT = {"join_file": "invalid_request"}
"""Methods that answer for what doesn't exist otherwise than by `not_found`: for another's part as for one never put."""


@pytest.fixture(params=ROUTES)
def route(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def granted(route: str) -> list[Role]:
    return [role for role in Role if role in METHODS[route].roles]


def test_who_isnt_granted_a_method_is_refused(driver: Driver, route: str) -> None:
    others = [role for role in Role if role not in METHODS[route].roles]
    told = {role: driver.ask(driver.here, role, route).code for role in others}
    assert told == dict.fromkeys(others, "not_permitted")


def test_who_is_granted_a_method_reaches_what_is_their_own(driver: Driver, route: str) -> None:
    unreached = {}
    for role in granted(route):
        with driver.rehearsal(route):
            found = driver.ask(driver.here, role, route)
        blind = METHODS[route].name == "get_chunk" and visible(driver.here.speaker(role)).kind in BLIND
        if (found.code == "not_found") if blind else (found.code in ("ok", "conflict", "policy_not_met")):
            continue
        unreached[role] = found
    assert unreached == {}


def test_who_is_granted_a_method_learns_and_changes_nothing_of_the_other_side(driver: Driver, route: str) -> None:
    leaks = {}
    for role in NARROW:
        if role not in METHODS[route].roles:
            continue
        for intruder, payload in product(intruders(driver, role), driver.payloads(driver.here, role, route)):
            with driver.rehearsal(route):
                if leak := intrusion(driver, intruder, route, payload):
                    leaks[f"{role} through {intruder.system}"] = leak
    assert leaks == {}


def intruders(driver: Driver, role: Role) -> Iterator[Speaker]:
    """Somebody of the other side, who came straight or through another service."""
    person = driver.there.intruder(role, into=driver.here)
    yield person
    yield person.through("training")


def intrusion(driver: Driver, intruder: Speaker, route: str, request: dict[str, Any]) -> str | None:
    """What is wrong with how an intruder's request for what is HERE's ends; None where nothing is."""
    named = {mark for mark in driver.marks(driver.here) if mark in codec.dumps(request)}
    before = driver.stored()
    ended = driver.attempt(intruder, route, request)
    if METHODS[route].name == "put_chunk":
        named |= {file_of(driver.here)}  # who has the content may count its hash
    if seen := ended.shows(driver.marks(driver.here)) - named:
        return f"the answer shows {seen}"
    if route in FREE or METHODS[route].name == "put_chunk" or (ended.code == "ok" and not named):
        return None
    if ended.code == "not_permitted" and not names_the_place(request, driver.here):
        return "not_permitted says that there is something"
    if ended.code not in ("not_found", "not_permitted", "ok", ABSENT.get(METHODS[route].name)):
        return f"{ended.code} says that there is something: {ended.answer}"
    return "it was stored" if driver.stored() != before else answered(ended, named)


def names_the_place(request: object, side: Side) -> bool:
    return side.district in codec.dumps(request)


def answered(ended: Outcome, named: set[str]) -> str | None:
    """An answer may repeat no id of the request as though it were known: rows are refused, look-ups are empty."""
    if ended.code != "ok":
        return None
    known = {row["id"] for row in ended.answer.get("rows", ()) if row.get("id") in named}
    accepted = [row for row in ended.answer.get("rows", ()) if row.get("outcome") in ("accepted", "unchanged")]
    return f"rows were accepted: {accepted or known}" if accepted or known else None


QUERIES = [route for route in ROUTES if METHODS[route].kind == "query" and METHODS[route].roles & set(NARROW)]


@pytest.mark.parametrize("route", QUERIES)
def test_an_answer_is_the_same_whether_or_not_the_other_side_exists(driver: Driver, route: str) -> None:
    """Counts, sums, pages, figures and searches included: THERE asked before HERE had anything, and asks again now."""
    roles = [role for role in NARROW if role in METHODS[route].roles]
    now = {role: driver.ask_all(driver.there, role, route) for role in roles}
    assert now == {role: driver.before[role, route] for role in roles}


PAGED = [route for route in QUERIES if "cursor" in METHODS[route].request.__dataclass_fields__]


@pytest.mark.parametrize("route", PAGED)
def test_a_cursor_of_the_other_side_opens_nothing(driver: Driver, route: str) -> None:
    for role in METHODS[route].roles & set(NARROW):
        *_, payload = driver.payloads(driver.here, role, route)
        page = driver.attempt(driver.here.speaker(role), route, payload | {"limit": 1})
        cursor = page.answer.get("cursor") if page.code == "ok" else None
        if cursor is None:
            continue
        *_, payload = driver.payloads(driver.there, role, route)
        ended = driver.attempt(driver.there.intruder(role, into=driver.here), route, payload | {"cursor": cursor})
        assert ended.shows(driver.marks(driver.here)) - {str(cursor)} == set(), role


NOBODYS = {"list_catalogues": "a catalogue is the city's, and everybody's to read"}
LISTS = [route for route in PAGED if METHODS[route].name not in NOBODYS]


@pytest.mark.parametrize("route", LISTS)
def test_the_lists_that_hide_the_other_side_do_show_ones_own(driver: Driver, route: str) -> None:
    """Else the tests above would prove nothing."""
    asked = [outcome for role in granted(route) for outcome in driver.ask_all(driver.here, role, route)]
    assert any(outcome.shows(driver.marks(driver.here)) for outcome in asked)
