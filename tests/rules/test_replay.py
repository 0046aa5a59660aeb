"""Replay: stored decisions under another document, its changes counted by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.money import Money
from shared.policy.decisions import Decision, Verdict, decide
from shared.policy.document import Document
from shared.policy.policies import Policies
from shared.policy.replay import NOT_ITS_OWN, UNREADABLE, Change, Flip, antedated, replay
from tests.rules.policy import BEIJING, EXAMPLE_CITY, all_cases, beijing, document_of, facts_of, tree_of

INSTALLED = Policies((beijing(),))


def variant(**values: Any) -> Document:
    """Beijing's document with other figures, under another id."""
    tree = tree_of(BEIJING) | {"id": "tried"}
    for key, value in values.items():
        tree["values"][key.replace("__", ".")]["value"] = value
    return document_of(tree)


def stored(decision: str, accepted: Mapping[str, str] | None = None, **facts: Any) -> Decision:
    decided = decide(decision, facts_of({"decision": decision, "facts": facts}), beijing(), accepted)
    return Decision.from_json(decided.to_json())


def changed(decision: Decision, new: Document) -> Change:
    return replay(decision, new, INSTALLED)


def outcomes(flip: Flip) -> tuple[str | None, str | None]:
    return (flip.before.outcome if flip.before else None, flip.after.outcome if flip.after else None)


@pytest.mark.parametrize("case", list(all_cases()), ids=lambda case: str(case["name"]))
def test_under_its_own_document_nothing_changes(case: dict[str, Any]) -> None:
    document = beijing(**case.get("settings", {}))
    decision = decide(case["decision"], facts_of(case), document, case.get("accepted"))
    assert replay(decision, document, Policies((document,))).same


def test_another_rate_changes_what_is_due_but_not_what_was_paid() -> None:
    """6 500 × 2 years = 13 000 instead of 12 000; 6 000 had been advanced."""
    rates = tree_of(BEIJING)["values"]["subsidy.rate"]["value"]
    rates["ordinary"]["advanced"] = 6500
    change = changed(stored("subsidy.entitlement"), variant(subsidy__rate=rates))
    assert change.amounts == {
        "standard": (Money.yuan(12000), Money.yuan(13000)),
        "entitlement": (Money.yuan(12000), Money.yuan(13000)),
        "advance_paid": (Money.yuan(6000), Money.yuan(6000)),
        "balance": (Money.yuan(6000), Money.yuan(7000)),
        "clawback": (Money.yuan(0), Money.yuan(0)),
    }
    assert (change.after, change.flips) == (Verdict.MET, ())


def test_another_share_changes_the_advance() -> None:
    assert changed(stored("subsidy.advance"), variant(subsidy__advance="40%")).amounts["advance"] == (
        Money.yuan(6000),
        Money.yuan(4800),
    )


def test_another_threshold_flips_one_finding_and_the_verdict() -> None:
    change = changed(stored("registry.mentor"), variant(mentor__post_years_min=2))
    (flip,) = change.flips
    assert (change.before, change.after, flip.function) == (Verdict.MET, Verdict.REFUSED, "registry.mentor_standing")
    assert outcomes(flip) == ("met", "unmet")


def test_a_reason_that_an_officer_gave_holds_under_another_number_of_the_rule() -> None:
    accepted = stored("training.plan", {"APP-7": "岗位实训占比高"}, general_hours=0)
    tree = tree_of(BEIJING) | {"id": "tried"}
    tree["rules"]["NEW-7"] = tree["rules"].pop("APP-7")
    assert changed(accepted, document_of(tree)).same


def test_what_only_one_document_asks_is_shown_as_not_asked_by_the_other() -> None:
    tree = tree_of(BEIJING) | {"id": "tried"}
    del tree["rules"]["APP-5"]
    (flip,) = changed(stored("registry.employer"), document_of(tree)).flips
    assert (flip.function, outcomes(flip)) == ("registry.four_centres", ("met", None))


def test_other_answers_are_shown_before_and_after() -> None:
    decision = stored("registry.occupation")
    other = document_of(beijing_tree_with("catalogue_day", "enrolment"))
    assert changed(decision, other).answers["occupation_class"] == ("shortage", "ordinary")


def beijing_tree_with(setting: str, value: str) -> dict[str, Any]:
    tree = tree_of(BEIJING) | {"id": "tried"}
    for entry in tree["interpretations"].values():
        if entry.get("setting") == setting:
            entry["value"] = value
    return tree


def test_what_the_other_document_says_nothing_about_is_never_guessed() -> None:
    example = document_of(tree_of(EXAMPLE_CITY))
    reasons = {
        name: changed(stored(name), example).reason
        for name in ("registry.employer", "subsidy.recovery", "subsidy.advance")
    }
    assert "没有规定 registry.employer" in reasons["registry.employer"]
    assert "没有规定 subsidy.recovery" in reasons["subsidy.recovery"]
    assert "subsidy.rate 在 2022-06-06 没有有效数值" in reasons["subsidy.advance"]


def test_first_values_hold_earlier_only_where_the_asker_says_so() -> None:
    """5 500 × 2 × 30%: the example city's rate of 2031, assumed for a project of 2022."""
    example = antedated(document_of(tree_of(EXAMPLE_CITY)), date(2022, 6, 6))
    assert changed(stored("subsidy.advance"), example).amounts["advance"] == (Money.yuan(6000), Money.yuan(3300))
    day_late = antedated(document_of(tree_of(EXAMPLE_CITY)), date(2022, 6, 7))
    assert changed(stored("subsidy.advance"), day_late).after is None


def test_a_level_that_the_other_document_does_not_know_is_said() -> None:
    example = antedated(document_of(tree_of(EXAMPLE_CITY)), date(2022, 6, 6))
    change = changed(stored("subsidy.advance", level="technician"), example)
    assert change.after is None and "technician" in change.reason


def test_a_decision_that_does_not_stand_by_itself_is_not_compared() -> None:
    genuine = stored("registry.employer")
    assert changed(replace(genuine, findings=genuine.findings[:1]), beijing()).reason == NOT_ITS_OWN
    assert changed(replace(genuine, facts={"on": 1}), beijing()).after is None
    assert changed(replace(genuine, name="registry.unheard_of"), beijing()).reason == UNREADABLE


def test_a_decision_whose_document_is_not_loaded_says_what_to_do() -> None:
    assert "POLICY_PATH" in replay(stored("registry.employer"), beijing(), Policies(())).reason
