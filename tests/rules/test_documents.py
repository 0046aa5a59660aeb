"""Documents as data: which one governs, what the loader refuses, and that every refusal names file, place and cure."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.errors import NoPolicyInForce, PolicyNotMet
from shared.money import Money
from shared.policy import PolicyProblems, check, decide, load_documents, load_files, verify
from shared.policy.yaml_files import YamlFault, parse
from tests.rules.policy import BEIJING, EXAMPLE_CITY, beijing, document_of, facts_of, tree_of

Change = Callable[[dict[str, Any]], Any]


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
    assert old.content_hash == load_documents().documents[0].content_hash
    assert policies.governing("apprenticeship", "110000", date(2024, 11, 26)).id == "successor"
    assert policies.by_identity(old.identity).id == old.id


def test_two_documents_in_force_at_once_are_refused(tmp_path: Path) -> None:
    (tmp_path / "twin.yaml").write_text(BEIJING.read_text("utf-8").replace("id: beijing-2022-11", "id: twin"), "utf-8")
    with pytest.raises(PolicyProblems, match="in force at the same time"):
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


def rate(tree: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tree["values"]["subsidy.rate"]
    return found


def dated(*days: date) -> Change:
    def change(tree: dict[str, Any]) -> None:
        figures = rate(tree).pop("value")
        rate(tree)["values"] = [{"from": day, "value": figures} for day in days]

    return change


FAULTS: dict[str, tuple[Change, str, str]] = {
    "unknown key": (lambda tree: tree.update(colour="red"), "colour", "unknown key"),
    "missing unit": (lambda tree: rate(tree).pop("unit"), "values.subsidy.rate.unit", "missing"),
    "unknown unit": (lambda tree: rate(tree).update(unit="dollars"), "values.subsidy.rate.unit", "dollars"),
    "missing clause": (lambda tree: rate(tree).pop("clause"), "values.subsidy.rate.clause", "missing"),
    "missing evidence": (lambda tree: rate(tree).pop("evidence"), "values.subsidy.rate.evidence", "missing"),
    "missing cell": (
        lambda tree: rate(tree)["value"]["ordinary"].pop("advanced"),
        "values.subsidy.rate.value",
        "ordinary × advanced",
    ),
    "unknown level": (
        lambda tree: rate(tree)["value"]["ordinary"].update(master=1),
        "values.subsidy.rate.value.ordinary.master",
        "is no level",
    ),
    "not an amount": (
        lambda tree: rate(tree)["value"]["ordinary"].update(advanced="a lot"),
        "values.subsidy.rate.value.ordinary.advanced",
        "a lot",
    ),
    "gap at the start": (dated(date(2022, 5, 28)), "values.subsidy.rate.values", "gap"),
    "overlap": (dated(date(2022, 5, 27), date(2022, 5, 27)), "values.subsidy.rate.values", "overlaps"),
    "value and values": (lambda tree: rate(tree).update(values=[]), "values.subsidy.rate", "value and values"),
    "unknown force": (lambda tree: rate(tree).update(force="perhaps"), "values.subsidy.rate.force", "perhaps"),
    "unknown setting": (
        lambda tree: tree["interpretations"]["INT-1"].update(setting="mood"),
        "interpretations.INT-1.setting",
        "mood",
    ),
    "unknown choice": (
        lambda tree: tree["interpretations"]["INT-1"].update(value="maybe"),
        "interpretations.INT-1.value",
        "maybe",
    ),
    "ends before it begins": (
        lambda tree: tree["in_force"].update(to=date(2022, 5, 26)),
        "in_force.to",
        "before",
    ),
    "reference without held": (lambda tree: tree["references"][0].pop("held"), "references[0].held", "missing"),
    "workflow without stations": (
        lambda tree: tree["workflow"]["project"].pop("stations"),
        "workflow.project.stations",
        "empty",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_loader_refuses_and_names_file_place_and_cure(name: str) -> None:
    change, path, fault = FAULTS[name]
    tree = tree_of(BEIJING)
    change(tree)
    with pytest.raises(PolicyProblems) as refused:
        document_of(tree)
    found = [problem for problem in refused.value.problems if problem.path == path]
    assert found and fault in found[0].fault and found[0].cure and found[0].file == "variant.yaml"


DRIFTS: dict[str, tuple[Change, str, str]] = {
    "unread value": (
        lambda tree: tree["values"].update(spare=tree["values"]["term.years_max"]),
        "values.spare",
        "read by no rule",
    ),
    "value that a rule needs": (lambda tree: tree["values"].pop("credits.min"), "values.credits.min", "reads it"),
    "unknown function": (
        lambda tree: tree["rules"]["APP-4"].update(decided_by=["registry.guess"]),
        "rules.APP-4.decided_by",
        "registry.guess",
    ),
    "rule decided nowhere": (
        lambda tree: tree["rules"]["APP-4"].update(decided_by=[]),
        "rules.APP-4.decided_by",
        "empty",
    ),
    "function named twice": (
        lambda tree: tree["rules"]["APP-5"].update(decided_by=["registry.industry_allowed"]),
        "rules",
        "decides 2 rules",
    ),
    "unknown calculation": (
        lambda tree: tree["decisions"].update({"subsidy.entitlement": "by_guess"}),
        "decisions.subsidy.entitlement",
        "by_guess",
    ),
    "missing step": (
        lambda tree: tree["rules"].pop("APP-20"),
        "decisions.subsidy.entitlement",
        "needs subsidy.advance",
    ),
    "unit that can't be worked with": (
        lambda tree: tree["values"]["subsidy.advance"].update(unit="months", value=6),
        "values.subsidy.advance.unit",
        "months",
    ),
    "station without decision": (
        lambda tree: tree["workflow"]["project"]["stations"][0].update(decisions=["review.guess"]),
        "workflow.project.district_review",
        "review.guess",
    ),
}


@pytest.mark.parametrize("name", DRIFTS)
def test_the_check_compares_document_and_rules_both_ways(name: str) -> None:
    change, path, fault = DRIFTS[name]
    tree = tree_of(BEIJING)
    change(tree)
    found = [problem for problem in check(document_of(tree)) if problem.path == path]
    assert found and fault in found[0].fault and found[0].cure


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("share: 0.85", 'write it as "0.85"'),
        ("a: 1\na: 2", "stands twice"),
        ("on: [", "YAML"),
        ("d: 2022-13-01", "date"),
    ],
)
def test_yaml_that_would_be_misread_is_refused(text: str, fault: str) -> None:
    with pytest.raises(YamlFault, match=fault):
        parse(text)


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
    assert verify(stored, load_documents()) == ()
    assert verify(forged, load_documents()) == ("amounts",)


def test_a_refusal_carries_every_finding() -> None:
    facts = facts_of({"decision": "registry.employer", "facts": {"incentive_scheme": False, "restricted": ["C34"]}})
    with pytest.raises(PolicyNotMet) as refused:
        decide("registry.employer", facts, beijing()).require("企业不符合条件，请逐项补正")
    outcomes = {finding["rule"]: finding["outcome"] for finding in refused.value.details["findings"]}
    assert outcomes == {"APP-4": "unmet", "APP-5": "met", "APP-29": "unmet"}
