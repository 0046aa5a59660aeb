"""Reaching a system from the command line: the embedded one on a folder, or a running one over AMQP."""

from __future__ import annotations

import contextlib
import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click
from tenacity import Retrying, retry_if_exception_type, retry_if_result, stop_after_delay, wait_fixed

from shared.bus import embedded  # makes the standard library green: before everything else
from shared.bus.client import Caller
from shared.cli.token import SANDBOX_ISSUER
from shared.clock import now
from shared.contracts import codec
from shared.contracts.catalogue import EVENTS
from shared.contracts.declare import SERVICES, Method
from shared.contracts.kernel import MOVE_CLOCK, SETTLEMENT, AskSettlement, MoveClock, Settlement
from shared.errors import Unavailable
from shared.observability import configure_logs
from shared.security.keys import FOLDER_VARIABLE, FolderSource, Keys, KeysError
from shared.security.speaker import Purpose, Role, Speaker
from shared.security.tokens import TokenIssuer
from shared.settings import SettingsError

Command = TypeVar("Command", bound=Callable[..., Any])

TOKEN_LIFETIME = timedelta(minutes=5)
OPERATOR = Speaker(subject="cli", system="cli", role=Role.OPERATOR)
AUDITOR = Speaker(subject="cli", system="cli", role=Role.AUDITOR)
PATIENCE = 120.0
"""Seconds that a story waits for a part that is down, repeating the same request id."""


class NotSettledError(Exception):
    """Something that was told is not applied everywhere in time, or is parked."""


@dataclass(frozen=True)
class System:
    """A system that can be called. `issuer` signs the sandbox's tokens."""

    caller: Caller
    issuer: TokenIssuer
    keys: Keys

    def ask(self, method: Method[Any, Any], request: Any, speaker: Speaker = OPERATOR) -> Any:
        """The contract's answer. A part that is down is asked again, with the same request id, for a while."""
        wire = self.call(method.route, codec.write(request), speaker)
        return codec.read_tolerant(method.answer, wire)

    def call(
        self,
        route: str,
        payload: Mapping[str, Any],
        speaker: Speaker,
        *,
        patience: float = PATIENCE,
        request_id: str | None = None,
    ) -> Any:
        """Plain JSON in and out; see `ask`."""
        request_id = request_id or uuid.uuid4().hex
        for attempt in Retrying(
            retry=retry_if_exception_type(Unavailable),
            stop=stop_after_delay(patience),
            wait=wait_fixed(0.2),
            reraise=True,
        ):
            with attempt:
                token = self.issuer.issue(speaker, now(), TOKEN_LIFETIME)
                answer = self.caller.call_raw(route, dict(payload), token=token, request_id=request_id, timeout=60.0)
        return answer

    def settle(self) -> None:
        """Returns when two successive readings agree that all that was told is applied; raises NotSettledError."""
        waiting = Retrying(
            retry=retry_if_result(lambda settled: not settled), stop=stop_after_delay(PATIENCE), wait=wait_fixed(0.01)
        )
        before: dict[str, Settlement] = {}

        def settled() -> bool:
            nonlocal before
            reading = {service: self.ask(SETTLEMENT[service], AskSettlement()) for service in SERVICES}
            parked = [service for service, one in reading.items() if one.parked]
            if parked:
                raise NotSettledError(f"搁置的事件：{', '.join(parked)}，请用 skills parked list 查看")
            same, before = reading == before, reading
            return same and _all_applied(reading)

        waiting(settled)

    def move_clock(self, to: date) -> None:
        for service in SERVICES:
            self.ask(MOVE_CLOCK[service], MoveClock(to))


def _all_applied(reading: Mapping[str, Settlement]) -> bool:
    idle = all(not (one.unsent or one.waiting or one.open_commands) for one in reading.values())
    return idle and all(
        reading[consumer].applied.get(name, 0) == reading[event.owner].told.get(name, 0)
        for name, event in EVENTS.items()
        for consumer in event.consumers
    )


def reaches_system(command: Command) -> Command:
    """Adds --amqp, --keys and --data to a command, which then takes them as `amqp`, `keys`, `data`."""
    for option in (
        click.option("--amqp", help="运行中的系统的 AMQP 地址；不写则在本进程内启动一套"),
        click.option(
            "--keys",
            type=click.Path(path_type=Path),
            envvar=FOLDER_VARIABLE,
            help="密钥目录（与 --amqp 一起使用），用于签发演示令牌",
        ),
        click.option(
            "--data",
            type=click.Path(path_type=Path, file_okay=False),
            default=Path("var/embedded"),
            show_default=True,
            help="本进程内系统的数据目录",
        ),
    ):
        command = option(command)
    return command


@contextlib.contextmanager
def reached(amqp: str | None, keys: Path | None, data: Path) -> Iterator[System]:
    """The system that the options name; an embedded one is settled and stopped at the end."""
    configure_logs("cli", level=logging.WARNING)
    try:
        if amqp:
            if keys is None:
                raise click.UsageError("与 --amqp 一起还需要 --keys（或环境变量 KEYS_DIR）")
            yield _system(amqp, Keys(FolderSource(keys)))
            return
        with embedded.running(data, [SANDBOX_ISSUER]) as folder:
            system = _system(embedded.AMQP_URL, Keys(FolderSource(folder.keys)))
            yield system
            system.settle()
    except (SettingsError, KeysError) as problem:
        raise click.ClickException(str(problem)) from problem


def speaker_of(role: str, subject: str, district: str | None = None, organisation: str | None = None) -> Speaker:
    """A speaker of the sandbox, who may name any purpose that the role is allowed. Raises ValueError."""
    return Speaker(
        subject=subject,
        system=SANDBOX_ISSUER,
        role=Role(role),
        district=district,
        organisation=organisation,
        purposes=frozenset(Purpose),
    )


def _system(amqp: str, keys: Keys) -> System:
    return System(Caller(amqp), TokenIssuer(SANDBOX_ISSUER, keys.issuer_key(SANDBOX_ISSUER)), keys)
