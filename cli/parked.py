"""`skills parked list|show|replay`: events that a service could not apply, why, and another try."""

from __future__ import annotations

import click

from cli.refusals import refusals_told
from cli.system import Target, reached, reaches_system
from shared.contracts.kernel.missed_events import LIST_PARKED, REPLAY_PARKED, SHOW_PARKED, ListParked, OneParked
from shared.contracts.schema.declare import SERVICES

_service = click.argument("service", type=click.Choice(SERVICES))
_event = click.argument("event_id")


@click.group("parked")
def parked() -> None:
    """查看和重试搁置的事件。"""


@parked.command("list")
@reaches_system
def list_parked(target: Target) -> None:
    """列出各服务搁置的事件及原因。"""
    with reached(target, settles=False) as system:
        found = 0
        for service in SERVICES:
            for one in system.ask(LIST_PARKED[service], ListParked()).parked:
                found += 1
                click.echo(f"{service}  {one.event_id}  {one.name}  尝试 {one.attempts} 次  {one.reason}")
        click.echo(f"共 {found} 条")


@parked.command("show")
@_service
@_event
@reaches_system
def show(service: str, event_id: str, target: Target) -> None:
    """显示一条搁置事件的原因和内容（只含编号，不含个人信息）。"""
    with reached(target, settles=False) as system, refusals_told():
        one = system.ask(SHOW_PARKED[service], OneParked(event_id))
        click.echo(f"原因：{one.reason}\n{one.body}")


@parked.command("replay")
@_service
@_event
@reaches_system
def replay(service: str, event_id: str, target: Target) -> None:
    """原因排除后，让一条搁置事件重新办理。"""
    with reached(target, settles=False) as system, refusals_told():
        system.ask(REPLAY_PARKED[service], OneParked(event_id))
        click.echo(f"{event_id} 已重新排队")
