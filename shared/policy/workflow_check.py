"""The check of a document's work: workflows, road, deadlines. What it lets pass, a case can walk to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from shared.policy.document import Document, Station, Workflow
from shared.policy.problems import Fault
from shared.policy.rules import DECIDERS, RULES
from shared.policy.workflow_words import ANCHORS, CASES, PARTIES, STATION_ROLES, SUBMITTERS, step_at


def work_faults(document: Document, judges: Callable[[str], bool]) -> Iterator[Fault]:
    """Everything that is wrong with a document's work. `judges`: whether a decision of that name is ours to judge."""
    for kind, workflow in document.workflow.items():
        yield from _workflow(kind, workflow, document)
        for station in workflow.stations:
            yield from _station(f"workflow.{kind}.{station.id}", station, document, judges)
    yield from _deadlines(document)


def _workflow(kind: str, workflow: Workflow, document: Document) -> Iterator[Fault]:
    if kind not in CASES:
        yield f"workflow.{kind}", "没有这类事项", _one_of(CASES)
    if workflow.after and workflow.after not in document.workflow:
        yield f"workflow.{kind}.after", f"没有 {workflow.after} 这类事项", _one_of(document.workflow)
    if _in_a_circle(kind, document):
        yield f"workflow.{kind}.after", "绕回了自己", "请删去，或改为先办的那类事项"
    for submitter in workflow.submitted_by:
        if submitter not in SUBMITTERS:
            yield f"workflow.{kind}.submitted_by", f"{submitter} 不能提交", _one_of(SUBMITTERS)


def _in_a_circle(kind: str, document: Document) -> bool:
    seen: list[str | None] = [kind]
    while (workflow := document.workflow.get(str(seen[-1]))) and workflow.after not in seen:
        seen.append(workflow.after)
    return workflow is not None


def _station(path: str, station: Station, document: Document, judges: Callable[[str], bool]) -> Iterator[Fault]:
    roles = STATION_ROLES.get(station.level, ())
    if station.role not in roles:
        yield f"{path}.role", f"{station.role} 不能在 {station.level} 一级审核", _one_of(roles)
    named = {name for _, name in document.rules_by_function()}
    for decision in filter(judges, station.decisions):
        if decision not in DECIDERS:
            yield path, f"没有 {decision} 这项决定", _one_of(sorted(DECIDERS))
        elif not any(name in named for name in functions_of(decision)):
            cure = "请在 rules 中写明它的规则函数，或从该环节删去"
            yield path, f"没有任何规则属于 {decision}", cure


def road_faults(document: Document) -> Iterator[Fault]:
    """Every step that a case takes stands on the road, in order, and nothing before it that no case takes."""
    for kind, workflow in document.workflow.items():
        taken = _taken(kind, document, frozenset())
        for step in (CASES.get(kind, ""), *(step_at(kind, station.id) for station in workflow.stations)):
            if step and step not in document.road:
                yield "road", f"缺少 {step}", f"请按办理次序写入 {step}"
        last = step_at(kind, workflow.stations[-1].id) if workflow.stations else ""
        before = document.road[: document.road.index(last)] if last in document.road else ()
        for step in before:
            if step not in taken:
                yield "road", f"{step} 在 {last} 之前，却没有事项会办理它", "请更正名称，移到其后，或删去"
        if (order := [step for step in document.road if step in taken]) != [step for step in taken if step in order]:
            yield "road", f"{kind} 的环节次序与 workflow 不同", f"请按此次序：{'、'.join(taken)}"


def _taken(kind: str, document: Document, seen: frozenset[str]) -> tuple[str, ...]:
    """The steps that a case of that kind takes, with those of the kinds before it, in order."""
    workflow = document.workflow.get(kind)
    if workflow is None or kind in seen:
        return ()
    before = _taken(workflow.after, document, seen | {kind}) if workflow.after else ()
    own = (CASES.get(kind, ""), *(step_at(kind, station.id) for station in workflow.stations))
    return (*before, *(step for step in own if step))


def _deadlines(document: Document) -> Iterator[Fault]:
    for deadline in document.deadlines.values():
        for name, written, known in (("party", deadline.party, PARTIES), ("anchor", deadline.anchor, ANCHORS)):
            if written not in known:
                yield f"deadlines.{deadline.id}.{name}", f"不认识 {written}", _one_of(known)


def functions_of(decision: str) -> Iterator[str]:
    """The rule functions that belong to a decision, its calculations' steps among them."""
    yield from (name for name, function in RULES.items() if function.of == decision)
    yield from (step for decider in DECIDERS.get(decision, {}).values() for step in decider.steps)


def _one_of(known: Iterable[str]) -> str:
    return f"请用以下之一：{'、'.join(known)}"
