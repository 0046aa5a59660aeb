"""Every reading is data: what changes money or eligibility switches, what doesn't switch says why, and what code obeys
is shown by the decisions that rest on it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from shared.policy.readings import READINGS
from shared.policy.rules import RULES
from tests.architecture.sources import modules
from tests.rules.policy import all_cases, beijing

MONEY_AND_ELIGIBILITY = (
    *("INT-1", "INT-2", "INT-3", "INT-4", "INT-18", "INT-19", "INT-24", "INT-27", "INT-28", "INT-30", "INT-32"),
    *("INT-33", "INT-37", "INT-39", "INT-40", "INT-73", "INT-74", "INT-75"),
    "INT-76",
)
"""Those of the register's starred readings that touch this programme: each switches."""

DEFAULT_ONLY = {
    "INT-14": "no deadline of this document ends 前 a day; the last day of those that it has is always in time",
    "INT-15": "the first day is data by itself: `in_force.from`",
    "INT-16": "a case keeps one document, so that one decision never rests on two",
    "INT-22": "where an employer's people are insured is no fact that anybody registers of an employer",
    "INT-25": "no declaration of the employer is kept; codes are compared with the edition of the day",
    "INT-29": "who grants is data by itself: the station whose decisions hold review.project",
    "INT-31": "agreements are the employer's, so a case that moved would change its parties",
    "INT-35": "hours are recorded as class hours; nothing is counted in minutes",
    "INT-38": "the text gives no figure and leaves ordering to the city; a threshold would be made up",
    "INT-41": "figures count enrolments and show completions beside them",
}
"""Readings without a switch, each with its reason."""

TRIED_ELSEWHERE = {
    "INT-4": "tests/services/subsidy: what is offset is an entry, not a rule's answer",
    "INT-36": "tests/rules/test_readings.py: the other reading needs a figure besides",
    "INT-40": "tests/rules/test_money.py",
    "INT-73": "tests/services/training: it needs a second programme",
    "INT-75": "tests/rules/test_money.py",
    "INT-88": "tests/services/subsidy/exclusions: when a demand opens is no rule's answer",
    "INT-89": "tests/services/subsidy/claims: whom a claim is for is no rule's answer",
    "INT-90": "tests/services/training/enrolments and subsidy/claims: what was there before decides",
    "INT-76": "tests/services/subsidy/collection: what may be spent again is an entry, not a rule's answer",
}
"""Readings whose two sides are no cases of one decision, with where they are tried."""


@pytest.mark.parametrize("interpretation", MONEY_AND_ELIGIBILITY)
def test_what_changes_money_or_eligibility_switches(interpretation: str) -> None:
    entry = beijing().interpretations[interpretation]
    assert entry.setting, f"{interpretation} has no setting: {entry.question}"
    assert len(READINGS[entry.setting]) > 1


def test_what_does_not_switch_says_why() -> None:
    unswitched = {entry.id for entry in beijing().interpretations.values() if entry.setting is None}
    assert unswitched == set(DEFAULT_ONLY)


@pytest.mark.parametrize("interpretation", [one.id for one in beijing().interpretations.values() if one.setting])
def test_a_reading_that_switches_is_tried_both_ways(interpretation: str) -> None:
    if interpretation in TRIED_ELSEWHERE:
        return
    setting = beijing().interpretations[interpretation].setting
    tried = [case for case in all_cases() if interpretation in case.get("interpretations", [])]
    assert any(setting in case.get("settings", {}) for case in tried), f"no case under another reading of {setting}"
    assert any(setting not in case.get("settings", {}) for case in tried), f"no case under the default of {setting}"


def test_every_setting_belongs_to_a_reading_of_the_document() -> None:
    assert {entry.setting for entry in beijing().interpretations.values() if entry.setting} == set(READINGS)


def test_what_code_obeys_is_declared_by_a_rule_so_that_its_decisions_show_it() -> None:
    shown = {setting for rule in RULES.values() for setting in rule.readings}
    obeyed = {setting for file in modules("services") for setting in _settings(file.read_text("utf-8"))}
    assert obeyed - shown == set(), "declare it under `readings` of the rule that it decides"
    assert shown | obeyed == set(READINGS), "a setting that nothing reads"


def _settings(source: str) -> Iterator[str]:
    """The settings that a module asks a document or a clause for."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "reading":
            yield from (str(word.value) for word in node.args if isinstance(word, ast.Constant))
