"""A project's whole story over its cases and its oversight, told to each as far as he may know it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.review.views.history import ACT_WORDS
from shared.contracts.common import GetHistory, HistoryLine
from shared.contracts.review import applications, cases
from shared.errors import InvalidRequest, NotFound
from shared.security.speaker import Role, Speaker
from tests.services.harness import SHUNYI
from tests.services.review.driver import WITH_DEPARTMENTS, Driver
from tests.services.review.neighbours import ELSEWHERE


def history(driver: Driver, project_id: str, by: Speaker | None = None, **page: int) -> list[HistoryLine]:
    """All lines, page by page."""
    lines: list[HistoryLine] = []
    cursor = None
    while cursor is not None or not lines:
        request = GetHistory(project_id, cursor, **page)
        answer = driver.harness.call(by or driver.city(), cases.GET_HISTORY, request)
        lines += answer.lines
        cursor = answer.cursor
    return lines


@pytest.fixture
def project_id(driver: Driver) -> str:
    """Approved, one roster approved, one returned, an objection, a suspension lifted, fraud of one person."""
    made = driver.project_with("person-1")
    driver.review(driver.district(), driver.sign_up(made, ["person-2"]).case_id, "return")
    driver.answer(driver.lodge(made, about="有人反映签到不实").id)
    summons_id = driver.suspended(made)
    driver.remedy(summons_id)
    driver.lift(summons_id)
    driver.conclude(driver.inquire(made, "person-1").id, "confirmed")
    return made


STORY = [
    ("project.submit", "项目申请：提交"),
    ("project.join", "项目申请：加入申报"),
    ("project.approve", "项目申请：区级审核，通过"),
    ("project.approve", "项目申请：市级复核，通过"),
    ("roster.submit", "学徒名单：提交"),
    ("roster.approve", "学徒名单：区级审核，通过"),
    ("roster.submit", "学徒名单：提交"),
    ("roster.return", "学徒名单：区级审核，退回"),
    ("objection.lodge", "受理异议"),
    ("objection.dismissed", "答复异议：不成立"),
    ("summons.summon", "约谈通知"),
    ("summons.refuse", "约谈：拒绝整改"),
    ("summons.report", "报市级"),
    ("summons.suspend", "停训"),
    ("summons.remedy", "整改记录"),
    ("summons.lift", "恢复培训"),
    ("fraud_inquiry.open", "发起骗取、套取补贴核查"),
    ("fraud_inquiry.confirmed", "核查结论：属实"),
]


def test_the_story_is_whole_and_in_order(driver: Driver, project_id: str) -> None:
    driver.approved()  # another project has its own story
    lines = history(driver, project_id)
    assert [(line.action, line.title) for line in lines] == STORY
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    assert (lines[2].by, lines[2].role, lines[2].words) == ("officer-1", "district_officer", "同意")
    assert lines[0].of_id == project_id and len({line.of_id for line in lines}) == 6


@pytest.mark.parametrize("limit", [1, 5, 17, 18])
def test_pages_of_a_story_follow_each_other(driver: Driver, project_id: str, limit: int) -> None:
    assert [(line.action, line.title) for line in history(driver, project_id, limit=limit)] == STORY


def test_the_parties_do_not_read_what_officers_noted_among_themselves(driver: Driver, project_id: str) -> None:
    officers = {"objection.lodge", "summons.report", "fraud_inquiry.open"}
    auditor = driver.harness.speaker(Role.AUDITOR, "auditor-1")
    assert all(line.words for line in history(driver, project_id, auditor) if line.action in officers)
    for party in (driver.employer(), driver.provider()):
        lines = history(driver, project_id, party)
        assert [line.action for line in lines] == [action for action, _ in STORY]
        assert {line.words for line in lines if line.action in officers} == {""}
        assert next(line.words for line in lines if line.action == "summons.refuse") == "企业负责人说明了情况"


def test_who_does_not_know_the_project_does_not_know_its_story(driver: Driver, project_id: str) -> None:
    for stranger in (driver.employer(ELSEWHERE), driver.provider(ELSEWHERE), driver.district("officer-9", SHUNYI)):
        with pytest.raises(NotFound):
            history(driver, project_id, stranger)
    cursor = driver.harness.call(driver.city(), cases.GET_HISTORY, GetHistory(project_id, limit=1)).cursor
    with pytest.raises(NotFound):
        driver.harness.call(driver.employer(ELSEWHERE), cases.GET_HISTORY, GetHistory(project_id, cursor))


def test_a_story_is_asked_of_a_project(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(), ["person-1"]).case_id
    with pytest.raises(InvalidRequest):
        history(driver, roster)


def test_a_withdrawal_and_a_resubmission_have_their_words(driver: Driver) -> None:
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "return")
    driver.resubmit(case_id)
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    driver.harness.call(driver.employer(), applications.WITHDRAW_CASE, applications.WithdrawCase(case_id, "改期再报"))
    titles = [line.title for line in history(driver, case_id, driver.employer())]
    assert titles[3:] == ["项目申请：重新提交", "项目申请：区级审核，通过", "项目申请：撤回"]


def test_every_act_of_oversight_has_its_words(driver: Driver, project_id: str) -> None:
    driver.answer(driver.lodge(project_id).id, upheld=True)
    driver.settle(driver.audit(project_id, "failed").id)
    driver.audit(project_id, "passed")
    driver.evaluate(project_id)
    driver.acknowledge(driver.inspect(project_id).inspection_id, driver.employer())
    driver.interview(driver.summon(project_id), "agreed")
    driver.conclude(driver.inquire(project_id).id, "cleared")
    driver.withdraw_notice(driver.publish(project_id).notice_id)
    notice = driver.publish(project_id)
    driver.harness.move_clock(notice.to_on + timedelta(days=1))
    driver.close_notice(notice.notice_id)
    told = {line.action for line in history(driver, project_id)} - {action for action, _ in STORY[:8]}
    assert told == {f"{kind}.{move}" for kind, move in ACT_WORDS}
