"""Papers of review: what stands on them is what was decided, said and ordered; and who may have them."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest

from shared.contracts.review.papers import MAKE_FORM, MakeReviewPaper
from shared.errors import Conflict, NotFound, NotPermitted
from shared.security.speaker import Speaker
from tests.services import files
from tests.services.harness import SHUNYI
from tests.services.review.driver import WITH_DEPARTMENTS, Driver
from tests.services.review.neighbours import ELSEWHERE, finding


def printed(driver: Driver, form: Any, of_id: str, by: Speaker | None = None) -> str:
    """Every text of the paper, as the one who asked for it fetches it."""
    speaker = by or driver.district()
    made = driver.harness.call(speaker, MAKE_FORM, MakeReviewPaper(form, of_id))
    paper = docx.Document(io.BytesIO(files.fetch(driver.harness, speaker, made.file)))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


def test_the_letter_about_an_approved_project_gives_every_finding_and_is_the_citys(driver: Driver) -> None:
    project_id = driver.approved()
    letter = printed(driver, "decision_letter", project_id, driver.employer())
    assert "示例单位" in letter
    assert "APP-24" in letter
    assert "北京市人力资源和社会保障局" in letter


def test_the_letter_about_a_rejected_project_is_the_districts(driver: Driver) -> None:
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "reject")
    letter = printed(driver, "decision_letter", case_id)
    assert "朝阳区人力资源和社会保障局" in letter
    assert "如对本决定有异议" in letter


def test_the_letter_about_a_roster_counts_people_and_names_nobody(driver: Driver) -> None:
    driver.neighbours.findings["person-3"] = (finding("APP-2", "unmet"),)
    roster = driver.sign_up(driver.approved(), ["person-1", "person-2", "person-3"])
    driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    letter = printed(driver, "decision_letter", roster.case_id)
    assert {"2 人", "1 人"} <= set(letter.split("\n"))
    assert "person-" not in letter


def test_there_is_no_letter_before_there_is_a_decision(driver: Driver) -> None:
    with pytest.raises(Conflict):
        printed(driver, "decision_letter", driver.joined())


def test_a_summons_has_room_for_minutes_and_then_prints_them(driver: Driver) -> None:
    summons_id = driver.summon(driver.approved())
    before = printed(driver, "interview_summons", summons_id, driver.employer())
    assert "学徒流失率高" in before
    assert "＿＿＿" in before
    driver.interview(summons_id)
    after = printed(driver, "interview_summons", summons_id)
    assert "＿＿＿" not in after
    assert {"企业负责人说明了情况", "拒绝整改", "示例集团有限公司（到场）"} <= set(after.split("\n"))


def test_a_suspension_is_ordered_on_paper_once_the_city_ordered_it(driver: Driver) -> None:
    summons_id = driver.summon(driver.approved())
    driver.interview(summons_id)
    driver.report(summons_id)
    with pytest.raises(Conflict):
        printed(driver, "suspension_notice", summons_id)
    driver.suspend(summons_id)
    notice = printed(driver, "suspension_notice", summons_id, driver.employer())
    assert "APP-26" in notice
    assert "北京市人力资源和社会保障局" in notice


def test_papers_are_made_in_reach_and_a_summons_is_none_of_the_providers_business(driver: Driver) -> None:
    project_id = driver.approved()
    summons_id = driver.summon(project_id)
    for speaker in (driver.employer(ELSEWHERE), driver.district("officer-9", SHUNYI)):
        for form, of_id in (("decision_letter", project_id), ("interview_summons", summons_id)):
            with pytest.raises(NotFound):
                printed(driver, form, of_id, speaker)
    with pytest.raises(NotPermitted):
        printed(driver, "interview_summons", summons_id, driver.provider())


def test_a_public_notice_says_what_until_when_and_where_objections_go(driver: Driver) -> None:
    notice = driver.publish(driver.approved(), title="示例项目公示", text="现将示例单位的项目予以公示。")
    for reader in (driver.district(), driver.employer(), driver.provider()):
        paper = printed(driver, "public_notice", notice.notice_id, reader)
        assert {"示例项目公示", "现将示例单位的项目予以公示。", "联系电话："} <= set(paper.split("\n"))
        assert f"{notice.from_on} 至 {notice.to_on}（5 个工作日，发布当日不计）" in paper
        assert f"在 {notice.to_on} 前（含当日）向朝阳区人力资源和社会保障局反映" in paper
        assert f"编号：{notice.notice_id}" in paper and "（公章）" in paper
    by_city = driver.publish(driver.approved(), by=driver.city())
    assert "向北京市人力资源和社会保障局反映" in printed(driver, "public_notice", by_city.notice_id)
    with pytest.raises(NotFound):
        printed(driver, "public_notice", notice.notice_id, driver.employer(ELSEWHERE))
