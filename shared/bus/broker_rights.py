"""What a user may do on the broker, from what was granted: permissions, topic permissions, queues made for it.

An outside system makes nothing (configure `^$`): so it can set no dead-letter arguments, no alternate exchange, and
bind nothing. It writes calls of its methods to `nameko-rpc`, reads the queues that bear its name, and is answered by
direct reply-to, which takes no right. Without a topic permission the broker allows every key: each topic exchange
gets one. This is the first fence; the second one is each service (`admission.py`, `grants.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.bus import topology
from shared.bus.admission import REPLIES
from shared.bus.grants import ALL, EventQueue, Grant
from shared.bus.rabbitmq_api import Management, Rights, TopicRights
from shared.contracts.schema.declare import SERVICES

NOTHING = "^$"
CALLS = topology.RPC.name
PUBLIC = topology.PUBLIC.name
QUEUE_MESSAGES_MAX = 100_000
"""A listener that stays away loses the oldest first; `events_since` has them all."""
_QUEUE_ARGUMENTS = {"x-queue-type": "quorum", "x-max-length": QUEUE_MESSAGES_MAX, "x-overflow": "drop-head"}
_TOPIC_EXCHANGES = (CALLS, PUBLIC, *(topology.events_of(service).name for service in SERVICES), "amq.topic")


@dataclass(frozen=True)
class BrokerRights:
    """Permissions of one user in one virtual host."""

    rights: Rights
    topics: tuple[TopicRights, ...]
    queues: tuple[EventQueue, ...] = ()


def outside_rights(grant: Grant) -> BrokerRights:
    """Those of an outside system."""
    rights = Rights(NOTHING, _only([CALLS]), _only(queue.name for queue in grant.queues))
    closed = (TopicRights(exchange, NOTHING, NOTHING) for exchange in _TOPIC_EXCHANGES if exchange != CALLS)
    return BrokerRights(rights, (TopicRights(CALLS, _calls(grant), NOTHING), *closed), grant.queues)


def service_rights(service: str, grant: Grant) -> BrokerRights:
    """Those of one of our own: no other's calls are read, none but its own events told, none but its questions asked.

    It makes its queues and, before it first publishes, those of whoever hears it.
    """
    own_calls = topology.rpc_queue(service).name
    not_anothers_calls = rf"^(?!rpc-)|^{re.escape(own_calls)}$"
    rights = Rights(not_anothers_calls, not_anothers_calls, not_anothers_calls)
    asks_and_answers = "|".join([*_routes(grant), re.escape(REPLIES) + ".+"])
    topics = [TopicRights(CALLS, rf"^({asks_and_answers})$", rf"^{service}\.\*$")]
    for other in SERVICES:
        may_tell = ".*" if other == service else NOTHING
        topics.append(TopicRights(topology.events_of(other).name, may_tell, ".*"))
    return BrokerRights(rights, tuple(topics))


def apply(management: Management, vhost: str, user: str, granted: BrokerRights) -> None:
    """Gives an existing user exactly these rights, and makes and binds its queues. Raises ManagementError, OSError."""
    management.grant(user, vhost, granted.rights)
    for topic in granted.topics:
        management.grant_topics(user, vhost, topic)
    if granted.queues:
        management.declare_exchange(vhost, PUBLIC, topology.PUBLIC.type)
    for queue in granted.queues:
        management.declare_queue(vhost, queue.name, _QUEUE_ARGUMENTS)
        management.bind_exactly(vhost, PUBLIC, queue.name, queue.keys)
    kept = {queue.name for queue in granted.queues}
    for name in management.queues(vhost):
        if name.startswith(f"{user}.") and name not in kept:
            management.bind_exactly(vhost, PUBLIC, name, ())  # no longer granted: nothing more comes into it


def _calls(grant: Grant) -> str:
    routes = "|".join(_routes(grant))
    return rf"^({routes})$" if routes else NOTHING


def _routes(grant: Grant) -> Iterator[str]:
    if ALL in grant.methods:
        yield rf"({'|'.join(SERVICES)})\.[a-z_]+"
    else:
        yield from map(re.escape, sorted(grant.methods))


def _only(names: Iterable[str]) -> str:
    listed = "|".join(map(re.escape, names))
    return rf"^({listed})$" if listed else NOTHING
