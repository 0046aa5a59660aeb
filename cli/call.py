"""`skills call SERVICE.METHOD JSON`: any RPC, with its typed error where it is refused."""

from __future__ import annotations

import json
import sys

import click

from cli.caller_options import speaks
from cli.system import Target, reached, reaches_system
from shared.contracts.catalogue import METHODS
from shared.contracts.schema import codec
from shared.contracts.schema.declare import SERVICES
from shared.errors import SkillsError
from shared.security.speaker import Role, Speaker


@click.command("call")
@click.argument("method")
@click.argument("payload", default="{}")
@speaks(Role.OPERATOR)
@click.option("--request-id", help="重试同一请求时使用同一个")
@reaches_system
def call(
    method: str,
    payload: str,
    speaker: Speaker,
    request_id: str | None,
    target: Target,
) -> None:
    """调用任一方法，PAYLOAD 为 JSON；结果或错误以 JSON 输出。"""
    if method not in METHODS:
        raise click.ClickException(_without_method(method))
    try:
        wire = codec.loads(payload)
        with reached(target) as system:
            answer = system.call(method, wire, speaker, patience=0.0, request_id=request_id)
    except SkillsError as refusal:
        click.echo(json.dumps({"error": refusal.to_wire()}, ensure_ascii=False, indent=2))
        sys.exit(1)
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _without_method(method: str) -> str:
    """Names what the service has, or the services: all methods of all services would fill the screen."""
    service, _, _ = method.partition(".")
    if service not in SERVICES:
        return f"没有方法 {method}：请写成“服务.方法”，服务为 {'、'.join(SERVICES)} 之一"
    known = sorted(name for name in METHODS if name.startswith(f"{service}."))
    return f"没有方法 {method}；{service} 已有：{'、'.join(known)}"
