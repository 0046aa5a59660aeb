"""A document is replaced between two cases: each keeps the one of its first day to its end (X-7, INT-16).

The made-up successor trains advanced workers for one year and has one station for a project.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shared.contracts.review import cases
from shared.errors import PolicyNotMet
from tests.rules.policy import DOCUMENTS
from tests.services.review.driver import WITH_DEPARTMENTS, Driver, outcomes

LAST_DAY, FIRST_DAY = date(2022, 12, 31), date(2023, 1, 1)
CHANGES = (
    ("id: beijing-2022-11-apprenticeship", "id: made-up-successor"),
    ("number: 京人社能发〔2022〕11号", "number: 虚构发〔2023〕1号"),
    ("2022-05-27", "2023-01-01"),
    ("replaces: [京人社能发〔2019〕128号]", "replaces: [京人社能发〔2022〕11号]"),
    ("advanced: 2, technician: 2", "advanced: 1, technician: 2"),
)


@pytest.fixture
def driver(new_driver: Callable[..., Driver], tmp_path: Path) -> Driver:
    text = (DOCUMENTS / "beijing-2022-11-apprenticeship.yaml").read_text("utf-8")
    for before, after in CHANGES:
        assert before in text
        text = text.replace(before, after)
    city = text.index("      - {id: city_verification")
    text = text[:city] + text[text.index("\n", city) + 1 :].replace("  - project_city_verification\n", "")
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "successor.yaml").write_text(text, "utf-8")
    return new_driver(policy_path=str(folder), today=LAST_DAY)


def document(driver: Driver, case_id: str) -> str:
    return driver.case(case_id).document.partition("@")[0]


def test_the_day_of_the_application_chooses_the_document(driver: Driver) -> None:
    before = driver.joined()
    driver.harness.move_clock(FIRST_DAY)
    after = driver.joined(term_years=1)
    assert (document(driver, before), document(driver, after)) == (
        "beijing-2022-11-apprenticeship",
        "made-up-successor",
    )
    assert driver.review(driver.district(), after, "approve", WITH_DEPARTMENTS).state == "approved"
    assert driver.review(driver.district(), before, "approve", WITH_DEPARTMENTS).station == "city_verification"
    assert driver.review(driver.city(), before, "approve").state == "approved"
    told = [each.document.partition("@")[0] for each in driver.harness.told(cases.PROJECT_APPROVED)]
    assert told == ["made-up-successor", "beijing-2022-11-apprenticeship"]


def test_a_returned_case_comes_again_under_its_own_document(driver: Driver) -> None:
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "return")
    driver.harness.move_clock(FIRST_DAY)
    driver.resubmit(case_id)
    assert document(driver, case_id) == "beijing-2022-11-apprenticeship"
    found = outcomes(each for decision in driver.case(case_id).decisions for each in decision.findings)
    assert ("APP-8", "met") in found  # two years, as the earlier document has it


def test_the_same_plan_is_judged_otherwise_the_day_after(driver: Driver) -> None:
    driver.harness.move_clock(FIRST_DAY)
    case_id = driver.joined()
    with pytest.raises(PolicyNotMet) as refused:
        driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert ("APP-8", "unmet") in outcomes(refused.value.details["findings"])


def test_a_roster_follows_the_document_of_its_project(driver: Driver) -> None:
    project_id = driver.approved()
    driver.harness.move_clock(date(2023, 3, 1))
    roster = driver.sign_up(project_id, ["person-1"])
    assert document(driver, roster.case_id) == "beijing-2022-11-apprenticeship"
    assert [question.document for question in driver.asked("registry.decide_apprentices")] == [roster.document]
