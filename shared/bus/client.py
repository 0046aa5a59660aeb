"""Calling a service from anywhere: another service, the command line, a test. Every call has a deadline.

A call takes a lane (a connection, a channel and a place for replies) for itself, publishes, waits for its own
correlation id, and gives the lane back. Nothing is kept between calls, so nothing can leak; a lane that failed in any
way is thrown away. On RabbitMQ replies come by direct reply-to, which needs no right to declare anything.
"""

from __future__ import annotations

import contextlib
import socket
import time
import uuid
from typing import Any, TypeVar, cast

from amqp.exceptions import AMQPError
from kombu import Consumer, Producer, Queue
from kombu.exceptions import KombuError

from shared.bus import topology
from shared.bus.connections import drop_connection, is_usable, open_connection
from shared.bus.transport import is_undecodable
from shared.bus.wire import CONTENT_TYPE, Call, call_headers, new_correlation_id, read_answer, write_call
from shared.contracts.catalogue import METHODS
from shared.contracts.schema import codec
from shared.contracts.schema.declare import Method
from shared.errors import NotFound, TooLarge, Unavailable
from shared.observability import UNDECODABLE

Req = TypeVar("Req")
Ans = TypeVar("Ans")

_DIRECT_REPLY = "amq.rabbitmq.reply-to"
_BROKEN = (AMQPError, KombuError, OSError)
LANES_KEPT = 16


class Caller:
    """Calls over one broker. Safe to use from many threads or greenlets at once. `name`: who calls, in metrics."""

    def __init__(self, amqp_url: str, name: str = "caller") -> None:
        self.amqp_url = amqp_url
        self.name = name
        self._lanes: list[_Lane] = []

    def call(self, method: Method[Req, Ans], request: Req, *, token: str, **options: Any) -> Ans:
        """The answer as the contract's class. Raises the service's typed error, or Unavailable at the deadline."""
        wire = self.call_raw(method.route, codec.write(request), token=token, **options)
        return codec.read_tolerant(method.answer, wire)

    def call_raw(
        self,
        route: str,
        payload: dict[str, Any],
        *,
        token: str | None,
        request_id: str | None = None,
        timeout: float = 30.0,
        deadline: float | None = None,
        correlation_id: str | None = None,
    ) -> Any:
        """Plain JSON in and out. `timeout` in seconds; `deadline`, where given, in seconds since 1970."""
        if route not in METHODS:
            raise NotFound(f"没有名为 {route} 的方法，请核对服务与方法名称")
        until = min(deadline or float("inf"), time.time() + timeout)
        body = write_call(payload)
        if len(body.encode()) > codec.MAX_BODY:
            raise TooLarge(f"消息超过 {codec.MAX_BODY // 1024 // 1024} MiB，请分批提交")
        call = Call(route, payload, token, request_id, until, correlation_id or new_correlation_id())
        return read_answer(self._exchange(call, body))

    def close(self) -> None:
        """Drops its idle connections; a later call opens new ones."""
        while self._lanes:
            self._lanes.pop().close()

    def _exchange(self, call: Call, body: str) -> bytes | str:
        lane = self._take(call.deadline)
        try:
            answer = lane.exchange(call, body)
        except _BROKEN as error:
            lane.close()
            raise Unavailable("消息总线暂不可用，请稍后用同一个 request_id 重试") from error
        except BaseException:
            lane.close()
            raise
        if len(self._lanes) < LANES_KEPT:
            self._lanes.append(lane)
        else:
            lane.close()
        return answer

    def _take(self, deadline: float) -> _Lane:
        with contextlib.suppress(IndexError):
            lane = self._lanes.pop()
            if is_usable(lane.connection):
                return lane
            lane.close()
        try:
            return _Lane(self.amqp_url, self.name, max(0.1, min(5.0, deadline - time.time())))
        except _BROKEN as error:
            raise Unavailable("消息总线暂不可用，请稍后用同一个 request_id 重试") from error


class _Lane:
    """One connection with its channel and its place for replies. Used by one call at a time."""

    def __init__(self, amqp_url: str, name: str, connect_timeout: float) -> None:
        self.name = name
        polling = {"polling_interval": 0.001} if amqp_url.startswith("memory") else {}
        self.connection = open_connection(amqp_url, connect_timeout, **polling)
        channel = self._channel = self.connection.default_channel
        self._returned = False
        if amqp_url.startswith("memory"):
            reply_to = uuid.uuid4().hex
            queue = Queue(f"reply-{reply_to}", topology.RPC, routing_key=reply_to, auto_delete=True, exclusive=True)
        else:
            reply_to, queue = _DIRECT_REPLY, Queue(_DIRECT_REPLY, no_declare=True)
            channel.events["basic_return"].add(self._on_return)
        self.reply_to = reply_to
        # The broker lets nobody name another, so that the service knows whose connection it came over.
        self._user = {} if amqp_url.startswith("memory") else {"user_id": self.connection.userid}
        self.producer = Producer(channel, topology.RPC, auto_declare=False)
        self.consumer = Consumer(channel, [queue], no_ack=True, on_message=self._on_message)
        self.consumer.consume()
        self._waiting_for: str | None = None
        self._answer: bytes | str | None = None

    def exchange(self, call: Call, body: str) -> bytes | str:
        self._waiting_for, self._answer, self._returned = call.correlation_id, None, False
        remaining = call.deadline - time.time()
        if remaining <= 0:
            raise Unavailable("请求已过截止时间，未发出；请用同一个 request_id 重新提交")
        self.producer.publish(
            body,
            routing_key=call.route,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            headers=call_headers(call),
            reply_to=self.reply_to,
            correlation_id=call.correlation_id,
            expiration=remaining,
            delivery_mode="transient",
            mandatory=True,
            **self._user,
        )
        return self._wait(call)

    def _wait(self, call: Call) -> bytes | str:
        while self._answer is None:
            remaining = call.deadline - time.time()
            if self._returned:
                raise Unavailable(f"{call.route.partition('.')[0]} 服务未启动，请稍后用同一个 request_id 重试")
            if remaining <= 0:
                raise Unavailable("等待答复超时，结果未知；请用同一个 request_id 重试", route=call.route)
            with contextlib.suppress(socket.timeout, TimeoutError):
                self.connection.drain_events(timeout=remaining)
        return self._answer

    def close(self) -> None:
        drop_connection(self.connection, self._channel)

    def _on_message(self, message: Any) -> None:
        if is_undecodable(message):  # it answers nobody; the answer that is waited for may still come
            UNDECODABLE.labels(self.name, "reply").inc()
            return
        if message.properties.get("correlation_id") == self._waiting_for:
            self._answer = cast("bytes | str", message.body)

    def _on_return(self, *_: Any) -> None:
        self._returned = True
