"""`skills rules replay --document NEW`: who and how many yuan would change if NEW had governed the stored decisions.

Touches nothing: NEW is sent with each question and is never installed. It is compared with all rules here, since a
service judges only its own. Pages are added up as they come, and the listing is written as they come, so that it may
be hundreds of thousands of decisions.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import click

from cli.caller_options import pages
from cli.refusals import refusals_told
from cli.replay_listing import Listing, listing_to
from cli.replay_report import Report
from cli.system import Target, reached, reaches_system
from shared.contracts.kernel.replay import REPLAY_DECISIONS, ReplayDecisions, ReplayPage
from shared.contracts.schema.declare import SERVICES
from shared.kernel.decision_replay import read_checked
from shared.policy.document import Document
from shared.policy.policies import Policies
from shared.runtime.rulebook import checked
from shared.runtime.system_client import AUDITOR, System


@click.command("replay")
@click.option(
    "--document", "file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="要试用的政策文件"
)
@click.option(
    "--as-if-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="假定新文件的首批数值自该日起就有效（新文件晚于存档决定时使用）",
)
@click.option(
    "--list",
    "listing",
    type=click.Path(path_type=Path, dir_okay=False),
    help="把有变化和不能判定的决定逐项写入该文件：.csv 或 .jsonl",
)
@reaches_system
def replay(file: Path, as_if_from: datetime | None, listing: Path | None, target: Target) -> None:
    """按另一份政策文件重新判定存档的决定，显示哪些人、多少元会变化；不改动任何数据。"""
    request = ReplayDecisions(_text(file), as_if_from.date() if as_if_from else None)
    report = Report()
    with refusals_told("    "):
        read_checked(request.document, _check_by_all_rules)
    with reached(target) as system, _written(listing) as listed, refusals_told("    "):
        for service in SERVICES:
            _replay_service(system, service, request, report, listed)
    for line in report.lines():
        click.echo(line)


def _check_by_all_rules(document: Document) -> None:
    checked(Policies((document,)))


def _replay_service(
    system: System, service: str, request: ReplayDecisions, report: Report, listed: Callable[[str, ReplayPage], None]
) -> None:
    with click.progressbar(length=0, label=service, file=sys.stderr) as progress:
        done = 0
        for page in pages(system, REPLAY_DECISIONS[service], request, AUDITOR):
            report.add(page)
            listed(service, page)
            reached_now = page.cursor or page.last
            progress.length = page.last
            progress.update(reached_now - done)
            done = reached_now


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise click.ClickException(f"{file.name} 读不到，请核对路径，并以 UTF-8 保存") from fault


@contextlib.contextmanager
def _written(listing: Path | None) -> Iterator[Callable[[str, ReplayPage], None]]:
    """Writes each page's decisions to the file, where there is one."""
    if listing is None:
        yield lambda _service, _page: None
        return
    with listing_to(listing) as rows:
        yield lambda service, page: _write(rows, service, page)


def _write(rows: Listing, service: str, page: ReplayPage) -> None:
    for change in page.changes:
        rows.write(service, change)
