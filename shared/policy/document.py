"""One government document as data: the frozen, typed form of one file of `documents/`.

Document
├── values            each figure: unit, clause, force, evidence, by which facts it varies, since when
├── rules             each numbered rule: clause, force, and the functions that decide it
├── decisions         which calculation answers a decision that has several (`person_years_by_result`)
├── workflow, road    stations of each review, and the order of the whole work
├── interpretations   the readings chosen where the text is open
├── revision          which version of the same government document's data this is; a body that was in use never changes
└── identity          `id@sha256`: a decision names the very text it was made under
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from shared.errors import NoPolicyInForce
from shared.policy.findings import Finding, Force, Outcome
from shared.policy.readings import READINGS
from shared.policy.typed_values import TypedValues
from shared.policy.units import Quantity

Cell = tuple[str, ...]
"""One coordinate per `by` of a value: `("ordinary", "advanced")`; `()` for a value that doesn't vary."""


@dataclass(frozen=True, slots=True)
class Dated:
    """What a value is from a day on, cell by cell, until the next dated entry."""

    from_on: date
    cells: Mapping[Cell, Quantity]


@dataclass(frozen=True, slots=True)
class Value:
    """One figure of the document. `by`: the dimensions it varies with; `entries`: oldest first."""

    key: str
    unit: str
    clause: str
    force: Force
    evidence: str
    by: tuple[str, ...]
    entries: tuple[Dated, ...]

    def in_force(self, on: date) -> Dated | None:
        """The entry of that day, or None: never the nearest."""
        return next((entry for entry in reversed(self.entries) if entry.from_on <= on), None)


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A numbered rule of the document. `decided_by`: names of rule functions, all of which must be met."""

    id: str
    clause: str
    force: Force
    title: str
    decided_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Station:
    """One review step: the role that decides, at which level (`district` or `city`), and what it decides there."""

    id: str
    label: str
    role: str
    level: str
    clause: str
    decisions: tuple[str, ...]
    within_days: int | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """The stations of one kind of case, in order. `after`: the kind that must be approved before, if any."""

    kind: str
    label: str
    after: str | None
    submitted_by: tuple[str, ...]
    stations: tuple[Station, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day counted from an event. `missed`: `refuse` or `finding`."""

    id: str
    label: str
    clause: str
    party: str
    anchor: str
    days: int
    missed: str

    def due_on(self, anchor_on: date) -> date:
        """The last day on which it is in time; calendar days, before the anchor where `days` is negative."""
        return anchor_on + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A reading chosen where the text is open. `setting`: the name that rules ask for, None where nothing switches."""

    id: str
    question: str
    reading: str
    reason: str
    alternatives: tuple[str, ...]
    setting: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A text that the document refers to. `held`: whether its words are at hand."""

    title: str
    held: bool
    clause: str


@dataclass(frozen=True, slots=True)
class ReportedRepeal:
    """A public record says that the document was repealed, by a text that isn't held: shown, never enforced."""

    from_on: date
    by: str
    note: str

    def finding(self, on: date) -> Finding | None:
        """Advice for applications submitted on or after that day."""
        if on < self.from_on:
            return None
        return Finding(
            rule="X-7",
            clause=self.by,
            outcome=Outcome.ADVICE,
            force=Force.ADVICE,
            compared=f"{on} ≥ {self.from_on}",
            message=f"公开记录显示本文件自 {self.from_on} 起已由 {self.by} 废止（其文本未持有）；请先向发文机关核实",
        )


@dataclass(frozen=True, slots=True)
class Document(TypedValues):
    """A whole document. Look values up by the typed accessors; a gap is `NoPolicyInForce`, never a guess."""

    id: str
    number: str
    title: str
    issuers: tuple[str, ...]
    jurisdiction: str
    programme: str
    from_on: date
    to_on: date | None
    replaces: tuple[str, ...]
    reported_repeal: ReportedRepeal | None
    references: tuple[Reference, ...]
    dimensions: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Value]
    rules: Mapping[str, RuleEntry]
    decisions: Mapping[str, str]
    workflow: Mapping[str, Workflow]
    road: tuple[str, ...]
    deadlines: Mapping[str, Deadline]
    fund_sources: tuple[str, ...]
    forms: tuple[str, ...]
    interpretations: Mapping[str, Interpretation]
    content_hash: str
    file: str
    labels: Mapping[str, str] = field(default_factory=dict)
    revision: int = 1

    @property
    def identity(self) -> str:
        """`id@sha256`: what decisions and cases keep."""
        return f"{self.id}@{self.content_hash}"

    @property
    def certificate_levels(self) -> tuple[str, ...]:
        """The levels that a certificate can have, lowest first; those of training where they are the same."""
        return self.dimensions.get("skill_level") or self.dimensions.get("level", ())

    def in_force(self, on: date) -> bool:
        """Whether it governs cases that begin on that day."""
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)

    def label(self, code: str) -> str:
        """The Chinese word for a code of this document, or the code itself."""
        return self.labels.get(code, code)

    def quantity(self, key: str, on: date, **facts: str | bool) -> Quantity:
        """The figure in force that day for those facts; facts that the value doesn't vary with are passed over.

        Raises NoPolicyInForce, with the cure, where the document has none.
        """
        value = self.values.get(key)
        if value is None:
            raise self._gap(key, f"文件没有数值 {key}：请在 values 中补录该数值、单位和条款")
        entry = value.in_force(on)
        if entry is None:
            raise self._gap(key, f"{key} 在 {on} 没有有效数值：请补录带日期的数值及其条款")
        unknown = [dimension for dimension in value.by if dimension not in facts]
        if unknown:
            raise self._gap(key, f"{key} 不能按 {'、'.join(unknown)} 区分：请从 by 中删除")
        cell = tuple(coordinate(facts[dimension]) for dimension in value.by)
        if cell not in entry.cells:
            raise self._gap(key, f"{key} 没有 {' × '.join(cell)} 的数值：请在表中补上这一格")
        return entry.cells[cell]

    def reading(self, setting: str) -> str:
        """The value of a setting: the document's, or its default where the document is silent."""
        chosen = next((entry for entry in self.interpretations.values() if entry.setting == setting), None)
        return chosen.value if chosen and chosen.value else READINGS[setting][0]

    def rules_by_function(self) -> Iterator[tuple[RuleEntry, str]]:
        """Every (rule, function name), in the order of the document."""
        for entry in self.rules.values():
            for name in entry.decided_by:
                yield entry, name

    def _gap(self, key: str, message: str) -> NoPolicyInForce:
        return NoPolicyInForce(f"{self.number}：{message}", document=self.identity, value=key)


def coordinate(fact: str | bool) -> str:
    """A fact as a table key: True is `yes`, False is `no`."""
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return str(fact)
