"""Plays a scenario, step by step, against whatever carries its calls.

before each step   the system settles: everything told has been applied
the step           references are followed, the deed is done, the answer compared
on a difference    ScenarioFailed: which step, what was expected, what came
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol, assert_never

from shared.errors import SkillsError
from shared.scenario.expectations import differences
from shared.scenario.files import FileError, Files
from shared.scenario.references import UnknownReferenceError, resolve
from shared.scenario.story import Actor, Call, Cast, MoveClock, Read, Refusal, Say, Scenario, Step, Write


class Caller(Protocol):
    """How a scenario reaches the system. All three may raise SkillsError."""

    def call(self, actor: Actor, method: str, payload: Mapping[str, Any]) -> Any:
        """The plain JSON answer of `service.method`."""

    def settle(self) -> None:
        """Returns when nothing is under way; raises when something is parked."""

    def move_clock(self, to: date) -> None:
        """Moves the business date, due date by due date."""


class Casting(Protocol):
    """Makes up who takes part: mappings of plain values, the same ones for the same seed."""

    def people(self, count: int, seed: int) -> Sequence[Mapping[str, Any]]: ...

    def organisations(self, count: int, seed: int) -> Sequence[Mapping[str, Any]]: ...


class Reporter(Protocol):
    """Shows progress to whoever watches."""

    def line(self, text: str) -> None:
        """One line in Chinese."""


class ScenarioFailed(Exception):
    """A step didn't go as told; the text says which, what was expected and what came."""


class _StepFailed(Exception):
    """The same before the step is named."""


@dataclass(frozen=True)
class Stage:
    """What a scenario is played with."""

    caller: Caller
    casting: Casting
    files: Files
    reporter: Reporter


def run(scenario: Scenario, stage: Stage) -> dict[str, Any]:
    """Plays all steps and returns everything that was saved, by name. Raises ScenarioFailed at the first failure."""
    told = [step for step in scenario.steps if _is_told(step)]
    stage.reporter.line(f"【{scenario.name}】共 {len(told)} 步")
    scope = _opening(scenario, stage)
    for step in scenario.steps:
        try:
            stage.caller.settle()
            outcome = _play(step, scenario, scope, stage)
            if step is scenario.steps[-1]:
                stage.caller.settle()
        except (SkillsError, UnknownReferenceError, FileError, _StepFailed) as problem:
            raise ScenarioFailed(_failure(step, problem)) from problem
        if step in told:
            number = told.index(step) + 1
            stage.reporter.line(f"[{number}/{len(told)}] {step.say or outcome}" + _detail(step, outcome))
    stage.reporter.line(f"【{scenario.name}】全部完成")
    return scope


def _is_told(step: Step) -> bool:
    """A call that its author gave no words belongs to the sentence before it."""
    return bool(step.say) or not isinstance(step.does, Call)


def _opening(scenario: Scenario, stage: Stage) -> dict[str, Any]:
    """The scope at the start: the parameters, people and organisations of the story, and its day."""
    scope: dict[str, Any] = dict(scenario.parameters)
    for cast, make in _casts(scenario, stage.casting):
        scope[cast.name] = [dict(one) for one in make(cast.count, cast.seed)]
    if scenario.clock:
        stage.caller.move_clock(scenario.clock)
        scope["clock"] = scenario.clock.isoformat()
    return scope


def _casts(scenario: Scenario, casting: Casting) -> list[tuple[Cast, Any]]:
    people = [(cast, casting.people) for cast in scenario.people]
    return people + [(cast, casting.organisations) for cast in scenario.organisations]


def _play(step: Step, scenario: Scenario, scope: dict[str, Any], stage: Stage) -> str:
    """Does the step, keeps what it saves in the scope, and returns a few Chinese words on what came of it."""
    match step.does:
        case Call() as call:
            answer, outcome = _call(call, scenario, scope, stage.caller)
        case MoveClock(to=day):
            stage.caller.move_clock(day)
            scope["clock"] = day.isoformat()
            return f"业务日期到 {day.isoformat()}"
        case Read() as read:
            answer = stage.files.read(read.file, read.form, date.fromisoformat(scope["clock"]))
            _compare(read.expect, answer, scope)
            outcome = f"读入 {len(answer['rows'])} 行，{len(answer['errors'])} 处有误"
        case Write() as write:
            file = resolve(write.file, scope)
            stage.files.write(file, resolve(write.content, scope))
            return f"已生成 {file}"
        case Say():
            return ""
        case other:
            assert_never(other)
    if step.save:
        scope[step.save] = answer
    return outcome


