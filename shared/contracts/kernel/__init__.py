"""What every service answers besides its own work, under its own name; and tells: audit_sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.contracts.kernel.audit import READ_AUDIT
from shared.contracts.kernel.decisions import LIST_DECISIONS, VERIFY_DECISIONS
from shared.contracts.kernel.files import GET_CHUNK, JOIN_FILE, PUT_CHUNK
from shared.contracts.kernel.key_usage import KEY_USAGE
from shared.contracts.kernel.missed_events import EVENTS_SINCE, LIST_PARKED, REPLAY_PARKED, SHOW_PARKED
from shared.contracts.kernel.replay import REPLAY_DECISIONS
from shared.contracts.kernel.settlement import MOVE_CLOCK, SETTLEMENT
from shared.contracts.schema.declare import SERVICES, Method

_OF_ALL: tuple[Mapping[str, Method[Any, Any]], ...] = (
    *(SETTLEMENT, MOVE_CLOCK, EVENTS_SINCE, LIST_PARKED, SHOW_PARKED, REPLAY_PARKED),
    *(VERIFY_DECISIONS, REPLAY_DECISIONS, LIST_DECISIONS, READ_AUDIT, KEY_USAGE, PUT_CHUNK, JOIN_FILE, GET_CHUNK),
)
KERNEL_METHODS = {by_service[SERVICES[0]].name: by_service for by_service in _OF_ALL}
"""By bare name, then by service."""
