"""Dataclass ⇄ wire, by marshmallow: one schema per message, made from its type hints.

`read(kind, wire)` is strict, for requests: an unknown field, a float, a wrong type is an error with its path, all at
once. `read_tolerant` is for events and answers, where a newer sender may add fields. `write` gives plain JSON values:
money and dates as strings. The same hints give the JSON Schema (`shared/reference/json_schema.py`): the two can't part.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import (
    Any,
    ClassVar,
    Literal,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

from shared.contracts.schema.fields import (
    TOO_MANY,
    BoolField,
    ChoiceField,
    DateField,
    FloatLiteral,
    InstantField,
    JsonField,
    ListField,
    MoneyField,
    Nested,
    Strict,
    TextField,
    WholeField,
)
from shared.contracts.schema.hints import WHOLE, given_once, has_default, mark, unwrap, without_none
from shared.contracts.schema.shapes import Rows, Text, Whole
from shared.errors import InvalidRequest, TooLarge
from shared.money import Money

Message = TypeVar("Message")
MAX_BODY = 4 * 1024 * 1024
"""Bytes. No message is larger (architecture, section 3)."""

_TEXT, _ROWS = Text(4000, min=0), Rows(5000)
_ANY_TEXT, _ANY_ROWS = Text(MAX_BODY, min=0), Rows(MAX_BODY)


_AS_IT_IS = frozenset({str, int, bool, type(None)})


def loads(body: bytes | str) -> Any:
    """JSON that is safe to look at: no floats, no NaN, no name twice, no depth that breaks the parser.

    Raises InvalidRequest.
    """
    try:
        text = body.decode() if isinstance(body, bytes) else body  # json.loads would take UTF-16 as well
        return json.loads(
            text,
            parse_float=lambda _: FloatLiteral(),
            parse_constant=lambda _: FloatLiteral(),
            object_pairs_hook=_each_name_once,
        )
    except (ValueError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidRequest.of(("", "正文不是合法的 JSON，请检查编码与格式，同一名称不能出现两次")) from error


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object. Of a name given twice one parser takes the first value, another the last: ValueError."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name is given twice")
    return made


def dumps(wire: Any) -> str:
    """The one text of a JSON value: keys sorted, no spaces, no escapes."""
    return json.dumps(wire, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def read(kind: type[Message], wire: Any) -> Message:
    """A message from plain JSON values, strictly. Raises InvalidRequest with every bad field, or TooLarge."""
    return cast(Message, _load(_schema(cast(type, kind), RAISE), wire))


def read_tolerant(kind: type[Message], wire: Any) -> Message:
    """The same, but fields that this version does not know are passed over."""
    return cast(Message, _load(_schema(cast(type, kind), EXCLUDE), wire))


def write(message: Any) -> dict[str, Any]:
    """Plain JSON values of a message."""
    return cast(dict[str, Any], plain(message))


def without_once(kind: type, answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as it may be remembered: null where the field is marked `Once`."""
    return answer | dict.fromkeys(given_once(kind))


def plain(value: Any) -> Any:
    """The same as JSON values: dates as ISO text, money as yuan with two decimals, tuples as lists."""
    if type(value) in _AS_IT_IS:
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, (type, Money)):
        return {name: plain(getattr(value, name)) for name in _field_names(type(value))}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Money):
        return str(value)
    return value


@cache
def _field_names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _load(schema: Schema, wire: Any) -> Any:
    try:
        return schema.load(wire)
    except ValidationError as error:
        flat = list(_flatten(error.messages, ""))
        too_many = next((message for _, message in flat if message.startswith(TOO_MANY)), None)
        if too_many:
            raise TooLarge(too_many) from None
        raise InvalidRequest.of(*flat[:200]) from None


def _flatten(messages: Any, path: str) -> Any:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            if key == "_schema":
                yield from _flatten(inner, path)
            elif isinstance(key, int):
                yield from _flatten(inner, f"{path}[{key}]")
            else:
                yield from _flatten(inner, f"{path}.{_shown(key)}" if path else _shown(key))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flatten(inner, path)
    else:
        yield path, str(messages)


def _shown(name: Any) -> str:
    """A field's name as an answer may quote it: whoever sends an unknown field chooses its name, and its length."""
    return str(name)[:100].encode("utf-8", "replace").decode()


# --- from type hints to fields -----------------------------------------------------------------------------------


class _MessageSchema(Schema):
    """Loads into its dataclass."""

    error_messages: dict[str, str] = {  # noqa: RUF012 - marshmallow reads it so
        "unknown": "没有这个字段，请删除或改正名称",
        "type": "应为 JSON 对象",
    }
    loads_into: ClassVar[type]

    def load(self, data: Any, **options: Any) -> Any:
        return self.loads_into(**super().load(data, **options))


@cache
def _schema(kind: type, unknown: Literal["raise", "exclude"]) -> Schema:
    hints = get_type_hints(kind, include_extras=True)
    declared = {
        field.name: _field(
            hints[field.name],
            unknown,
            {} if has_default(field) else {"required": True},
        )
        for field in dataclasses.fields(kind)
    }

    # The class is set apart from the fields: a contract may call a field anything, "message" for one.
    schema_class = cast(type[_MessageSchema], _MessageSchema.from_dict(declared, name=f"{kind.__name__}Wire"))
    schema_class.loads_into = kind
    return schema_class(unknown=unknown)


def _field(hint: Any, unknown: Literal["raise", "exclude"], options: dict[str, Any]) -> fields.Field[Any]:
    hint, marks = unwrap(hint)
    hint, optional = without_none(hint)
    if optional:
        hint, inner_marks = unwrap(hint)
        marks = (*marks, *inner_marks)
        options = options | {"allow_none": True}
    if get_origin(hint) is tuple:
        return ListField(_field(get_args(hint)[0], unknown, {}), rows_of(marks, closed=unknown == RAISE), **options)
    if get_origin(hint) is Literal:
        return ChoiceField(get_args(hint), **options)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return ChoiceField(tuple(hint), **options)
    if get_origin(hint) is dict or hint is dict:
        return JsonField(**options)
    if hint is str:
        return TextField(text_of(marks, closed=unknown == RAISE), **options)
    if hint is int:
        return WholeField(mark(marks, Whole) or WHOLE, **options)
    if hint is date:
        return DateField(closed=unknown == RAISE, **options)
    simple: dict[Any, type[Strict]] = {
        bool: BoolField,
        datetime: InstantField,
        Money: MoneyField,
    }
    if hint in simple:
        return simple[hint](**options)
    if dataclasses.is_dataclass(hint):
        return Nested(_schema(cast(type, hint), unknown), **options)
    raise TypeError(f"{hint!r} is no type for a contract: use one that shared/contracts/schema/fields.py knows")


def text_of(marks: tuple[Any, ...], *, closed: bool) -> Text:
    """The field's own limits; without any, moderate ones in a request, and in what we sent ourselves none."""
    return mark(marks, Text) or (_TEXT if closed else _ANY_TEXT)


def rows_of(marks: tuple[Any, ...], *, closed: bool) -> Rows:
    """The same for a list."""
    return mark(marks, Rows) or (_ROWS if closed else _ANY_ROWS)
