"""`skills keys`: makes, lists and rotates the key folder; `key_status.py` adds what asks a running system.

What a rotation means: docs/security.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from shared.clock import beijing_today
from shared.contracts.schema.declare import SERVICES
from shared.runtime.system_client import SANDBOX_ISSUER
from shared.security import key_files
from shared.security.keys import SECRET_BYTES, KeysError

_directory = click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
_folder = click.argument("folder")


@click.group("keys")
def keys() -> None:
    """生成、查看和轮换密钥目录。"""


@keys.command("init")
@_directory
@click.option("--service", "services", multiple=True, default=SERVICES, show_default=True, help="系统服务")
@click.option("--issuer", "issuers", multiple=True, default=(SANDBOX_ISSUER,), show_default=True, help="令牌签发者")
@click.option("--no-issuer", is_flag=True, help="不生成令牌签发密钥（正式环境由统一认证签发）")
def init(directory: Path, services: tuple[str, ...], issuers: tuple[str, ...], no_issuer: bool) -> None:
    """生成缺少的密钥并公布公钥；已有的一律不动。"""
    with explained():
        made = key_files.init(directory, services, () if no_issuer else issuers, beijing_today())
    for folder in made:
        click.echo(f"已生成 {folder}")
    click.echo(f"密钥目录就绪：{directory}")


@keys.command("list")
@_directory
def list_keys(directory: Path) -> None:
    """列出各类密钥的编号，* 为在用。"""
    with explained():
        for folder in key_files.folders(directory):
            active = key_files.active_id(directory, folder)
            for key_id in key_files.key_ids(directory, folder):
                click.echo(f"{'*' if key_id == active else ' '} {folder} {key_id}")


@keys.command("rotate")
@_directory
@_folder
@click.option("--algorithm", type=click.Choice(sorted(SECRET_BYTES)), help="新密钥的算法（仅对称密钥）")
@click.option("--stage", is_flag=True, help="只加入新密钥，暂不启用；之后用 activate 启用")
def rotate(directory: Path, folder: str, algorithm: str | None, stage: bool) -> None:
    """为 FOLDER（如 personal、services/registry/token）加入新密钥并启用；旧密钥保留。"""
    with explained():
        key_id = key_files.add_key(directory, folder, beijing_today(), algorithm)
        if not stage:
            key_files.activate(directory, folder, key_id)
    click.echo(f"{folder} 已加入新密钥 {key_id}" + ("，尚未启用" if stage else "并启用，运行中的服务数秒内改用"))


@keys.command("activate")
@_directory
@_folder
@click.argument("key_id")
def activate(directory: Path, folder: str, key_id: str) -> None:
    """启用已加入的密钥。"""
    with explained():
        key_files.activate(directory, folder, key_id)
    click.echo(f"{folder} 已启用 {key_id}，运行中的服务数秒内改用")


@contextmanager
def explained() -> Iterator[None]:
    """What is wrong with the folder is told in one line."""
    try:
        yield
    except (KeysError, OSError) as problem:
        raise click.ClickException(str(problem)) from problem
