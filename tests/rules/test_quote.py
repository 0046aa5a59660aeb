"""`skills quote` and `skills rules`, through the command line as an operator uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from cli.quote import quote
from cli.rules import rules
from tests.rules.policy import BEIJING, EXAMPLE_CITY, beijing, tree_of

CASE = {
    "programme": "apprenticeship",
    "on": "2022-06-06",
    "occupation_class": "ordinary",
    "appraisable": True,
    "level": "advanced",
    "term_years": 2,
    "result": "passed",
    "certified": True,
}
WORKED = [
    ({}, "12000.00", "6000.00", "6000.00", "0.00"),
    ({"certified": False}, "10200.00", "6000.00", "4200.00", "0.00"),
    (
        {"occupation_class": "shortage", "level": "technician", "certified": False},
        *("15300.00", "9000.00", "6300.00", "0.00"),
    ),
    (
        {
            "occupation_class": "shortage",
            "level": "intermediate",
            "term_years": 1,
            "appraisable": False,
            "certified": False,
        },
        *("7000.00", "3500.00", "3500.00", "0.00"),
    ),
    (
        {"level": "intermediate", "term_years": 1, "result": "failed", "certified": False},
        *("0.00", "2500.00", "0.00", "2500.00"),
    ),
    (
        {"level": "senior_technician", "term_years": 3, "certified": False},
        *("20400.00", "12000.00", "8400.00", "0.00"),
    ),
    ({"appraisable": False}, "12000.00", "6000.00", "6000.00", "0.00"),
]


def asked(tmp_path: Path, cases: Any, *options: str) -> Result:
    file = tmp_path / "cases.yaml"
    file.write_text(yaml.safe_dump(cases, allow_unicode=True), encoding="utf-8")
    return CliRunner().invoke(quote, [*options, str(file)])


@pytest.mark.parametrize(("changes", "entitlement", "advance", "balance", "clawback"), WORKED)
def test_worked_examples_come_out_to_the_fen(
    tmp_path: Path, changes: dict[str, Any], entitlement: str, advance: str, balance: str, clawback: str
) -> None:
    """APP-18, APP-19, APP-20."""
    result = asked(tmp_path, [CASE | changes], "--json")
    answer = json.loads(result.output)[0]
    due = {"entitlement": entitlement, "advance": advance, "balance": balance, "clawback": clawback}
    assert result.exit_code == 0
    assert {name: answer[name] for name in due} == due
    assert {"APP-18", "APP-19", "APP-20"} <= {finding["rule"] for finding in answer["findings"]}
    assert all(set(finding) == {"rule", "clause", "outcome", "message"} for finding in answer["findings"])
    assert answer["document"] == beijing().identity


def test_the_day_may_be_written_without_quotes(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    lines = [f"  {name}: {str(value).lower()}" for name, value in CASE.items()]
    file.write_text("-\n" + "\n".join(lines), encoding="utf-8")
    assert json.loads(CliRunner().invoke(quote, ["--json", str(file)]).output)[0]["balance"] == "6000.00"


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"result": "failed"}, "invalid_request", "[1].certified"),
    ({"level": "junior"}, "invalid_request", "[1].level"),
    ({"occupation_class": "rare"}, "invalid_request", "[1].occupation_class"),
    ({"term_years": 4}, "invalid_request", "[1].term_years"),
    ({"term_years": 0}, "invalid_request", "[1].term_years"),
    ({"colour": "red"}, "invalid_request", "[1].colour"),
    ({"on": "2022-02-30"}, "invalid_request", "[1].on"),
]


@pytest.mark.parametrize(("changes", "code", "path"), BAD)
def test_a_bad_case_is_named_by_its_path_and_the_others_are_priced(
    tmp_path: Path, changes: dict[str, Any], code: str, path: str
) -> None:
    result = asked(tmp_path, [CASE, CASE | changes], "--json")
    priced, refused = json.loads(result.output)
    assert result.exit_code == 1
    assert priced["entitlement"] == "12000.00"
    assert refused["error"]["code"] == code
    assert path in [field["path"] for field in refused["error"]["details"]["fields"]]


def test_every_missing_field_is_named_at_once(tmp_path: Path) -> None:
    error = json.loads(asked(tmp_path, [{}], "--json").output)[0]["error"]
    assert {field["path"] for field in error["details"]["fields"]} == {f"[0].{name}" for name in CASE}


@pytest.mark.parametrize("changes", [{"on": "2022-05-26"}, {"programme": "gardening"}, {"jurisdiction": "990000"}])
def test_without_a_document_in_force_nothing_is_priced(tmp_path: Path, changes: dict[str, str]) -> None:
    """X-7."""
    result = asked(tmp_path, [CASE | changes], "--json")
    assert (result.exit_code, json.loads(result.output)[0]["error"]["code"]) == (1, "no_policy_in_force")


@pytest.mark.parametrize(("on", "advised"), [("2024-11-25", False), ("2024-11-26", True)])
def test_the_reported_repeal_is_shown_from_its_day(tmp_path: Path, on: str, advised: bool) -> None:
    answer = json.loads(asked(tmp_path, [CASE | {"on": on}], "--json").output)[0]
    assert any(found["rule"] == "X-7" and found["outcome"] == "advice" for found in answer["findings"]) == advised


def test_officials_read_it_in_chinese_with_the_sum(tmp_path: Path) -> None:
    output = asked(tmp_path, [CASE, CASE | {"certified": False}]).output
    assert "APP-19（四(三)）" in output
    assert "合计 2 例  核定 22200.00  预拨 12000.00  剩余 10200.00  追回 0.00" in output


@pytest.mark.parametrize(
    ("changes", "entitlement", "advance", "balance", "clawback"),
    [
        ({"on": "2031-03-01"}, "11000.00", "3300.00", "7700.00", "0.00"),
        ({"on": "2032-01-01"}, "11600.00", "3480.00", "8120.00", "0.00"),
        ({"on": "2031-03-01", "certified": False}, "5000.00", "3300.00", "1700.00", "0.00"),
        ({"on": "2031-03-01", "level": "junior", "term_years": 1}, "3000.00", "900.00", "2100.00", "0.00"),
        ({"on": "2033-12-31", "result": "failed", "certified": False}, "0.00", "3480.00", "0.00", "3480.00"),
    ],
)
def test_another_citys_document_prices_with_no_code(
    tmp_path: Path, changes: dict[str, Any], entitlement: str, advance: str, balance: str, clawback: str
) -> None:
    answer = json.loads(asked(tmp_path, [CASE | changes], "--json", "--document", str(EXAMPLE_CITY)).output)[0]
    amounts = [answer[name] for name in ("entitlement", "advance", "balance", "clawback")]
    assert amounts == [entitlement, advance, balance, clawback]
    assert answer["document"].startswith("example-city-2031-1@")


@pytest.mark.parametrize("on", ["2031-02-28", "2034-01-01"])
def test_another_citys_document_prices_only_its_own_days(tmp_path: Path, on: str) -> None:
    answer = json.loads(asked(tmp_path, [CASE | {"on": on}], "--json", "--document", str(EXAMPLE_CITY)).output)[0]
    assert answer["error"]["code"] == "no_policy_in_force"


FLAT = {"unit": "share", "value": "70%"}
PER_HEAD = {"unit": "yuan_per_person", "value": 1800}
OTHER_WAYS = [
    (FLAT, {"unit": "share", "value": "100%"}, ("7700.00", "11000.00", "0.00", "3300.00")),
    (FLAT, {"unit": "share", "value": "0%"}, ("7700.00", "0.00", "7700.00", "0.00")),
    (PER_HEAD, {"unit": "yuan_per_person", "value": 1000}, ("1800.00", "1000.00", "800.00", "0.00")),
]


@pytest.mark.parametrize(("uncertified", "advance", "due"), OTHER_WAYS)
def test_flat_shares_and_flat_amounts_are_data(
    tmp_path: Path, uncertified: dict[str, Any], advance: dict[str, Any], due: tuple[str, ...]
) -> None:
    tree = tree_of(EXAMPLE_CITY)
    tree["values"]["subsidy.payable.uncertified"].update(uncertified)
    tree["values"]["subsidy.advance"].update(advance)
    file = tmp_path / "city.yaml"
    file.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    cases = [CASE | {"on": "2031-03-01", "certified": False}]
    answer = json.loads(asked(tmp_path, cases, "--json", "--document", str(file)).output)[0]
    assert tuple(answer[name] for name in ("entitlement", "advance", "balance", "clawback")) == due


def test_a_document_with_a_fault_prices_nothing_and_names_it(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(EXAMPLE_CITY.read_text("utf-8").replace("unit: share, clause: 第五条", "clause: 第五条"), "utf-8")
    result = asked(tmp_path, [CASE], "--json", "--document", str(file))
    assert result.exit_code == 1
    assert "values.subsidy.advance.unit" in json.loads(result.output)["error"]["details"]["fields"][0]["path"]


@pytest.mark.parametrize("text", ["", "just words", "[]", "- {a: 0.5}", "\tx: ["])
def test_an_unreadable_file_of_cases_is_one_typed_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(quote, ["--json", str(file)])
    assert (result.exit_code, json.loads(result.output)["error"]["code"]) == (1, "invalid_request")


def test_rules_shows_value_clause_and_file_of_each_rule() -> None:
    output = CliRunner().invoke(rules, ["--on", "2022-06-06"]).output
    assert "APP-19" in output
    assert "急需紧缺职业（工种） no 100%" in output
    assert "services/subsidy/rules/apprenticeship/results.py:" in output
    assert "programmes/apprenticeship/documents/beijing-2022-11-apprenticeship.yaml" in output


def test_rules_of_a_day_or_programme_without_document_says_so() -> None:
    assert CliRunner().invoke(rules, ["--on", "2022-05-26"]).exit_code == 1
    assert CliRunner().invoke(rules, ["--on", "2022-06-06", "--programme", "gardening"]).exit_code == 1


def test_rules_check_passes_good_files_and_names_file_and_cure_of_bad_ones(tmp_path: Path) -> None:
    good = CliRunner().invoke(rules, ["check", str(BEIJING), str(EXAMPLE_CITY)])
    assert (good.exit_code, good.output.count("没有问题")) == (0, 2)
    bad = tmp_path / "bad.yaml"
    bad.write_text(BEIJING.read_text("utf-8").replace("  credits.min:\n", "  credits.least:\n"), "utf-8")
    refused = CliRunner().invoke(rules, ["check", str(bad)])
    assert refused.exit_code == 1
    assert "bad.yaml: values.credits.min" in refused.output
    assert "bad.yaml: values.credits.least" in refused.output
