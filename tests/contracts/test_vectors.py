"""The wire vectors of `docs/contracts/vectors`: what others test against is what we read and write, to the byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from shared.bus import topology, wire
from shared.contracts.catalogue import EVENTS, METHODS
from shared.contracts.schema import codec
from shared.contracts.schema.shapes import Json
from shared.errors import SkillsError

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "contracts" / "vectors"
VECTORS: dict[str, Json] = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
REWRITTEN = {"call-appropriate-escaped": "call-appropriate"}
"""Vectors that we read but would write otherwise, with the one that says how."""


def _of(kind: str) -> list[Any]:
    return [pytest.param(name, vector, id=name) for name, vector in VECTORS.items() if vector["kind"] == kind]


def test_there_are_vectors_of_every_kind() -> None:
    assert {vector["kind"] for vector in VECTORS.values()} == {"call", "answer", "error", "event"}


@pytest.mark.parametrize(
    ("name", "vector"), [item for kind in ("call", "answer", "error", "event") for item in _of(kind)]
)
def test_a_vector_says_truly_how_long_its_body_is(name: str, vector: Json) -> None:
    body = vector["body"].encode()
    assert (len(body), hashlib.sha256(body).hexdigest()) == (vector["bytes"], vector["sha256"])
    assert vector["properties"]["content_type"] == wire.CONTENT_TYPE


@pytest.mark.parametrize(("name", "vector"), _of("call"))
def test_a_call_is_read_and_written_to_the_byte(name: str, vector: Json) -> None:
    method = METHODS[vector["message"]]
    call = wire.read_call(vector["routing_key"], vector["body"].encode(), vector["headers"], received_at=0.0)
    assert (vector["exchange"], call.route) == (topology.RPC.name, method.route)
    assert wire.call_headers(call) == vector["headers"]
    assert (call.request_id is None) == (method.kind == "query")
    written = codec.write(codec.read(method.request, call.payload))
    assert written == vector["means"]
    assert wire.write_call(written) == VECTORS[REWRITTEN.get(name, name)]["body"]


@pytest.mark.parametrize(("name", "vector"), _of("answer"))
def test_an_answer_is_read_and_written_to_the_byte(name: str, vector: Json) -> None:
    result = wire.read_answer(vector["body"].encode())
    written = codec.write(codec.read_tolerant(METHODS[vector["message"]].answer, result))
    assert written == vector["means"]
    assert wire.write_result(written) == vector["body"]


@pytest.mark.parametrize(("name", "vector"), _of("error"))
def test_an_error_is_read_and_written_to_the_byte(name: str, vector: Json) -> None:
    with pytest.raises(SkillsError) as refused:
        wire.read_answer(vector["body"].encode())
    assert type(refused.value).__name__ == vector["message"]
    assert refused.value.to_wire() == vector["means"]
    assert wire.write_error(refused.value) == vector["body"]


@pytest.mark.parametrize(("name", "vector"), _of("event"))
def test_an_event_is_read_and_written_to_the_byte(name: str, vector: Json) -> None:
    event = EVENTS[vector["message"]]
    envelope = wire.read_event(vector["body"].encode())
    data = codec.write(codec.read_tolerant(event.data, envelope.data))
    assert codec.write(envelope) | {"data": data} == vector["means"]
    assert wire.write_event(envelope) == vector["body"]
    assert (vector["exchange"], vector["routing_key"]) == (topology.events_of(event.owner).name, event.name)
    key = f"{event.name}.{envelope.district or 'city'}"
    assert vector["also_on"] == {"exchange": topology.PUBLIC.name, "routing_key": key}
