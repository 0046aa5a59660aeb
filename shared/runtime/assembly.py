"""One service, put together from its settings: kernel, outbox, inbox, sealer and the loops that run them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from shared.bus.admission import Doorway
from shared.bus.client import Caller
from shared.bus.grants import granted_by
from shared.bus.publisher import BusPublisher
from shared.clock import now
from shared.contracts.kernel import KERNEL_METHODS
from shared.contracts.schema.declare import Method
from shared.kernel import operations
from shared.kernel.audit_sealer import Sealer
from shared.kernel.background_loops import Duty
from shared.kernel.crash_points import CrashPoints
from shared.kernel.inbox import Inbox
from shared.kernel.outbox import Outbox
from shared.kernel.pipeline import Kernel
from shared.kernel.policy_documents import record_documents
from shared.kernel.service import Ask, EveryCommit, Loop, Service
from shared.observability import NEEDS_OLD_KEY, WAITING
from shared.policy.policies import load_documents
from shared.runtime.rulebook import check_document, checked
from shared.security.keys import SERVICES_ISSUER, Keys
from shared.security.live_keys import LiveKeys
from shared.security.objects import DirectoryStore, EncryptedObjects
from shared.security.speaker import Purpose, Speaker
from shared.security.tokens import TokenIssuer, TokenVerifier
from shared.settings import Settings
from shared.store.database import Database
from shared.store.key_rotation import Files, Renewal

SERVICE_TOKEN = timedelta(minutes=5)
RENEWING_PAUSE = 2.0
"""Seconds until a change of the keys is looked for again."""
MEASURING_PAUSE = 5.0
"""Seconds between two looks at what waits: each costs a handful of queries that read what waits and nothing else."""


@dataclass
class Parts:
    """A running service's parts. Ready only while `consuming`: from when its queues are consumed until SIGTERM.

    `arrived` wakes the loop that applies what was heard.
    """

    kernel: Kernel
    doorway: Doorway
    outbox: Outbox
    inbox: Inbox
    sealer: Sealer
    caller: Caller
    duties: list[Duty]
    renewals: Sequence[Renewal] = ()
    call_delivery_limit: int = Settings.call_delivery_limit
    consuming: bool = False
    arrived: Callable[[], None] = lambda: None

    def hear(self, body: bytes | str, exchange: str) -> None:
        """Stores a delivery and wakes the loop that applies it. `exchange`: to which it was told."""
        self.inbox.store(body, exchange)
        self.kernel.crash_points.reached("before_ack", "")
        self.arrived()

    def committed(self, name: str) -> None:
        """Wakes the loops that the commit of this method or event can give work to, and no other."""
        for duty in self.duties:
            duty.committed(name)

    def measure(self) -> int:
        """One round of the gauges of what waits. Each replica has them. Answers 0: it doesn't go on at once."""
        self.outbox.measure()
        self.inbox.measure()
        self.sealer.measure()
        for renewal in self.renewals:
            NEEDS_OLD_KEY.labels(self.kernel.name, renewal.name).set(renewal.measure())
        WAITING.measured(MEASURING_PAUSE)
        return 0


def assemble(service: type[Service], settings: Settings) -> Parts:
    """Builds a service's parts. Raises PolicyProblems where a document and its own rules disagree, SettingsError where
    a known document's body has changed, KeysError and GrantsError where those files can't be used.
    """
    keys = LiveKeys.of(settings.keys)
    database = Database(settings.database_url, pool_size=settings.workers + 5)
    policies = checked(load_documents(settings.policy_path), service.name)
    record_documents(database, policies)
    keys.token_key(service.name)  # what is missing is told at the start
    crash_points = CrashPoints(settings.crash_at)
    caller = Caller(settings.amqp_url, service.name)
    kernel = Kernel(
        service=service,
        database=database,
        policies=policies,
        verifier=TokenVerifier(keys.trusted()),
        call_out=_call_out(service.name, caller, keys),
        check_document=partial(check_document, service.name),
        objects=EncryptedObjects(DirectoryStore(settings.objects_dir), keys.ring("objects")),
        allow_clock=settings.allow_clock,
        crash_points=crash_points,
        grants=granted_by(settings.method_grants),
    )
    outbox = Outbox(service.name, database, crash_points)
    inbox = Inbox(kernel)
    sealer = Sealer(service.name, database, partial(keys.audit_key, service.name), settings.seal_every)
    service.prepare(settings, keys)
    service.record(database)
    renewals = [*service.renewals(database), Renewal("objects", kernel.objects.ring, [Files(kernel.objects)])]
    operations.install(kernel, outbox, inbox, sealer, renewals)
    doorway = Doorway(service.name, in_process=settings.embedded)
    parts = Parts(kernel, doorway, outbox, inbox, sealer, caller, [], renewals, settings.call_delivery_limit)
    parts.duties.extend(_duties(service, settings, parts))
    kernel.wake = parts.committed
    return parts


def _duties(service: type[Service], settings: Settings, parts: Parts) -> list[Duty]:
    kernel, outbox, inbox = parts.kernel, parts.outbox, parts.inbox
    holder = uuid.uuid4().hex
    publisher = BusPublisher(service.name, settings.amqp_url)

    def duty(loop: Loop, *, leased: bool = True) -> Duty:
        woken_by = loop.woken_by
        return Duty(
            loop.name, service.name, kernel.database, holder, loop.work, loop.pause, woken_by=woken_by, leased=leased
        )

    replayed = {KERNEL_METHODS["replay_parked"][service.name].route}
    sending = duty(Loop("outbox", lambda: outbox.send_batch(publisher), 1.0, EveryCommit()))
    applying = duty(Loop("inbox", lambda: inbox.apply_batch(applying.may_go_on), 1.0, replayed))
    applying.next_in = inbox.next_try_in
    parts.arrived = applying.waker.wake
    others = [
        applying,
        duty(Loop("sealing", parts.sealer.seal_batch, settings.seal_every, EveryCommit())),
        *(duty(Loop(f"renewing-{renewal.name}", renewal.round, RENEWING_PAUSE)) for renewal in parts.renewals),
        *map(duty, service.errands(kernel.database, _ask_in_own_name(kernel))),
        *map(duty, service.dated_duties(kernel)),
    ]
    for other in others:
        other.then = sending.waker.wake  # what a duty did may have told something
    return [sending, *others, *_measuring(service, settings, parts, duty)]


def _measuring(service: type[Service], settings: Settings, parts: Parts, duty: Callable[..., Duty]) -> list[Duty]:
    """Nobody can read the gauges of a process without HTTP. What waits is cheap and measured by each replica."""
    if settings.http_port is None:
        return []
    waiting = Loop("measuring", parts.measure, MEASURING_PAUSE)
    return [duty(waiting, leased=False), *map(duty, service.gauges(parts.kernel.database))]


def _call_out(name: str, caller: Caller, keys: Keys) -> Callable[..., Any]:
    def call_out(method: Method[Any, Any], request: Any, *, speaker: Speaker, **options: Any) -> Any:
        itself = Speaker.service(name, purposes=speaker.purposes, on_behalf_of=speaker.person)
        token = TokenIssuer(SERVICES_ISSUER, keys.token_key(name)).issue(itself, now(), SERVICE_TOKEN)
        return caller.call(method, request, token=token, **options)

    return call_out


def _ask_in_own_name(kernel: Kernel) -> Ask:
    def ask(method: Method[Any, Any], request: Any, *, purposes: frozenset[Purpose] = frozenset()) -> Any:
        return kernel.call_out(method, request, speaker=Speaker.service(kernel.name, purposes))

    return ask
