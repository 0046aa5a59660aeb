"""AsyncAPI 3.0 of the whole bus: a channel and an operation per method and event, payloads as files of `schemas/`.

Seen from the system: it receives calls and replies to them, it sends events. Names of exchanges and headers come from
`shared/bus`, so that this document can't say anything else than what runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.bus import topology, wire
from shared.contracts.catalogue import EVENTS, METHODS
from shared.contracts.schema.codec import MAX_BODY
from shared.contracts.schema.declare import SERVICES, EventType, Method
from shared.contracts.schema.shapes import Json

SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"

_OBJECT = {"type": "object"}
_NULL = {"type": "null"}
_HEADERS = {
    wire.TOKEN: {"type": "string", "maxLength": wire.TOKEN_MAX, "description": "Who speaks: a signed token (JWT)."},
    wire.REQUEST_ID: {
        "type": "string",
        "maxLength": wire.NAME_MAX,
        "description": "Needed by commands: a repeat with the same id is answered, not done again.",
    },
    wire.DEADLINE: {"type": "integer", "description": "Milliseconds since 1970-01-01 UTC; nothing starts after it."},
    wire.CORRELATION_ID: {
        "type": "string",
        "maxLength": wire.NAME_MAX,
        "description": "Goes into logs, audit and the events that follow.",
    },
}


def schema_file(folder: str, name: str) -> str:
    """Where a message's schema stands, below `docs/contracts/`."""
    return f"schemas/{folder}/{name}.json"


def event_name(event: EventType[Any]) -> str:
    """As in `EVENTS`: "<owner>.<past tense>"."""
    return f"{event.owner}.{event.name}"


def document() -> Json:
    """The document as plain JSON values."""
    methods = [METHODS[route] for route in sorted(METHODS)]
    events = [EVENTS[name] for name in sorted(EVENTS)]
    answers = sorted({method.answer.__name__ for method in methods})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Skills-training programmes: the bus",
            "version": "1.0.0",
            "description": f"Bytes, headers, errors: docs/wire-format.md. No message is larger than {MAX_BODY} bytes.",
        },
        "defaultContentType": wire.CONTENT_TYPE,
        "servers": {"bus": {"host": "localhost:5672", "protocol": "amqp", "protocolVersion": "0.9.1"}},
        "channels": {
            **{method.route: _call_channel(method) for method in methods},
            **{f"events.{event_name(event)}": _event_channel(event) for event in events},
            **{f"public.{event_name(event)}": _public_channel(event) for event in events if event.public},
            "replies": _reply_channel(answers),
        },
        "operations": {
            **{method.route: _answering(method) for method in methods},
            **{f"events.{event_name(event)}": _sending("events", event) for event in events},
            **{f"public.{event_name(event)}": _sending("public", event) for event in events if event.public},
        },
        "components": _components(methods, events, answers),
    }


def _components(methods: Sequence[Method[Any, Any]], events: Sequence[EventType[Any]], answers: Sequence[str]) -> Json:
    return {
        "messages": {
            **{f"call.{name}": _call(name) for name in sorted({method.request.__name__ for method in methods})},
            **{f"answer.{name}": _answer(name) for name in answers},
            **{f"event.{event_name(event)}": _event(event) for event in events},
            "error": {"title": "error", "payload": _payload(_answered(_NULL, _error()))},
        },
        "channelBindings": {name: _exchange(name) for name in _exchanges()},
        "replyAddresses": {
            "caller": {
                "description": "The AMQP property reply_to; correlation_id comes back as it was sent.",
                "location": "$message.header#/reply_to",
            }
        },
        "messageTraits": {"call": {"headers": _OBJECT | {"properties": _HEADERS, "required": [wire.TOKEN]}}},
    }


# --- channels ----------------------------------------------------------------------------------------------------


def _call_channel(method: Method[Any, Any]) -> Json:
    return {
        "address": method.route,
        "messages": {"call": _component(f"call.{method.request.__name__}")},
        "bindings": _on_exchange(topology.RPC.name),
    }


