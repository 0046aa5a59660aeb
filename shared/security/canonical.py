"""One way to write a JSON value as bytes, so that the same value always has the same digest and signature."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON, keys sorted, no spaces. Raises TypeError for floats, other types, keys that aren't text."""
    _refuse_ambiguous(value, "$")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refuse_ambiguous(value: Any, path: str) -> None:
    if value is None or isinstance(value, str | bool | int):
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{path} has the key {key!r}: write keys as text")
            _refuse_ambiguous(item, f"{path}.{key}")
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for position, item in enumerate(value):
            _refuse_ambiguous(item, f"{path}[{position}]")
    else:
        # A float prints differently elsewhere, a date has many spellings: the caller chooses one.
        raise TypeError(f"{path} is a {type(value).__name__}: write it as text, a whole number, true, false or null")
