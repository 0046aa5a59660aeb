"""The bulletin's table: people and money of the same district, occupation, level and year side by side (APP-28)."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import IO

from shared.contracts.subsidy.budgets_and_ledger import MoneyFigures, MoneyLine
from shared.contracts.training.learning import Figures, FiguresLine
from shared.forms.common.figures_bulletin import SHEET
from shared.forms.spreadsheet.sheets import Column
from shared.forms.spreadsheet.writer import Value
from shared.jurisdictions import places

Row = dict[str, Value]
_Key = tuple[str, str, str, int]


def merged(people: Sequence[FiguresLine], money: Sequence[MoneyLine], labels: Mapping[str, str]) -> list[Row]:
    """A row for each district, occupation, level and year, one more for each further fund source of its money.

    People stand in the first of these rows alone, so that every column adds up. `labels`: words of fund sources.
    """
    counted: dict[_Key, FiguresLine] = {(one.district, one.occupation, one.level, one.year): one for one in people}
    funded: defaultdict[_Key, list[MoneyLine]] = defaultdict(list)
    for one in money:
        funded[one.district, one.occupation, one.level, one.fiscal_year].append(one)
    rows: list[Row] = []
    for key in sorted({*counted, *funded}):
        sources = [_money(line, labels) for line in funded[key]] or [{}]
        sources[0] |= _people(counted[key]) if key in counted else {}
        rows += [_place(key) | source for source in sources]
    return rows


def summary(people: Figures, money: MoneyFigures) -> list[str]:
    """The totals in words, and how far the plan's target is met, for those who see all of it."""
    total = people.total
    return [
        f"人次 {total.person_times}，人数 {total.persons}，取证 {total.certified}，高级工及以上占比 {total.high_level}",
        f"已承诺未拨付 {money.committed} 元，已拨付 {money.paid} 元，应追回 {money.recoverable} 元",
        *(f"{one.rule}〔{one.clause}〕{one.compared}：{one.message}" for one in people.target),
    ]


def write_csv(file: IO[str], rows: Sequence[Row]) -> None:
    """With the labels of the printed sheet, without serial numbers."""
    columns = [column for column in SHEET.columns if column.key != "serial"]
    writer = csv.writer(file)
    writer.writerow([column.label for column in columns])
    writer.writerows([[_word(column, row.get(column.key, "")) for column in columns] for row in rows])


def _word(column: Column, value: Value) -> Value:
    return next((label for label, code in column.choices.items() if code == value), value)


def _place(key: _Key) -> Row:
    district, occupation, level, year = key
    return {"district": places().name(district), "occupation": occupation, "level": level, "year": year}


def _people(line: FiguresLine) -> Row:
    keys = ("person_times", "persons", "in_training", "passed", "failed", "left", "certified")
    return {key: getattr(line, key) for key in keys}


def _money(line: MoneyLine, labels: Mapping[str, str]) -> Row:
    amounts: Row = {key: getattr(line, key) for key in ("committed", "paid", "recoverable")}
    return amounts | {"fund_source": labels.get(line.fund_source, line.fund_source)}
