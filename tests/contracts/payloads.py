"""Payloads made from the type hints of a contract: good ones, and ones with something broken in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from shared.contracts.schema import codec, hints
from shared.contracts.schema.shapes import Text, Whole
from shared.money import Money

TEXT_SHOWN = 40
"""How long an example's texts become: the limits are tried by the hostile values."""

# Half of a surrogate pair is no text, which a JSON Schema can't say: tested at the codec.
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\x00")

HOSTILE: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, "", " ", "x" * 4001, "示" * 201, "abc\n", "\nabc", "a\x00b", "１１０１０５",
    "110105", "2022-02-30", "2022-6-6", "2022-06-06", "２０２２-06-06", "2022-06-06\n", "0000-01-01", "0001-01-01",
    "1899-12-31", "2200-01-01", "9999-12-31", "4200.00", "4200.005", "4,200", "1２.00", "-0.01", "+1", "1e3", "NaN",
    [], [None], [[]], {}, {"id": "1"}, "a@b", "a @b", "a\x00@b", "a@b\n", "sha256:" + "0" * 64,
]  # fmt: skip
"""Values that some field or other must refuse. No 1.0: to a JSON Schema it is a whole number, to us it isn't."""


def messages(kind: type, *, whole: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Good payloads of a message, with and without the fields that have defaults; `whole`: with every field."""
    annotated = get_type_hints(kind, include_extras=True)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    values = {name: _values(annotated[name], whole) for name in fields}
    needed = {name: values[name] for name in fields if whole or not hints.has_default(fields[name])}
    return st.fixed_dictionaries(needed, optional={name: values[name] for name in fields if name not in needed})


def _values(hint: Any, whole: bool) -> st.SearchStrategy[Any]:
    hint, marks = hints.unwrap(hint)
    hint, optional = hints.without_none(hint)
    if not optional:
        return _of(hint, marks, whole)
    hint, inner_marks = hints.unwrap(hint)
    some = _of(hint, (*marks, *inner_marks), whole)
    return some if whole else st.none() | some


def _of(hint: Any, marks: tuple[Any, ...], whole: bool) -> st.SearchStrategy[Any]:
    if get_origin(hint) is tuple:
        rows = codec.rows_of(marks, closed=True)
        fewest = max(rows.min, int(whole))
        return st.lists(_values(get_args(hint)[0], whole), min_size=fewest, max_size=min(rows.max, fewest + 2))
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from([choice.value for choice in hint])
    if dataclasses.is_dataclass(hint) and hint is not Money:
        return messages(hint, whole=whole)  # type: ignore[arg-type]
    if hint is str:
        return _texts(codec.text_of(marks, closed=True))
    if hint is int:
        bounds = hints.mark(marks, Whole) or hints.WHOLE
        return st.integers(bounds.min, bounds.max)
    return SIMPLE[get_origin(hint) or hint]()


def _texts(text: Text) -> st.SearchStrategy[str]:
    if text.pattern is None:
        return st.text(CHARACTERS, min_size=text.min, max_size=min(text.max, max(text.min, TEXT_SHOWN)))
    matching = st.from_regex(hints.pattern_of(text), fullmatch=True, alphabet=CHARACTERS)
    return matching.filter(lambda value: text.min <= len(value) <= text.max)


def _instants() -> st.SearchStrategy[str]:
    zones = st.sampled_from([UTC, timezone(timedelta(hours=8))])
    return st.datetimes(timezones=zones).map(datetime.isoformat)


def _free_json() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | st.text(CHARACTERS, max_size=9)
    keys = st.text(CHARACTERS, max_size=9)
    nested = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3))
    return st.dictionaries(keys, nested, max_size=3)


SIMPLE: dict[Any, Callable[[], st.SearchStrategy[Any]]] = {
    bool: st.booleans,
    date: lambda: st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.isoformat),
    datetime: _instants,
    Money: lambda: st.integers(-(10**12), 10**12).map(lambda fen: str(Money(fen))),
    dict: _free_json,
}


# --- breaking ----------------------------------------------------------------------------------------------------


def broken(payload: Any) -> Iterator[Any]:
    """The payload with each value in turn replaced by every hostile one, left out, or given a field too many.

    Mostly wrong, at times still right: that is for codec and schema to say.
    """
    yield from HOSTILE
    for holder, key in _places(payload):
        original = holder[key]
        for hostile in HOSTILE:
            holder[key] = hostile
            yield payload
        holder[key] = original
    for holder, key in [place for place in _places(payload) if isinstance(place[0], dict)]:
        original = holder.pop(key)
        yield payload
        holder[key] = original
    for inner in [payload, *(holder[key] for holder, key in _places(payload) if isinstance(holder[key], dict))]:
        inner["unknown_field"] = 1
        yield payload
        del inner["unknown_field"]


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every value in a payload, as the object or list that holds it and its key there."""
    inner = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [place for key, item in inner for place in ((value, key), *_places(item))]
