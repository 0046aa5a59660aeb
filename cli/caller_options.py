"""Who asks from the command line: the options that say so, and pages asked to their end."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import click

from shared.contracts.catalogue import METHODS
from shared.contracts.schema.declare import SERVICES, Method
from shared.runtime.system_client import System, speaker_of
from shared.security.speaker import DISTRICT_ROLES, ORGANISATION_ROLES, ROLE_NAMES, Role, Speaker

Command = TypeVar("Command", bound=Callable[..., Any])

ROLES = [role.value for role in Role if role is not Role.MACHINE]


def speaks(default: Role | None = None) -> Callable[[Command], Callable[..., Any]]:
    """Adds --role, --subject, --district and --organisation to a command, which then takes them as `speaker`.

    `default`: the role where none is named; None: it must be.
    """

    def add(command: Command) -> Callable[..., Any]:
        @click.option(
            "--role",
            type=click.Choice(ROLES),
            default=default.value if default else None,
            required=default is None,
            show_default=True,
            help="以何角色",
        )
        @click.option("--subject", default="cli", show_default=True, help="登录人标识")
        @click.option("--district", help="区级角色的辖区代码")
        @click.option("--organisation", help="企业、培训机构的单位编号")
        @functools.wraps(command)
        def with_speaker(
            *arguments: Any, role: str, subject: str, district: str | None, organisation: str | None, **options: Any
        ) -> Any:
            try:
                speaker = speaker_of(role, subject, district, organisation)
            except ValueError as problem:
                raise click.UsageError(how_to_name_yourself(Role(role), district, organisation)) from problem
            return command(*arguments, speaker=speaker, **options)

        return with_speaker

    return add


def how_to_name_yourself(role: Role, district: str | None, organisation: str | None) -> str:
    """What to mend on the command line, where it makes no speaker."""
    if role in DISTRICT_ROLES and district is None:
        return f"{ROLE_NAMES[role]}（{role}）须写明辖区：请加 --district，如 110105"
    if role in ORGANISATION_ROLES and organisation is None:
        return f"{ROLE_NAMES[role]}（{role}）须写明单位：请加 --organisation 和单位编号"
    return "--district 须为六位数字代码，如 110105；其他标识不能含空格，最长 128 个字符，请更正"


def asked_alike(name: str, speaker: Speaker) -> list[Method[Any, Any]]:
    """The method of that name in each service that has one for the speaker's role."""
    found = [METHODS[f"{service}.{name}"] for service in SERVICES if f"{service}.{name}" in METHODS]
    return [method for method in found if speaker.role in method.roles]


def pages(system: System, method: Method[Any, Any], request: Any, speaker: Speaker) -> Iterator[Any]:
    """Every page of an answer with a cursor."""
    while True:
        page = system.ask(method, request, speaker)
        yield page
        if page.cursor is None:
            return
        request = replace(request, cursor=page.cursor)
