"""Documents as data: which one governs, since when a value holds, and what a document doesn't say."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from shared.errors import NoPolicyInForce, PolicyNotMet
from shared.money import Money
from shared.policy.decisions import decide
from shared.policy.policies import load_documents, load_files
from shared.policy.problems import PolicyProblems
from shared.policy.verification import verify
from shared.policy.yaml_files import parse
from tests.rules.policy import BEIJING, EXAMPLE_CITY, beijing, document_of, facts_of, tree_of

RATES = {"junior": 3000, "intermediate": 4000, "advanced": 5500}


def test_the_plan_governs_from_its_day_and_never_before() -> None:
    policies = load_documents()
    assert policies.governing("apprenticeship", "110000", date(2022, 5, 27)).number == "京人社能发〔2022〕11号"
    with pytest.raises(NoPolicyInForce) as refused:
        policies.governing("apprenticeship", "110000", date(2022, 5, 26))
    assert refused.value.details == {"programme": "apprenticeship", "jurisdiction": "110000", "on": "2022-05-26"}


@pytest.mark.parametrize("district", ["110105", "110113", "110115"])
def test_a_district_falls_under_the_city(district: str) -> None:
    assert load_documents().governing("apprenticeship", district, date(2023, 1, 1)).jurisdiction == "110000"


def test_another_city_doesnt_fall_under_it() -> None:
    with pytest.raises(NoPolicyInForce):
        load_documents().governing("apprenticeship", "990101", date(2023, 1, 1))


def test_documents_of_policy_path_come_in_addition(tmp_path: Path) -> None:
    policies = load_documents(os.pathsep.join([str(EXAMPLE_CITY.parent), str(tmp_path)]))
    assert policies.governing("apprenticeship", "990101", date(2031, 3, 1)).id == "example-city-2031-1"
    assert policies.governing("apprenticeship", "110105", date(2031, 3, 1)).id == "beijing-2022-11-apprenticeship"


def test_a_successor_ends_its_predecessor_the_day_before_with_no_other_change(tmp_path: Path) -> None:
    tree = tree_of(BEIJING) | {"id": "successor", "number": "后继文件", "replaces": ["京人社能发〔2022〕11号"]}
    tree["in_force"] = {"from": date(2024, 11, 26)}
    (tmp_path / "successor.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    policies = load_documents(str(tmp_path))
    old = policies.governing("apprenticeship", "110000", date(2024, 11, 25))
    assert old.content_hash == load_documents().governing("apprenticeship", "110000", old.from_on).content_hash
    assert policies.governing("apprenticeship", "110000", date(2024, 11, 26)).id == "successor"
    assert policies.by_identity(old.identity).id == old.id


@pytest.mark.parametrize(
    ("first_to", "second_from", "between"),
    [("2033-12-31", "2034-01-01", None), ("2033-12-30", "2034-01-01", date(2033, 12, 31))],
)
def test_of_two_documents_in_sequence_each_governs_its_own_days_and_a_gap_nobody(
    tmp_path: Path, first_to: str, second_from: str, between: date | None
) -> None:
    for name, (begins, ends) in {"first": ("2031-03-01", first_to), "second": (second_from, "2036-12-31")}.items():
        tree = tree_of(EXAMPLE_CITY) | {"id": name, "number": name}
        tree["in_force"] = {"from": date.fromisoformat(begins), "to": date.fromisoformat(ends)}
        tree["values"]["subsidy.rate"]["values"] = [{"from": date(2031, 3, 1), "value": RATES}]
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    policies = load_documents(str(tmp_path))
    days = (date.fromisoformat(first_to), date.fromisoformat(second_from))
    assert [policies.governing("apprenticeship", "990101", day).id for day in days] == ["first", "second"]
    if between:
        with pytest.raises(NoPolicyInForce):
            policies.governing("apprenticeship", "990101", between)


def test_two_documents_in_force_at_once_are_refused(tmp_path: Path) -> None:
    (tmp_path / "twin.yaml").write_text(BEIJING.read_text("utf-8").replace("id: beijing-2022-11", "id: twin"), "utf-8")
    with pytest.raises(PolicyProblems, match="同时有效"):
        load_documents(str(tmp_path))


def test_a_hash_that_isnt_loaded_is_waited_for() -> None:
    with pytest.raises(NoPolicyInForce):
        load_documents().by_hash("0" * 64)


def test_layout_and_comments_dont_change_the_identity_but_a_figure_does(tmp_path: Path) -> None:
    text = BEIJING.read_text(encoding="utf-8")
    for name, changed in {"same": "# another comment\n" + text, "other": text.replace("85%", "84%")}.items():
        (tmp_path / f"{name}.yaml").write_text(changed, encoding="utf-8")
    same, other = (load_files([tmp_path / f"{name}.yaml"]).documents[0] for name in ("same", "other"))
    original = load_files([BEIJING]).documents[0]
    assert (same.identity, other.identity != original.identity) == (original.identity, True)


@pytest.mark.parametrize(("on", "advised"), [(date(2024, 11, 25), False), (date(2024, 11, 26), True)])
def test_the_reported_repeal_is_advice_from_its_day(on: date, advised: bool) -> None:
    repeal = beijing().reported_repeal
    assert repeal is not None
    finding = repeal.finding(on)
    assert (finding is not None and finding.outcome == "advice") == advised


def test_a_value_holds_from_its_day() -> None:
    document = document_of(tree_of(EXAMPLE_CITY))
    rates = [str(document.money("subsidy.rate", on, level="advanced")) for on in (date(2031, 12, 31), date(2032, 1, 1))]
    assert rates == ["5500.00", "5800.00"]
    with pytest.raises(NoPolicyInForce, match="2031-02-28"):
        document.money("subsidy.rate", date(2031, 2, 28), level="advanced")


def test_yaml_words_stay_words() -> None:
    assert parse("on: [yes, no, 1:3:6, 85%, 007]") == {"on": ["yes", "no", "1:3:6", "85%", "007"]}


def test_what_a_document_doesnt_provide_for_is_said_and_never_guessed() -> None:
    document = document_of(tree_of(EXAMPLE_CITY))
    facts = facts_of({"decision": "subsidy.recovery"})
    with pytest.raises(NoPolicyInForce, match=r"subsidy\.recovery"):
        decide("subsidy.recovery", facts, document)


def test_a_table_that_varies_with_what_nobody_tells_is_refused_by_name() -> None:
    tree = tree_of(EXAMPLE_CITY)
    tree["dimensions"]["industry"] = ["steel"]
    tree["values"]["subsidy.advance"] |= {"by": ["industry"], "value": {"steel": "30%"}}
    facts = facts_of({"decision": "subsidy.advance", "facts": {"on": "2031-03-01"}})
    with pytest.raises(NoPolicyInForce, match="industry"):
        decide("subsidy.advance", facts, document_of(tree))


def test_a_decision_under_another_figure_is_found_when_it_is_verified() -> None:
    stored = decide("subsidy.entitlement", facts_of({"decision": "subsidy.entitlement"}), beijing())
    forged = replace(stored, amounts=dict(stored.amounts) | {"entitlement": Money.parse("12000.01")})
    assert verify(stored.to_json(), load_documents()) == ()
    assert verify(forged.to_json(), load_documents()) == ("amounts",)


def test_a_refusal_carries_every_finding() -> None:
    facts = facts_of({"decision": "registry.employer", "facts": {"incentive_scheme": False, "restricted": ["C34"]}})
    with pytest.raises(PolicyNotMet) as refused:
        decide("registry.employer", facts, beijing()).require("企业不符合条件，请逐项补正")
    outcomes = {finding["rule"]: finding["outcome"] for finding in refused.value.details["findings"]}
    assert outcomes == {"APP-4": "unmet", "APP-5": "met", "APP-29": "unmet"}
