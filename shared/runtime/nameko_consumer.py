"""nameko's consuming loop, made to live: bodies are handed over as they came, and nothing ends it but a stop.

A stop is heeded at once, while the broker is away as well. nameko takes consumers away only where it is connected, and
kombu waits longer and longer before it tries again, up to half a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import structlog
from nameko.messaging import QueueConsumer, QueueConsumerStopped

from shared.bus.connections import connect_once
from shared.bus.transport import Line
from shared.observability import CONSUMING_FAILED

log = structlog.get_logger()

PAUSE = 1.0
"""Seconds before anything that failed here is tried again: connecting, consuming, storing a delivery."""


class RawConsumer(QueueConsumer):  # type: ignore[misc]
    """The queues of one process, over one connection that is made anew whenever it is lost."""

    @property
    def connection(self) -> Line:
        config = self.container.config
        return Line(self.amqp_uri, transport_options=config["TRANSPORT_OPTIONS"], heartbeat=config["HEARTBEAT"])

    def run(self, **kwargs: Any) -> None:
        """nameko ends the process for whatever isn't a lost connection; here consuming is begun again instead."""
        while not self.should_stop:
            try:
                super().run(**kwargs)
            except QueueConsumerStopped:
                raise
            except Exception as error:
                CONSUMING_FAILED.labels(self.container.service_name).inc()
                log.error("consuming_failed", service=self.container.service_name, kind=type(error).__name__)
                time.sleep(PAUSE)

    @contextmanager
    def establish_connection(self) -> Iterator[Line]:
        """Every round of consuming begins here."""
        with self.connection as line:
            while not self._connects(line):
                time.sleep(PAUSE)
            yield line

    def _connects(self, line: Line) -> bool:
        self._let_go()
        if not self._providers:
            self.should_stop = True
            raise ConnectionError("stopped")  # as a lost connection, so that nameko's loop looks at `should_stop`
        try:
            connect_once(line)
        except Exception as error:
            log.warning("broker_away", service=self.container.service_name, kind=type(error).__name__)
            return False
        return True

    def _let_go(self) -> None:
        """Without a connection there is no consumer to cancel: whoever waits for that is told that it is done."""
        while self._pending_remove_providers:
            provider, gone = self._pending_remove_providers.popitem()
            self._consumers.pop(provider, None)
            gone.send()

    def _cancel_consumers_if_requested(self) -> None:
        """nameko forgets the request where the broker goes away over it, and whoever stops would wait for ever."""
        for provider, gone in list(self._pending_remove_providers.items()):
            self._consumers[provider].cancel()
            del self._consumers[provider], self._pending_remove_providers[provider]
            gone.send()

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        for provider in self._providers:
            consumer = consumer_cls(queues=[provider.queue], on_message=partial(self._hand_over, provider))
            consumer.qos(prefetch_count=self.prefetch_count)
            self._consumers[provider] = consumer
        return self._consumers.values()

    def _hand_over(self, provider: Any, message: Any) -> None:
        self.container.spawn_managed_thread(partial(self._handle, provider, message))

    def _handle(self, provider: Any, message: Any) -> None:
        """What is raised in such a thread would end the process; the message would then end the next one."""
        try:
            provider.handle_message(message)
        except Exception as error:
            log.error("delivery_failed", service=self.container.service_name, kind=type(error).__name__)
            self.reject_message(message)

    def ack_message(self, message: Any) -> None:
        self._settle(super().ack_message, message)

    def requeue_message(self, message: Any) -> None:
        self._settle(super().requeue_message, message)

    def reject_message(self, message: Any) -> None:
        """For good: a queue without dead letters forgets it."""
        self._settle(lambda rejected: rejected.reject(), message)

    def _settle(self, settle: Callable[[Any], None], message: Any) -> None:
        """Where the connection is gone the broker has the message again; whatever it is, it is no reason to die."""
        try:
            settle(message)
        except Exception as error:
            log.warning("not_settled", service=self.container.service_name, kind=type(error).__name__)
