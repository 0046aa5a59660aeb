"""`skills file send|fetch`: files that a call names: spreadsheets to be imported, papers and sheets that were made."""

from __future__ import annotations

from pathlib import Path

import click

from cli.caller_options import speaks
from cli.files import fetch, send
from cli.refusals import refusals_told
from cli.system import Target, reached, reaches_system
from shared.contracts.schema.declare import SERVICES
from shared.security.speaker import Role, Speaker


@click.group("file")
def file() -> None:
    """上传表格供调用时引用，取回文书和表格。"""


@file.command("send")
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@speaks(Role.OPERATOR)
@reaches_system
def send_file(service: str, path: Path, speaker: Speaker, target: Target) -> None:
    """上传一个文件，显示它的引用（sha256:…），供 skills call 填写。"""
    with refusals_told(), reached(target) as system:
        click.echo(send(system, service, speaker, path.read_bytes(), path.name))


@file.command("fetch")
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("reference")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="放在哪个目录")
@speaks(Role.OPERATOR)
@reaches_system
def fetch_file(service: str, reference: str, out: Path, speaker: Speaker, target: Target) -> None:
    """按引用（答复中的 file）取回一个文件，以它的名称保存。"""
    with refusals_told(), reached(target) as system:
        content, name = fetch(system, service, speaker, reference)
    out.mkdir(parents=True, exist_ok=True)
    kept = out / Path(name).name
    kept.write_bytes(content)
    click.echo(str(kept))