def _reply_channel(answers: list[str]) -> Json:
    return {
        "address": None,
        "description": "The caller's own queue: bound to the exchange of calls, or RabbitMQ's direct reply-to.",
        "messages": {name: _component(f"answer.{name}") for name in answers} | {"error": _component("error")},
    }


def _event_channel(event: EventType[Any]) -> Json:
    heard = f"Consumers: {', '.join(event.consumers)}." if event.consumers else "No service consumes it."
    return {
        "address": event.name,
        "description": heard,
        "messages": {"event": _component(f"event.{event_name(event)}")},
        "bindings": _on_exchange(topology.events_of(event.owner).name),
    }


def _public_channel(event: EventType[Any]) -> Json:
    return {
        "address": f"{event.name}.{{district}}",
        "description": "For outside listeners.",
        "parameters": {"district": {"description": "Six digits such as 110105, or city where no district is meant."}},
        "messages": {"event": _component(f"event.{event_name(event)}")},
        "bindings": _on_exchange(topology.PUBLIC.name),
    }


def _on_exchange(name: str) -> Json:
    return {"$ref": f"#/components/channelBindings/{name}"}


def _exchanges() -> list[str]:
    return [topology.RPC.name, topology.PUBLIC.name, *(topology.events_of(service).name for service in SERVICES)]


def _exchange(name: str) -> Json:
    exchange = {"name": name, "type": "topic", "durable": True, "autoDelete": False}
    return {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}}


# --- operations --------------------------------------------------------------------------------------------------


def _answering(method: Method[Any, Any]) -> Json:
    return {
        "action": "receive",
        "summary": method.about,
        "tags": [{"name": method.service}, {"name": method.kind}],
        "channel": _channel(method.route),
        "reply": {
            "address": {"$ref": "#/components/replyAddresses/caller"},
            "channel": _channel("replies"),
            "messages": [_message_of("replies", method.answer.__name__), _message_of("replies", "error")],
        },
        "x-roles": sorted(method.roles),
    }


def _sending(where: str, event: EventType[Any]) -> Json:
    channel = f"{where}.{event_name(event)}"
    return {
        "action": "send",
        "summary": event.about,
        "tags": [{"name": event.owner}, {"name": "event"}],
        "channel": _channel(channel),
        "bindings": {"amqp": {"deliveryMode": 2, "bindingVersion": "0.3.0"}},
    }


# --- messages ----------------------------------------------------------------------------------------------------


def _call(name: str) -> Json:
    properties = {"args": {"type": "array", "maxItems": 0}, "kwargs": {"$ref": schema_file("requests", name)}}
    return {
        "title": name,
        "payload": _payload(_OBJECT | {"properties": properties, "required": ["args", "kwargs"]}),
        "traits": [{"$ref": "#/components/messageTraits/call"}],
        "correlationId": {"location": "$message.header#/correlation_id"},
    }


def _answer(name: str) -> Json:
    return {"title": name, "payload": _payload(_answered({"$ref": schema_file("answers", name)}, _NULL))}


def _answered(result: Json, error: Json) -> Json:
    return _OBJECT | {"properties": {"result": result, "error": error}, "required": ["result", "error"]}


def _error() -> Json:
    return {"$ref": schema_file("answers", "Error")}


def _event(event: EventType[Any]) -> Json:
    reference = {"$ref": schema_file("events", event_name(event))}
    return {"title": event_name(event), "payload": _payload(reference)}


def _payload(schema: Json) -> Json:
    return {"schemaFormat": SCHEMA_FORMAT, "schema": schema}


# --- references --------------------------------------------------------------------------------------------------


def _component(name: str) -> Json:
    return {"$ref": f"#/components/messages/{name}"}


def _channel(name: str) -> Json:
    return {"$ref": f"#/channels/{name}"}


def _message_of(channel: str, message: str) -> Json:
    return {"$ref": f"#/channels/{channel}/messages/{message}"}
