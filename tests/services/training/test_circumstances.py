"""Breaks, returns and withdrawals: what is recorded, what follows, and what doesn't fit (APP-14, INT-30)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.contracts.common import GetHistory
from shared.contracts.registry import eligibility
from shared.contracts.review import oversight
from shared.contracts.training import circumstances, credits, learning, results
from shared.contracts.training import enrolments as training
from shared.errors import NotFound, NotPermitted
from tests.services.harness import CHAOYANG
from tests.services.training.world import LAST_DAY, START, World, assessment, certificate, outcomes

AUTUMN = date(2022, 9, 15)
WINTER = date(2022, 12, 15)


def pause(enrolment: str, on: date = AUTUMN, until: date = WINTER) -> circumstances.CircumstanceRow:
    return circumstances.CircumstanceRow(1, enrolment, "break", on, until, "illness")


def back(enrolment: str, on: date) -> circumstances.CircumstanceRow:
    return circumstances.CircumstanceRow(1, enrolment, "return", on)


def hours(world: World, enrolment: str, on: date) -> str:
    row = credits.CreditRow(1, enrolment, on, "workplace", "practice", "on_the_job", 8)
    return outcomes(
        world.harness.call(world.employer, credits.RECORD_CREDITS, credits.RecordCredits("p1", (row,))).rows
    )[0]


def months(world: World) -> list[int]:
    page = world.harness.call(world.subsidy, results.ASK_OUTCOMES, results.AskOutcomes("p1"))
    return [outcome.months_trained for outcome in page.enrolments]


def test_no_hours_count_from_the_first_day_of_a_break_to_the_day_before_the_return(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(WINTER + timedelta(days=10))
    assert hours(world, enrolment, AUTUMN - timedelta(days=1)) == "accepted"
    assert outcomes(world.change([pause(enrolment)])) == ["accepted"]
    assert hours(world, enrolment, AUTUMN) == "refused"
    assert outcomes(world.change([back(enrolment, WINTER)])) == ["accepted"]
    assert hours(world, enrolment, WINTER - timedelta(days=1)) == "refused"
    assert hours(world, enrolment, WINTER) == "accepted"


def test_months_that_a_break_touches_are_not_full(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(date(2023, 6, 14))
    assert months(world) == [12]
    world.change([pause(enrolment, AUTUMN, WINTER)])
    assert months(world) == [3]
    world.change([back(enrolment, WINTER)])
    assert months(world) == [9]
    world.change([pause(enrolment, date(2023, 1, 14), date(2023, 1, 16))])
    world.change([back(enrolment, date(2023, 1, 16))])
    assert months(world) == [7]


def test_a_break_past_its_day_waits_for_the_employer_until_it_is_moved_or_ended(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(AUTUMN)
    world.change([pause(enrolment)])

    def waiting() -> list[str]:
        page = world.harness.call(world.employer, learning.LIST_WAITING, learning.ListWaiting())
        return [item.id for item in page.items if item.kind == "end_break"]

    world.harness.move_clock(WINTER)
    assert waiting() == []
    world.harness.move_clock(WINTER + timedelta(days=1))
    assert waiting() == [enrolment]
    assert outcomes(world.change([pause(enrolment, until=date(2023, 3, 1))])) == ["accepted"]
    assert outcomes(world.change([pause(enrolment, until=date(2023, 3, 1))])) == ["unchanged"]
    assert waiting() == []
    [shown] = world.harness.call(world.officer, training.LIST_ENROLMENTS, training.ListEnrolments("p1")).enrolments
    assert shown.on_break_until == date(2023, 3, 1)


def test_a_withdrawal_ends_the_enrolment_at_once_and_keeps_its_reason_apart(world: World) -> None:
    reasons: list[circumstances.ChangeReason] = ["death", "illness", "conscription", "maternity", "changed_employer"]
    enrolments = world.running(len(reasons))
    world.harness.move_clock(date(2023, 1, 10))
    rows = [
        circumstances.CircumstanceRow(number, id, "withdrawal", date(2023, 1, 10), reason=reason)
        for number, (id, reason) in enumerate(zip(enrolments, reasons, strict=True))
    ]
    assert outcomes(world.change(rows)) == ["accepted"] * 5
    assert outcomes(world.change(rows)) == ["unchanged"] * 5
    page = world.harness.call(world.subsidy, results.ASK_OUTCOMES, results.AskOutcomes("p1"))
    found = {outcome.enrolment_id: (outcome.result, outcome.leaving_reason) for outcome in page.enrolments}
    told = ["death", "illness", "conscription", "other", "other"]
    assert [found[id] for id in enrolments] == [("left", reason) for reason in told]
    assert {outcome.months_trained for outcome in page.enrolments} == {6}
    assert {outcome.assessed_on for outcome in page.enrolments} == {date(2023, 1, 10)}
    assert hours(world, enrolments[0], date(2023, 1, 10)) == "refused"


def test_nobody_left_before_a_return_that_is_on_file(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(WINTER + timedelta(days=1))
    world.change([pause(enrolment)])
    world.change([back(enrolment, WINTER)])
    for day in (AUTUMN - timedelta(days=1), AUTUMN, WINTER - timedelta(days=1)):
        assert outcomes(world.leave([enrolment], day)) == ["refused"]
    assert outcomes(world.leave([enrolment], WINTER)) == ["accepted"]


def test_who_leaves_during_a_break_is_on_none_any_more(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(WINTER + timedelta(days=1))
    world.change([pause(enrolment)])
    early = circumstances.CircumstanceRow(1, enrolment, "withdrawal", AUTUMN - timedelta(days=1), reason="personal")
    assert outcomes(world.change([early])) == ["refused"]
    assert outcomes(world.leave([enrolment], AUTUMN + timedelta(days=20))) == ["accepted"]
    assert world.harness.call(world.employer, learning.LIST_WAITING, learning.ListWaiting()).items == ()
    assert months(world) == [3]


def test_what_cannot_be_is_refused_row_by_row(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(AUTUMN)
    assert hours(world, enrolment, AUTUMN - timedelta(days=1)) == "accepted"
    good = pause(enrolment)
    faults = [
        (replace(good, enrolment_id="nobody"), "enrolment_id"),
        (replace(good, on=AUTUMN + timedelta(days=1)), "on"),
        (replace(good, on=START - timedelta(days=1)), "on"),
        (replace(good, on=AUTUMN - timedelta(days=1)), "on"),
        (replace(good, until=AUTUMN), "until"),
        (replace(good, until=None), "until"),
        (replace(good, reason=None), "reason"),
        (replace(good, kind="withdrawal"), "until"),
        (replace(good, kind="withdrawal", until=None, on=AUTUMN - timedelta(days=2)), "on"),
        (back(enrolment, AUTUMN), "kind"),
    ]
    for row, field in faults:
        [answer] = world.change([row])
        assert (answer.outcome, answer.field) == ("refused", field), row
    assert outcomes(world.change([good, replace(good, row=2)])) == ["accepted", "refused"]
    assert world.change([back(enrolment, AUTUMN)])[0].field == "on"
    world.harness.move_clock(WINTER)
    assert world.change([pause(enrolment, AUTUMN + timedelta(days=1))])[0].field == "kind"
    world.change([back(enrolment, WINTER)])
    assert world.change([pause(enrolment, AUTUMN + timedelta(days=9))])[0].field == "on"


def test_how_late_a_change_was_recorded_is_shown_and_bars_nothing(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(AUTUMN + timedelta(days=40))
    [answer] = world.change([pause(enrolment)])
    assert answer.outcome == "accepted" and "40 天" in (answer.message or "")


def test_changes_are_told_in_parts_alike_and_stand_in_the_history(world: World) -> None:
    enrolments = world.running(1102)
    world.harness.move_clock(AUTUMN)
    rows = [replace(pause(id), row=number) for number, id in enumerate(enrolments[:1101])]
    rows.append(circumstances.CircumstanceRow(9999, enrolments[1101], "withdrawal", AUTUMN, reason="personal"))
    assert set(outcomes(world.change(rows))) == {"accepted"}
    told = [(event.kind, len(event.enrolments)) for event in world.harness.told(circumstances.CIRCUMSTANCES_CHANGED)]
    assert told == [("break", 1000), ("break", 101), ("withdrawal", 1)]
    history = world.harness.call(world.officer, learning.GET_HISTORY, GetHistory("p1")).lines
    assert [line.action for line in history][:2] == ["project_approved", "people_admitted"]
    assert (history[-1].action, history[-1].words, history[-1].by) == ("circumstances_recorded", "1102 项", "clerk-1")
    first = world.harness.call(world.officer, learning.GET_HISTORY, GetHistory("p1", limit=2))
    rest = world.harness.call(world.officer, learning.GET_HISTORY, GetHistory("p1", first.cursor))
    assert (*first.lines, *rest.lines) == history


def test_nobody_on_a_break_is_assessed(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(LAST_DAY)
    world.change([pause(enrolment)])
    [answer] = world.assess([assessment(1, enrolment, result="failed", pass_certificate=None)])
    assert answer.field == "assessed_on" and "APP-14" in (answer.message or "")


def test_only_its_own_employer_records_changes(world: World) -> None:
    [enrolment] = world.running(1)
    request = circumstances.RecordCircumstances("p1", (pause(enrolment, START, AUTUMN),))
    with pytest.raises(NotFound):
        world.harness.call(world.rival, circumstances.RECORD_CIRCUMSTANCES, request)
    with pytest.raises(NotPermitted):
        world.harness.call(world.provider, circumstances.RECORD_CIRCUMSTANCES, request)
    with pytest.raises(NotFound):
        world.harness.call(world.stranger, learning.GET_HISTORY, GetHistory("p1"))


# --- change of employer (INT-31) ---------------------------------------------------------------------------------


def moved(world: World) -> tuple[str, str]:
    """Somebody with 48 + 12 credits who left "p1" for "p2"; both enrolments."""
    [before] = world.running(1)
    world.teach([before], classroom=120, workplace=480)
    world.leave([before], reason="changed_employer")
    world.ready(["person-0"], "p2", world.rival)
    [answer] = world.enrol(["person-0"], "p2", world.rival)
    return before, answer.id or ""


def recognise(world: World, before: str | None, now: str, earned: int) -> credits.ExtraCreditRow:
    return credits.ExtraCreditRow(1, now, "recognised", earned, "原企业学分互认", before)


def propose(world: World, row: credits.ExtraCreditRow) -> tuple[str, str | None]:
    request = credits.RecordExtraCredits("p2", (row,))
    [answer] = world.harness.call(world.rival, credits.RECORD_EXTRA_CREDITS, request).rows
    return answer.outcome, answer.field


def test_credits_of_the_earlier_employer_are_recognised_once_and_not_beyond_what_was_earned(world: World) -> None:
    before, now = moved(world)
    assert propose(world, recognise(world, before, now, 61)) == ("refused", "credits")
    assert propose(world, recognise(world, before, now, 60)) == ("accepted", None)
    assert propose(world, recognise(world, before, now, 60)) == ("unchanged", None)
    assert propose(world, recognise(world, before, now, 1)) == ("refused", "from_enrolment_id")


def test_only_the_persons_own_ended_enrolment_is_recognised(world: World) -> None:
    before, now = moved(world)
    bonus = replace(recognise(world, before, now, 1), kind="bonus")
    assert propose(world, bonus) == ("refused", "from_enrolment_id")
    assert propose(world, recognise(world, now, now, 1)) == ("refused", "from_enrolment_id")
    world.admit(["person-1"], "p2", employer="employer-2")
    world.sign(["person-0", "person-1"], "p2", world.rival)
    world.assign(["person-1"], "p2", world.rival)
    [other] = world.enrol(["person-1"], "p2", world.rival)
    assert propose(world, recognise(world, before, other.id or "", 1)) == ("refused", "from_enrolment_id")
    funded = world.harness.call(world.subsidy, training.ASK_FUNDED, training.AskFunded("apprenticeship", ("person-0",)))
    assert funded.funded == (eligibility.Funded("person-0", "6-18-01", "advanced"),)


def test_credits_of_an_enrolment_that_fraud_annulled_meanwhile_are_not_approved(world: World) -> None:
    before, now = moved(world)
    propose(world, recognise(world, before, now, 20))
    [waiting] = world.harness.call(world.officer, learning.LIST_WAITING, learning.ListWaiting()).items
    told = oversight.FraudConfirmed(
        "inquiry-1", "p1", "apprenticeship", CHAOYANG, "employer-1", "provider-1", START, True, 1, 1, ()
    )
    world.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-1", told)
    approval = credits.ApproveExtraCredits("p2", (waiting.id,))
    [answer] = world.harness.call(world.officer, credits.APPROVE_EXTRA_CREDITS, approval).rows
    assert (answer.outcome, answer.field) == ("refused", "ids")
    [shown] = world.harness.call(world.officer, training.LIST_ENROLMENTS, training.ListEnrolments("p2")).enrolments
    assert shown.credits == 0
    assert world.harness.call(world.officer, learning.LIST_WAITING, learning.ListWaiting()).items == ()


def test_recognised_credits_count_after_the_approval_like_all_others(world: World) -> None:
    before, now = moved(world)
    propose(world, recognise(world, before, now, 20))
    waiting = world.harness.call(world.officer, learning.LIST_WAITING, learning.ListWaiting()).items
    assert [item.kind for item in waiting] == ["approve_extra_credits"]
    approval = credits.ApproveExtraCredits("p2", (waiting[0].id,))
    world.harness.call(world.officer, credits.APPROVE_EXTRA_CREDITS, approval)
    assert world.harness.call(world.officer, learning.LIST_WAITING, learning.ListWaiting()).items == ()
    [shown] = world.harness.call(world.officer, training.LIST_ENROLMENTS, training.ListEnrolments("p2")).enrolments
    assert shown.credits == 20
    certified = certificate(1, before, "C-1", issued_on=START)
    assert outcomes(world.certify([certified])) == ["refused"]
