"""`skills broker`: users and rights of outside systems on RabbitMQ. What they mean: docs/security.md."""

from __future__ import annotations

import http.client
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from shared.bus import broker_rights
from shared.bus.grants import Grant, GrantsError, granted_by, outside_of
from shared.bus.rabbitmq_api import Management, ManagementError
from shared.contracts.schema.declare import SERVICES

Command = TypeVar("Command", bound=Callable[..., Any])

_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))


def _reaches_broker(command: Command) -> Command:
    """Adds --management and --vhost."""
    for option in (
        click.option(
            "--management",
            envvar="RABBITMQ_MANAGEMENT",
            required=True,
            help="RabbitMQ 管理接口 http://用户:密码@主机:端口（宜写入环境变量 RABBITMQ_MANAGEMENT）",
        ),
        click.option("--vhost", default="skills", show_default=True, help="虚拟主机"),
    ):
        command = option(command)
    return command


@click.group("broker")
def broker() -> None:
    """为外部系统开通、调整、收回消息总线的权限。"""


@broker.command("show")
@_file
def show(file: Path) -> None:
    """核对授权清单 FILE，列出由此得出的权限；不作改动。"""
    with _explained():
        for grant in outside_of(granted_by(file)()):
            click.echo(grant.system)
            granted = broker_rights.outside_rights(grant)
            click.echo(f"  configure {granted.rights.configure}  read {granted.rights.read}")
            for topic in granted.topics:
                click.echo(f"  {topic.exchange}: write {topic.write}  read {topic.read}")
            for queue in granted.queues:
                click.echo(f"  {queue.name} ← {', '.join(queue.keys)}")


@broker.command("grant")
@_file
@click.option(
    "--passwords",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("passwords"),
    show_default=True,
    help="新用户的密码写入此目录的 <系统>.password（0600）",
)
@_reaches_broker
def grant(file: Path, passwords: Path, management: str, vhost: str) -> None:
    """按授权清单 FILE 建立用户、权限和事件队列；已有用户的密码不变。各服务随后自行读取新的清单。"""
    with _explained():
        node = Management.at(management)
        known = node.users()
        for granted in outside_of(granted_by(file)()):
            if not known.get(granted.system, True):
                raise click.ClickException(f"{granted.system} 是 RabbitMQ 管理用户，请为外部系统另取名称")
            if granted.system not in known:
                _add_user(node, granted, passwords)
            broker_rights.apply(node, vhost, granted.system, broker_rights.outside_rights(granted))
            click.echo(f"{granted.system}：方法 {len(granted.methods)} 项，事件队列 {len(granted.queues)} 个")


@broker.command("revoke")
@click.argument("system")
@_reaches_broker
def revoke(system: str, management: str, vhost: str) -> None:
    """删除外部系统 SYSTEM 的用户（其连接即断开），其队列不再接收事件；授权清单中的条目请另行删除。"""
    with _explained():
        node = Management.at(management)
        ordinary = [user for user, ordinary in node.users().items() if ordinary and user not in SERVICES]
        if system not in ordinary:
            raise click.ClickException(f"没有外部系统 {system}；已有：{', '.join(sorted(ordinary))}")
        nothing = broker_rights.outside_rights(Grant(system, frozenset(), frozenset()))
        broker_rights.apply(node, vhost, system, nothing)
        node.remove_user(system)
    click.echo(f"{system} 已收回")


def _add_user(node: Management, granted: Grant, passwords: Path) -> None:
    """The password is written before the user is made: one that nobody knows would be of no use."""
    passwords.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = secrets.token_urlsafe(24)
    file = passwords / f"{granted.system}.password"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(password + "\n")
    node.add_user(granted.system, password)
    click.echo(f"已建立用户 {granted.system}，密码在 {file}")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (GrantsError, ManagementError, ValueError, OSError, http.client.HTTPException) as problem:
        raise click.ClickException(str(problem)) from problem