def _call(call: Call, scenario: Scenario, scope: Mapping[str, Any], caller: Caller) -> tuple[Any, str]:
    if call.for_each is None:
        return _call_once(call, scenario, scope, caller)
    elements = resolve(call.for_each, scope)
    if not isinstance(elements, list):
        raise _StepFailed(f"expected: for_each over a list\ncame:     {elements!r}")
    answers = [
        _call_once(call, scenario, {**scope, "item": item, "index": index}, caller)[0]
        for index, item in enumerate(elements)
    ]
    return answers, f"{'均被拒绝' if call.refused else '完成'}，共 {len(answers)} 次"


def _call_once(call: Call, scenario: Scenario, scope: Mapping[str, Any], caller: Caller) -> tuple[Any, str]:
    actor = _present(scenario.actors[call.actor], scope)
    payload = resolve(call.payload, scope)
    try:
        answer = caller.call(actor, call.method, payload)
    except SkillsError as refusal:
        if call.refused is None:
            raise
        _check_refusal(call.refused, refusal)
        return None, f"按预期被拒绝：{refusal.message}" + _reasons(refusal)
    if call.refused:
        raise _StepFailed(f"expected: refused with {call.refused.code}\ncame:     the answer {answer!r}")
    _compare(call.expect, answer, scope)
    return answer, "完成"


def _present(actor: Actor, scope: Mapping[str, Any]) -> Actor:
    """The actor with its references followed: an employer's id is known only after it registered."""
    return replace(
        actor,
        subject=resolve(actor.subject, scope),
        district=resolve(actor.district, scope),
        organisation=resolve(actor.organisation, scope),
    )


def _compare(expect: Any, answer: Any, scope: Mapping[str, Any]) -> None:
    if expect is None:
        return
    found = list(differences(resolve(expect, scope), answer))
    if found:
        raise _StepFailed("\n".join(f"{one.path}\n  expected: {one.expected}\n  came:     {one.came}" for one in found))


def _check_refusal(expected: Refusal, came: SkillsError) -> None:
    unmet = [one.get("rule") for one in came.details.get("findings", []) if one.get("outcome") == "unmet"]
    wrong = [one.get("path") for one in came.details.get("fields", [])]
    fits = (
        came.code == expected.code
        and (expected.rule is None or expected.rule in unmet)
        and (expected.field is None or expected.field in wrong)
    )
    if not fits:
        wanted = ", ".join(part for part in (expected.code, expected.rule, expected.field) if part)
        raise _StepFailed(f"expected: refused with {wanted}\ncame:     {_told(came)}")


def _reasons(refusal: SkillsError) -> str:
    """What was unmet or wrong, a line each, as officials read it."""
    unmet = [one for one in refusal.details.get("findings", []) if one.get("outcome") == "unmet"]
    words = [f"{one['rule']}〔{one['clause']}〕{one['message']}" for one in unmet]
    words += [f"{one['path']}：{one['message']}" for one in refusal.details.get("fields", [])]
    return "".join(f"\n        {word}" for word in words)


def _failure(step: Step, problem: Exception) -> str:
    what = f"came:     {_told(problem)}" if isinstance(problem, SkillsError) else str(problem)
    return f"{step.place}: step {step.number} {_deed(step)}\n{what}"


def _deed(step: Step) -> str:
    method = f" ({step.does.actor}: {step.does.method})" if isinstance(step.does, Call) else ""
    return f"{step.say or type(step.does).__name__}{method}"


def _told(error: SkillsError) -> str:
    """The error as it was told; findings and fields one by one, the rest of the details as they are."""
    listed = [*error.details.get("findings", []), *error.details.get("fields", [])]
    rest = {key: value for key, value in error.details.items() if key not in ("findings", "fields")}
    return "\n          ".join([f"{error.code}: {error.message} {rest or ''}".rstrip(), *map(str, listed)])


def _detail(step: Step, outcome: str) -> str:
    return f" …… {outcome}" if step.say and outcome else ""
