"""The load-time check: documents and rule functions are compared both ways, so that neither drifts from the other.

Each function that a document names exists, decides one rule there, and finds the values that it reads; each
value is read by a function that the document names; each calculation that it picks exists and finds its
steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from shared.policy.document import Document
from shared.policy.problems import Problem
from shared.policy.rules import DECIDERS, RULES


def check(document: Document) -> tuple[Problem, ...]:
    """Every problem between one document and all registered rule functions; import all rules before asking."""
    return tuple(
        Problem(document.file, path, fault, cure)
        for part in (_functions, _missing_values, _wrong_units, _unread_values, _calculations, _stations)
        for path, fault, cure in part(document)
    )


Fault = tuple[str, str, str]


def _functions(document: Document) -> Iterator[Fault]:
    named = [name for _, name in document.rules_by_function()]
    for entry, name in document.rules_by_function():
        if name not in RULES:
            yield (
                f"rules.{entry.id}.decided_by",
                f"no rule function {name}",
                "`skills rules functions` lists them",
            )
    for name, times in Counter(named).items():
        if times > 1:
            yield "rules", f"{name} decides {times} rules", "name each function under one rule"
    for entry in document.rules.values():
        if not entry.decided_by:
            yield f"rules.{entry.id}.decided_by", "is empty", "name the function that decides the rule"


def _missing_values(document: Document) -> Iterator[Fault]:
    for entry, name in document.rules_by_function():
        for key in RULES[name].reads if name in RULES else ():
            if key not in document.values:
                yield (
                    f"values.{key}",
                    f"is missing, but {name} ({entry.id}) reads it",
                    "add it with unit and clause",
                )


def _wrong_units(document: Document) -> Iterator[Fault]:
    for _, name in document.rules_by_function():
        for key, units in RULES[name].units.items() if name in RULES else ():
            if key in document.values and document.values[key].unit not in units:
                unit = document.values[key].unit
                yield f"values.{key}.unit", f"{name} can't work with {unit}", f"use one of: {', '.join(units)}"


def _unread_values(document: Document) -> Iterator[Fault]:
    named = [RULES[name] for _, name in document.rules_by_function() if name in RULES]
    read = {key for function in named for key in (*function.reads, *function.may_read)}
    for key in document.values:
        if key not in read:
            yield f"values.{key}", "is read by no rule that the document names", "remove it, or name the rule"


def _calculations(document: Document) -> Iterator[Fault]:
    named = {name for _, name in document.rules_by_function()}
    for decision, variant in document.decisions.items():
        decider = DECIDERS.get(decision, {}).get(variant)
        if decider is None:
            known = ", ".join(str(known) for known in DECIDERS.get(decision, {}) if known) or "none"
            yield f"decisions.{decision}", f"no calculation {variant}", f"use one of: {known}"
            continue
        for step in decider.steps:
            if step not in named:
                yield (
                    f"decisions.{decision}",
                    f"{variant} needs {step}",
                    "name it in decided_by of the rule it decides",
                )


def _stations(document: Document) -> Iterator[Fault]:
    for kind, workflow in document.workflow.items():
        if workflow.after and workflow.after not in document.workflow:
            known = ", ".join(document.workflow)
            yield f"workflow.{kind}.after", f"no workflow {workflow.after}", f"use one of: {known}"
        for station in workflow.stations:
            for decision in station.decisions:
                if decision not in DECIDERS:
                    known = ", ".join(sorted(DECIDERS))
                    yield f"workflow.{kind}.{station.id}", f"no decision {decision}", f"use one of: {known}"
