"""What the loader and `skills rules check` refuse: every fault with its file, its place and its cure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from shared.contracts.schema.declare import SERVICES
from shared.policy.document_check import check
from shared.policy.problems import PolicyProblems
from tests.rules.policy import BEIJING, EXAMPLE_CITY, document_of, tree_of

Change = Callable[[dict[str, Any]], Any]


def rate(tree: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tree["values"]["subsidy.rate"]
    return found


def station(tree: dict[str, Any], number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = tree["workflow"]["project"]["stations"][number]
    return found


def dated(*days: date) -> Change:
    def change(tree: dict[str, Any]) -> None:
        figures = rate(tree).pop("value")
        rate(tree)["values"] = [{"from": day, "value": figures} for day in days]

    return change


def without_levels(tree: dict[str, Any]) -> None:
    """The same document with one figure for all levels."""
    del tree["dimensions"]["level"]
    for value in tree["values"].values():
        if "level" in value.get("by", ()):
            value.pop("by")
            value["value"] = 1


FAULTS: dict[str, tuple[Change, str, str]] = {
    "unknown key": (lambda tree: tree.update(colour="red"), "colour", "不认识的键"),
    "a revision that is no number": (lambda tree: tree.update(revision="第二版"), "revision", "现为 文字"),
    "a revision below the first": (lambda tree: tree.update(revision=0), "revision", "现为 0"),
    "missing unit": (lambda tree: rate(tree).pop("unit"), "values.subsidy.rate.unit", "缺少"),
    "unknown unit": (lambda tree: rate(tree).update(unit="dollars"), "values.subsidy.rate.unit", "dollars"),
    "missing clause": (lambda tree: rate(tree).pop("clause"), "values.subsidy.rate.clause", "缺少"),
    "missing evidence": (lambda tree: rate(tree).pop("evidence"), "values.subsidy.rate.evidence", "缺少"),
    "a number for a text": (lambda tree: tree.update(title=7), "title", "现为 整数"),
    "missing cell": (
        lambda tree: rate(tree)["value"]["ordinary"].pop("advanced"),
        "values.subsidy.rate.value",
        "ordinary × advanced",
    ),
    "unknown level": (
        lambda tree: rate(tree)["value"]["ordinary"].update(master=1),
        "values.subsidy.rate.value.ordinary.master",
        "level 没有这一项",
    ),
    "not an amount": (
        lambda tree: rate(tree)["value"]["ordinary"].update(advanced="a lot"),
        "values.subsidy.rate.value.ordinary.advanced",
        "a lot",
    ),
    "gap at the start": (dated(date(2022, 5, 28)), "values.subsidy.rate.values", "有空缺"),
    "overlap": (dated(date(2022, 5, 27), date(2022, 5, 27)), "values.subsidy.rate.values", "重叠"),
    "value and values": (lambda tree: rate(tree).update(values=[]), "values.subsidy.rate", "value 和 values"),
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
    "ends before it begins": (lambda tree: tree["in_force"].update(to=date(2022, 5, 26)), "in_force.to", "早于"),
    "reference without held": (lambda tree: tree["references"][0].pop("held"), "references[0].held", "缺少"),
    "workflow without stations": (
        lambda tree: tree["workflow"]["project"].pop("stations"),
        "workflow.project.stations",
        "为空",
    ),
    "a table beyond all measure": (
        lambda tree: (
            tree["dimensions"].update({f"d{place}": list("abcdefghij") for place in range(9)}),
            rate(tree).update(by=[f"d{place}" for place in range(9)], value={}),
        ),
        "values.subsidy.rate.value",
        "超过",
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


def notice_days(**changes: Any) -> Change:
    """The same document with a public notice that is measured otherwise than in one number of working days."""
    value = {"unit": "working_days", "clause": "一", "force": "must", "evidence": "公示五个工作日", "value": 5}
    return lambda tree: tree["values"].update({"notice.working_days": value | changes})


DRIFTS: dict[str, tuple[Change, str, str]] = {
    "a notice in other days": (notice_days(unit="days"), "values.notice.working_days.unit", "days"),
    "a notice in a table": (
        notice_days(by=["occupation_class"], value={"ordinary": 5, "shortage": 7}),
        "values.notice.working_days.by",
        "不分情形",
    ),
    "unread value": (
        lambda tree: tree["values"].update(spare=tree["values"]["term.years_max"]),
        "values.spare",
        "没有规则用到",
    ),
    "value that a rule needs": (lambda tree: tree["values"].pop("credits.min"), "values.credits.min", "要用到"),
    "unknown function": (
        lambda tree: tree["rules"]["APP-4"].update(decided_by=["registry.guess"]),
        "rules.APP-4.decided_by",
        "registry.guess",
    ),
    "rule decided nowhere": (
        lambda tree: tree["rules"]["APP-4"].update(decided_by=[]),
        "rules.APP-4.decided_by",
        "为空",
    ),
    "function named twice": (
        lambda tree: tree["rules"]["APP-5"].update(decided_by=["registry.industry_allowed"]),
        "rules",
        "列在 2 条规则下",
    ),
    "unknown calculation": (
        lambda tree: tree["decisions"].update({"subsidy.entitlement": "by_guess"}),
        "decisions.subsidy.entitlement",
        "by_guess",
    ),
    "calculation not chosen": (
        lambda tree: tree["decisions"].pop("subsidy.funding"),
        "decisions.subsidy.funding",
        "subsidy.fund_order 要用到",
    ),
    "missing step": (
        lambda tree: tree["rules"].pop("APP-20"),
        "decisions.subsidy.entitlement",
        "需要 subsidy.advance",
    ),
    "unit that can't be worked with": (
        lambda tree: tree["values"]["subsidy.advance"].update(unit="months", value=6),
        "values.subsidy.advance.unit",
        "months",
    ),
    "no fund source to pay from": (lambda tree: tree.update(fund_sources=[]), "fund_sources", "为空"),
    "a fund source twice": (
        lambda tree: tree["fund_sources"].append("employment_subsidy_fund"),
        "fund_sources",
        "重复",
    ),
    "no level to train to": (
        without_levels,
        "dimensions.level",
        "review.trains_to_level",
    ),
    "station without decision": (
        lambda tree: station(tree).update(decisions=["review.guess"]),
        "workflow.project.district_review",
        "review.guess",
    ),
    "station with a decision that no rule belongs to": (
        lambda tree: (
            tree["rules"]["APP-2"].update(decided_by=["registry.four_centres"])
            or tree["rules"]["APP-3"].update(decided_by=["registry.four_centres"])
            or tree["workflow"]["roster"]["stations"][0].update(decisions=["registry.apprentice"])
        ),
        "workflow.roster.district_review",
        "没有任何规则属于 registry.apprentice",
    ),
    "station of a role that nobody has": (
        lambda tree: station(tree).update(role="mayor"),
        "workflow.project.district_review.role",
        "mayor",
    ),
    "station of a role that belongs elsewhere": (
        lambda tree: station(tree).update(role="city_officer"),
        "workflow.project.district_review.role",
        "city_officer 不能在 district 一级审核",
    ),
    "case that nobody can submit": (
        lambda tree: tree["workflow"]["project"].update(submitted_by=["learner"]),
        "workflow.project.submitted_by",
        "learner",
    ),
    "kind of case that nobody knows": (
        lambda tree: tree["workflow"].update(picnic=tree["workflow"]["project"]),
        "workflow.picnic",
        "没有这类事项",
    ),
    "case after one that isn't there": (
        lambda tree: tree["workflow"]["roster"].update(after="picnic"),
        "workflow.roster.after",
        "picnic",
    ),
    "cases that wait for each other": (
        lambda tree: tree["workflow"]["project"].update(after="roster"),
        "workflow.project.after",
        "绕回了自己",
    ),
    "road without an application": (
        lambda tree: tree["road"].remove("project_applied"),
        "road",
        "缺少 project_applied",
    ),
    "road without the sign-up": (lambda tree: tree["road"].remove("signed_up"), "road", "缺少 signed_up"),
    "road without a station": (
        lambda tree: tree["road"].remove("roster_district_review"),
        "road",
        "缺少 roster_district_review",
    ),
    "road with a step that no case takes": (
        lambda tree: tree["road"].insert(1, "project_distric_review"),
        "road",
        "project_distric_review",
    ),
    "road in another order": (
        lambda tree: tree["road"].insert(1, tree["road"].pop(2)),
        "road",
        "次序",
    ),
    "deadline of a party that isn't reminded": (
        lambda tree: tree["deadlines"]["textbooks_filed"].update(party="publisher"),
        "deadlines.textbooks_filed.party",
        "publisher",
    ),
    "deadline from an event that nobody tells": (
        lambda tree: tree["deadlines"]["textbooks_filed"].update(anchor="spring"),
        "deadlines.textbooks_filed.anchor",
        "spring",
    ),
}


@pytest.mark.parametrize("name", DRIFTS)
def test_the_check_compares_document_and_rules_both_ways(name: str) -> None:
    change, path, fault = DRIFTS[name]
    tree = tree_of(BEIJING)
    change(tree)
    found = [problem for problem in check(document_of(tree)) if problem.path == path]
    assert found and any(fault in problem.fault for problem in found) and all(problem.cure for problem in found)


@pytest.mark.parametrize("name", DRIFTS)
def test_the_services_together_find_all_that_the_whole_check_finds_save_what_needs_every_rule(name: str) -> None:
    change, _, _ = DRIFTS[name]
    tree = tree_of(BEIJING)
    change(tree)
    document = document_of(tree)
    unread = {problem for problem in check(document) if problem.fault == "没有规则用到"}
    assert {problem for service in SERVICES for problem in check(document, service)} == {*check(document)} - unread


def test_a_service_leaves_to_another_what_is_the_others() -> None:
    tree = tree_of(BEIJING)
    tree["rules"]["APP-4"].update(decided_by=["registry.guess"])
    assert [problem.path for problem in check(document_of(tree), "registry")] == ["rules.APP-4.decided_by"]
    assert check(document_of(tree), "subsidy") == ()


def test_a_function_that_belongs_to_no_service_is_refused_by_each() -> None:
    tree = tree_of(BEIJING)
    tree["rules"]["APP-4"].update(decided_by=["regsitry.industry_allowed"])
    for service in SERVICES:
        assert "rules.APP-4.decided_by" in {problem.path for problem in check(document_of(tree), service)}


def test_a_document_that_asks_less_demands_less() -> None:
    tree = tree_of(EXAMPLE_CITY)
    del tree["rules"]["EX-6"], tree["rules"]["EX-7"], tree["decisions"]["subsidy.funding"]
    tree["workflow"]["project"]["stations"][0]["decisions"] = []
    tree |= {"road": [], "fund_sources": []}
    assert check(document_of(tree)) == ()
