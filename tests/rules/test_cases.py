"""Every clause by its cases: `cases/*.yaml`, each a claim about one decision that an official can read."""

from __future__ import annotations

from typing import Any

import pytest

from shared.policy.decisions import Decision, Verdict, decide
from shared.policy.policies import Policies
from shared.policy.rules import DECIDERS
from shared.policy.verification import verify
from tests.rules.policy import all_cases, beijing, facts_of

CASES = list(all_cases())


def decided(case: dict[str, Any]) -> Decision:
    document = beijing(**case.get("settings", {}))
    return decide(case["decision"], facts_of(case), document, case.get("accepted"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_case_is_decided_as_written(case: dict[str, Any]) -> None:
    decision = decided(case)
    assert decision.verdict == case.get("verdict", "met"), [str(finding) for finding in decision.findings]
    amounts = {name: str(amount) for name, amount in decision.amounts.items()}
    assert case.get("amounts", {}).items() <= amounts.items()
    assert case.get("answers", {}).items() <= dict(decision.answers).items()
    for rule, outcome in case.get("outcomes", {}).items():
        found = [finding.outcome for finding in decision.findings if finding.rule == rule]
        assert outcome in found, (rule, found)
    used = {reading.interpretation for reading in decision.readings}
    assert set(case.get("interpretations", [])) <= used


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_stored_decision_is_decided_again_to_the_same(case: dict[str, Any]) -> None:
    decision = decided(case)
    stored = Decision.from_json(decision.to_json())
    assert verify(stored.to_json(), Policies((beijing(**case.get("settings", {})),))) == ()


@pytest.mark.parametrize("decision", sorted(DECIDERS))
def test_facts_that_meet_every_clause_are_met(decision: str) -> None:
    assert decide(decision, facts_of({"decision": decision}), beijing()).verdict is Verdict.MET


def test_an_unmet_decision_shows_every_finding_and_each_says_what_to_do() -> None:
    for case in CASES:
        for finding in decided(case).findings:
            assert finding.message and finding.compared and finding.clause, (case["name"], finding)


def test_case_names_are_unique() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names))
