"""What an answer must hold. Only what is named is compared; everything else is free.

entitlement: "93000.00"            exactly this value, of this type
claim: {state: payable}            these fields of it
lines: [{…}, {…}]                  a list of that length, element by element
amount: {">=": "3"}                >=  >  <=  <  !=   numbers, amounts as text, ISO dates
rows: {count: 20}                  a list's length, exactly or by a comparison
claim_id: any                      it is there and isn't null
findings: {any: {rule: CITY-14}}   at least one element holds this
rows: {all: {accepted: true}}      every element holds this
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

ANYTHING = "any"

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "!=": operator.ne,
}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the answer isn't as expected; `path` such as claim.lines[0].amount."""

    path: str
    expected: str
    came: str


def differences(expected: Any, actual: Any, path: str = "") -> Iterator[Difference]:
    """Every difference, in the order of the expectation; none when the answer holds what is expected."""
    if expected == ANYTHING and isinstance(expected, str):
        if actual is None or actual is _MISSING:
            yield _difference(path, "any value", actual)
    elif isinstance(expected, Mapping):
        yield from _of_mapping(expected, actual, path)
    elif isinstance(expected, list):
        yield from _of_list(expected, actual, path)
    elif type(expected) is not type(actual) or expected != actual:
        yield _difference(path, repr(expected), actual)


def _of_mapping(expected: Mapping[str, Any], actual: Any, path: str) -> Iterator[Difference]:
    for key, wanted in expected.items():
        check = _SPECIAL.get(key)
        is_field = isinstance(actual, Mapping) and key in actual  # an answer may have a field of that name
        if check and not is_field:
            yield from check(key, wanted, actual, path)
        elif not isinstance(actual, Mapping):
            yield _difference(path, f"a value with the field {key!r}", actual)
        else:
            yield from differences(wanted, actual.get(key, _MISSING), f"{path}.{key}" if path else key)


def _of_list(expected: list[Any], actual: Any, path: str) -> Iterator[Difference]:
    if not isinstance(actual, list) or len(actual) != len(expected):
        yield _difference(path, f"a list of {len(expected)}", actual)
        return
    for index, (wanted, came) in enumerate(zip(expected, actual, strict=True)):
        yield from differences(wanted, came, f"{path}[{index}]")


def _comparison(sign: str, wanted: Any, actual: Any, path: str) -> Iterator[Difference]:
    left, right = _comparable(actual), _comparable(wanted)
    comparable = isinstance(left, Decimal | str) and type(left) is type(right)
    if not (comparable and _COMPARISONS[sign](left, right)):
        yield _difference(path, f"{sign} {wanted!r}", actual)


def _comparable(value: Any) -> Any:
    """Numbers by value, however written; other text (ISO dates) by its letters; None for the rest."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return Decimal(value) if _NUMBER.fullmatch(str(value)) else str(value)


def _count(_key: str, wanted: Any, actual: Any, path: str) -> Iterator[Difference]:
    if not isinstance(actual, list):
        yield _difference(path, f"a list of {wanted}", actual)
        return
    yield from differences(wanted, len(actual), f"{path}.count" if path else "count")


def _some(_key: str, wanted: Any, actual: Any, path: str) -> Iterator[Difference]:
    if not isinstance(actual, list) or not any(not list(differences(wanted, one)) for one in actual):
        yield _difference(path, f"a list with at least one {wanted!r}", actual)


def _every(_key: str, wanted: Any, actual: Any, path: str) -> Iterator[Difference]:
    if not isinstance(actual, list):
        yield _difference(path, "a list", actual)
        return
    for index, one in enumerate(actual):
        yield from differences(wanted, one, f"{path}[{index}]")


_SPECIAL: dict[str, Callable[[str, Any, Any, str], Iterator[Difference]]] = {
    **dict.fromkeys(_COMPARISONS, _comparison),
    "count": _count,
    "any": _some,
    "all": _every,
}


def _difference(path: str, expected: str, actual: Any) -> Difference:
    came = "nothing: there is no such field" if actual is _MISSING else repr(actual)
    return Difference(path or "the answer", expected, came)
