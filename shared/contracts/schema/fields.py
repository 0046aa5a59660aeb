"""marshmallow's fields made stricter, with messages in Chinese: one class for each type that a contract may use."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import ValidationError, fields

from shared.contracts.schema.hints import day_pattern, pattern_of
from shared.contracts.schema.shapes import Rows, Text, Whole
from shared.money import Money

_Messages = dict[str, str | list[Any] | dict[Any, Any]]
_REQUIRED: _Messages = {"required": "此项必填", "null": "此项不能为空"}
TOO_MANY = "列表过长"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class FloatLiteral:
    """A number with a point or an exponent in a body: kept apart so that the field that holds it refuses it by path."""


class _Wrong(ValueError):
    """What is wrong with one value, in Chinese."""


class Strict(fields.Field[Any]):
    """Hands the value to `accept` and turns its _Wrong into the field's error."""

    default_error_messages: _Messages = _REQUIRED

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return self.accept(value)
        except _Wrong as error:
            raise ValidationError(str(error)) from None

    def accept(self, value: Any) -> Any:
        """The value of the wire as its Python value. Raises _Wrong with a Chinese sentence."""
        raise NotImplementedError


class TextField(Strict):
    """Text within its length and pattern, of characters that every database keeps."""

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


class WholeField(Strict):
    """A whole number within its bounds."""

    def __init__(self, whole: Whole, **options: Any) -> None:
        super().__init__(**options)
        self.whole = whole

    def accept(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _Wrong("应为整数")
        if not self.whole.min <= value <= self.whole.max:
            raise _Wrong(f"应在 {self.whole.min} 至 {self.whole.max} 之间")
        return value


class BoolField(Strict):
    """true or false."""

    def accept(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise _Wrong("应为 true 或 false")
        return value


class DateField(Strict):
    """A day as YYYY-MM-DD. `closed`: of the years that a request may name, 1900 to 2199."""

    def __init__(self, *, closed: bool, **options: Any) -> None:
        super().__init__(**options)
        self.pattern = re.compile(day_pattern(closed=closed))

    def accept(self, value: Any) -> date:
        if not isinstance(value, str) or not self.pattern.fullmatch(value):
            raise _Wrong("日期应写作 2022-06-06，年份在 1900 至 2199 之间")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise _Wrong("没有这一天，请核对日期") from None


class InstantField(Strict):
    """An instant with its zone."""

    def accept(self, value: Any) -> datetime:
        try:
            instant = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise _Wrong("时间应写作 2022-06-06T09:00:00+08:00") from None
        if instant.tzinfo is None:
            raise _Wrong("时间应带时区，如 2022-06-06T09:00:00+08:00")
        try:
            instant.astimezone(UTC)
        except OverflowError:
            raise _Wrong("时间超出可表示的范围，请核对日期与时区") from None
        return instant


class MoneyField(Strict):
    """Yuan as text with at most two decimals."""

    def accept(self, value: Any) -> Money:
        try:
            if isinstance(value, str) and value.isascii():  # full-width digits are digits to Python alone
                return Money.parse(value)
        except ValueError:
            pass
        raise _Wrong('金额应为字符串，最多两位小数，如 "4200.00"')


class ChoiceField(Strict):
    """One of the words that the hint lists."""

    def __init__(self, choices: tuple[str, ...], **options: Any) -> None:
        super().__init__(**options)
        self.choices = choices

    def accept(self, value: Any) -> str:
        """The very member of an enumeration, not only its text, so that `is` holds in a handler."""
        if not isinstance(value, str) or value not in self.choices:
            raise _Wrong("应为以下之一：" + "、".join(self.choices))
        return self.choices[self.choices.index(value)]


class JsonField(Strict):
    """A JSON object of limited depth, whatever is in it."""

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


class ListField(fields.List[Any]):
    """A list within its bounds, each element checked."""

    default_error_messages: _Messages = _REQUIRED | {"invalid": "应为列表"}

    def __init__(self, inner: fields.Field[Any], rows: Rows, **options: Any) -> None:
        super().__init__(inner, **options)
        self.rows = rows

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, list) and len(value) > self.rows.max:
            raise ValidationError(f"{TOO_MANY}：{attr} 一次最多 {self.rows.max} 行，请分批提交")
        if isinstance(value, list) and len(value) < self.rows.min:
            raise ValidationError(f"至少填写 {self.rows.min} 行")
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class Nested(fields.Nested):
    """A message inside a message, loaded into its own dataclass."""

    default_error_messages: _Messages = _REQUIRED | {"type": "应为 JSON 对象"}

    def _load(self, value: Any, partial: Any = None) -> Any:
        try:
            return self.schema.load(value)
        except ValidationError as error:
            raise ValidationError(error.messages, valid_data=error.valid_data) from error
