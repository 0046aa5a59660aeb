"""The codec and the JSON Schemas accept and refuse the same payloads, whatever is in them."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError, validators

from shared.contracts.catalogue import EVENTS, METHODS
from shared.contracts.kernel.files import Chunk
from shared.contracts.schema import codec
from shared.contracts.schema.shapes import Json
from shared.errors import InvalidRequest, TooLarge
from shared.reference.json_schema import answer_schema, event_schema, request_schema
from tests.contracts.payloads import HOSTILE, broken, messages

REQUESTS = sorted({method.request for method in METHODS.values()}, key=lambda kind: kind.__name__)
ANSWERS = sorted({method.answer for method in METHODS.values()}, key=lambda kind: kind.__name__)
TOLD = sorted({event.data for event in EVENTS.values()}, key=lambda kind: kind.__name__)

PAYLOADS = 3 if os.environ.get("STORM") == "1" else 1
"""Of each request so many good ones, each of whose values is then replaced by every hostile one."""
everywhere = settings(max_examples=20, deadline=None, database=None, derandomize=True)


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    # jsonschema matches with Python's engine, where $ also stands before a last newline; elsewhere it doesn't.
    if isinstance(value, str) and not re.search(pattern.removesuffix("$") + r"\Z", value):
        yield ValidationError(f"{value!r} does not match {pattern}")


Validator = validators.extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


@cache
def _validator(kind: type, *, closed: bool) -> Any:
    schema = request_schema(kind) if closed else answer_schema(kind)
    Draft202012Validator.check_schema(schema)
    return Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _codec_accepts(kind: type, payload: Any) -> bool:
    try:
        codec.read(kind, payload)
    except (InvalidRequest, TooLarge):
        return False
    return True


@pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: kind.__name__)
def test_codec_and_schema_give_a_request_the_same_verdict(kind: type) -> None:
    validator = _validator(kind, closed=True)

    @settings(everywhere, max_examples=PAYLOADS)
    @given(messages(kind, whole=True))
    def agree(payload: Any) -> None:
        verdicts: Counter[bool] = Counter()
        for tried in broken(payload):
            accepted = _codec_accepts(kind, tried)
            assert accepted == validator.is_valid(tried), tried
            verdicts[accepted] += 1
        assert verdicts[False] >= len(HOSTILE) - 1

    agree()


@pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: kind.__name__)
def test_a_good_request_is_read_and_written_back_whole(kind: type) -> None:
    validator = _validator(kind, closed=True)

    @everywhere
    @given(messages(kind))
    def survive(payload: Json) -> None:
        validator.validate(payload)
        message: Any = codec.read(kind, payload)
        written = json.loads(codec.dumps(codec.write(message)))
        validator.validate(written)
        assert codec.read(kind, written) == message
        assert {name: written[name] for name in payload.keys() ^ written.keys()} == {
            name: field["default"] for name, field in request_schema(kind)["properties"].items() if name not in payload
        }

    survive()


@pytest.mark.parametrize("kind", [*ANSWERS, *TOLD], ids=lambda kind: kind.__name__)
def test_an_answer_or_event_is_read_with_fields_that_came_later(kind: type) -> None:
    validator = _validator(kind, closed=False)

    @everywhere
    @given(messages(kind), st.text(min_size=1, max_size=5).map("later_".__add__))
    def survive(payload: Json, later: str) -> None:
        message: Any = codec.read_tolerant(kind, payload | {later: {"added": [1]}})
        written = json.loads(codec.dumps(codec.write(message)))
        validator.validate(payload | {later: 1})
        validator.validate(written)
        assert codec.read_tolerant(kind, written) == message
        assert written.keys() >= payload.keys()

    survive()


def _lists(kind: type) -> list[tuple[str, int]]:
    properties = request_schema(kind)["properties"]
    return [(name, field["maxItems"]) for name, field in properties.items() if field.get("type") == "array"]


@pytest.mark.parametrize(
    ("kind", "field", "limit"),
    [(kind, field, limit) for kind in REQUESTS for field, limit in _lists(kind)],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_list_is_too_large_by_one_row_and_the_limit_is_named(kind: type, field: str, limit: int) -> None:
    with pytest.raises(TooLarge, match=str(limit)):
        codec.read(kind, {field: [None] * (limit + 1)})
    with pytest.raises(InvalidRequest):
        codec.read(kind, {field: [None] * limit})


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_an_events_schema_describes_its_whole_body(name: str) -> None:
    schema = event_schema(EVENTS[name])
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["name"] == {"const": name}
    assert schema["properties"]["data"] == {"$ref": f"#/$defs/{EVENTS[name].data.__name__}"}
    assert {"event_id", "sequence", "business_date", "actor", "data"} <= set(schema["required"])


def test_what_we_send_ourselves_is_limited_by_the_size_of_a_message_only() -> None:
    whole_chunk = {"data": "A" * 1_400_000, "chunks": 1, "name": "花名册.xlsx", "media_type": "application/pdf"}
    assert len(codec.read_tolerant(Chunk, whole_chunk).data) == 1_400_000


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for inner in schema.values():
            yield from _patterns(inner)


def test_patterns_mean_the_same_in_every_regex_engine() -> None:
    found = {pattern for kind in REQUESTS for pattern in _patterns(request_schema(kind))}
    assert len(found) > 10
    # No look-around and no \d, \w or \b, which differ between Java, Go, JavaScript and Python.
    assert [pattern for pattern in found if re.search(r"\(\?[^:]|\\[dDwWbB]", pattern)] == []
