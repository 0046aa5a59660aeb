"""Losing a race, and breaking a constraint: which of them it was, and what the caller is told.

A use case that lost a race is done again from its start. A constraint that a service knows becomes its `conflict`;
anything else is a mistake of ours and goes on as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from shared.errors import Conflict, Unavailable
from shared.store.constraints import constraint_of
from shared.store.database import is_repeatable

ATTEMPTS = 20
"""How often one use case is done again after losing a race, before the caller is asked to repeat it."""

_KERNELS_OWN = ("requests", "outbox")


def repeat(use_case: Callable[[], Any], conflicts: Mapping[str, str], deadline: float) -> Any:
    """Does the whole use case again when it lost a race; turns a known constraint into its typed error.

    `conflicts`: the Chinese sentence by a constraint's name. `deadline`: seconds since 1970.
    """
    for _ in range(ATTEMPTS):
        try:
            return use_case()
        except IntegrityError as error:
            conflict = _conflict(error, conflicts)
            if conflict is not None:
                raise conflict from None
            if not _lost_a_race(error):
                raise
        except Exception as error:
            if not is_repeatable(error):
                raise
        if time.time() > deadline:
            break
    raise Unavailable("系统繁忙，未办理；请用同一个 request_id 重新提交")


def _conflict(error: IntegrityError, conflicts: Mapping[str, str]) -> Conflict | None:
    broken = constraint_of(error)
    for name, message in conflicts.items():
        if name in broken:
            return Conflict(message, constraint=name)
    return None


def _lost_a_race(error: IntegrityError) -> bool:
    """The kernel's own uniqueness (request ids, event sequence): done again, it sees what the winner wrote."""
    broken = constraint_of(error)
    return any(table in broken for table in _KERNELS_OWN)
