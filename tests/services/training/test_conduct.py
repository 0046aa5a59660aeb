"""How a project is run: wages, pictures, incentives, attendance and attrition (APP-25, 32, 33, 35)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.contracts.common import RowResult
from shared.contracts.registry import catalogues
from shared.contracts.training import credits, learning, projects, results
from shared.contracts.training import enrolments as training
from shared.errors import InvalidRequest, NotPermitted, PolicyNotMet
from shared.money import Money
from tests.services.training.world import START, World, outcomes

AUGUST = date(2022, 8, 10)


def pay(world: World, enrolments: list[str], fen: int, month: str = "2022-07") -> tuple[RowResult, ...]:
    rows = tuple(learning.WageOfMonth(number, id, Money(fen)) for number, id in enumerate(enrolments))
    return world.harness.call(world.employer, learning.RECORD_WAGES, learning.RecordWages("p1", month, rows)).rows


def underpaid(world: World) -> list[int]:
    page = world.harness.call(world.subsidy, results.ASK_OUTCOMES, results.AskOutcomes("p1"))
    return sorted(outcome.months_underpaid for outcome in page.enrolments)


# --- wages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fen", "months"), [(231999, 1), (232000, 0)])
def test_a_month_is_underpaid_by_one_fen_and_taken_as_fact_all_the_same(world: World, fen: int, months: int) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(AUGUST)
    [answer] = pay(world, [enrolment], fen)
    assert answer.outcome == "accepted" and ("APP-25" in (answer.message or "")) == bool(months)
    assert underpaid(world) == [months]
    asked = [request for route, request in world.harness.asked if route == "registry.ask_minimum_wage"]
    assert asked[-1] == catalogues.AskMinimumWage("110000", date(2022, 7, 1))


def test_the_newest_row_of_a_month_counts(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(AUGUST)
    for fen, months in ((100, 1), (300000, 0), (100, 1)):
        assert outcomes(pay(world, [enrolment], fen)) == ["accepted"]
        assert underpaid(world) == [months]
    assert outcomes(pay(world, [enrolment], 100)) == ["unchanged"]
    pay(world, [enrolment], 100, "2022-06")
    assert underpaid(world) == [2]


def test_an_unknown_minimum_is_said_and_not_guessed(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(AUGUST)
    world.minimum = None
    [answer] = pay(world, [enrolment], 100)
    assert "最低工资标准" in (answer.message or "") and underpaid(world) == [0]
    world.minimum = Money.yuan(2320)
    assert outcomes(pay(world, [enrolment], 100)) == ["accepted"]
    assert underpaid(world) == [1]


def test_wages_belong_to_months_of_the_training(world: World) -> None:
    first, leaver = world.running(2)
    world.harness.move_clock(AUGUST)
    world.leave([leaver], date(2022, 7, 1))
    with pytest.raises(InvalidRequest):
        pay(world, [first], 300000, "2022-09")
    assert pay(world, [first], 300000, "2022-05")[0].field == "enrolment_id"
    assert pay(world, [first], -1)[0].field == "wage"
    assert pay(world, ["nobody"], 1)[0].field == "enrolment_id"
    assert outcomes(pay(world, [first, leaver], 300000, "2022-07")) == ["accepted", "accepted"]
    assert outcomes(pay(world, [first, leaver], 300000, "2022-08")) == ["accepted", "refused"]


# --- pictures and incentives -------------------------------------------------------------------------------------


def test_a_picture_counts_once_and_not_before_it_is_taken(world: World) -> None:
    world.running(1)
    assert outcomes(world.photograph()) == ["accepted"]
    assert outcomes(world.photograph()) == ["unchanged"]
    row = learning.MediaRow(1, "video", START + timedelta(days=1), f"sha256:{'1' * 64}")
    rows = (row, replace(row, row=2, on=date(2022, 6, 9), file=f"sha256:{'2' * 64}"))
    answers = world.harness.call(world.employer, learning.RECORD_MEDIA, learning.RecordMedia("p1", rows)).rows
    assert [answer.field for answer in answers] == ["on", "on"]


def test_incentives_are_given_to_people_of_the_project_and_shown_with_the_result(world: World) -> None:
    [enrolment] = world.running(1)
    good = learning.IncentiveRow(1, "scholarship", START, enrolment, Money.yuan(500))
    rows = (
        good,
        learning.IncentiveRow(2, "mentor_allowance", START, "m-employer-1", Money.yuan(300)),
        learning.IncentiveRow(3, "mentor_appointment", START, "i-provider-1"),
        replace(good, row=4, to_id="m-employer-1"),
        learning.IncentiveRow(5, "mentor_allowance", START, enrolment),
        replace(good, row=6, amount=Money(0), words="无"),
        replace(good, row=7),
    )
    request = learning.RecordIncentives("p1", rows)
    answers = world.harness.call(world.employer, learning.RECORD_INCENTIVES, request).rows
    assert [answer.field for answer in answers] == [None, None, None, "to_id", "to_id", "amount", "to_id"]
    world.teach([enrolment])
    world.passed([enrolment], START)
    [shown] = world.harness.call(world.officer, training.LIST_ENROLMENTS, training.ListEnrolments("p1")).enrolments
    found = {finding.rule: finding for decision in shown.decisions for finding in decision.findings}
    assert found["APP-32"].outcome == "met" and "师带徒津贴" in found["APP-32"].compared
    with pytest.raises(NotPermitted):
        world.harness.call(world.provider, learning.RECORD_INCENTIVES, request)


# --- conduct -----------------------------------------------------------------------------------------------------


def conduct(world: World) -> learning.ConductShape:
    return world.harness.call(world.officer, learning.GET_CONDUCT, learning.GetConduct("p1"))


def test_attendance_and_attrition_are_exact_fractions_over_all_enrolments(world: World) -> None:
    first, second, leaver = world.running(3)
    world.teach([first], classroom=320, workplace=480)
    world.teach([second], classroom=100, workplace=1)
    world.leave([leaver])
    shown = conduct(world)
    assert (shown.attendance, shown.attrition) == ("901/2400", "1/3")
    assert {finding.rule: finding.outcome for finding in shown.findings} == {"APP-33": "unmet", "APP-35": "met"}
    assert shown.decision is None


def test_a_run_without_a_picture_is_not_complete_and_its_conduct_is_decided_and_kept(world: World) -> None:
    [enrolment] = world.running(1)
    world.teach([enrolment])
    world.passed([enrolment], START)
    with pytest.raises(PolicyNotMet) as refusal:
        world.complete()
    assert "APP-33" in [finding["rule"] for finding in refusal.value.details["findings"]]
    assert world.harness.told(projects.COURSE_RUN_COMPLETED) == []
    world.photograph()
    assert world.complete().passed == 1
    kept = conduct(world).decision
    assert kept is not None and kept.verdict == "met"


def test_a_picture_named_with_hours_is_one_too_and_counts_once(world: World) -> None:
    [enrolment] = world.running(1)
    file = f"sha256:{'0' * 64}"
    rows = tuple(
        credits.CreditRow(number, enrolment, START, "classroom", "theory", "classroom", 8, f"课程{number}", file)
        for number in (1, 2)
    )
    world.harness.call(world.provider, credits.RECORD_CREDITS, credits.RecordCredits("p1", rows))
    assert conduct(world).media == 1
    world.photograph()
    assert conduct(world).media == 1
