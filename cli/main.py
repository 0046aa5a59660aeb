"""The `skills` command. Each subcommand lives in a module of its own and is imported only when it is called.

That is not for speed alone: a command that runs services must make the standard library green before anything else
is imported, so nothing else may be imported here.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click

from cli.lazy import LazyGroup

COMMANDS: Mapping[str, str] = {
    "audit": "cli.audit:audit",
    "broker": "cli.broker:broker",
    "call": "cli.call:call",
    "decisions": "cli.decisions:decisions",
    "demo": "cli.demo:demo",
    "figures": "cli.figures:figures",
    "file": "cli.file_transfer:file",
    "history": "cli.history:history",
    "keys": "cli.key_status:keys",
    "migrate": "cli.serve:migrate",
    "parked": "cli.parked:parked",
    "quote": "cli.quote:quote",
    "rules": "cli.rules:rules",
    "scenario": "cli.scenario:scenario",
    "serve": "cli.serve:serve",
    "sheet": "cli.sheet:sheet",
    "token": "cli.token:token",
    "waiting": "cli.worklist:waiting",
}

RUN_NO_SERVICES = frozenset({"broker", "migrate", "quote", "token"})
"""The other commands may run services in this process: the launcher makes the standard library green before their
import."""


class Skills(LazyGroup):
    """Makes the standard library green before a command that runs services is imported."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """As LazyGroup's, the standard library green before."""
        if cmd_name in COMMANDS.keys() - RUN_NO_SERVICES:
            importlib.import_module("shared.runtime.launcher")
        return super().get_command(ctx, cmd_name)


@click.group(cls=Skills, places=COMMANDS)
def main() -> None:
    """职业技能培训补贴管理系统的命令行工具。"""


if __name__ == "__main__":
    main(prog_name="skills")
