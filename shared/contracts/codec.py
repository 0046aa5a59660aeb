"""Dataclass ⇄ wire, by marshmallow: one schema per message, made from its type hints.

`read(kind, wire)` is strict, for requests: an unknown field, a float, a wrong type is an error with its path, all at
once. `read_tolerant` is for events and answers, where a newer sender may add fields. `write` gives plain JSON values:
money and dates as strings. The same hints give the JSON Schema (`schemas.py`), so the two cannot part.
"""

from __future__ import annotations

import dataclasses
import json
import re
import types
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

from shared.contracts.shapes import Personal, Rows, Text, Whole
from shared.errors import InvalidRequest, TooLarge
from shared.money import Money

Message = TypeVar("Message")
MAX_BODY = 4 * 1024 * 1024
"""Bytes. No message is larger (architecture, section 3)."""

WHOLE = Whole(-(2**53), 2**53)
_TEXT, _ROWS = Text(4000, min=0), Rows(5000)
_ANY_TEXT, _ANY_ROWS = Text(MAX_BODY, min=0), Rows(MAX_BODY)


class FloatLiteral:
    """A number with a point or an exponent in a body: kept apart so that the field that holds it refuses it by path."""


def loads(body: bytes | str) -> Any:
    """JSON that is safe to look at: no floats, no NaN, no depth that breaks the parser. Raises InvalidRequest."""
    try:
        return json.loads(body, parse_float=lambda _: FloatLiteral(), parse_constant=lambda _: FloatLiteral())
    except (ValueError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidRequest.of(("", "正文不是合法的 JSON，请检查编码与格式")) from error


def dumps(wire: Any) -> str:
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


def plain(value: Any) -> Any:
    """The same as JSON values: dates as ISO text, money as yuan with two decimals, tuples as lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, (type, Money)):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Money):
        return str(value)
    return value


def _load(schema: Schema, wire: Any) -> Any:
    try:
        return schema.load(wire)
    except ValidationError as error:
        flat = list(_flatten(error.messages, ""))
        too_many = next((message for _, message in flat if message.startswith(_TOO_MANY)), None)
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


# --- fields: stricter than marshmallow's own, and in Chinese -----------------------------------------------------

_Messages = dict[str, str | list[Any] | dict[Any, Any]]
_REQUIRED: _Messages = {"required": "此项必填", "null": "此项不能为空"}
_TOO_MANY = "列表过长"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_STORABLE = r"[^\x00]*"


class _Wrong(ValueError):
    """What is wrong with one value, in Chinese."""


class _Strict(fields.Field[Any]):
    """Hands the value to `accept` and turns its _Wrong into the field's error."""

    default_error_messages: _Messages = _REQUIRED

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return self.accept(value)
        except _Wrong as error:
            raise ValidationError(str(error)) from None

    def accept(self, value: Any) -> Any:
        raise NotImplementedError


class _TextField(_Strict):
    def __init__(self, text: Text, **options: Any) -> None:
        super().__init__(**options)
        self.text = text
        self.pattern = re.compile(pattern_of(text))

    def accept(self, value: Any) -> str:
        if not isinstance(value, str):
            raise _Wrong("应为文字（加引号的字符串）")
        if _UNSTORABLE.search(value):
            raise _Wrong("含有无法保存的字符，请删除后重新填写")
        if not self.text.min <= len(value) <= self.text.max:
            raise _Wrong(f"长度应为 {self.text.min} 至 {self.text.max} 个字符")
        if not self.pattern.fullmatch(value):
            raise _Wrong(self.text.hint)
        return value


class _WholeField(_Strict):
    def __init__(self, whole: Whole, **options: Any) -> None:
        super().__init__(**options)
        self.whole = whole

    def accept(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _Wrong("应为整数")
        if not self.whole.min <= value <= self.whole.max:
            raise _Wrong(f"应在 {self.whole.min} 至 {self.whole.max} 之间")
        return value


class _BoolField(_Strict):
    def accept(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise _Wrong("应为 true 或 false")
        return value


class _DateField(_Strict):
    def accept(self, value: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise _Wrong("日期应写作 2022-06-06")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise _Wrong("没有这一天，请核对日期") from None


class _InstantField(_Strict):
    def accept(self, value: Any) -> datetime:
        try:
            instant = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise _Wrong("时间应写作 2022-06-06T09:00:00+08:00") from None
        if instant.tzinfo is None:
            raise _Wrong("时间应带时区，如 2022-06-06T09:00:00+08:00")
        return instant


class _MoneyField(_Strict):
    def accept(self, value: Any) -> Money:
        try:
            if isinstance(value, str) and value.isascii():  # full-width digits are digits to Python alone
                return Money.parse(value)
        except ValueError:
            pass
        raise _Wrong('金额应为字符串，最多两位小数，如 "4200.00"')


class _ChoiceField(_Strict):
    def __init__(self, choices: tuple[str, ...], **options: Any) -> None:
        super().__init__(**options)
        self.choices = choices

    def accept(self, value: Any) -> str:
        """The very member of an enumeration, not only its text, so that `is` holds in a handler."""
        if not isinstance(value, str) or value not in self.choices:
            raise _Wrong("应为以下之一：" + "、".join(self.choices))
        return self.choices[self.choices.index(value)]


class _JsonField(_Strict):
    def accept(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise _Wrong("应为 JSON 对象")
        if problem := _unstorable(value, depth=0):
            raise _Wrong(problem)
        return value


def _unstorable(value: Any, depth: int) -> str | None:
    """What makes free JSON impossible to keep, or None."""
    if depth > 20:
        return "嵌套过深，请减少层级"
    if isinstance(value, FloatLiteral):
        return "数值请写成整数或字符串，不接受小数"
    if isinstance(value, str) and _UNSTORABLE.search(value):
        return "含有无法保存的字符，请删除后重新填写"
    inner = [*value.keys(), *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((problem for item in inner if (problem := _unstorable(item, depth + 1))), None)


class _ListField(fields.List[Any]):
    default_error_messages: _Messages = _REQUIRED | {"invalid": "应为列表"}

    def __init__(self, inner: fields.Field[Any], rows: Rows, **options: Any) -> None:
        super().__init__(inner, **options)
        self.rows = rows

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, list) and len(value) > self.rows.max:
            raise ValidationError(f"{_TOO_MANY}：{attr} 一次最多 {self.rows.max} 行，请分批提交")
        if isinstance(value, list) and len(value) < self.rows.min:
            raise ValidationError(f"至少填写 {self.rows.min} 行")
        return tuple(super()._deserialize(value, attr, data, **kwargs))


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


def has_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


class _Nested(fields.Nested):
    """A message inside a message, loaded into its own dataclass."""

    default_error_messages: _Messages = _REQUIRED | {"type": "应为 JSON 对象"}

    def _load(self, value: Any, partial: Any = None) -> Any:
        try:
            return self.schema.load(value)
        except ValidationError as error:
            raise ValidationError(error.messages, valid_data=error.valid_data) from error


def _field(hint: Any, unknown: Literal["raise", "exclude"], options: dict[str, Any]) -> fields.Field[Any]:
    hint, marks = unwrap(hint)
    hint, optional = without_none(hint)
    if optional:
        hint, inner_marks = unwrap(hint)
        marks = (*marks, *inner_marks)
        options = options | {"allow_none": True}
    if get_origin(hint) is tuple:
        return _ListField(_field(get_args(hint)[0], unknown, {}), rows_of(marks, closed=unknown == RAISE), **options)
    if get_origin(hint) is Literal:
        return _ChoiceField(get_args(hint), **options)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _ChoiceField(tuple(hint), **options)
    if get_origin(hint) is dict or hint is dict:
        return _JsonField(**options)
    if hint is str:
        return _TextField(text_of(marks, closed=unknown == RAISE), **options)
    if hint is int:
        return _WholeField(mark(marks, Whole) or WHOLE, **options)
    simple: dict[Any, type[_Strict]] = {
        bool: _BoolField,
        date: _DateField,
        datetime: _InstantField,
        Money: _MoneyField,
    }
    if hint in simple:
        return simple[hint](**options)
    if dataclasses.is_dataclass(hint):
        return _Nested(_schema(cast(type, hint), unknown), **options)
    raise TypeError(f"{hint!r} is no type for a contract: use one of shared/contracts/codec.py")


def unwrap(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """`Annotated[T, *marks]` → (T, marks)."""
    if get_origin(hint) is Annotated:
        base, *marks = get_args(hint)
        return base, tuple(marks)
    return hint, ()


def text_of(marks: tuple[Any, ...], *, closed: bool) -> Text:
    """The field's own limits; without any, moderate ones in a request, and in what we sent ourselves none."""
    return mark(marks, Text) or (_TEXT if closed else _ANY_TEXT)


def rows_of(marks: tuple[Any, ...], *, closed: bool) -> Rows:
    """The same for a list."""
    return mark(marks, Rows) or (_ROWS if closed else _ANY_ROWS)


def pattern_of(text: Text) -> str:
    """What all of the text must match, as every regex engine reads it, and nothing that can't be stored.

    Python's own `\\d` takes full-width digits; a negated class takes a NUL.
    """
    return text.pattern.replace(r"\d", "[0-9]").replace("[^", r"[^\x00") if text.pattern else _STORABLE


def without_none(hint: Any) -> tuple[Any, bool]:
    """`T | None` → (T, True)."""
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        if len(kinds) != 1:
            raise TypeError(f"{hint!r}: a contract field has one type, or that type or None")
        return kinds[0], True
    return hint, False


Mark = TypeVar("Mark", Text, Whole, Rows, Personal)


def mark(marks: tuple[Any, ...], kind: type[Mark]) -> Mark | None:
    return next((found for found in marks if isinstance(found, kind)), None)
