"""What was decided before evidence had its day stands, and a superseded document still decides as it did."""

from __future__ import annotations

from typing import Any

import pytest

from shared.policy.decisions import Verdict, decide
from shared.policy.document import Document
from shared.policy.policies import Policies
from shared.policy.verification import verify
from tests.rules.policy import DOCUMENTS, document_of, facts_of, tree_of


def _second_revision() -> Document:
    return document_of(tree_of(DOCUMENTS / "superseded" / "beijing-2022-11-apprenticeship.r2.yaml"))


@pytest.mark.parametrize(("equipment", "verdict"), [(True, Verdict.MET), (False, Verdict.REFUSED)])
def test_under_a_document_that_lists_no_conditions_the_yes_or_no_counts(equipment: bool, verdict: Verdict) -> None:
    facts = facts_of({"decision": "registry.provider", "facts": {"equipment": equipment, "evidence": []}})
    assert decide("registry.provider", facts, _second_revision()).verdict is verdict


@pytest.mark.parametrize(
    ("name", "facts", "without"),
    [
        ("registry.provider", {"evidence": []}, ("evidence", "evidence_on")),
        ("registry.apprentice", {"checked_on": "2022-06-10", "enrolment_on": "2022-09-01"}, ("stage",)),
        ("registry.employer", {"restricted": ["C34"]}, ()),
    ],
)
def test_what_was_decided_before_stands(name: str, facts: dict[str, Any], without: tuple[str, ...]) -> None:
    second = _second_revision()
    kept = decide(name, facts_of({"decision": name, "facts": facts}), second).to_json()
    kept["readings"] = [used for used in kept["readings"] if used["setting"] != "eligibility_decided"]
    for field in without:
        del kept["facts"][field]
    assert verify(kept, Policies((second,))) == ()
    assert kept["verdict"] == ("met" if name == "registry.provider" else "refused")
