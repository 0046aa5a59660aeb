"""Papers of a project: what stands on them is what is on file, named as far as whoever asks may see it."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest

from shared.contracts.training import credits
from shared.contracts.training.papers import MAKE_FORM, MakeTrainingPaper
from shared.errors import Conflict, InvalidRequest, NotFound, TooLarge
from shared.security.speaker import Purpose, Role, Speaker
from tests.services import files
from tests.services.training.driver import LAST_DAY, Driver, assessment


def printed(driver: Driver, form: Any, by: Speaker | None = None, **of: Any) -> str:
    """Every text of the paper, as the one who asked for it fetches it."""
    speaker = by or clerk(driver)
    made = driver.call(speaker, MAKE_FORM, MakeTrainingPaper("p1", form, **of))
    assert made.name.endswith(".docx")
    paper = docx.Document(io.BytesIO(files.fetch(driver.harness, speaker, made.file)))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    foot = [paragraph.text for paragraph in paper.sections[0].footer.paragraphs]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells, *foot])


def clerk(driver: Driver) -> Speaker:
    purposes = frozenset({Purpose.DOCUMENTS})
    return driver.harness.speaker(Role.EMPLOYER, "clerk-7", organisation="employer-1", purposes=purposes)


def test_a_training_agreement_is_made_with_one_person_or_with_all(driver: Driver) -> None:
    driver.approve()
    driver.admit(["person-0", "person-1"])
    one = printed(driver, "training_agreement", person_id="person-0")
    assert "学徒person-0" in one
    assert "person-1" not in one
    for heading in ("培训目标", "培训内容与期限", "培训考核标准", "培训期间待遇", "学徒义务"):
        assert heading in one
    together = printed(driver, "training_agreement")
    assert "集体" in together
    assert {"学徒person-0", "学徒person-1", "示例单位employer-1", "示例单位provider-1"} <= set(together.split("\n"))


def test_nobody_signs_who_is_not_admitted(driver: Driver) -> None:
    driver.approve()
    driver.admit(["person-0"])
    with pytest.raises(NotFound):
        printed(driver, "training_agreement", person_id="person-9")


def test_a_collective_agreement_that_nobody_could_sign_is_refused_by_its_length(driver: Driver) -> None:
    driver.approve()
    driver.admit([f"person-{number}" for number in range(501)])
    with pytest.raises(TooLarge, match="500"):
        printed(driver, "training_agreement")


def test_a_cooperation_agreement_has_a_blank_for_the_fee_until_it_is_filed(driver: Driver) -> None:
    driver.approve()
    before = printed(driver, "cooperation_agreement")
    assert "玖" not in before
    driver.admit(["person-0"])
    driver.sign(["person-0"])
    assert "1000.00 元，人民币（大写）壹仟元整" in printed(driver, "cooperation_agreement")


def test_textbooks_are_filed_on_the_paper_as_they_were_filed(driver: Driver) -> None:
    driver.approve()
    assert "车工工艺" not in printed(driver, "textbook_filing")
    driver.admit(["person-0"])
    driver.sign(["person-0"])
    paper = printed(driver, "textbook_filing", driver.officer)
    assert "车工工艺" in paper
    assert "朝阳区" in paper


def test_a_credit_record_shows_hours_and_approved_credits_with_their_sums(driver: Driver) -> None:
    (enrolment,) = driver.running(1)
    driver.teach([enrolment])
    extra = credits.RecordExtraCredits("p1", (credits.ExtraCreditRow(1, enrolment, "bonus", 2, "技能竞赛获奖"),))
    (proposed,) = driver.call(driver.employer, credits.RECORD_EXTRA_CREDITS, extra).rows
    before = printed(driver, "credit_record", enrolment_id=enrolment)
    assert "技能竞赛获奖" not in before
    approval = credits.ApproveExtraCredits("p1", (str(proposed.id),))
    driver.call(driver.officer, credits.APPROVE_EXTRA_CREDITS, approval)
    paper = printed(driver, "credit_record", enrolment_id=enrolment)
    assert "奖励：技能竞赛获奖" in paper
    assert "课堂 32 学分，岗位 48 学分，互认、奖励 2 学分；合计 82 学分，应修 80 学分。" in paper


def test_a_pass_certificate_is_for_who_passed_and_was_given_it(driver: Driver) -> None:
    first, second, third = driver.running(3)
    driver.teach([first, second, third])
    driver.harness.move_clock(LAST_DAY)
    with pytest.raises(Conflict):
        printed(driver, "pass_certificate", enrolment_id=first)
    failed = assessment(2, second, result="failed", pass_certificate=None)
    graduated = assessment(3, third, pass_certificate="graduation_certificate")
    driver.assess([assessment(1, first), failed, graduated])
    paper = printed(driver, "pass_certificate", enrolment_id=first)
    assert "学徒person-0" in paper
    assert first in paper
    for other in (second, third):
        with pytest.raises(Conflict):
            printed(driver, "pass_certificate", enrolment_id=other)


@pytest.mark.parametrize("form", ["credit_record", "pass_certificate"])
def test_a_paper_about_one_enrolment_needs_to_know_which(driver: Driver, form: str) -> None:
    driver.running(1)
    with pytest.raises(InvalidRequest):
        printed(driver, form)
    with pytest.raises(NotFound):
        printed(driver, form, enrolment_id="somebody-else")


def test_names_stay_masked_for_whom_may_not_see_them_and_papers_in_reach(driver: Driver) -> None:
    (enrolment,) = driver.running(1)
    assert "学徒person-0" not in printed(driver, "credit_record", driver.employer, enrolment_id=enrolment)
    for speaker in (driver.rival, driver.stranger):
        with pytest.raises(NotFound):
            printed(driver, "credit_record", speaker, enrolment_id=enrolment)
