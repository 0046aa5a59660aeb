"""`skills waiting`: what somebody has to do next, asked of every service and merged, the oldest first."""

from __future__ import annotations

import click

from cli.caller_options import asked_alike, pages, speaks
from cli.refusals import refusals_end
from cli.system import Target, reached, reaches_system
from shared.contracts.common import ListWaiting, WaitingItem
from shared.runtime.system_client import System
from shared.security.speaker import Speaker


@click.command("waiting")
@speaks()
@reaches_system
def waiting(speaker: Speaker, target: Target) -> None:
    """列出某一角色的待办事项，合并各服务，最早的在前。"""
    with refusals_end(), reached(target) as system:
        found = waiting_of(system, speaker)
    for service, item in found:
        due = f"  {item.due_on} 前" if item.due_on else ""
        click.echo(f"{item.since}  {item.title}{due}  {item.district or ''}  {item.id}  {service}".rstrip())
    click.echo(f"共 {len(found)} 项")


def waiting_of(system: System, speaker: Speaker) -> list[tuple[str, WaitingItem]]:
    """Each thing with the service that it waits in, by the day since when it waits."""
    found = [
        (method.service, item)
        for method in asked_alike("list_waiting", speaker)
        for page in pages(system, method, ListWaiting(), speaker)
        for item in page.items
    ]
    return sorted(found, key=lambda one: one[1].since)
