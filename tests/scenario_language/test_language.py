"""A scenario file says what it means, and every mistake is named with its line."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from shared.scenario.language import load, parse
from shared.scenario.story import Actor, Call, Cast, MoveClock, Refusal, Scenario
from shared.scenario.yaml_nodes import ScenarioError
from tests.scenario_language.fakes import HEAD, story

FIRST_LINE = HEAD.count("\n") + 1


def mistake(text: str) -> str:
    with pytest.raises(ScenarioError) as refused:
        parse(text, "story.yaml")
    return str(refused.value)


def test_a_scenario_is_parsed_into_values() -> None:
    scenario = parse(
        story(
            """
            - say: 申领
              as: district
              call: subsidy.submit_claim
              with: {amount: 93000.00, on: 2022-06-06, persons: 20, urgent: no, certified: true}
              save: claim
            - clock: 2024-06-30
            - as: district
              call: subsidy.pay
              refused: {code: policy_not_met, rule: APP-19}
            """
        )
    )
    assert (scenario.name, scenario.clock) == ("试演", date(2022, 6, 6))
    assert scenario.actors["district"] == Actor("district", "district_officer", "officer-1", "110105")
    assert scenario.people == (Cast("apprentices", 3, 7),)
    payload = {"amount": "93000.00", "on": "2022-06-06", "persons": 20, "urgent": "no", "certified": True}
    assert [step.does for step in scenario.steps] == [
        Call("district", "subsidy.submit_claim", payload),
        MoveClock(date(2024, 6, 30)),
        Call("district", "subsidy.pay", {}, refused=Refusal("policy_not_met", "APP-19")),
    ]
    assert [(step.number, step.place, step.save) for step in scenario.steps] == [
        (1, f"scenario:{FIRST_LINE}", "claim"),
        (2, f"scenario:{FIRST_LINE + 5}", None),
        (3, f"scenario:{FIRST_LINE + 6}", None),
    ]


@pytest.mark.parametrize(
    ("step", "line", "said"),
    [
        ("- {say: 一, sya: 二}", 0, "'sya' is not known here"),
        ("- say: 一\n- {as: district, call: a.b, expcet: {}}", 1, "'expcet' is not known here"),
        ("- {as: district, call: a.b, clock: 2023-01-01}", 0, "a step does one thing"),
        ("- {save: x}", 0, "a step does one thing"),
        ("- {clock: 2023-01-01, save: x}", 0, "'save' has no meaning"),
        ("- {as: nobody, call: a.b}", 0, "there is no actor 'nobody'; there is district, employer"),
        ("- {call: a.b}", 0, "'as' is missing"),
        ("- {as: district, call: ab}", 0, "write service.method"),
        ("- as: district\n  call: a.b\n  with: {x: '${a b}'}", 2, "'${a b}' can't be read"),
        ("- {as: district, call: a.b, with: {x: '${a'}}", 0, "can't be read"),
        ("- {as: district, call: a.b, with: [1]}", 0, "`key: value`"),
        ("- {as: district, call: a.b, save: x, refused: {code: conflict}}", 0, "remove expect and save"),
        ("- {as: district, call: a.b, refused: {rule: X-1}}", 0, "'code' is missing"),
        ("- clock: 2023-01-01\n- clock: 2022-12-31", 1, "time never goes back"),
        ("- {clock: 2023-02-30}", 0, "expected a date"),
        ("- {as: district, call: a.b, save: apprentices}", 0, "the name 'apprentices' can't be used"),
        ("- {as: district, call: a.b, save: item}", 0, "the name 'item' can't be used"),
        ("- {write: {file: a, rows: []}}", 0, "write takes one of these"),
        ("- {read: {file: a}}", 0, "'form' is missing"),
        ("- {read: {file: a, form: b}, with: {}}", 0, "'with' has no meaning"),
        ("- {as: district, as: district, call: a.b}", 0, "'as' stands here twice"),
        ("- {say: !!binary aGk=}", 0, "isn't used in scenarios"),
    ],
)
def test_a_mistake_is_named_with_its_line(step: str, line: int, said: str) -> None:
    message = mistake(story(step))
    assert message.startswith(f"story.yaml:{FIRST_LINE + line}: ")
    assert said in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1: the file is empty"),
        ("name: 一", "'steps' is missing"),
        ("- 1", "`key: value`"),
        ("name: 一\nsteps: {}", ":2: expected a list"),
        ("name: 一\nsteps: [\n", ":3: not YAML"),
        ("name: 一\nactors: {a: {role: x}}\nsteps: []", ":2: 'subject' is missing"),
        ("name: 一\npeople: {a: {count: many, seed: 1}}\nsteps: []", ":2: expected a whole number"),
        ("name: 一\nsteps:\n- read: {file: a, form: b}", ":3: a sheet is read on a day"),
        ("name: 一\nactor: {}\nsteps: []", ":2: 'actor' is not known here"),
    ],
)
def test_a_mistake_outside_the_steps_is_named_too(text: str, said: str) -> None:
    assert said in mistake(text)


PARAMETERS = """\
name: "${level} ${persons} 人"
parameters: {level: advanced, persons: 3, begins: 2022-06-06}
clock: "${begins}"
people: {apprentices: {count: "${persons}", seed: 7}}
steps: [{say: "按 ${level} 培训"}]
"""


def test_a_parameter_stands_wherever_its_name_does() -> None:
    scenario = parse(PARAMETERS)
    assert (scenario.name, scenario.clock) == ("advanced 3 人", date(2022, 6, 6))
    assert (scenario.people, scenario.steps[0].say) == ((Cast("apprentices", 3, 7),), "按 advanced 培训")
    assert scenario.parameters == {"level": "advanced", "persons": 3, "begins": "2022-06-06"}


def test_another_value_may_be_given_for_a_parameter() -> None:
    scenario = parse(PARAMETERS, given={"level": "technician", "persons": "12", "begins": '"2023-01-02"'})
    assert (scenario.name, scenario.clock) == ("technician 12 人", date(2023, 1, 2))
    assert scenario.people == (Cast("apprentices", 12, 7),)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"levl": "technician"}, "story.yaml:2: there is no parameter 'levl'; there is begins, level, persons"),
        ({"persons": "many"}, "story.yaml:4: expected a whole number"),
        ({"persons": "[1]"}, "persons=[1]:1: expected one value"),
        ({"level": ""}, "level=:1: the file is empty"),
        ({"begins": "soon"}, "story.yaml:3: expected a date"),
    ],
)
def test_a_mistake_in_what_is_given_is_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(ScenarioError, match=re.escape(said)):
        parse(PARAMETERS, "story.yaml", given)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: 一\nparameters: {a: [1]}\nsteps: []", ":2: expected one value"),
        ("name: 一\nparameters: {clock: 1}\nsteps: []", ":2: the name 'clock' can't be used"),
        ("name: 一\nparameters: {a: 1}\npeople: {a: {count: 1, seed: 1}}\nsteps: []", ":3: the name 'a' can't be used"),
        (
            "name: 一\nclock: ${begins}\nsteps: []",
            ":2: ${begins}: there is no 'begins'; there is nothing: only parameters",
        ),
    ],
)
def test_a_mistake_in_a_parameter_is_named_with_its_line(text: str, said: str) -> None:
    assert said in mistake(text)


GOES_ON = """\
name: "接着办 ${persons} 人"
continues: {story: before.yaml, with: {level: technician, begins: 2022-08-01}}
parameters: {reason: 生病}
actors: {city: {role: city_officer, subject: officer-9}}
steps:
  - {say: "${reason}", as: city, call: a.b, with: {of: "${claim.id}"}, save: later}
  - {as: district, call: a.b}
  - clock: 2022-09-01
