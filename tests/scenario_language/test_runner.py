"""A story is played step by step; a failing step says which, what was expected and what came."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli.known_forms import KNOWN_FORMS
from shared.errors import Conflict, InvalidRequest, PolicyNotMet, SkillsError, Unavailable
from shared.scenario import made_up_parties
from shared.scenario.cast import MadeUpCasting
from shared.scenario.files import Files
from shared.scenario.language import parse
from shared.scenario.runner import ScenarioFailed, Stage, run
from shared.scenario.story import Actor
from tests.scenario_language.fakes import FakeCaller, FakeCasting, Lines, play, story


def echo(_actor: Actor, payload: Mapping[str, Any]) -> dict[str, Any]:
    return dict(payload)


def refusing(error: SkillsError) -> Any:
    def answer(_actor: Actor, _payload: Mapping[str, Any]) -> Any:
        raise error

    return answer


UNMET = PolicyNotMet.of(
    "不符合条件",
    [
        {"rule": "APP-18", "clause": "四(二)", "outcome": "met", "message": "符合"},
        {"rule": "APP-19", "clause": "四(三)", "outcome": "unmet", "message": "未取证"},
    ],
)


def failure(steps: str, folder: Path, **answers: Any) -> str:
    with pytest.raises(ScenarioFailed) as failed:
        play(steps, folder, **answers)
    return str(failed.value)


def test_the_system_settles_before_each_step_and_at_the_end(tmp_path: Path) -> None:
    played = play("- {as: district, call: a.b}\n- clock: 2024-06-30", tmp_path, a_b=echo)
    assert played.caller.log == [
        date(2022, 6, 6),
        "settle",
        ("district", "a.b", {}),
        "settle",
        date(2024, 6, 30),
        "settle",
    ]


def test_what_a_step_saves_is_there_for_later_ones(tmp_path: Path) -> None:
    played = play(
        """
        - {as: district, call: registry.add, with: {name: "${apprentices[0].name}", on: "${clock}"}, save: first}
        - {as: district, call: registry.add, with: {after: "${first.name}"}}
        """,
        tmp_path,
        registry_add=echo,
    )
    assert played.caller.payloads == [{"name": "学徒7-0", "on": "2022-06-06"}, {"after": "学徒7-0"}]


def test_a_parameter_is_there_for_every_step_with_its_type(tmp_path: Path) -> None:
    text = f"parameters: {{passed: 2}}\n{story('- {as: district, call: a.b, with: {rows: PASSED, of: NUMBER}}')}"
    text = text.replace("PASSED", '"${apprentices[:passed]}"').replace("NUMBER", '"${passed}"')
    caller = FakeCaller({"a.b": echo})
    run(parse(text), Stage(caller, FakeCasting(), Files(tmp_path, tmp_path, KNOWN_FORMS), Lines()))
    assert caller.payloads == [{"rows": [{"name": "学徒7-0"}, {"name": "学徒7-1"}], "of": 2}]


def test_for_each_calls_once_per_element_and_saves_every_answer(tmp_path: Path) -> None:
    played = play(
        """
        - for_each: ${apprentices}
          as: district
          call: registry.add
          with: {name: "${item.name}", place: "${index}"}
          expect: {name: "${item.name}"}
          save: added
        """,
        tmp_path,
        registry_add=echo,
    )
    assert [one["place"] for one in played.saved["added"]] == [0, 1, 2]


def test_an_actor_learns_its_organisation_during_the_story(tmp_path: Path) -> None:
    speakers: list[Actor] = []

    def register(actor: Actor, _payload: Mapping[str, Any]) -> dict[str, str]:
        speakers.append(actor)
        return {"organisation_id": "O-1"}

    play(
        """
        - {as: district, call: a.b, save: registered}
        - {as: employer, call: a.b}
        """,
        tmp_path,
        a_b=register,
    )
    assert [(one.district, one.organisation) for one in speakers] == [("110105", None), (None, "O-1")]


def test_a_difference_fails_the_step_with_its_number_sentence_expectation_and_answer(tmp_path: Path) -> None:
    told = failure(
        """
        - say: 先说一句
        - say: 核定金额
          as: district
          call: subsidy.get_claim
          with: {entitlement: "93000.00"}
          expect: {entitlement: "93000.01"}
        """,
        tmp_path,
        subsidy_get_claim=echo,
    )
    assert told == (
        "story.yaml:9: step 2 核定金额 (district: subsidy.get_claim)\n"
        "entitlement\n  expected: '93000.01'\n  came:     '93000.00'"
    )


def test_an_unexpected_refusal_fails_the_step_with_every_finding(tmp_path: Path) -> None:
    told = failure("- {as: district, call: a.b}", tmp_path, a_b=refusing(UNMET))
    assert "policy_not_met: 不符合条件" in told
    assert "APP-19" in told


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        ("{code: policy_not_met, rule: APP-19}", UNMET),
        ("{code: policy_not_met}", UNMET),
        ("{code: conflict}", Conflict("已办理")),
        ("{code: invalid_request, field: 'rows[0].name'}", InvalidRequest.of(("rows[0].name", "请填写"))),
    ],
)
def test_a_refusal_that_is_expected_passes(refused: str, error: SkillsError, tmp_path: Path) -> None:
    played = play(f"- {{say: 审核, as: district, call: a.b, refused: {refused}}}", tmp_path, a_b=refusing(error))
    assert error.message in played.lines[1]


def test_a_refusal_is_told_with_what_was_unmet_and_nothing_else(tmp_path: Path) -> None:
    steps = "- {say: 审核, as: district, call: a.b, refused: {code: policy_not_met}}"
    played = play(steps, tmp_path, a_b=refusing(UNMET))
    assert played.lines[1].splitlines() == ["[1/1] 审核 …… 按预期被拒绝：不符合条件", "        APP-19〔四(三)〕未取证"]


def test_a_call_without_words_is_made_and_not_told(tmp_path: Path) -> None:
    played = play("- {as: district, call: a.b}\n- {say: 登记, as: district, call: a.b}", tmp_path, a_b=echo)
    assert played.caller.log.count(("district", "a.b", {})) == 2
    assert played.lines == ["【试演】共 1 步", "[1/1] 登记 …… 完成", "【试演】全部完成"]


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        ("{code: conflict}", UNMET),
        ("{code: policy_not_met, rule: APP-18}", UNMET),
        ("{code: invalid_request, field: 'rows[1].name'}", InvalidRequest.of(("rows[0].name", "请填写"))),
    ],
)
def test_another_refusal_than_expected_fails(refused: str, error: SkillsError, tmp_path: Path) -> None:
    told = failure(f"- {{as: district, call: a.b, refused: {refused}}}", tmp_path, a_b=refusing(error))
    assert "expected: refused with" in told


def test_an_answer_where_a_refusal_is_expected_fails(tmp_path: Path) -> None:
    assert "came:     the answer {}" in failure(
        "- {as: district, call: a.b, refused: {code: conflict}}", tmp_path, a_b=echo
    )


def test_a_parked_message_fails_the_step_at_once(tmp_path: Path) -> None:
    class Parked(FakeCaller):
        def settle(self) -> None:
            raise Unavailable("有消息未处理，请先排除原因")

    with pytest.raises(ScenarioFailed, match="step 1"):
        play("- {as: district, call: a.b}", tmp_path, Parked())


def test_an_unknown_reference_fails_the_step(tmp_path: Path) -> None:
    told = failure("- {as: district, call: a.b, with: {x: '${later.id}'}}", tmp_path, a_b=echo)
    assert "there is no 'later'" in told


def test_progress_is_told_in_chinese_step_by_step(tmp_path: Path) -> None:
    played = play("- {say: 企业登记, as: district, call: a.b}\n- clock: 2024-06-30", tmp_path, a_b=echo)
    assert played.lines == [
        "【试演】共 2 步",
        "[1/2] 企业登记 …… 完成",
        "[2/2] 业务日期到 2024-06-30",
        "【试演】全部完成",
    ]


ROSTER_STEPS = """
- write:
    file: 花名册.xlsx
    form: apprentice_roster
    head: {employer: 示例, employer_uscc: "-", training_provider: 示例, project: 示例}
    rows:
      each: "${people}"
      make:
        name: "${item.name}"
        id_kind: resident_id
        id_number: "${item.id_number}"
        phone: "${item.phone}"
        post: 装配
        employment_form: new_hire
        contract_starts_on: 2022-01-01
        contract_ends_on: open_ended
        insured_month: 2022-05
        monthly_wage: 6500.00
        occupation: 装配钳工
        level: advanced
