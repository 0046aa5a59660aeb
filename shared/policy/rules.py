"""How a document and the code find each other: documents name rule functions, rule functions name what they read.

    @rule("registry.contract", of="registry.apprentice", reads=("apprentice.contract_months_min",))
    def contract(facts: ApprenticeFacts, clause: Clause) -> Finding: ...

    rules:
      APP-2: {clause: 二(一), force: must, title: 学徒条件, decided_by: [registry.contract, registry.insured]}

A decision asks every function that belongs to it (`of`) and that the document names, in the document's
order. What a document doesn't name isn't asked; so a document of another city needs no code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from shared.errors import NoPolicyInForce
from shared.money import Money
from shared.policy.document import Document, RuleEntry
from shared.policy.findings import Finding, Force, Outcome
from shared.policy.problems import Fault
from shared.policy.readings import READINGS
from shared.policy.typed_values import TypedValues
from shared.policy.units import Quantity

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class RuleFunction:
    """A pure rule. `of`: the decision it belongs to; `reads`: value keys it needs; `may_read`: those it can do without.

    `readings`: the settings it obeys; `units`: key → the units it can work with, where several are possible;
    `demands`: the faults of a document whose other parts it can't work with.
    """

    name: str
    of: str
    reads: tuple[str, ...]
    may_read: tuple[str, ...]
    readings: tuple[str, ...]
    units: Mapping[str, tuple[str, ...]]
    function: Callable[..., Any]
    demands: Callable[[Document], Iterable[Fault]] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a decider works out: findings, amounts by name, and other answers by name (plain JSON values)."""

    findings: tuple[Finding, ...]
    amounts: Mapping[str, Money]
    answers: Mapping[str, str | int | bool]
    functions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decider:
    """Answers one decision from facts of type `facts`. `steps`: rule functions that a document must name for it."""

    decision: str
    variant: str | None
    facts: type[Any]
    run: Callable[[Any, Document], Result]
    steps: tuple[str, ...] = ()


RULES: dict[str, RuleFunction] = {}
DECIDERS: dict[str, dict[str | None, Decider]] = {}
"""Decision → variant → decider. A decision made only of checks has the one variant None."""


@dataclass(frozen=True, slots=True)
class Clause(TypedValues):
    """A document as one rule function sees it: its clause and force, and only the values that it declared."""

    document: Document
    entry: RuleEntry
    function: RuleFunction

    def has(self, key: str) -> bool:
        """Whether the document gives this value."""
        self._declared(key)
        return key in self.document.values

    def quantity(self, key: str, on: date, **facts: str | bool) -> Quantity:
        """The value on that day, for these members of its dimensions; the unit decides the type."""
        self._declared(key)
        return self.document.quantity(key, on, **facts)

    def unit(self, key: str) -> str:
        """The unit in which the document writes the value."""
        self._declared(key)
        return self.document.values[key].unit

    def reading(self, setting: str) -> str:
        """The value of a setting that the function declared. Raises LookupError for another."""
        if setting not in self.function.readings:
            raise LookupError(f"{self.function.name} obeys {setting} but doesn't declare it: add it to `readings`")
        return self.document.reading(setting)

    def met(self, compared: str, message: str) -> Finding:
        """The finding that the rule is met. `compared`: the quantities as they were compared."""
        return self._finding(Outcome.MET, self.entry.force, compared, message)

    def unmet(self, compared: str, message: str, force: Force | None = None) -> Finding:
        """An unmet rule, with the document's force unless a reading weakens it; advice never blocks."""
        chosen = force or self.entry.force
        outcome = Outcome.ADVICE if chosen is Force.ADVICE else Outcome.UNMET
        return self._finding(outcome, chosen, compared, message)

    def check(self, holds: bool, compared: str, met: str, cure: str, force: Force | None = None) -> Finding:
        """`met` where it holds; where not, unmet with the sentence that says what to do."""
        return self.met(compared, met) if holds else self.unmet(compared, cure, force)

    def not_applicable(self, compared: str, message: str) -> Finding:
        """The finding that the rule asks nothing here, and why."""
        return self._finding(Outcome.NOT_APPLICABLE, self.entry.force, compared, message)

    def pending(self, compared: str, message: str) -> Finding:
        """The finding that the answer can't be known yet; a later decision settles it, so it refuses nothing now."""
        return self._finding(Outcome.PENDING, self.entry.force, compared, message)

    def _finding(self, outcome: Outcome, force: Force, compared: str, message: str) -> Finding:
        return Finding(self.entry.id, self.entry.clause, outcome, force, compared, message)

    def _declared(self, key: str) -> None:
        if key not in self.function.reads and key not in self.function.may_read:
            raise LookupError(f"{self.function.name} reads {key} but doesn't declare it: add it to `reads`")


def rule(
    name: str,
    *,
    of: str,
    reads: tuple[str, ...] = (),
    may_read: tuple[str, ...] = (),
    readings: tuple[str, ...] = (),
    units: Mapping[str, tuple[str, ...]] | None = None,
    demands: Callable[[Document], Iterable[Fault]] | None = None,
) -> Callable[[Function], Function]:
    """Registers a pure function `(facts, clause) -> Finding` (or what its decision's calculation expects)."""
    unknown = [setting for setting in readings if setting not in READINGS]
    if unknown:
        raise LookupError(f"{name} obeys {unknown[0]}, which is no setting: add it to READINGS")

    def register(function: Function) -> Function:
        if name in RULES:
            raise LookupError(f"rule function {name} is registered twice: choose another name")
        RULES[name] = RuleFunction(name, of, reads, may_read, readings, units or {}, function, demands)
        return function

    return register


def checks(decision: str, facts: type[Any]) -> None:
    """Registers a decision that consists of asking every rule function of its own that the document names."""
    _register(Decider(decision, None, facts, lambda given, document: ask_all(decision, given, document)))


def calculation(
    decision: str, variant: str, facts: type[Any], steps: tuple[str, ...]
) -> Callable[[Function], Function]:
    """Registers one way `(facts, document) -> Result` to answer a decision; the document picks it by `variant`."""

    def register(function: Function) -> Function:
        _register(Decider(decision, variant, facts, function, steps))
        return function

    return register


def _register(decider: Decider) -> None:
    variants = DECIDERS.setdefault(decider.decision, {})
    if decider.variant in variants:
        raise LookupError(f"{decider.decision} {decider.variant} is registered twice: choose another name")
    variants[decider.variant] = decider


def ask_all(decision: str, facts: Any, document: Document, besides: tuple[str, ...] = ()) -> Result:
    """The findings of every rule function of a decision that the document names, except those in `besides`."""
    asked = [
        clause(document, name)
        for _, name in document.rules_by_function()
        if name in RULES and RULES[name].of == decision and name not in besides
    ]
    findings = tuple(view.function.function(facts, view) for view in asked)
    return Result(findings, {}, {}, tuple(view.function.name for view in asked))


def clause(document: Document, name: str) -> Clause:
    """The clause of the document that names this rule function. Raises NoPolicyInForce when none does."""
    entry = next((entry for entry, decided_by in document.rules_by_function() if decided_by == name), None)
    if entry is None:
        raise NoPolicyInForce(
            f"{document.number} 没有规定 {name}：请在文件 rules 中相应条款的 decided_by 里写明",
            document=document.identity,
            function=name,
        )
    return Clause(document, entry, RULES[name])
