"""Reaching a system from the command line: the embedded one on a folder, or a running one over AMQP."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
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
def reached(amqp: str | None, keys: Path | None, data: Path, *, settles: bool = True) -> Iterator[System]:
    """The system that the options name; an embedded one is settled, unless told not to, and stopped at the end."""
    configure_logs("cli", level=logging.WARNING)
    try:
        if amqp:
            if keys is None:
                raise click.UsageError("与 --amqp 一起还需要 --keys（或环境变量 KEYS_DIR）")
            with contextlib.closing(system_at(amqp, Keys(FolderSource(keys)))) as system:
                yield system
            return
        with (
            embedded.running(data, [SANDBOX_ISSUER]) as folder,
            contextlib.closing(system_at(embedded.AMQP_URL, Keys(FolderSource(folder.keys)))) as system,
        ):
            yield system
            if settles:
                system.settle()
    except (SettingsError, KeysError, PolicyProblems, NotSettledError) as problem:
        raise click.ClickException(str(problem)) from problem
