"""Wrong requests made from right ones: every field in turn is left out, or holds what its type forbids.

spoilt(SubmitClaim, payload)   (what was done, the payload with that done to it), each surely wrong
bodies(payload)                the same for bytes: no JSON, or JSON that says what no JSON may say here
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin, get_type_hints

from shared.contracts.schema import codec
from shared.contracts.schema.fields import FloatLiteral
from shared.contracts.schema.hints import WHOLE, has_default, mark, unwrap, without_none
from shared.contracts.schema.shapes import Whole
from shared.money import Money

Put = Callable[[Any], Any]
"""The whole payload with a value in one place of it."""

HUGE = "示" * (1024 * 1024)
_NO_TEXT = [5, True, [], {}, FloatLiteral(), "\ud800", "a\x00b", HUGE]
_NO_DATE = [
    "2022-02-30",
    "1899-12-31",
    "2200-01-01",
    "2022-6-6",
    "２０２２-06-06",
    "",
    "x",
    20220606,
    FloatLiteral(),
    {},
]
_WRONG: dict[Any, list[Any]] = {
    bool: ["true", 1, 0, [], FloatLiteral()],
    date: _NO_DATE,
    datetime: [*_NO_DATE, "2022-06-06T09:00:00"],
    Money: [100, True, FloatLiteral(), "1.005", "1e3", "NaN", "Infinity", "1,000", "１.00", "", "9" * 30 + ".00", []],
    dict: [[], "x", 5],
}


def spoilt(kind: type, payload: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every single fault. The good payload stays as it is."""
    wholes: list[Any] = [[], None, "x", 5]
    for value in wholes:
        yield f"the whole is {value!r}", value
    yield from _in_message(kind, payload, lambda value: value, "")


def _in_message(kind: type, good: dict[str, Any], put: Put, path: str) -> Iterator[tuple[str, Any]]:
    hints = get_type_hints(kind, include_extras=True)
    yield f"{path}no_such_field", put({**good, "no_such_field": 1})
    for field in dataclasses.fields(kind):
        name = field.name
        if not has_default(field):
            yield f"{path}{name} is missing", put({key: value for key, value in good.items() if key != name})
        yield from _in_field(hints[name], good.get(name), _inner(put, good, name), f"{path}{name}")


def _in_field(hint: Any, good: Any, put: Put, path: str) -> Iterator[tuple[str, Any]]:
    hint, marks = unwrap(hint)
    hint, optional = without_none(hint)
    inner, inner_marks = unwrap(hint)
    marks = (*marks, *inner_marks)
    if not optional:
        yield f"{path} is null", put(None)
    for value in _wrong(inner, marks):
        yield f"{path} is {str(value)[:30]!a}", put(value)
    if get_origin(inner) is tuple:
        yield from _in_list(inner, marks, good, put, path)
    elif dataclasses.is_dataclass(inner) and inner is not Money and good is not None:
        yield from _in_message(inner, good, put, f"{path}.")  # type: ignore[arg-type]


def _in_list(hint: Any, marks: tuple[Any, ...], good: Any, put: Put, path: str) -> Iterator[tuple[str, Any]]:
    if not good:
        return
    most = codec.rows_of(marks, closed=True).max
    yield f"{path} has {most + 1} rows", put([good[0]] * (most + 1))
    if codec.rows_of(marks, closed=True).min:
        yield f"{path} is empty", put([])
    yield from _in_field(get_args(hint)[0], good[0], lambda value: put([value, *good[1:]]), f"{path}[0]")


def _wrong(hint: Any, marks: tuple[Any, ...]) -> list[Any]:
    """Values that no field of this type takes."""
    if get_origin(hint) is tuple:
        return [{}, "x", 5, FloatLiteral()]
    if get_origin(hint) is Literal or (isinstance(hint, type) and issubclass(hint, StrEnum)):
        return ["no_such_choice", "", 5, [], {}, FloatLiteral()]
    if hint is str:
        text = codec.text_of(marks, closed=True)
        return [*_NO_TEXT, "x" * (text.max + 1), *([""] if text.min else []), *(["\n"] if text.pattern else [])]
    if hint is int:
        bounds = mark(marks, Whole) or WHOLE
        return ["1", True, FloatLiteral(), [], bounds.min - 1, bounds.max + 1, 10**30]
    if get_origin(hint) is dict or hint is dict:
        return [*_WRONG[dict], _nested(25)]
    return _WRONG.get(hint, [[], "x", 5])


def _inner(put: Put, good: dict[str, Any], name: str) -> Put:
    return lambda value: put({**good, name: value})


def _nested(levels: int) -> dict[str, Any]:
    return {} if levels == 0 else {"a": _nested(levels - 1)}


# --- bytes ---------------------------------------------------------------------------------------------------------

_NO_JSON = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe",
    b'{"args": [], "kwargs": {}',
    b'{"args": [1], "kwargs": {}}',
    b'{"kwargs": []}',
    b'{"kwargs": {}, "kwargs": {}}',
    b"[" * 100_000,
    b'{"args": [], "kwargs": ' + b'{"a":' * 100_000,
    '{"args": [], "kwargs": {"示": 1}}'.encode("utf-16"),
    '{"args": [], "kwargs": {"示": 1}}'.encode("gb18030"),
    b'\xef\xbb\xbf{"args": [], "kwargs": {}}',
    b'{"args": [], "kwargs": {"a": ' + b"9" * 5000 + b"}}",
]
_NO_VALUES = ["1.5", "1.0", "1e2", "NaN", "Infinity", "-Infinity", "1e400", '"\\ud800"', '"\\u0000"']


def bodies(payload: dict[str, Any]) -> Iterator[bytes]:
    """Bodies of a call, each surely wrong."""
    yield from _NO_JSON
    yield b'{"args": [], "kwargs": {"no_such_field": "' + b"x" * (codec.MAX_BODY + 1) + b'"}}'
    for name in payload:
        others = json.dumps({key: value for key, value in payload.items() if key != name}, ensure_ascii=False)[1:-1]
        comma = ", " if others else ""
        for value in _NO_VALUES:
            yield f'{{"args": [], "kwargs": {{"{name}": {value}{comma}{others}}}}}'.encode()
        twice = f"{json.dumps(name)}: {json.dumps(payload[name])}"
        yield f'{{"args": [], "kwargs": {{{twice}, {twice}{comma}{others}}}}}'.encode()
