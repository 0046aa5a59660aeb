"""Reaching a system from the command line: the embedded one on a folder, or a running one over AMQP."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from shared.observability import configure_logs
from shared.policy.problems import PolicyProblems
from shared.runtime import embedded
from shared.runtime.system_client import SANDBOX_ISSUER, NotSettledError, System, system_at
from shared.security.keys import FOLDER_VARIABLE, FolderSource, Keys, KeysError
from shared.settings import SettingsError

Command = TypeVar("Command", bound=Callable[..., Any])
EMBEDDED = Path("var/embedded")


@dataclass(frozen=True, slots=True)
class Target:
    """Which system: a running one at `amqp`, with tokens by `keys`, else the embedded one on folder `data`."""

    amqp: str | None
    keys: Path | None
    data: Path


def reaches_system(command: Command) -> Callable[..., Any]:
    """Adds --amqp, --keys and --data to a command, which then takes them as `target`."""

    @click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=EMBEDDED,
        show_default=True,
        help="本进程内系统的数据目录",
    )
    @click.option(
        "--keys",
        type=click.Path(path_type=Path),
        envvar=FOLDER_VARIABLE,
        help="密钥目录（与 --amqp 一起使用），用于签发演示令牌",
    )
    @click.option("--amqp", help="运行中的系统的 AMQP 地址；不写则在本进程内启动一套")
    @functools.wraps(command)
    def with_target(*arguments: Any, amqp: str | None, keys: Path | None, data: Path, **options: Any) -> Any:
        return command(*arguments, target=Target(amqp, keys, data), **options)

    return with_target


@contextlib.contextmanager
def reached(target: Target, *, settles: bool = True) -> Iterator[System]:
    """The system meant; an embedded one is settled, unless told not to, and stopped at the end.

    Raises click.ClickException where it can't be reached or doesn't settle.
    """
    configure_logs("cli", level=logging.WARNING)
    try:
        if target.amqp:
            if target.keys is None:
                raise click.UsageError("与 --amqp 一起还需要 --keys（或环境变量 KEYS_DIR）")
            with contextlib.closing(system_at(target.amqp, Keys(FolderSource(target.keys)))) as system:
                yield system
            return
        with (
            embedded.running(target.data, [SANDBOX_ISSUER]) as folder,
            contextlib.closing(system_at(embedded.AMQP_URL, Keys(FolderSource(folder.keys)))) as system,
        ):
            yield system
            if settles:
                system.settle()
    except (SettingsError, KeysError, PolicyProblems, NotSettledError) as problem:
        raise click.ClickException(str(problem)) from problem
