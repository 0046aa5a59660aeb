"""`skills call SERVICE.METHOD JSON`: any RPC, with its typed error where it is refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from shared.bus.system import speaker_of
from shared.cli.system import reached, reaches_system
from shared.contracts import codec
from shared.contracts.catalogue import METHODS
from shared.errors import SkillsError
from shared.security.speaker import Role

_ROLES = [role.value for role in Role if role is not Role.MACHINE]


@click.command("call")
@click.argument("method")
@click.argument("payload", default="{}")
@click.option("--role", type=click.Choice(_ROLES), default=Role.OPERATOR.value, show_default=True, help="以何角色")
@click.option("--subject", default="cli", show_default=True, help="登录人标识")
@click.option("--district", help="区级角色的辖区代码")
@click.option("--organisation", help="企业、培训机构的单位编号")
@click.option("--request-id", help="重试同一请求时使用同一个")
@reaches_system
def call(
    method: str,
    payload: str,
    role: str,
    subject: str,
    district: str | None,
    organisation: str | None,
    request_id: str | None,
    amqp: str | None,
    keys: Path | None,
    data: Path,
) -> None:
    """调用任一方法，PAYLOAD 为 JSON；结果或错误以 JSON 输出。"""
    if method not in METHODS:
        raise click.ClickException(f"没有方法 {method}；已有：{', '.join(sorted(METHODS))}")
    try:
        speaker = speaker_of(role, subject, district, organisation)
        wire = codec.loads(payload)
        with reached(amqp, keys, data) as system:
            answer = system.call(method, wire, speaker, patience=0.0, request_id=request_id)
    except SkillsError as refusal:
        click.echo(json.dumps({"error": refusal.to_wire()}, ensure_ascii=False, indent=2))
        sys.exit(1)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
