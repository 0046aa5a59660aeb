"""The `skills` command. Each subcommand lives in a module of its own and is imported only when it is called.

That is not for speed alone: a command that runs services must make the standard library green before anything else
is imported, so nothing else may be imported here.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click

from shared.cli.lazy import LazyGroup

COMMANDS: Mapping[str, str] = {
    "audit": "shared.cli.audit:audit",
    "broker": "shared.cli.broker:broker",
    "call": "shared.cli.call:call",
    "decisions": "shared.cli.decisions:decisions",
    "demo": "shared.cli.demo:demo",
    "figures": "shared.cli.figures:figures",
    "file": "shared.cli.transfer:file",
    "history": "shared.cli.history:history",
    "keys": "shared.cli.key_use:keys",
    "migrate": "shared.cli.serve:migrate",
    "parked": "shared.cli.parked:parked",
    "quote": "shared.cli.quote:quote",
    "rules": "shared.cli.rules:rules",
    "scenario": "shared.cli.scenario:scenario",
    "serve": "shared.cli.serve:serve",
    "sheet": "shared.cli.sheet:sheet",
    "token": "shared.cli.token:token",
    "waiting": "shared.cli.waiting:waiting",
}

RUN_SERVICES = frozenset(
    {
        "audit",
        "call",
        "decisions",
        "demo",
        "figures",
        "file",
        "history",
        "keys",
        "parked",
        "rules",
        "scenario",
        "serve",
        "sheet",
        "waiting",
    }
)
"""Commands that may run services in this process: the launcher makes the standard library green before they import."""


class Skills(LazyGroup):
    """Makes the standard library green before a command that runs services is imported."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in RUN_SERVICES:
            importlib.import_module("shared.bus.launcher")
        return super().get_command(ctx, cmd_name)


@click.group(cls=Skills, places=COMMANDS)
def main() -> None:
    """职业技能培训补贴管理系统的命令行工具。"""


if __name__ == "__main__":
    main(prog_name="skills")
