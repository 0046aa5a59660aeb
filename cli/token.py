"""`skills token`: a signed token for demo and sandbox; in production single sign-on issues them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from cli.caller_options import ROLES, how_to_name_yourself
from shared.clock import now
from shared.runtime.system_client import SANDBOX_ISSUER
from shared.security.keys import FOLDER_VARIABLE, FolderSource, Keys, KeysError
from shared.security.speaker import Purpose, Role, Speaker
from shared.security.tokens import LIFETIME_MAX, TokenIssuer

_PURPOSES = [purpose.value for purpose in Purpose]
_MINUTES_MAX = int(LIFETIME_MAX.total_seconds() // 60)
_keys = click.option(
    "--keys", "folder", type=click.Path(path_type=Path), envvar=FOLDER_VARIABLE, required=True, help="密钥目录"
)


@click.command("token")
@click.option("--role", type=click.Choice(ROLES), required=True, help="角色")
@click.option("--subject", required=True, help="登录人标识，如 officer-1")
@click.option("--system", default=SANDBOX_ISSUER, show_default=True, help="来源系统")
@click.option("--district", help="区级角色的辖区代码，如 110105")
@click.option("--organisation", help="企业、培训机构的单位编号")
@click.option("--purpose", "purposes", type=click.Choice(_PURPOSES), multiple=True, help="查看完整信息的用途")
@click.option("--minutes", type=click.IntRange(1, _MINUTES_MAX), default=30, show_default=True, help="有效分钟数")
@click.option("--issuer", default=SANDBOX_ISSUER, show_default=True, help="签发者，密钥在 issuers/ 下")
@_keys
def token(role: str, purposes: tuple[str, ...], minutes: int, issuer: str, folder: Path, **who: Any) -> None:
    """签发一枚短期登录令牌，用于演示和联调。"""
    try:
        speaker = Speaker(role=Role(role), purposes=frozenset(map(Purpose, purposes)), **who)
    except ValueError as problem:
        sentence = how_to_name_yourself(Role(role), who["district"], who["organisation"])
        raise click.ClickException(sentence) from problem
    try:
        key = Keys(FolderSource(folder)).issuer_key(issuer)
        signed = TokenIssuer(issuer, key).issue(speaker, now(), timedelta(minutes=minutes))
    except (KeysError, ValueError) as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(signed)