- read: {file: 花名册.xlsx, form: apprentice_roster}
  save: roster
  expect: {rows: {count: 2}, errors: [{row: 7, column: 身份证号}]}
- {as: district, call: registry.add, with: {rows: "${roster.values}"}}
- write: {file: 更正/花名册.xlsx, errors_of: "${roster}"}
"""


def test_a_roster_is_written_read_sent_and_returned_with_its_errors(tmp_path: Path) -> None:
    first, second = MadeUpCasting().people(2, 7)
    steps = f"- {{as: district, call: cast.people, save: cast}}\n{ROSTER_STEPS.replace('${people}', '${cast.people}')}"
    people = {"people": [first, second, first]}
    played = play(steps, tmp_path, cast_people=lambda _actor, _payload: people, registry_add=echo)
    assert [row["name"] for row in played.caller.payloads[1]["rows"]] == [first["name"], second["name"]]
    assert sorted(path.name for path in played.folder.rglob("*.xlsx")) == ["花名册.xlsx", "花名册.xlsx"]


def test_a_file_from_an_answer_is_written_as_it_is(tmp_path: Path) -> None:
    content = base64.b64encode(b"letter").decode()
    played = play(
        """
        - {as: district, call: a.b, save: letter}
        - write: {file: 决定书.docx, base64: "${letter.content}"}
        """,
        tmp_path,
        a_b=lambda _actor, _payload: {"content": content},
    )
    assert (played.folder / "决定书.docx").read_bytes() == b"letter"


def test_a_file_outside_the_output_folder_is_never_written(tmp_path: Path) -> None:
    assert "leads out of its folder" in failure("- write: {file: ../x.txt, text: x}", tmp_path)
    assert not (tmp_path / "x.txt").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{file: x, errors_of: '${apprentices}'}", "what a read step saved"),
        ("{file: x, form: apprentice_roster, rows: []}", "don't fit the form"),
        ("{file: x, base64: '不是'}", "isn't base64"),
    ],
)
def test_content_that_can_not_be_written_fails_the_step(content: str, said: str, tmp_path: Path) -> None:
    assert said in failure(f"- write: {content}", tmp_path)


def test_a_missing_file_or_form_fails_the_step(tmp_path: Path) -> None:
    assert "neither" in failure("- read: {file: x.xlsx, form: apprentice_roster}", tmp_path)
    assert "there is no form 'x'" in failure("- read: {file: x.xlsx, form: x}", tmp_path)


def test_the_cast_of_a_story_is_the_made_up_one() -> None:
    person = made_up_parties.people(1, 7)[0]
    assert MadeUpCasting().people(1, 7)[0]["born_on"] == person.born_on.isoformat()
    assert MadeUpCasting().organisations(1, 7)[0]["uscc"] == made_up_parties.organisations(1, 7)[0].uscc
