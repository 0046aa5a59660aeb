"""The figures of a document: one value or a table of them, since one day or several; a gap is noted, never filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise, product
from math import prod
from typing import Any

from shared.policy.document import Cell, Dated
from shared.policy.units import Quantity, UnitFault, quantity
from shared.policy.yaml_entries import Node, Notes

SHOWN_MAX = 60
CELLS_MAX = 1000
"""Far beyond any government table; a document that is only tried must not keep a service busy."""


@dataclass(frozen=True)
class Table:
    """Reads a written value, or a table nested by its dimensions, into cells; every cell must be there."""

    unit: str
    by: tuple[tuple[str, tuple[str, ...]], ...]
    notes: Notes

    def cells(self, written: Any, path: str) -> dict[Cell, Quantity]:
        """The quantities by cell, as they are written; what is wrong or missing is noted."""
        found: dict[Cell, Quantity] = {}
        size = prod(len(members) for _, members in self.by)
        if size > CELLS_MAX:
            self.notes.add(path, f"表有 {size} 格，超过 {CELLS_MAX} 格", "请减少 by 中的项")
            return found
        before = len(self.notes.problems)
        self._collect(written, path, (), found)
        if len(self.notes.problems) > before:
            return found
        for cell in product(*(members for _, members in self.by)):
            if cell not in found:
                self.notes.add(path, f"没有 {' × '.join(cell)} 的数值", "请补上这一格")
        return found

    def _collect(self, written: Any, path: str, cell: Cell, found: dict[Cell, Quantity]) -> None:
        if len(cell) == len(self.by):
            try:
                found[cell] = quantity(self.unit, written)
            except (ValueError, TypeError) as fault:
                self.notes.add(path, f"{_brief(written)} 不能以 {self.unit} 计", _cure(fault))
            return
        name, members = self.by[len(cell)]
        if not isinstance(written, dict):
            self.notes.add(path, f"随 {name} 变化，却只写了一个数值", f"请为每个 {name} 各写一项")
            return
        for member, inner in written.items():
            if member not in members:
                cure = f"请用以下之一：{'、'.join(members)}，或先列入 dimensions"
                self.notes.add(f"{path}.{member}", f"{name} 没有这一项", cure)
                continue
            self._collect(inner, f"{path}.{member}", (*cell, member), found)


def entries(node: Node, reader: Table, from_on: date) -> tuple[Dated, ...]:
    """The dated figures of a value, the earliest first; what is wrong is noted."""
    if "value" in node.tree and "values" in node.tree:
        node.notes.add(node.path, "同时写了 value 和 values", "请只保留一个：value，或带日期的 values")
    if "values" not in node.tree:
        if "value" not in node.tree:
            node.notes.add(node.at("value"), "缺少", "请补上 value，或带日期的 values")
            return ()
        return (Dated(from_on, reader.cells(node.tree["value"], node.at("value"))),)
    return _dated(node, reader, from_on)


def _dated(node: Node, reader: Table, from_on: date) -> tuple[Dated, ...]:
    found = []
    for item in node.items("values"):
        item.only("from", "value")
        found.append(Dated(item.day("from"), reader.cells(item.tree.get("value"), item.at("value"))))
    for earlier, later in pairwise(found):
        if later.from_on <= earlier.from_on:
            fault = f"{later.from_on} 与 {earlier.from_on} 重叠"
            node.notes.add(node.at("values"), fault, "请按日期先后排列，每日只写一项")
    if not found or found[0].from_on > from_on:
        first = found[0].from_on if found else "任何一日"
        fault = f"有空缺：自 {from_on} 至 {first} 没有数值"
        node.notes.add(node.at("values"), fault, "请补上施行首日的数值及其条款")
    return tuple(found)


def _brief(written: Any) -> str:
    text = str(written)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"


def _cure(fault: Exception) -> str:
    """A unit says how it is written; what fails below it, such as an amount, says only that it fails."""
    return str(fault) if isinstance(fault, UnitFault) else "请按单位的写法填写，见 docs/policy-documents.md"
