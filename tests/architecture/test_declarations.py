"""What is declared is done: every method and event by its service, every constraint that code speaks of by a table."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import ClassVar, get_type_hints

import pytest
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from services.subsidy.claims.queries import explain_claim, get_claim
from shared.contracts.catalogue import EVENTS, METHODS
from shared.contracts.kernel import KERNEL_METHODS
from shared.contracts.kernel.audit import AUDIT_SEALED
from shared.contracts.kernel.settlement import SETTLEMENT
from shared.contracts.schema.declare import SERVICES
from shared.contracts.subsidy.claims import GET_CLAIM
from shared.kernel.service import Service, handles, handlings
from tests.architecture.sources import modules, texts

OF_THE_KERNEL = {method.route for by_service in KERNEL_METHODS.values() for method in by_service.values()}
OF_THE_KERNEL |= {f"{event.owner}.{event.name}" for event in AUDIT_SEALED.values()}
CONSTRAINT = re.compile(r"(?:pk|uq|ck|fk|ex)_\w+")
COLUMNS = re.compile(r"([a-z_]+)\.([a-z_]+)")


def service_of(name: str) -> type[Service]:
    found: type[Service] = getattr(import_module(f"services.{name}.service"), f"{name.capitalize()}Service")
    return found


def tables_of(service: str) -> MetaData:
    """The tables that the service's models declare; its own tests compare them with its migrations."""
    models = vars(import_module(f"services.{service}.models")).values()
    (base,) = [kind for kind in models if isinstance(kind, type) and DeclarativeBase in kind.__bases__]
    metadata: MetaData = base.metadata
    return metadata


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_answers_every_method_that_it_declares_and_hears_every_event_that_names_it(service: str) -> None:
    answers = {route for route, method in METHODS.items() if method.service == service}
    hears = {name for name, event in EVENTS.items() if service in event.consumers}
    assert set(handlings(service_of(service))) == (answers | hears) - OF_THE_KERNEL


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_use_case_names_besides_is_an_attribute_of_its_service(service: str) -> None:
    owner = service_of(service)
    kept = inspect.get_annotations(owner, eval_str=True)
    for handling in handlings(owner).values():
        wanted = get_type_hints(handling.use_case)
        assert [(name, ClassVar[wanted[name]]) for name in handling.tools] == [
            (name, kept.get(name)) for name in handling.tools
        ], handling.name


def test_nothing_is_handled_twice() -> None:
    class Twice(Service):
        name = "subsidy"
        serves = (handles(GET_CLAIM, get_claim), handles(GET_CLAIM, explain_claim))

    with pytest.raises(ValueError, match=r"subsidy\.get_claim"):
        handlings(Twice)


def test_every_service_answers_for_itself() -> None:
    for name, by_service in KERNEL_METHODS.items():
        assert {service: method.route for service, method in by_service.items()} == {
            service: f"{service}.{name}" for service in SERVICES
        }
    assert set(SETTLEMENT) == set(AUDIT_SEALED) == set(SERVICES)


def _constraints(tables: MetaData) -> Iterator[str]:
    for table in tables.tables.values():
        yield from (str(constraint.name) for constraint in table.constraints)
        yield from (str(index.name) for index in table.indexes if index.unique)


@pytest.mark.parametrize("service", SERVICES)
def test_every_constraint_that_code_speaks_of_is_one_of_the_tables(service: str) -> None:
    spoken = {text for file in modules(f"services/{service}") for text in texts(file.read_text("utf-8"))}
    spoken |= set(service_of(service).conflicts)
    # Triggers of SQLite and the exclusion constraint are made by the migration: the models name it by a constant.
    by_hand = {text for text in spoken if text.startswith("ex_")}
    declared = {*_constraints(tables_of(service)), *by_hand}
    named = {text for text in spoken if CONSTRAINT.fullmatch(text)}
    assert [name for name in named if not any(constraint.startswith(name) for constraint in declared)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_conflict_that_names_columns_names_columns_of_a_table(service: str) -> None:
    tables = tables_of(service).tables
    named = [found for key in service_of(service).conflicts for found in COLUMNS.findall(key)]
    assert [(table, column) for table, column in named if column not in tables[table].columns] == []
