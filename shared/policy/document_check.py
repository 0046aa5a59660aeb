"""The load-time check: documents and rule functions are compared both ways, so that neither drifts from the other.

Each function that a document names exists, decides one rule there, and finds the values that it reads; each
value is read by a function that the document names, or by a mechanism of every programme; each calculation that it
picks exists and finds its steps, and none that it needs is missing; each function finds the parts of the document that
it demands.

A service's process knows its own functions alone, and judges nothing else: `registry.contract` is registry's, and
whether some function reads a value can be said only where all of them are registered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from shared.contracts.schema.declare import SERVICES
from shared.policy.document import Document, RuleEntry
from shared.policy.problems import Fault, Problem
from shared.policy.rules import DECIDERS, RULES, RuleFunction
from shared.policy.workflow_check import work_faults
from shared.policy.workflow_words import FIGURES

Judges = Callable[[str], bool]
"""Whether a function or decision of that name is this check's to judge."""


def check(document: Document, service: str | None = None) -> tuple[Problem, ...]:
    """Every problem between one document and the registered rule functions, both ways; import all rules before asking.

    `service`: only what its own functions and decisions say; what belongs to another service is left to that one.
    """
    parts = OWN_PARTS if service else (*OWN_PARTS, _unread_values)
    judges = partial(_judges, service)
    return tuple(
        Problem(document.file, path, fault, cure) for part in parts for path, fault, cure in part(document, judges)
    )


def _judges(service: str | None, name: str) -> bool:
    owner = name.partition(".")[0]
    return service is None or owner == service or owner not in SERVICES


def _known(document: Document, judges: Judges) -> Iterator[tuple[RuleEntry, RuleFunction]]:
    """The registered functions that the document names, each with its rule."""
    for entry, name in document.rules_by_function():
        if name in RULES and judges(name):
            yield entry, RULES[name]


def _functions(document: Document, judges: Judges) -> Iterator[Fault]:
    named = [name for _, name in document.rules_by_function()]
    for entry, name in document.rules_by_function():
        if name not in RULES and judges(name):
            yield (
                f"rules.{entry.id}.decided_by",
                f"没有 {name} 这个规则函数",
                "请用 skills rules functions 查看可用的函数",
            )
    for name, times in Counter(named).items():
        if times > 1:
            yield "rules", f"{name} 列在 {times} 条规则下", "每个函数只列在一条规则下"
    for entry in document.rules.values():
        if not entry.decided_by:
            yield f"rules.{entry.id}.decided_by", "为空", "请写明判定该条的规则函数"


def _missing_values(document: Document, judges: Judges) -> Iterator[Fault]:
    for entry, function in _known(document, judges):
        for key in function.reads:
            if key not in document.values:
                yield (
                    f"values.{key}",
                    f"缺少，而 {function.name}（{entry.id}）要用到",
                    "请补上该数值、单位和条款",
                )


def _wrong_units(document: Document, judges: Judges) -> Iterator[Fault]:
    for _, function in _known(document, judges):
        for key, units in function.units.items():
            if key in document.values and document.values[key].unit not in units:
                unit = document.values[key].unit
                yield f"values.{key}.unit", f"{function.name} 不能按 {unit} 计算", f"请用以下之一：{'、'.join(units)}"


def _figures(document: Document, _judges: Judges) -> Iterator[Fault]:
    for key, unit in FIGURES.items():
        if (value := document.values.get(key)) is None:
            continue
        if value.unit != unit:
            yield f"values.{key}.unit", f"现为 {value.unit}", f"请用 {unit}"
        if value.by:
            yield f"values.{key}.by", "该数值不分情形", "请删去，写成一个数值"


def _unread_values(document: Document, judges: Judges) -> Iterator[Fault]:
    read = {key for _, function in _known(document, judges) for key in (*function.reads, *function.may_read)}
    for key in document.values:
        if key not in read and key not in FIGURES:
            yield f"values.{key}", "没有规则用到", "请删去，或在 decided_by 中写明用到它的规则"


def _calculations(document: Document, judges: Judges) -> Iterator[Fault]:
    named = {name for _, name in document.rules_by_function()}
    for decision, variant in document.decisions.items():
        if not judges(decision):
            continue
        decider = DECIDERS.get(decision, {}).get(variant)
        if decider is None:
            yield f"decisions.{decision}", f"没有 {variant} 这种算法", f"请用以下之一：{_variants(decision)}"
            continue
        for step in decider.steps:
            if step not in named:
                yield (
                    f"decisions.{decision}",
                    f"{variant} 需要 {step}",
                    "请列入它所判定规则的 decided_by",
                )


def _choices(document: Document, judges: Judges) -> Iterator[Fault]:
    """A decision that can be worked out in several ways needs the document's choice, once a rule of it is named."""
    needed = {function.of: function.name for _, function in _known(document, judges)}
    for decision, name in needed.items():
        if decision not in document.decisions and None not in DECIDERS.get(decision, {None: None}):
            cure = f"请写明用以下哪种算法：{_variants(decision)}"
            yield f"decisions.{decision}", f"缺少，而 {name} 要用到", cure


def _demands(document: Document, judges: Judges) -> Iterator[Fault]:
    for _, function in _known(document, judges):
        if function.demands:
            yield from function.demands(document)


def _variants(decision: str) -> str:
    return "、".join(str(known) for known in DECIDERS.get(decision, {}) if known) or "无"


OWN_PARTS = (_functions, _missing_values, _wrong_units, _figures, _calculations, _choices, work_faults, _demands)
"""What a service can say by itself."""
