"""`skills decisions verify`: every stored decision decided again from its stored facts (X-6)."""

from __future__ import annotations

import sys

import click

from cli.caller_options import pages
from cli.system import Target, reached, reaches_system
from shared.contracts.kernel.decisions import VERIFY_DECISIONS, VerifyDecisions
from shared.contracts.schema.declare import SERVICES
from shared.runtime.system_client import AUDITOR, System


@click.group("decisions")
def decisions() -> None:
    """核验已作出的决定。"""


@decisions.command("verify")
@reaches_system
def verify(target: Target) -> None:
    """用存储的事实和当时的政策文件重新作出每一项决定，逐项比对；有差异时以非零码退出。

    比对结论、逐条判定、金额、依据的文件版本和接受理由；提示语的措辞不作比对。事实或读法此后增加的，按默认值重新判定须得出同一决定。
    """
    with reached(target) as system:
        differing = {service: differing_of(system, service) for service in SERVICES}
    for service, (count, ids) in differing.items():
        click.echo(f"{service}：核验 {count} 项，差异 {len(ids)} 项" + "".join(f"\n  {one}" for one in ids))
    if any(ids for _, ids in differing.values()):
        sys.exit(1)


def differing_of(system: System, service: str) -> tuple[int, list[str]]:
    """How many decisions a service holds, and the ids of those that differ when decided again."""
    read = list(pages(system, VERIFY_DECISIONS[service], VerifyDecisions(), AUDITOR))
    return sum(page.verified for page in read), [one for page in read for one in page.differing]
