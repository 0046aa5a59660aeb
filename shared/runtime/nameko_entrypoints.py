"""What nameko runs: two entrypoints, and the class that holds them. The loop under them is in `nameko_consumer.py`.

Every trap of nameko's own RPC and event handlers is closed here: nothing is decoded before we look; a call without a
way to answer is rejected; a reply that cannot be sent is dropped, since the request id makes the repeat harmless; only
our own errors leave; what can't be read is rejected.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import DependencyProvider, Entrypoint

from shared.bus import topology
from shared.bus.admission import Arrival, Doorway
from shared.bus.replies import Replier
from shared.bus.transport import Line, is_undecodable
from shared.bus.wire import CONTENT_TYPE, Call, read_call, write_error, write_result
from shared.contracts.schema import codec
from shared.errors import SkillsError, TooLarge, Unavailable
from shared.kernel import rejections
from shared.kernel.pipeline import Kernel
from shared.kernel.redeliveries import Delivery, Redeliveries
from shared.kernel.service import Service
from shared.runtime.assembly import Parts
from shared.runtime.nameko_consumer import PAUSE, RawConsumer

log = structlog.get_logger()

_UNEXPECTED = Unavailable("系统内部错误，未办理；请稍后用同一个 request_id 重试")

Undecodable = Callable[[str | None, int], None]
"""Told of a message whose properties can't be decoded: by which user of the broker, of how many bytes."""


