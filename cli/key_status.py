"""`skills keys status|retire`: what of a running system still needs an old key, and its end once nothing does."""

from __future__ import annotations

from datetime import timedelta

import click
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from cli.keys import explained, keys
from cli.system import Target, reached, reaches_system
from shared.clock import now
from shared.contracts.kernel.key_usage import KEY_USAGE, AskKeyUsage
from shared.contracts.schema.declare import SERVICES
from shared.errors import SkillsError
from shared.runtime.system_client import System
from shared.security import key_files
from shared.security.keys import RINGS

UNKNOWN = "（缺失的密钥）"


@keys.command("status")
@reaches_system
def status(target: Target) -> None:
    """列出运行中的系统里仍离不开旧密钥的数据（按服务、密钥类别、密钥编号）；没有则可以停用旧密钥。"""
    with reached(target, settles=False) as system, explained():
        for service in SERVICES:
            for ring in system.ask(KEY_USAGE[service], AskKeyUsage()).rings:
                old = "，".join(f"{key_id or UNKNOWN} {count} 项" for key_id, count in sorted(ring.needed.items()))
                click.echo(f"{service}  {ring.ring}  在用 {ring.active}  旧密钥：{old or '无'}")


@keys.command("retire")
@click.argument("folder")
@click.argument("key_id")
@click.option("--wait", default=60, show_default=True, help="最多等候多少秒，直到没有数据离不开该密钥")
@reaches_system
def retire(folder: str, key_id: str, wait: int, target: Target) -> None:
    """停用一枚旧密钥；仍在使用时拒绝。

    FOLDER 是密钥所在文件夹，如 personal、services/registry/token；KEY_ID 是其中的旧密钥。
    """
    root = target.keys if target.amqp and target.keys else target.data / "keys"
    with reached(target, settles=False) as system, explained():
        key_files.check_retirable(root, folder, key_id, now())
        if folder in RINGS:
            _wait_until_unneeded(system, folder, key_id, timedelta(seconds=wait))
        key_files.retire(root, folder, key_id, now())
    click.echo(f"{folder} 的密钥 {key_id} 已停用")


def _wait_until_unneeded(system: System, ring: str, key_id: str, patience: timedelta) -> None:
    waiting = Retrying(
        retry=retry_if_result(bool), stop=stop_after_delay(patience.total_seconds()), wait=wait_fixed(0.2)
    )
    try:
        waiting(lambda: _needed(system, ring, key_id))
    except RetryError as patience_over:
        needed = patience_over.last_attempt.result()
        raise click.ClickException(
            f"仍有数据离不开 {key_id}：{needed}；系统正在重新加密，请稍后用 skills keys status 查看后再停用"
        ) from None
    except SkillsError as refusal:
        raise click.ClickException(f"有服务没有答复，无法确认：{refusal.message}") from refusal


def _needed(system: System, ring: str, key_id: str) -> dict[str, int]:
    """By service: how many values only this key opens or finds. Every service must answer."""
    needed: dict[str, int] = {}
    for service in SERVICES:
        for one in system.ask(KEY_USAGE[service], AskKeyUsage()).rings:
            if one.ring == ring and key_id in one.needed:
                needed[service] = one.needed[key_id]
    return needed
