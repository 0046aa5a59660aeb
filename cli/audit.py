"""`skills audit verify`: the five audit chains, each against its rows and against the heads that the others keep."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import click

from cli.system import Target, reached, reaches_system
from shared.clock import now
from shared.contracts.kernel.audit import READ_AUDIT, ReadAudit
from shared.contracts.schema.declare import SERVICES
from shared.runtime.system_client import AUDITOR, System
from shared.security import audit_chain
from shared.security.audit_chain import AuditRow, Problem, Seal, SignedHead

MAY_WAIT = timedelta(minutes=5)
"""How long a row may wait for its seal before its absence from the chain is a problem."""


@dataclass
class Chain:
    """What one service showed of itself and of the others."""

    rows: list[AuditRow] = field(default_factory=list)
    seals: list[Seal] = field(default_factory=list)
    kept_heads: list[SignedHead] = field(default_factory=list)


@click.group("audit")
def audit() -> None:
    """核验审计记录。"""


@audit.command("verify")
@reaches_system
def verify(target: Target) -> None:
    """核对每个服务的审计链：逐行、逐环、并与其他服务保存的链头比对；有问题时以非零码退出。"""
    with reached(target) as system:
        chains = {service: read_chain(system, service) for service in SERVICES}
        problems = {service: check(service, chains, system) for service in SERVICES}
    for service, found in problems.items():
        chain = chains[service]
        click.echo(f"{service}：{len(chain.rows)} 行，已封 {len(chain.seals)} 行，问题 {len(found)} 项")
        for problem in found:
            click.echo(f"  {problem.kind.value} #{problem.sequence} {problem.row_id or ''} {problem.message}")
    if any(problems.values()):
        sys.exit(1)


def check(service: str, chains: Mapping[str, Chain], system: System) -> list[Problem]:
    """Everything that is wrong with one service's chain, by the heads that the other four keep."""
    chain = chains[service]
    heads = [
        head
        for other, shown in chains.items()
        if other != service
        for head in shown.kept_heads
        if head.head.chain == service
    ]
    return audit_chain.verify(
        service, chain.rows, chain.seals, heads, system.keys.audit_public(service), now() - MAY_WAIT
    )


def read_chain(system: System, service: str) -> Chain:
    """All rows and seals of one chain, and all heads that its service keeps, page by page."""
    chain = Chain()
    rows: int | None = 0
    heads: int | None = 0
    while rows is not None or heads is not None:
        at_end = 2**53  # a cursor past everything: that list is read, the other one is not yet
        request = ReadAudit(at_end if rows is None else rows, at_end if heads is None else heads)
        page = system.ask(READ_AUDIT[service], request, AUDITOR)
        chain.rows += [_row(row) for row in page.rows]
        chain.seals += [_seal(seal) for seal in page.seals]
        chain.kept_heads += [SignedHead.from_json(head) for head in page.heads]
        rows, heads = page.cursor, page.heads_cursor
    return chain


def _row(wire: Mapping[str, Any]) -> AuditRow:
    return AuditRow(wire["row_id"], datetime.fromisoformat(wire["recorded_at"]), wire["content"])


def _seal(wire: Mapping[str, Any]) -> Seal:
    return Seal(wire["sequence"], wire["audit_id"], wire["digest"], wire["link"], wire["algorithm"])