class Calls(Entrypoint):  # type: ignore[misc]
    """The queue of calls. The method under it is given a `Call` and returns the bytes of its answer.

    `doorway` says who may come in, `turn_away` is told of those who may not, `redeliveries` says what came too often.
    """

    consumer = RawConsumer()

    def __init__(
        self,
        doorway: Doorway,
        turn_away: Callable[[str, str | None, SkillsError], None],
        undecodable: Undecodable,
        redeliveries: Redeliveries,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.doorway = doorway
        self.turn_away = turn_away
        self.undecodable = undecodable
        self.redeliveries = redeliveries

    def setup(self) -> None:
        self.queue = topology.rpc_queue(self.container.service_name)
        self.replier = Replier(self.consumer.amqp_uri)
        if self.doorway.in_process:
            log.info("callers_trusted", service=self.container.service_name, why="one process, no broker")
        self.consumer.register_provider(self)

    def stop(self) -> None:
        self.consumer.unregister_provider(self)

    def handle_message(self, message: Any) -> None:
        """Rejects, refuses, answers at once, or hands one delivery to a worker."""
        if is_undecodable(message):
            self.undecodable(message.properties.get("user_id"), len(message.body))
            self.consumer.reject_message(message)
            return
        if not message.properties.get("reply_to") or message.content_type != CONTENT_TYPE:
            log.warning("call_rejected", service=self.container.service_name, why="no reply_to, or not JSON")
            self.consumer.reject_message(message)
            return
        arrival = Arrival.of(message)
        refusal = self.doorway.refusal(arrival)
        if refusal is not None:
            self._turn_away(message, arrival, refusal)
            return
        again = _came_again(message, arrival)
        if again is not None and (refusal := self.redeliveries.refusal(again)) is not None:
            self._answer(message, write_error(refusal))
            return
        self._work_on(message, arrival, again)

    def _work_on(self, message: Any, arrival: Arrival, again: Delivery | None) -> None:
        try:
            user = None if self.doorway.in_process else arrival.user
            call = read_call(arrival.routing_key, message.body, arrival.headers, time.time(), user)
        except SkillsError as error:
            self._answer(message, write_error(error), again)
            return
        try:
            self.container.spawn_worker(self, (call,), {}, handle_result=partial(self.handle_result, message, again))
        except ContainerBeingKilled:
            self.consumer.requeue_message(message)

    def _turn_away(self, message: Any, arrival: Arrival, refusal: SkillsError) -> None:
        """Told to whoever asked; where that isn't sure, to nobody."""
        answered = self.doorway.may_answer(arrival)
        log.warning(
            "call_refused",
            service=self.container.service_name,
            user=arrival.user,
            why=refusal.details["reason"],
            answered=answered,
        )
        self.turn_away(arrival.routing_key, arrival.user, refusal)
        if answered:
            self._reply(message, write_error(refusal))
        self.consumer.ack_message(message)

    def handle_result(
        self, message: Any, again: Delivery | None, _worker: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        self._answer(message, result if exc_info is None else write_error(_UNEXPECTED), again)
        return result, exc_info

    def _answer(self, message: Any, body: str, handled: Delivery | None = None) -> None:
        """`handled`: a call that came again and that this process has survived."""
        self._reply(message, body)
        if handled is not None:
            self.redeliveries.forget(handled)
        self.consumer.ack_message(message)

    def _reply(self, message: Any, body: str) -> None:
        try:
            self.replier.send(body, message.properties["reply_to"], message.properties.get("correlation_id"))
        except Exception as error:
            log.warning("reply_dropped", service=self.container.service_name, kind=type(error).__name__)


def _came_again(message: Any, arrival: Arrival) -> Delivery | None:
    """A delivery that the broker had delivered before and got back, by the broker's own mark."""
    if not message.delivery_info.get("redelivered"):
        return None
    correlation_id = message.properties.get("correlation_id")
    return Delivery(arrival.routing_key, arrival.user, arrival.reply_to, correlation_id, message.body)


def answer_body(kernel: Kernel, call: Call) -> str:
    """The bytes of the answer, a typed error included; whatever else was raised has become one in the kernel."""
    try:
        body = write_result(kernel.answer(call))
    except SkillsError as error:
        return write_error(error)
    if len(body.encode()) > codec.MAX_BODY:
        return write_error(TooLarge("答复超过消息上限，请缩小查询范围或减少每页条数"))
    return body


class Deliveries(DependencyProvider):  # type: ignore[misc]
    """The queue of events: each body is stored, and only then acknowledged.

    While the database is away a delivery is held here and tried again. Handing it back would count against the
    queue's delivery limit, and an outage of seconds would end in the dead letters.
    """

    consumer = RawConsumer()

    def __init__(self, hear: Callable[[bytes | str, str], None], undecodable: Undecodable) -> None:
        self.hear = hear
        self.undecodable = undecodable
        self.stopping = False

    def setup(self) -> None:
        self.queue = topology.inbox_queue(self.container.service_name)
        self.consumer.register_provider(self)
        with Line(self.consumer.amqp_uri) as connection:
            topology.DEAD_LETTER_QUEUE(connection.default_channel).declare()

    def stop(self) -> None:
        self.stopping = True
        self.consumer.unregister_provider(self)

    def handle_message(self, message: Any) -> None:
        """Stores one delivery and acknowledges it; one that can't be decoded is rejected."""
        if is_undecodable(message):
            self.undecodable(message.properties.get("user_id"), len(message.body))
            self.consumer.reject_message(message)  # to the dead letters: an event holds ids, nobody's data
            return
        while not self.stopping:
            try:
                self.hear(message.body, message.delivery_info["exchange"])
            except Exception as error:
                log.warning("delivery_held", service=self.container.service_name, kind=type(error).__name__)
                time.sleep(PAUSE)
            else:
                self.consumer.ack_message(message)
                return


calls = Calls.decorator


class PartsProvider(DependencyProvider):  # type: ignore[misc]
    """Hands the service's parts to each worker, and runs its duties."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def start(self) -> None:
        for duty in self.parts.duties:
            self.container.spawn_managed_thread(duty.run, identifier=duty.name)

    def stop(self) -> None:
        for duty in self.parts.duties:
            duty.stop()

    def get_dependency(self, worker_ctx: Any) -> Parts:
        return self.parts


def hosted(service: type[Service], parts_of_service: Parts) -> type:
    """The class that nameko runs for a service: everything it can be asked or told goes through its kernel."""

    kernel = parts_of_service.kernel
    turned_away = partial(rejections.turned_away, kernel)
    redeliveries = Redeliveries(kernel, parts_of_service.call_delivery_limit)

    def undecodable(side: str) -> Undecodable:
        return partial(rejections.undecodable, kernel, side)

    class Hosted:
        name = service.name
        parts = PartsProvider(parts_of_service)
        deliveries = Deliveries(parts_of_service.hear, undecodable("event"))

        @calls(parts_of_service.doorway, turned_away, undecodable("call"), redeliveries)  # type: ignore[untyped-decorator]
        def answer(self, call: Call) -> str:
            return answer_body(kernel, call)

    return Hosted
