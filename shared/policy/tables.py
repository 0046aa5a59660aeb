"""The figures of a document: one value or a table of them, since one day or several; a gap is noted, never filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise, product
from math import prod
from typing import Any

from shared.policy.document import Cell, Dated
from shared.policy.nodes import Node, Notes
from shared.policy.units import Quantity, quantity

CELLS_MAX = 1000
"""Far beyond any government table; a document that is only tried must not keep a service busy."""


@dataclass(frozen=True)
class Table:
    """Reads a written value, or a table nested by its dimensions, into cells; every cell must be there."""

    unit: str
    by: tuple[tuple[str, tuple[str, ...]], ...]
    notes: Notes

    def cells(self, written: Any, path: str) -> dict[Cell, Quantity]:
        found: dict[Cell, Quantity] = {}
        size = prod(len(members) for _, members in self.by)
        if size > CELLS_MAX:
            self.notes.add(path, f"{size} cells are more than {CELLS_MAX}", "let it vary with less")
            return found
        before = len(self.notes.problems)
        self._collect(written, path, (), found)
        if len(self.notes.problems) > before:
            return found
        for cell in product(*(members for _, members in self.by)):
            if cell not in found:
                self.notes.add(path, f"no value for {' × '.join(cell)}", "add that cell")
        return found

    def _collect(self, written: Any, path: str, cell: Cell, found: dict[Cell, Quantity]) -> None:
        if len(cell) == len(self.by):
            try:
                found[cell] = quantity(self.unit, written)
            except (ValueError, TypeError) as fault:
                self.notes.add(path, f"{written!r} is no value in {self.unit}", str(fault))
            return
        name, members = self.by[len(cell)]
        if not isinstance(written, dict):
            self.notes.add(path, f"varies by {name} but holds one value", f"write one entry for each {name}")
            return
        for member, inner in written.items():
            if member not in members:
                cure = f"use one of: {', '.join(members)}, or add it under dimensions"
                self.notes.add(f"{path}.{member}", f"is no {name}", cure)
                continue
            self._collect(inner, f"{path}.{member}", (*cell, member), found)


def entries(node: Node, reader: Table, from_on: date) -> tuple[Dated, ...]:
    if "value" in node.tree and "values" in node.tree:
        node.notes.add(node.path, "has value and values", "keep one: `value`, or dated `values`")
    if "values" not in node.tree:
        if "value" not in node.tree:
            node.notes.add(node.at("value"), "is missing", "add `value`, or dated `values`")
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
            fault = f"{later.from_on} overlaps {earlier.from_on}"
            node.notes.add(node.at("values"), fault, "order the entries by day, one for each day")
    if not found or found[0].from_on > from_on:
        first = found[0].from_on if found else "any day"
        fault = f"gap: no value from {from_on} to {first}"
        node.notes.add(node.at("values"), fault, "add the value of the first day in force and its clause")
    return tuple(found)