"""
BEFORE = """\
name: "${level} ${persons} 人"
parameters: {level: advanced, persons: 3, begins: 2022-06-06}
clock: "${begins}"
people: {apprentices: {count: "${persons}", seed: 7}}
actors: {district: {role: district_officer, subject: officer-1}}
steps: [{say: "按 ${level} 培训"}, {as: district, call: a.b, save: claim}]
"""


def goes_on(folder: Path, text: str = GOES_ON, given: dict[str, str] | None = None) -> Scenario:
    (folder / "before.yaml").write_text(BEFORE, "utf-8")
    (folder / "after.yaml").write_text(text, "utf-8")
    return load(folder / "after.yaml", given)


def test_a_story_goes_on_where_another_one_ended(tmp_path: Path) -> None:
    scenario = goes_on(tmp_path)
    assert (scenario.name, scenario.clock) == ("接着办 3 人", date(2022, 8, 1))
    assert [(step.number, step.place.rpartition("/")[2]) for step in scenario.steps] == [
        (1, "before.yaml:6"),
        (2, "before.yaml:6"),
        (3, "after.yaml:6"),
        (4, "after.yaml:7"),
        (5, "after.yaml:8"),
    ]
    assert scenario.steps[0].say == "按 technician 培训"
    assert sorted(scenario.actors) == ["city", "district"]
    assert scenario.parameters == {"level": "technician", "persons": 3, "begins": "2022-08-01", "reason": "生病"}


def test_what_is_given_reaches_the_story_before(tmp_path: Path) -> None:
    scenario = goes_on(tmp_path, given={"persons": "12", "level": "senior_technician", "reason": "参军"})
    assert scenario.people == (Cast("apprentices", 12, 7),)
    assert scenario.parameters["level"] == "senior_technician"
    assert scenario.steps[2].say == "参军"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOES_ON.replace("before.yaml", "nowhere.yaml"), "after.yaml:2: there is no file"),
        (GOES_ON.replace("level: technician", "levl: technician"), "before.yaml:2: there is no parameter 'levl'"),
        (
            GOES_ON.replace("parameters:", "clock: 2022-06-06\nparameters:"),
            "after.yaml:3: the story goes on at the day",
        ),
        (GOES_ON.replace("reason: 生病", "level: 1"), "after.yaml:3: the name 'level' can't be used"),
        (GOES_ON.replace("save: later", "save: claim"), "after.yaml:6: the name 'claim' can't be used"),
        (GOES_ON.replace("{city:", "{district:"), "after.yaml:4: 'district' is an actor of the story before"),
        (GOES_ON.replace("2022-09-01", "2022-07-31"), "after.yaml:8: time never goes back: it is 2022-08-01"),
    ],
)
def test_a_mistake_in_going_on_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=re.escape(said)):
        goes_on(tmp_path, text)
