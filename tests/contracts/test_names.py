"""Names that others rely on are pinned, and no event carries personal data."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest

from shared.bus import topology
from shared.contracts.catalogue import EVENTS
from shared.contracts.common import DeadlineSet
from shared.contracts.registry.organisations import RegisterOrganisation
from shared.contracts.registry.people import RegisterPeople
from shared.contracts.schema import hints
from shared.contracts.schema.declare import SERVICES
from shared.contracts.schema.shapes import Personal
from shared.reference.json_schema import request_schema

PERSONAL_WORDS = {
    "name", "phone", "mobile", "email", "account", "address", "document_number", "id_number", "birth", "wage",
}  # fmt: skip


def test_exchanges_keep_their_names_and_kinds() -> None:
    exchanges = [topology.RPC, topology.PUBLIC, topology.DEAD_LETTERS, *map(topology.events_of, SERVICES)]
    assert {(exchange.name, exchange.type, exchange.durable) for exchange in exchanges} == {
        ("nameko-rpc", "topic", True),
        ("public", "topic", True),
        ("dead-letters", "fanout", True),
        ("registry.events", "topic", True),
        ("review.events", "topic", True),
        ("training.events", "topic", True),
        ("subsidy.events", "topic", True),
        ("notify.events", "topic", True),
    }


def test_queues_keep_their_names_and_arguments() -> None:
    # RabbitMQ refuses a queue declared again with other arguments: a change here needs a new name or a migration.
    calls = [topology.rpc_queue(service) for service in SERVICES]
    assert [queue.name for queue in calls] == [
        "rpc-registry", "rpc-review", "rpc-training", "rpc-subsidy", "rpc-notify",
    ]  # fmt: skip
    assert [queue.routing_key for queue in calls] == [f"{service}.*" for service in SERVICES]
    assert all(queue.durable and not queue.queue_arguments for queue in calls)
    heard = [topology.inbox_queue(service) for service in SERVICES]
    assert [queue.name for queue in heard] == [
        "inbox-registry", "inbox-review", "inbox-training", "inbox-subsidy", "inbox-notify",
    ]  # fmt: skip
    limits = {"x-queue-type": "quorum", "x-delivery-limit": 20, "x-dead-letter-exchange": "dead-letters"}
    assert all(queue.durable and queue.queue_arguments == limits for queue in heard)
    assert topology.DEAD_LETTER_QUEUE.name == "dead-letters"
    assert topology.DEAD_LETTER_QUEUE.queue_arguments == {"x-queue-type": "quorum"}


@pytest.mark.parametrize("consumer", SERVICES)
def test_an_inbox_is_bound_to_each_event_that_names_its_service(consumer: str) -> None:
    bound = {(binding.exchange.name, binding.routing_key) for binding in topology.inbox_queue(consumer).bindings}
    named = {(f"{event.owner}.events", event.name) for event in EVENTS.values() if consumer in event.consumers}
    assert bound == named != set()


def _fields(kind: type, path: str = "") -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every field of a message and of the messages inside it, with the marks on it."""
    for name, hint in get_type_hints(kind, include_extras=True).items():
        bare, marks = hints.unwrap(hint)
        bare, _ = hints.without_none(bare)
        bare, inner_marks = hints.unwrap(bare)
        yield f"{path}{name}", (*marks, *inner_marks)
        for inner in (bare, *get_args(bare)):
            inner_bare, _ = hints.unwrap(inner)
            if dataclasses.is_dataclass(inner_bare) and isinstance(inner_bare, type):
                yield from _fields(inner_bare, f"{path}{name}.")


NAMES_OF_THINGS = {DeadlineSet: {"name"}}
"""What is called a name and is a code."""


def _personal(kind: type) -> list[str]:
    marked = {path for path, marks in _fields(kind) if hints.mark(marks, Personal)}
    named = {path for path, _ in _fields(kind) if _says_personal(path.rpartition(".")[2])}
    return sorted(marked | (named - NAMES_OF_THINGS.get(kind, set())))


def _says_personal(name: str) -> bool:
    return any(f"_{word}_" in f"_{name}_" for word in PERSONAL_WORDS)


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_no_event_carries_personal_data(name: str) -> None:
    assert _personal(EVENTS[name].data) == []


def test_the_search_for_personal_data_finds_it_where_it_is() -> None:
    assert {"rows.name", "rows.document_number", "rows.phone"} <= set(_personal(RegisterPeople))
    assert {"bank_account", "contact_email"} <= set(_personal(RegisterOrganisation))


def test_a_schema_marks_personal_data() -> None:
    row = request_schema(RegisterPeople)["$defs"]["PersonRow"]["properties"]
    assert {name for name, field in row.items() if field.get("x-personal")} == {"name", "document_number", "phone"}
