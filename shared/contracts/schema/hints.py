"""The type hints of messages, taken apart: the bare type, its marks, and whether it may be None."""

from __future__ import annotations

import dataclasses
import types
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from shared.contracts.schema.shapes import Once, Personal, Rows, Text, Whole

WHOLE = Whole(-(2**53), 2**53)
"""What a whole number without limits of its own may be: every JSON parser reads it exactly."""

_STORABLE = r"[^\x00]*"
_ANY_DAY, _DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"

Mark = TypeVar("Mark", Text, Whole, Rows, Personal, Once)


def unwrap(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """`Annotated[T, *marks]` → (T, marks)."""
    if get_origin(hint) is Annotated:
        base, *marks = get_args(hint)
        return base, tuple(marks)
    return hint, ()


def without_none(hint: Any) -> tuple[Any, bool]:
    """`T | None` → (T, True)."""
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        if len(kinds) != 1:
            raise TypeError(f"{hint!r}: a contract field has one type, or that type or None")
        return kinds[0], True
    return hint, False


def mark(marks: tuple[Any, ...], kind: type[Mark]) -> Mark | None:
    """The mark of this kind among those of an annotation, or None."""
    return next((found for found in marks if isinstance(found, kind)), None)


@cache
def given_once(kind: type) -> frozenset[str]:
    """The fields of an answer that are marked `Once`."""
    annotated = get_type_hints(kind, include_extras=True)
    return frozenset(name for name, hint in annotated.items() if mark(unwrap(hint)[1], Once))


def has_default(field: dataclasses.Field[Any]) -> bool:
    """Whether a message may leave the field out."""
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def pattern_of(text: Text) -> str:
    """What all of the text must match, as every regex engine reads it, and nothing that can't be stored.

    Python's own `\\d` takes full-width digits; a negated class takes a NUL.
    """
    return text.pattern.replace(r"\d", "[0-9]").replace("[^", r"[^\x00") if text.pattern else _STORABLE


def day_pattern(*, closed: bool) -> str:
    """How a date is written. In a request it lies in 1900 to 2199, so that a term added to it is still a date."""
    return _DAY if closed else _ANY_DAY
