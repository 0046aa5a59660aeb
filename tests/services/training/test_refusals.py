"""What bars an enrolment, a credit, a result, a certificate: each row with its clause and cure, nothing else lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.contracts.common import RowResult
from shared.contracts.registry import catalogues, eligibility, evidence
from shared.contracts.training import credits, preparation, projects, results
from shared.contracts.training import enrolments as training
from shared.errors import Conflict, InvalidRequest, PolicyNotMet
from shared.money import Money
from shared.security.speaker import Role
from tests.services.harness import CHAOYANG
from tests.services.training.world import (
    COOPERATION_ITEMS,
    LAST_DAY,
    START,
    TRAINING_ITEMS,
    World,
    assessment,
    certificate,
    outcomes,
)


def said(row: RowResult) -> str:
    assert row.outcome == "refused"
    return row.message or ""


# --- enrolment ---------------------------------------------------------------------------------------------------


def test_without_roster_agreements_and_mentors_every_missing_thing_is_named(world: World) -> None:
    world.approve()
    [answer] = world.enrol(["person-0"])
    for clause in ("APP-24", "培训协议", "培训合作协议", "APP-11"):
        assert clause in said(answer)
    assert world.harness.told(projects.COURSE_RUN_OPENED) == []


def test_an_agreement_that_leaves_something_open_bars_the_people_whom_it_names(world: World) -> None:
    world.ready(["person-0", "person-1"])
    partial = preparation.TrainingAgreement("p1", "individual", ("person-1",), TRAINING_ITEMS[1:], START)
    world.harness.call(world.employer, preparation.RECORD_TRAINING_AGREEMENT, partial)
    first, second = world.enrol(["person-0", "person-1"])
    assert first.outcome == "accepted" and "培训目标" in said(second)


def test_a_later_cooperation_agreement_replaces_the_earlier_one(world: World) -> None:
    world.ready(["person-0"])
    partial = preparation.CooperationAgreement("p1", COOPERATION_ITEMS[:-1], START, Money.yuan(1))
    world.harness.call(world.employer, preparation.RECORD_COOPERATION_AGREEMENT, partial)
    assert "双方责任" in said(world.enrol(["person-0"])[0])


def test_textbooks_not_filed_are_shown_and_bar_nothing(world: World) -> None:
    world.approve()
    world.admit(["person-0"])
    agreement = preparation.TrainingAgreement("p1", "individual", ("person-0",), TRAINING_ITEMS, START)
    world.harness.call(world.employer, preparation.RECORD_TRAINING_AGREEMENT, agreement)
    cooperation = preparation.CooperationAgreement("p1", COOPERATION_ITEMS, START, Money.yuan(1000))
    world.harness.call(world.employer, preparation.RECORD_COOPERATION_AGREEMENT, cooperation)
    world.assign(["person-0"])
    assert outcomes(world.enrol(["person-0"])) == ["accepted"]
    [shown] = world.harness.call(world.employer, training.LIST_ENROLMENTS, training.ListEnrolments("p1")).enrolments
    found = {finding.rule: finding.outcome for finding in shown.decisions[0].findings}
    assert found["APP-16"] == "advice"
    assert not world.harness.call(world.subsidy, results.ASK_OUTCOMES, results.AskOutcomes("p1")).textbooks_filed


def test_employer_rules_that_are_missing_from_the_plan_bar_everybody(world: World) -> None:
    world.approve(employer_rules=("training_term", "leave", "assessment"))
    world.admit(["person-0"])
    world.sign(["person-0"])
    world.assign(["person-0"])
    assert "学籍异动" in said(world.enrol(["person-0"])[0])


@pytest.mark.parametrize(("fen", "outcome"), [(231999, "refused"), (232000, "accepted")])
def test_a_wage_is_never_below_the_minimum(world: World, fen: int, outcome: str) -> None:
    world.wages["person-0"] = Money(fen)
    world.ready(["person-0", "person-1"])
    first, second = world.enrol(["person-0", "person-1"])
    assert (first.outcome, second.outcome) == (outcome, "accepted")
    assert first.outcome == "accepted" or "APP-25" in said(first)
    asked = [request for route, request in world.harness.asked if route == "registry.ask_minimum_wage"]
    assert asked == [catalogues.AskMinimumWage("110000", date(2022, 6, 1))]


def test_an_unknown_wage_and_an_unknown_minimum_are_not_guessed(world: World) -> None:
    world.wages["person-0"] = None
    world.ready(["person-0", "person-1"])
    first, second = world.enrol(["person-0", "person-1"])
    assert "工资" in said(first) and second.outcome == "accepted"
    world.minimum = None
    world.wages["person-0"] = Money.yuan(9000)
    assert "最低工资标准" in said(world.enrol(["person-0"])[0])


def test_who_is_admitted_while_wages_are_asked_is_not_enrolled_without_one(world: World) -> None:
    world.ready(["person-0"])
    known = world.harness.neighbours["registry.ask_wages"]

    def meanwhile(request: evidence.AskWages) -> evidence.WageList:
        world.admit(["person-1"])
        return known(request)  # type: ignore[no-any-return]

    world.harness.answers(evidence.ASK_WAGES, meanwhile)
    first, second = world.enrol(["person-0", "person-1"])
    assert first.outcome == "accepted" and "工资" in said(second)


def test_training_starts_neither_before_the_approval_nor_before_the_roster(world: World) -> None:
    world.ready(["person-0"])
    with pytest.raises(InvalidRequest):
        world.enrol(["person-0"], starts_on=date(2022, 6, 9))
    assert "APP-24" in said(world.enrol(["person-0"], starts_on=date(2022, 6, 13))[0])
    assert outcomes(world.enrol(["person-0"], starts_on=date(2022, 6, 14))) == ["accepted"]


def test_too_few_agreed_credits_stop_the_run_before_it_starts(world: World) -> None:
    world.approve(classroom_credits=31)
    with pytest.raises(PolicyNotMet) as refusal:
        world.enrol(["person-0"])
    assert [finding["rule"] for finding in refusal.value.details["findings"]] == ["APP-15"]


def test_a_person_twice_in_a_batch_is_enrolled_once(world: World) -> None:
    world.ready(["person-0"])
    first, second = world.enrol(["person-0", "person-0"])
    assert first.outcome == "accepted" and "第 1 行" in said(second)


def test_agreements_are_dated_and_an_individual_one_names_one_person(world: World) -> None:
    world.approve()
    later = preparation.TrainingAgreement("p1", "individual", ("a",), TRAINING_ITEMS, START + timedelta(days=1))
    two = preparation.TrainingAgreement("p1", "individual", ("a", "b"), TRAINING_ITEMS, START)
    for request in (later, two):
        with pytest.raises(InvalidRequest):
            world.harness.call(world.employer, preparation.RECORD_TRAINING_AGREEMENT, request)


# --- mentors -----------------------------------------------------------------------------------------------------


def test_only_eligible_teachers_of_the_right_side_are_assigned(world: World) -> None:
    world.approve()
    world.admit([f"person-{number}" for number in range(7)])
    world.unknown_teachers = {"m-nobody"}
    world.poor_teachers = {"m-employer-1_poor"}
    pairs = [
        ("m-employer-1", "i-provider-1"),
        ("m-employer-2", "i-provider-1"),
        ("m-employer-1", "i-employer-1"),
        ("i-employer-1", "i-provider-1"),
        ("m-employer-1_poor", "i-provider-1"),
        ("m-nobody", "i-provider-1"),
    ]
    rows = [preparation.MentorRow(number, f"person-{number}", *pair) for number, pair in enumerate(pairs, start=1)]
    rows.append(preparation.MentorRow(7, "stranger", *pairs[0]))
    rows.append(preparation.MentorRow(8, "person-1", *pairs[0]))
    request = preparation.AssignMentors("p1", tuple(rows))
    answers = world.harness.call(world.employer, preparation.ASSIGN_MENTORS, request).rows
    fields = [answer.field for answer in answers]
    mentor, instructor = "workplace_mentor_id", "instructor_id"
    assert fields == [None, mentor, instructor, mentor, mentor, mentor, "person_id", "person_id"]
    assert "APP-11" in said(answers[4]) and "第 1 行" in said(answers[7])
    again = world.harness.call(world.employer, preparation.ASSIGN_MENTORS, replace(request, rows=request.rows[:1])).rows
    assert [(row.outcome, row.id) for row in again] == [("unchanged", answers[0].id)]


# --- credits -----------------------------------------------------------------------------------------------------


def test_hours_are_recorded_once_in_time_for_people_of_the_project(world: World) -> None:
    [enrolment] = world.running(1)
    row = credits.CreditRow(1, enrolment, START, "classroom", "theory", "classroom", 8)
    rows = (
        row,
        replace(row, row=2),
        replace(row, row=3, on=START - timedelta(days=1)),
        replace(row, row=4, on=START + timedelta(days=1)),
        replace(row, row=5, enrolment_id="nobody"),
        replace(row, row=6, topic="车削"),
    )
    answers = world.harness.call(world.provider, credits.RECORD_CREDITS, credits.RecordCredits("p1", rows)).rows
    assert outcomes(answers) == ["accepted", "refused", "refused", "refused", "refused", "accepted"]
    assert [answer.field for answer in answers] == [None, "topic", "on", "on", "enrolment_id", None]
    again = credits.RecordCredits("p1", (row, replace(row, row=2, topic="车削", class_hours=7)))
    answers = world.harness.call(world.employer, credits.RECORD_CREDITS, again).rows
    assert outcomes(answers) == ["unchanged", "refused"]


def test_extra_credits_count_once_another_person_approved_them(world: World) -> None:
    [enrolment] = world.running(1)
    world.teach([enrolment], classroom=320, workplace=470)
    assert "APP-15" in said(world.passed([enrolment], START)[0])
    rows = (credits.ExtraCreditRow(1, enrolment, "bonus", 1, "技能大赛获奖"),)
    [proposed] = world.harness.call(
        world.employer, credits.RECORD_EXTRA_CREDITS, credits.RecordExtraCredits("p1", rows)
    ).rows
    assert "APP-15" in said(world.passed([enrolment], START)[0])

    approval = credits.ApproveExtraCredits("p1", (proposed.id or "", "unknown"))
    same_person = world.harness.speaker(Role.DISTRICT_OFFICER, "clerk-1", district=CHAOYANG)
    own, _ = world.harness.call(same_person, credits.APPROVE_EXTRA_CREDITS, approval).rows
    assert "X-5" in said(own)
    approved = world.harness.call(world.officer, credits.APPROVE_EXTRA_CREDITS, approval).rows
    assert outcomes(approved) == ["accepted", "refused"]
    again = world.harness.call(world.officer, credits.APPROVE_EXTRA_CREDITS, approval).rows
    assert outcomes(again) == ["unchanged", "refused"]
    assert outcomes(world.passed([enrolment], START)) == ["accepted"]


# --- assessment --------------------------------------------------------------------------------------------------


def test_a_pass_needs_every_credit_and_799_hours_are_not_800(world: World) -> None:
    first, second = world.running(2)
    world.teach([first], classroom=320, workplace=479)
    world.teach([second], classroom=320, workplace=480)
    world.harness.move_clock(LAST_DAY)
    short, enough = world.passed([first, second])
    assert "APP-15" in said(short) and short.field == "result" and enough.outcome == "accepted"


def test_who_fails_may_lack_credits_but_not_before_the_last_day(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(LAST_DAY)
    failed = assessment(1, enrolment, result="failed", pass_certificate=None)
    early = replace(failed, assessed_on=LAST_DAY - timedelta(days=1))
    assert "APP-13" in said(world.assess([early])[0])
    assert outcomes(world.assess([failed])) == ["accepted"]


def test_a_result_is_joint_and_a_pass_has_its_certificate(world: World) -> None:
    alone, bare = world.running(2)
    world.teach([alone, bare])
    answers = world.assess(
        [
            assessment(1, alone, on=START, assessed_by_provider=False),
            assessment(2, bare, on=START, pass_certificate=None),
        ]
    )
    assert "培训机构" in said(answers[0]) and "合格证书" in said(answers[1])


def test_the_ratio_of_hours_is_shown_and_bars_nothing(world: World) -> None:
    [enrolment] = world.running(1)
    world.teach([enrolment], classroom=500, workplace=480)
    [answer] = world.passed([enrolment], START)
    assert answer.outcome == "accepted" and "APP-7" in (answer.message or "")
    [shown] = world.harness.call(world.officer, training.LIST_ENROLMENTS, training.ListEnrolments("p1")).enrolments
    assert [decision.verdict for decision in shown.decisions] == ["met", "met", "met", "met", "needs_reason"]


def test_a_result_stands(world: World) -> None:
    first, second = world.running(2)
    world.teach([first, second])
    assert outcomes(world.passed([first], START)) == ["accepted"]
    answers = world.assess(
        [assessment(1, first, on=START), replace(assessment(2, second, on=START), enrolment_id="no")]
    )
    assert outcomes(answers) == ["unchanged", "refused"]
    assert outcomes(world.leave([first])) == ["refused"]
    late = credits.CreditRow(1, first, START, "classroom", "theory", "online", 8)
    answer = world.harness.call(world.provider, credits.RECORD_CREDITS, credits.RecordCredits("p1", (late,)))
    assert outcomes(answer.rows) == ["refused"]


def test_days_and_words_that_cannot_be_are_refused_row_by_row(world: World) -> None:
    [enrolment] = world.running(1)
    rows = [
        assessment(1, enrolment, on=START + timedelta(days=1)),
        assessment(1, enrolment, on=START - timedelta(days=1)),
        assessment(1, enrolment, on=START, result="failed"),
    ]
    fields = [world.assess([row])[0].field for row in rows]
    assert fields == ["assessed_on", "assessed_on", "pass_certificate"]


def test_appraisability_is_asked_once_for_a_day_and_kept(world: World) -> None:
    enrolments = world.running(3)
    world.harness.answers(eligibility.ASK_OCCUPATION, lambda _: eligibility.OccupationAnswer("o", "shortage", False))
    world.teach(enrolments)
    world.passed(enrolments, START)
    asked = [request for route, request in world.harness.asked if route == "registry.ask_occupation"]
    assert asked == [eligibility.AskOccupation(world.document, "6-18-01", date(2022, 6, 10), START, START)]
    page = world.harness.call(world.subsidy, results.ASK_OUTCOMES, results.AskOutcomes("p1"))
    assert [outcome.appraisable for outcome in page.enrolments] == [False] * 3


# --- certificates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("registered", [True, False])
def test_a_self_issued_certificate_says_whether_its_issuer_was_registered(world: World, registered: bool) -> None:
    [enrolment] = world.running(1)
    world.harness.answers(catalogues.ASK_SELF_EVALUATION, lambda _: catalogues.SelfEvaluation(registered))
    own = certificate(1, enrolment, "C-1", issued_on=START, self_issued=True)
    assert outcomes(world.certify([own, replace(own, row=2, number="C-2", level=None)])) == ["accepted", "refused"]
    [outcome] = world.harness.call(world.subsidy, results.ASK_OUTCOMES, results.AskOutcomes("p1")).enrolments
    assert outcome.certificate is not None and outcome.certificate.issuer_registered is registered


def test_certificates_are_for_people_enrolled_and_already_issued(world: World) -> None:
    first, leaver = world.running(2)
    world.leave([leaver])
    rows = [
        certificate(1, "nobody", "C-1", issued_on=START),
        certificate(2, leaver, "C-2", issued_on=START),
        certificate(3, first, "C-3", issued_on=START + timedelta(days=1)),
    ]
    answers = world.certify(rows)
    assert [answer.field for answer in answers] == ["enrolment_id", "enrolment_id", "issued_on"]


def test_of_several_certificates_the_highest_of_the_occupation_stands(world: World) -> None:
    [enrolment] = world.running(1)
    rows = [
        certificate(1, enrolment, "C-1", issued_on=START, level="intermediate"),
        certificate(2, enrolment, "C-2", issued_on=START, level="advanced"),
        certificate(3, enrolment, "C-3", issued_on=START, level="technician", occupation="6-99-99"),
    ]
    assert outcomes(world.certify(rows)) == ["accepted"] * 3
    [outcome] = world.harness.call(world.subsidy, results.ASK_OUTCOMES, results.AskOutcomes("p1")).enrolments
    assert outcome.certificate is not None and outcome.certificate.number == "C-2"


def test_a_run_that_never_started_cannot_be_completed(world: World) -> None:
    world.approve()
    with pytest.raises(Conflict):
        world.harness.call(world.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", START))
