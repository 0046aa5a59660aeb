"""Exchanges and queues, all of them, by name. Names are part of the contract: a test pins them.

nameko-rpc          topic    calls and replies          rpc-<service>     calls, classic, transient messages
<service>.events    topic    what a service tells       inbox-<service>   all it hears, quorum
public              topic    for outside listeners      dead-letters      what no delivery could place, quorum

Calls are personal data and must not rest on the broker's disk, so their queues are classic. Such a queue knows no
delivery limit: `redeliveries.py` counts.
"""

from __future__ import annotations

from kombu import Exchange, Queue
from kombu import binding as bind

from shared.contracts.catalogue import EVENTS
from shared.contracts.schema.declare import EventType

RPC = Exchange("nameko-rpc", type="topic", durable=True)
PUBLIC = Exchange("public", type="topic", durable=True)
DEAD_LETTERS = Exchange("dead-letters", type="fanout", durable=True)
DEAD_LETTER_QUEUE = Queue("dead-letters", DEAD_LETTERS, durable=True, queue_arguments={"x-queue-type": "quorum"})

# A delivery limit without a dead-letter exchange drops messages: always both.
_INBOX_ARGUMENTS = {
    "x-queue-type": "quorum",
    "x-delivery-limit": 20,
    "x-dead-letter-exchange": DEAD_LETTERS.name,
}


def events_of(owner: str) -> Exchange:
    """The exchange to which a service tells its events."""
    return Exchange(f"{owner}.events", type="topic", durable=True)


def rpc_queue(service: str) -> Queue:
    """The queue of calls of a service."""
    return Queue(f"rpc-{service}", RPC, routing_key=f"{service}.*", durable=True)


def inbox_queue(consumer: str) -> Queue:
    """One durable queue for all that a service hears, bound to each event that names it as a consumer."""
    bindings = [
        bind(events_of(event.owner), routing_key=event.name) for event in EVENTS.values() if consumer in event.consumers
    ]
    return Queue(f"inbox-{consumer}", bindings=bindings, durable=True, queue_arguments=_INBOX_ARGUMENTS)


def told_by(owner: str) -> list[EventType[object]]:
    """The events that a service tells."""
    return [event for event in EVENTS.values() if event.owner == owner]


def consumers_of(owner: str) -> list[str]:
    """Services that hear anything of `owner`: the publisher declares their queues before it first publishes."""
    return sorted({consumer for event in told_by(owner) for consumer in event.consumers})
