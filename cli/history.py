"""`skills history PROJECT`: what happened to a project, told by every service that knows it, in the order of time."""

from __future__ import annotations

import click

from cli.caller_options import asked_alike, pages, speaks
from cli.refusals import refusals_end
from cli.system import Target, reached, reaches_system
from shared.contracts.common import GetHistory, HistoryLine
from shared.errors import NotFound
from shared.runtime.system_client import System
from shared.security.speaker import ROLE_NAMES, Role, Speaker


@click.command("history")
@click.argument("project")
@speaks(Role.CITY_OFFICER)
@reaches_system
def history(project: str, speaker: Speaker, target: Target) -> None:
    """按时间顺序显示一个项目的全部经过：申报审核、培训、资金。"""
    with refusals_end(), reached(target) as system:
        found = history_of(system, project, speaker)
    for service, line in found:
        words = f"  {line.words}" if line.words else ""
        click.echo(f"{line.on}  {line.title}  {_who(line)}  {service}{words}")
    click.echo(f"共 {len(found)} 条")


def history_of(system: System, project: str, speaker: Speaker) -> list[tuple[str, HistoryLine]]:
    """Each line with the service that tells it. Raises NotFound where no service knows the project, or none may say."""
    found: list[tuple[str, HistoryLine]] = []
    unknown: NotFound | None = None
    for method in asked_alike("get_history", speaker):
        try:
            for page in pages(system, method, GetHistory(project), speaker):
                found += [(method.service, line) for line in page.lines]
        except NotFound as none:  # a project not yet approved is known to review alone
            unknown = none
    if not found and unknown is not None:
        raise unknown
    return sorted(found, key=lambda one: one[1].at)


def _who(line: HistoryLine) -> str:
    """What a service does by itself follows from what that person did."""
    if line.role == Role.MACHINE.value:
        return f"系统（随 {line.by} 的办理）"
    return f"{line.by}（{ROLE_NAMES[Role(line.role)] if line.role in tuple(Role) else line.role}）"
