"""Five thousand rows in one call of each list command of training, one of them twice: answered row by row."""

from __future__ import annotations

from shared.batching import slices
from shared.contracts.schema.declare import Method
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.training import credits, enrolments, results
from tests.services.full_lists import answered, ids, rows_answered
from tests.services.training.world import LAST_DAY, START, World, assessment, certificate

TOPIC = "车工工艺与机械基础、安全生产、职业道德和质量意识综合课程" * 3


def full(world: World) -> list[str]:
    """A run of as many people as a list may name, less one; their enrolment ids."""
    people = ids(ROWS_PER_CALL - 1)
    world.ready(people)
    rows = tuple(enrolments.EnrolRow(row, person) for row, person in enumerate([*people, people[0]], start=1))
    request = enrolments.EstablishEnrolments("p1", START, rows)
    answers = rows_answered(world.harness, world.employer, enrolments.ESTABLISH_ENROLMENTS, request)
    assert {row["outcome"] for row in answers[:-1]} == {"accepted"}
    return [str(row["id"]) for row in answers[:-1]]


def accepted(world: World, method: Method[object, object], request: object) -> list[str]:
    answers = rows_answered(world.harness, world.employer, method, request)
    assert {row["outcome"] for row in answers[:-1]} == {"accepted"}
    return [str(row["id"]) for row in answers[:-1]]


def test_a_whole_training_of_five_thousand_takes_few_statements_a_step(world: World) -> None:
    run = full(world)
    each = list(enumerate([*run, run[0]], start=1))
    for part in slices(run, ROWS_PER_CALL // 3):  # three rows each
        world.teach(part)
    hours = tuple(credits.CreditRow(row, id, START, "classroom", "general", "on_the_job", 8, TOPIC) for row, id in each)
    accepted(world, credits.RECORD_CREDITS, credits.RecordCredits("p1", hours))
    extra = tuple(credits.ExtraCreditRow(row, id, "bonus", 2, f"技能竞赛获奖（{row % 4999}）") for row, id in each)
    proposed = accepted(
        world, credits.RECORD_EXTRA_CREDITS, credits.RecordExtraCredits("p1", (*extra[:-1], _again(extra)))
    )
    approve = credits.ApproveExtraCredits("p1", (*proposed, proposed[0]))
    approved = rows_answered(world.harness, world.officer, credits.APPROVE_EXTRA_CREDITS, approve)
    assert {row["outcome"] for row in approved[:-1]} == {"accepted"}
    world.harness.move_clock(LAST_DAY)
    assessed = results.RecordAssessments("p1", tuple(assessment(row, id) for row, id in each))
    accepted(world, results.RECORD_ASSESSMENTS, assessed)
    numbers = [*range(1, ROWS_PER_CALL), 1]
    papers = tuple(certificate(row, id, f"Y{number:024d}") for (row, id), number in zip(each, numbers, strict=True))
    accepted(world, results.RECORD_CERTIFICATES, results.RecordCertificates("p1", papers))


def _again(rows: tuple[credits.ExtraCreditRow, ...]) -> credits.ExtraCreditRow:
    """The first row once more, as the last."""
    first = rows[0]
    return credits.ExtraCreditRow(ROWS_PER_CALL, first.enrolment_id, first.kind, first.credits, first.reason)


def test_five_thousand_refusals_at_length_still_fit_into_the_answer(world: World) -> None:
    world.approve()
    people = ids(ROWS_PER_CALL)
    rows = tuple(enrolments.EnrolRow(row, person) for row, person in enumerate(people, start=1))
    request = enrolments.EstablishEnrolments("p1", START, rows)
    answers = answered(world.harness, world.employer, enrolments.ESTABLISH_ENROLMENTS, request)["rows"]
    assert {row["outcome"] for row in answers} == {"refused"}
    assert all("APP-24" in row["message"] for row in answers)
    assert all("APP-10" in row["message"] for row in answers)


def test_what_five_thousand_people_were_funded_for_is_one_answer(world: World) -> None:
    full(world)
    asked = enrolments.AskFunded("apprenticeship", tuple(ids(ROWS_PER_CALL)))
    answer = answered(world.harness, world.subsidy, enrolments.ASK_FUNDED, asked)
    assert len(answer["funded"]) == ROWS_PER_CALL - 1
