"""Readings that need more of a document than their setting, and what `skills rules` shows of all of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner

from cli.rules import rules
from services.training.rules.completion import CreditFacts, ExtraCredits, credits_so_far
from shared.policy.decisions import Verdict, decide
from shared.policy.document import Document
from shared.policy.document_check import check
from shared.policy.readings import READINGS
from tests.rules.policy import BEIJING, beijing, document_of, facts_of, tree_of

CAP = {"unit": "credits", "clause": "示例", "force": "must", "evidence": "至多 8 学分", "value": 8}


def capped(value: dict[str, Any] | None) -> Document:
    """Beijing's document with the other reading of INT-36."""
    tree = tree_of(BEIJING)
    tree["interpretations"]["INT-36"]["value"] = "capped"
    if value:
        tree["values"]["credits.extra_max"] = value
    return document_of(tree)


@pytest.mark.parametrize(("missing", "verdict"), [(8, Verdict.MET), (9, Verdict.REFUSED)])
def test_recognised_credits_count_up_to_the_cap_where_so_read(missing: int, verdict: Verdict) -> None:
    """INT-36: 80 are needed; so many are missing, and twenty were recognised."""
    extra = [{"kind": "recognised", "credits": 20, "reason": "原单位培训", "approved_by": "officer-1"}]
    facts = facts_of({"decision": "training.credits", "facts": {"workplace_hours": 480 - 10 * missing, "extra": extra}})
    decision = decide("training.credits", facts, capped(CAP))
    assert decision.verdict is verdict
    assert ("INT-36", "capped") in {(used.interpretation, used.value) for used in decision.readings}
    assert decide("training.credits", facts, beijing()).verdict is Verdict.MET


def test_credits_are_shown_on_the_way_as_they_are_decided_at_the_end() -> None:
    facts = CreditFacts(
        date(2023, 1, 1), "advanced", 32, 48, 100, 100, (ExtraCredits("bonus", 20, "竞赛", "officer-1"),)
    )
    assert (credits_so_far(facts, beijing()), credits_so_far(facts, capped(CAP))) == (40, 28)


def test_a_cap_without_its_figure_is_a_fault_of_the_document() -> None:
    assert [problem.path for problem in check(capped(None))] == ["values.credits.extra_max"]
    assert check(capped(CAP)) == ()


def test_who_grants_the_longest_term_is_the_station_that_decides_the_project() -> None:
    """INT-29: the other reading moves the decision to the city's station."""
    tree = tree_of(BEIJING)
    district, city = tree["workflow"]["project"]["stations"]
    district["decisions"].remove("review.project")
    city["decisions"].append("review.project")
    assert check(document_of(tree)) == ()


def test_every_reading_is_shown_with_its_setting_and_what_else_it_could_be() -> None:
    output = CliRunner().invoke(rules, ["--on", "2022-06-06"]).output
    for entry in beijing().interpretations.values():
        assert f"{entry.id}  {entry.question}：{entry.reading}" in output
    for setting, choices in READINGS.items():
        assert f"{setting} = " in output and choices[1] in output
    assert "lower_certificate = no_certificate，可改为 lower_level_rate；另可：按较低等级的标准计" in output
    assert "没有开关" in output
