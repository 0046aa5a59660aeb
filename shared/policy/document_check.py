"""The load-time check: documents and rule functions are compared both ways, so that neither drifts from the other.

Each function that a document names exists, decides one rule there, and finds the values that it reads; each
value is read by a function that the document names, or by a mechanism of every programme; each calculation that it
picks exists and finds its steps, and none that it needs is missing; each function finds the parts of the document that
it demands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from shared.policy.document import Document
from shared.policy.problems import Fault, Problem
from shared.policy.rules import DECIDERS, RULES
from shared.policy.workflow_check import work_faults
from shared.policy.workflow_words import FIGURES


def check(document: Document) -> tuple[Problem, ...]:
    """Every problem between one document and all registered rule functions; import all rules before asking."""
    return tuple(Problem(document.file, path, fault, cure) for part in PARTS for path, fault, cure in part(document))


def _functions(document: Document) -> Iterator[Fault]:
    named = [name for _, name in document.rules_by_function()]
    for entry, name in document.rules_by_function():
        if name not in RULES:
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


def _missing_values(document: Document) -> Iterator[Fault]:
    for entry, name in document.rules_by_function():
        for key in RULES[name].reads if name in RULES else ():
            if key not in document.values:
                yield (
                    f"values.{key}",
                    f"缺少，而 {name}（{entry.id}）要用到",
                    "请补上该数值、单位和条款",
                )


def _wrong_units(document: Document) -> Iterator[Fault]:
    for _, name in document.rules_by_function():
        for key, units in RULES[name].units.items() if name in RULES else ():
            if key in document.values and document.values[key].unit not in units:
                unit = document.values[key].unit
                yield f"values.{key}.unit", f"{name} 不能按 {unit} 计算", f"请用以下之一：{'、'.join(units)}"


def _figures(document: Document) -> Iterator[Fault]:
    for key, unit in FIGURES.items():
        if (value := document.values.get(key)) is None:
            continue
        if value.unit != unit:
            yield f"values.{key}.unit", f"现为 {value.unit}", f"请用 {unit}"
        if value.by:
            yield f"values.{key}.by", "该数值不分情形", "请删去，写成一个数值"


def _unread_values(document: Document) -> Iterator[Fault]:
    named = [RULES[name] for _, name in document.rules_by_function() if name in RULES]
    read = {key for function in named for key in (*function.reads, *function.may_read)}
    for key in document.values:
        if key not in read and key not in FIGURES:
            yield f"values.{key}", "没有规则用到", "请删去，或在 decided_by 中写明用到它的规则"


def _calculations(document: Document) -> Iterator[Fault]:
    named = {name for _, name in document.rules_by_function()}
    for decision, variant in document.decisions.items():
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


def _choices(document: Document) -> Iterator[Fault]:
    """A decision that can be worked out in several ways needs the document's choice, once a rule of it is named."""
    needed = {RULES[name].of: name for _, name in document.rules_by_function() if name in RULES}
    for decision, name in needed.items():
        if decision not in document.decisions and None not in DECIDERS.get(decision, {None: None}):
            cure = f"请写明用以下哪种算法：{_variants(decision)}"
            yield f"decisions.{decision}", f"缺少，而 {name} 要用到", cure


def _demands(document: Document) -> Iterator[Fault]:
    for _, name in document.rules_by_function():
        if name in RULES and (demands := RULES[name].demands):
            yield from demands(document)


def _variants(decision: str) -> str:
    return "、".join(str(known) for known in DECIDERS.get(decision, {}) if known) or "无"


PARTS = (
    *(_functions, _missing_values, _wrong_units, _figures, _unread_values),
    *(_calculations, _choices, work_faults, _demands),
)
