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
from tests.services.review.overseer import Overseer
from tests.services.review.town import ELSEWHERE, WITH_DEPARTMENTS, Town, finding


def printed(town: Town, form: Any, of_id: str, by: Speaker | None = None) -> str:
    """Every text of the paper, as the one who asked for it fetches it."""
    speaker = by or town.district()
    made = town.harness.call(speaker, MAKE_FORM, MakeReviewPaper(form, of_id))
    paper = docx.Document(io.BytesIO(files.fetch(town.harness, speaker, made.file)))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


def test_the_letter_about_an_approved_project_gives_every_finding_and_is_the_citys(town: Town) -> None:
    project_id = town.approved()
    letter = printed(town, "decision_letter", project_id, town.employer())
    assert "示例单位" in letter
    assert "APP-24" in letter
    assert "北京市人力资源和社会保障局" in letter


def test_the_letter_about_a_rejected_project_is_the_districts(town: Town) -> None:
    case_id = town.joined()
    town.review(town.district(), case_id, "reject")
    letter = printed(town, "decision_letter", case_id)
    assert "朝阳区人力资源和社会保障局" in letter
    assert "如对本决定有异议" in letter


def test_the_letter_about_a_roster_counts_people_and_names_nobody(town: Town) -> None:
    town.findings["person-3"] = (finding("APP-2", "unmet"),)
    roster = town.sign_up(town.approved(), ["person-1", "person-2", "person-3"])
    town.review(town.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    letter = printed(town, "decision_letter", roster.case_id)
    assert {"2 人", "1 人"} <= set(letter.split("\n"))
    assert "person-" not in letter


def test_there_is_no_letter_before_there_is_a_decision(town: Town) -> None:
    with pytest.raises(Conflict):
        printed(town, "decision_letter", town.joined())


def test_a_summons_has_room_for_minutes_and_then_prints_them(town: Town, overseer: Overseer) -> None:
    summons_id = overseer.summon(town.approved())
    before = printed(town, "interview_summons", summons_id, town.employer())
    assert "学徒流失率高" in before
    assert "＿＿＿" in before
    overseer.interview(summons_id)
    after = printed(town, "interview_summons", summons_id)
    assert "＿＿＿" not in after
    assert {"企业负责人说明了情况", "拒绝整改", "示例集团有限公司（到场）"} <= set(after.split("\n"))


def test_a_suspension_is_ordered_on_paper_once_the_city_ordered_it(town: Town, overseer: Overseer) -> None:
    summons_id = overseer.summon(town.approved())
    overseer.interview(summons_id)
    overseer.report(summons_id)
    with pytest.raises(Conflict):
        printed(town, "suspension_notice", summons_id)
    overseer.suspend(summons_id)
    notice = printed(town, "suspension_notice", summons_id, town.employer())
    assert "APP-26" in notice
    assert "北京市人力资源和社会保障局" in notice


def test_papers_are_made_in_reach_and_a_summons_is_none_of_the_providers_business(
    town: Town, overseer: Overseer
) -> None:
    project_id = town.approved()
    summons_id = overseer.summon(project_id)
    for speaker in (town.employer(ELSEWHERE), town.district("officer-9", SHUNYI)):
        for form, of_id in (("decision_letter", project_id), ("interview_summons", summons_id)):
            with pytest.raises(NotFound):
                printed(town, form, of_id, speaker)
    with pytest.raises(NotPermitted):
        printed(town, "interview_summons", summons_id, town.provider())


def test_a_public_notice_says_what_until_when_and_where_objections_go(town: Town, overseer: Overseer) -> None:
    notice = overseer.publish(town.approved(), title="示例项目公示", text="现将示例单位的项目予以公示。")
    for reader in (town.district(), town.employer(), town.provider()):
        paper = printed(town, "public_notice", notice.notice_id, reader)
        assert {"示例项目公示", "现将示例单位的项目予以公示。", "联系电话："} <= set(paper.split("\n"))
        assert f"{notice.from_on} 至 {notice.to_on}（5 个工作日，发布当日不计）" in paper
        assert f"在 {notice.to_on} 前（含当日）向朝阳区人力资源和社会保障局反映" in paper
        assert f"编号：{notice.notice_id}" in paper and "（公章）" in paper
    by_city = overseer.publish(town.approved(), by=town.city())
    assert "向北京市人力资源和社会保障局反映" in printed(town, "public_notice", by_city.notice_id)
    with pytest.raises(NotFound):
        printed(town, "public_notice", notice.notice_id, town.employer(ELSEWHERE))
