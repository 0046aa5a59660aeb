"""The decisions that would change, one by one: `.csv` for a spreadsheet, `.jsonl` for a program."""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

import click

from cli.replay_report import amount_word, side_words, signed, verdict_word
from shared.contracts.kernel.replay import ReplayedDecision
from shared.contracts.schema import codec

COLUMNS = (
    *("服务", "决定", "决定编号", "项目", "对象", "作出日期", "是否最新", "原结论", "新结论"),
    *("金额项目", "原金额（元）", "新金额（元）", "差额（元）", "变化的条款", "不能判定的原因"),
)


class Listing(Protocol):
    """Takes decisions as they come."""

    def write(self, service: str, change: ReplayedDecision) -> None:
        """One decision of a service."""


class _Csv:
    """One row for each amount that changes, one for a decision without any."""

    def __init__(self, file: IO[str]) -> None:
        self._rows = csv.writer(file)
        self._rows.writerow(COLUMNS)

    def write(self, service: str, change: ReplayedDecision) -> None:
        head = (
            *(service, change.name, change.decision_id, change.project_id or "", change.subject_id),
            *(change.business_date.isoformat(), "是" if change.newest else "否"),
            *(verdict_word(change.before), verdict_word(change.after)),
        )
        tail = (
            "；".join(f"{side_words(flip.before)} → {side_words(flip.after)}" for flip in change.flips),
            change.reason,
        )
        for amount in change.amounts:
            difference = signed(amount.before, amount.after)
            self._rows.writerow((*head, amount_word(amount.name), amount.before, amount.after, difference, *tail))
        if not change.amounts:
            self._rows.writerow((*head, "", "", "", "", *tail))


class _Lines:
    """One JSON object a line: the contract's shape, and the service."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, service: str, change: ReplayedDecision) -> None:
        line = {"service": service, **codec.write(change)}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")


@contextlib.contextmanager
def listing_to(path: Path) -> Iterator[Listing]:
    """A listing of the kind that the file's name asks for. Raises click.UsageError for another name."""
    kinds: dict[str, type[_Csv] | type[_Lines]] = {".csv": _Csv, ".jsonl": _Lines}
    if path.suffix not in kinds:
        raise click.UsageError(f"--list 的文件名应以 {' 或 '.join(kinds)} 结尾")
    # Spreadsheet programs take a CSV file for UTF-8 only where it says so at its beginning.
    encoding = "utf-8-sig" if path.suffix == ".csv" else "utf-8"
    with path.open("w", encoding=encoding, newline="") as file:
        yield kinds[path.suffix](file)
