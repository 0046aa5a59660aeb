"""`${a.b[0].c}`: values that earlier steps saved, put into later ones.

    ${claim.claim_id}       a field                    ${rows[0]}      one of a list, from 0; [-1] is the last
    ${rows[0:12]}           a part of a list           ${rows[*].id}   that field of each of a list
    ${rows[:passed]}        the ends of a part, or a place in a list, may be names of whole numbers

A text that is one reference and nothing else takes the value with its type; inside a longer text a reference
is printed, which only text and whole numbers can be. `{each: ${rows}, make: {…${item.id}…}}` is a list with one
value per element, and inside a written list its elements stand there one by one; `${other[index]}` is the element
of another list at the same place. `as: day` beside it calls the element `${day}`; a `make` that is an `each` itself is
one list with the other. `{days: 30, from: 2023-09-01}` is a list of that day and those that follow, and
`{months_from: 2022-07-01, until: 2024-06-28}` of the months (`2022-07`) from that one on that are over on that day.
That is all: no arithmetic, no conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from shared.calendar import add_months, month_of

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PLACE = rf"(-?\d+|{_NAME})"
_PATH = re.compile(rf"{_NAME}(\.{_NAME}|\[({_PLACE}|{_PLACE}?:{_PLACE}?|\*)\])*")
_BRACKETS = re.compile(r"\[[^\]]*\]")
_PART = re.compile(rf"({_NAME})|\[([^\]]*)\]")
_EACH = (frozenset({"each", "make"}), frozenset({"each", "as", "make"}))
_DAYS = frozenset({"days", "from"})
_MONTHS = frozenset({"months_from", "until"})


class UnknownReferenceError(LookupError):
    """A reference to what isn't there; its text says which part is missing and what there is."""


def malformed(value: Any) -> Iterator[str]:
    """Every reference in a value that could never be followed, as it was written."""
    if isinstance(value, str):
        plain = _REFERENCE.sub("", value)
        yield from (found[0] for found in _REFERENCE.finditer(value) if not _PATH.fullmatch(found[1]))
        if "${" in plain:
            yield plain
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from malformed(item)
    elif isinstance(value, list):
        for item in value:
            yield from malformed(item)


def resolve(value: Any, scope: Mapping[str, Any]) -> Any:
    """The value with its references followed. Raises UnknownReferenceError."""
    if isinstance(value, str):
        return _resolve_text(value, scope)
    if isinstance(value, Mapping):
        if value.keys() in _EACH:
            return _made(value, scope)
        if value.keys() == _DAYS:
            return _days(resolve(value["days"], scope), str(resolve(value["from"], scope)))
        if value.keys() == _MONTHS:
            return _months(str(resolve(value["months_from"], scope)), str(resolve(value["until"], scope)))
        return {key: resolve(item, scope) for key, item in value.items()}
    if isinstance(value, list):
        return [element for item in value for element in _elements(item, scope)]
    return value


def _made(value: Mapping[str, Any], scope: Mapping[str, Any]) -> list[Any]:
    """What an `each` stands for."""
    name = str(value.get("as", "item"))
    return [
        one
        for index, element in enumerate(resolve(value["each"], scope))
        for one in _elements(value["make"], {**scope, name: element, "index": index})
    ]


def _days(count: Any, first: str) -> list[str]:
    if isinstance(count, bool) or not isinstance(count, int):
        raise UnknownReferenceError(f"days: {count!r} is no whole number")
    day = _day(first)
    return [(day + timedelta(days=later)).isoformat() for later in range(count)]


def _months(first: str, until: str) -> list[str]:
    month, end, months = _day(first).replace(day=1), _day(until), []
    while (after := add_months(month, 1)) <= end:
        months.append(month_of(month))
        month = after
    return months


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise UnknownReferenceError(f"{written!r} is no date such as 2023-09-01") from None


def _elements(item: Any, scope: Mapping[str, Any]) -> list[Any]:
    """What one item of a written list stands for: itself, or all that an `each` inside the list makes."""
    made = resolve(item, scope)
    return made if isinstance(item, Mapping) and item.keys() in _EACH else [made]


def _resolve_text(text: str, scope: Mapping[str, Any]) -> Any:
    whole = _REFERENCE.fullmatch(text)
    if whole:
        return look_up(whole[1], scope)
    return _REFERENCE.sub(lambda found: _printed(found[1], look_up(found[1], scope)), text)


def _printed(path: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnknownReferenceError(f"${{{path}}} is neither text nor a whole number: use it as a whole value")
    return str(value)


def look_up(path: str, scope: Mapping[str, Any]) -> Any:
    """The value at a path such as a.b[0].c. Raises UnknownReferenceError."""
    if not _PATH.fullmatch(path):
        raise UnknownReferenceError(f"${{{path}}} can't be read: write names and [numbers], such as a.b[0].c")
    placed = _BRACKETS.sub(lambda brackets: _numbered(brackets[0], path, scope), path)
    return _follow(scope, [(found[1], found[2]) for found in _PART.finditer(placed)], path)


def _numbered(brackets: str, path: str, scope: Mapping[str, Any]) -> str:
    """The brackets with their names replaced by the whole numbers that they stand for."""

    def number(name: re.Match[str]) -> str:
        value = look_up(name[0], scope)
        if isinstance(value, bool) or not isinstance(value, int):
            raise UnknownReferenceError(f"${{{path}}}: {name[0]!r} is no whole number")
        return str(value)

    return re.sub(_NAME, number, brackets)


def _follow(value: Any, parts: list[tuple[str | None, str | None]], path: str) -> Any:
    for position, (name, index) in enumerate(parts):
        if index == "*":
            return [_follow(item, parts[position + 1 :], path) for item in _list(value, path)]
        value = _field(value, name, path) if name else _indexed(_list(value, path), str(index), path)
    return value


def _field(value: Any, name: str, path: str) -> Any:
    if not isinstance(value, Mapping):
        raise UnknownReferenceError(f"${{{path}}}: {name!r} is asked of something that has no fields")
    if name not in value:
        there = ", ".join(sorted(map(str, value))) or "nothing"
        raise UnknownReferenceError(f"${{{path}}}: there is no {name!r}; there is {there}")
    return value[name]


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise UnknownReferenceError(f"${{{path}}}: [ ] is asked of something that is no list")
    return value


def _indexed(values: list[Any], index: str, path: str) -> Any:
    if ":" in index:
        start, stop = (int(end) if end else None for end in index.split(":"))
        return values[start:stop]
    try:
        return values[int(index)]
    except IndexError:
        raise UnknownReferenceError(f"${{{path}}}: the list has {len(values)} elements") from None
