"""JSON Schema 2020-12 of every message, from the same type hints as `codec.py`.

`request_schema` is closed: an unknown field is an error. `answer_schema` and `event_schema` are open: a newer sender
may add fields. Three things a schema can't say, and the codec checks: a whole number is written without a point (1.0
is refused), half of a surrogate pair is no text, and in free JSON there are no fractions and at most 20 levels.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from enum import StrEnum
from inspect import cleandoc
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from shared.bus.wire import Envelope
from shared.contracts.schema import codec, hints
from shared.contracts.schema.declare import EventType
from shared.contracts.schema.shapes import Json, Personal, Text, Whole
from shared.errors import BY_CODE
from shared.money import Money

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SIMPLE: dict[Any, Json] = {
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    Money: {
        "type": "string",
        "pattern": r"^-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$",
        "description": '元，字符串，最多两位小数，如 "4200.00"',
    },
}


def request_schema(kind: type) -> Json:
    """What `codec.read` accepts."""
    return _Shapes(closed=True).whole(kind)


def answer_schema(kind: type) -> Json:
    """What `codec.read_tolerant` accepts and `codec.write` gives."""
    return _Shapes(closed=False).whole(kind)


def event_schema(event: EventType[Any]) -> Json:
    """The whole body of an event: its envelope, with this event's name, version and data."""
    shapes = _Shapes(closed=False)
    data = shapes.reference(event.data)
    schema = shapes.whole(Envelope)
    fixed = {"name": {"const": f"{event.owner}.{event.name}"}, "version": {"const": event.version}, "data": data}
    return schema | {
        "title": f"{event.owner}.{event.name}",
        "description": event.about,
        "properties": schema["properties"] | fixed,
    }


def error_schema() -> Json:
    """The `error` of an answer. The first four fields are what a stock nameko caller reads."""
    text = {"type": "string"}
    named = {"exc_type": text, "exc_path": text, "exc_args": {"type": "array", "items": text}, "value": text}
    told = {"code": text | {"enum": sorted(BY_CODE)}, "message": text, "details": {"type": "object"}}
    properties = named | told
    return {
        "$schema": DIALECT,
        "title": "Error",
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": True,
    }


def meaning(kind: type) -> str:
    """What the class says of itself; empty where dataclasses only repeated the signature."""
    written = kind.__doc__ or ""
    return "" if written.startswith(f"{kind.__name__}(") else cleandoc(written)


class _Shapes:
    """Builds one schema; classes inside it are gathered under $defs."""

    def __init__(self, *, closed: bool) -> None:
        self.closed = closed
        self.defined: dict[str, Json] = {}

    def whole(self, kind: type) -> Json:
        schema = {"$schema": DIALECT, "title": kind.__name__} | self._object(kind)
        return schema | ({"$defs": self.defined} if self.defined else {})

    def reference(self, kind: type) -> Json:
        if kind.__name__ not in self.defined:
            self.defined[kind.__name__] = {}  # holds the place while the class itself is read
            self.defined[kind.__name__] = self._object(kind)
        return {"$ref": f"#/$defs/{kind.__name__}"}

    def _object(self, kind: type) -> Json:
        annotated = get_type_hints(kind, include_extras=True)
        declared = dataclasses.fields(kind)
        said = {"description": meaning(kind)} if meaning(kind) else {}
        return said | {
            "type": "object",
            "properties": {field.name: self._field(annotated[field.name]) | _default(field) for field in declared},
            "required": [field.name for field in declared if not _default(field)],
            "additionalProperties": not self.closed,
        }

    def _field(self, hint: Any) -> Json:
        hint, marks = hints.unwrap(hint)
        hint, optional = hints.without_none(hint)
        if optional:
            hint, inner_marks = hints.unwrap(hint)
            marks = (*marks, *inner_marks)
        schema = self._value(hint, marks)
        if optional:
            schema = {"anyOf": [schema, {"type": "null"}]}
        return schema | ({"x-personal": True} if hints.mark(marks, Personal) else {})

    def _value(self, hint: Any, marks: tuple[Any, ...]) -> Json:
        if get_origin(hint) is tuple:
            rows = codec.rows_of(marks, closed=self.closed)
            bounds = {"minItems": rows.min, "maxItems": rows.max}
            return {"type": "array", "items": self._field(get_args(hint)[0])} | bounds
        if get_origin(hint) is Literal:
            return {"type": "string", "enum": list(get_args(hint))}
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return {"type": "string", "enum": [choice.value for choice in hint]}
        if get_origin(hint) is dict or hint is dict:
            return {"type": "object"}
        if hint is str:
            return _text(codec.text_of(marks, closed=self.closed))
        if hint is int:
            whole = hints.mark(marks, Whole) or hints.WHOLE
            return {"type": "integer", "minimum": whole.min, "maximum": whole.max}
        if hint is date:
            return {"type": "string", "format": "date", "pattern": f"^{hints.day_pattern(closed=self.closed)}$"}
        if hint in _SIMPLE:
            return dict(_SIMPLE[hint])
        return self.reference(cast(type, hint))


def _text(text: Text) -> Json:
    said = {"description": text.hint} if text.pattern else {}
    pattern = f"^(?:{hints.pattern_of(text)})$"
    return {"type": "string", "minLength": text.min, "maxLength": text.max, "pattern": pattern} | said


def _default(field: dataclasses.Field[Any]) -> Json:
    """{"default": …} in plain JSON, or {} for a field that must be sent."""
    if not hints.has_default(field):
        return {}
    return {"default": codec.plain(field.default)}
