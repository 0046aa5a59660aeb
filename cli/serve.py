"""`skills serve SERVICE` runs one service from its environment; `skills migrate SERVICE` updates its database."""

from __future__ import annotations

import os

import click

from shared.bus.grants import GrantsError
from shared.contracts.schema.declare import SERVICES
from shared.kernel.policy_documents import refuse_changed
from shared.policy.problems import PolicyProblems
from shared.runtime import launcher
from shared.runtime.rulebook import checked_policies
from shared.security.keys import KeysError
from shared.settings import SettingsError, from_environment
from shared.store.migrate import upgrade

_service = click.argument("service", type=click.Choice(SERVICES))


@click.command("serve")
@_service
def serve(service: str) -> None:
    """运行一个服务，直到收到 SIGTERM。设置取自环境变量。"""
    try:
        launcher.serve(from_environment(service))
    except (SettingsError, KeysError, GrantsError, PolicyProblems) as problem:
        raise click.ClickException(str(problem)) from problem


@click.command("migrate")
@_service
@click.option("--runs-as", help="运行该服务的数据库角色，迁移后授予其权限")
def migrate(service: str, runs_as: str | None) -> None:
    """把一个服务的数据库升级到最新结构。

    以属主角色（DATABASE_OWNER_URL）进行；先核对政策文件（POLICY_PATH），有问题则不动。
    """
    url = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL")
    if not url:
        raise click.ClickException("未设置数据库地址：请在环境变量 DATABASE_OWNER_URL 中写明")
    try:
        refuse_changed(url, checked_policies(os.environ.get("POLICY_PATH", "")))
    except (SettingsError, PolicyProblems) as problem:
        raise click.ClickException(str(problem)) from problem
    upgrade(service, url, runs_as=runs_as)
    click.echo(f"{service}：数据库结构已是最新")
