"""`skills waiting`: what somebody has to do next, asked of every service and merged, the oldest first."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cli.caller_options import asked_alike, pages, speaks
from cli.system import reached, reaches_system
from shared.contracts.common import ListWaiting, WaitingItem
from shared.errors import SkillsError
from shared.runtime.system_client import System
from shared.security.speaker import Speaker


@click.command("waiting")
@speaks()
@reaches_system
def waiting(speaker: Speaker, amqp: str | None, keys: Path | None, data: Path) -> None:
    """列出某一角色的待办事项，合并各服务，最早的在前。"""
    try:
        with reached(amqp, keys, data) as system:
            found = waiting_of(system, speaker)
    except SkillsError as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)
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
