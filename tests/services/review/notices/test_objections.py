"""X-11: an objection stands in the way of money until another officer answers it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from shared.contracts.review import oversight
from shared.errors import Conflict, NotFound, NotPermitted, SkillsError
from shared.security.speaker import Role
from tests.conftest import MadeDatabase
from tests.services.harness import SHUNYI
from tests.services.review.driver import Driver
from tests.services.review.neighbours import ELSEWHERE


@pytest.mark.parametrize(("upheld", "state"), [(True, "upheld"), (False, "dismissed")])
def test_an_objection_blocks_until_it_is_answered(driver: Driver, upheld: bool, state: str) -> None:
    project_id = driver.approved()
    lodged = driver.lodge(project_id)
    assert lodged.standing and driver.standing(project_id) == ["objection"]
    answered = driver.answer(lodged.id, upheld=upheld)
    assert (answered.block_id, answered.standing) == (lodged.block_id, False)
    assert driver.standing(project_id) == []
    (entry,) = driver.oversight(project_id).entries
    assert (entry.kind, entry.state, entry.block_id) == ("objection", state, lodged.block_id)
    (blocked,), (unblocked,) = (
        driver.harness.told(oversight.CASE_BLOCKED),
        driver.harness.told(oversight.CASE_UNBLOCKED),
    )
    assert blocked == unblocked
    assert [told.of_id for told in driver.harness.told(oversight.OBJECTION_LODGED)] == [lodged.id]


def test_each_of_two_objections_has_a_block_of_its_own(driver: Driver) -> None:
    project_id = driver.approved()
    first, second = driver.lodge(project_id), driver.lodge(project_id)
    driver.answer(first.id)
    assert driver.standing(project_id) == ["objection"]
    with pytest.raises(Conflict, match="已经答复"):
        driver.answer(first.id)
    driver.answer(second.id)
    assert driver.standing(project_id) == []


def test_who_took_it_in_does_not_answer_it(driver: Driver) -> None:
    lodged = driver.lodge(driver.approved(), by=driver.district("officer-3"))
    with pytest.raises(NotPermitted, match="受理异议"):
        driver.answer(lodged.id, by=driver.district("officer-3"))
    with pytest.raises(NotPermitted):
        driver.answer(lodged.id, by=driver.city("officer-3"))
    driver.answer(lodged.id, by=driver.city("officer-4"))


def test_an_objection_is_received_as_soon_as_officials_see_the_project(driver: Driver) -> None:
    alone = driver.submit().case_id
    with pytest.raises(NotFound):
        driver.lodge(alone)
    driver.join(alone)
    assert driver.lodge(alone).standing
    rejected = driver.joined()
    driver.review(driver.district(), rejected, "reject")
    with pytest.raises(Conflict):
        driver.lodge(rejected)


def test_another_district_neither_lodges_nor_answers_nor_reads(driver: Driver) -> None:
    """APP-1."""
    project_id, stranger = driver.approved(), driver.district("officer-9", SHUNYI)
    lodged = driver.lodge(project_id)
    for act in (
        lambda: driver.lodge(project_id, by=stranger),
        lambda: driver.answer(lodged.id, by=stranger),
        lambda: driver.oversight(project_id, by=stranger),
        lambda: driver.oversight(project_id, by=driver.employer(ELSEWHERE)),
        lambda: driver.answer("no-such-objection"),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_party_sees_that_something_stands_and_not_who_said_what(driver: Driver) -> None:
    project_id = driver.approved()
    driver.lodge(project_id, about="有人反映签到不实")
    driver.inquire(project_id)
    for party in (driver.employer(), driver.provider()):
        seen = driver.oversight(project_id, by=party)
        assert sorted(block.kind for block in seen.blocks) == ["fraud_inquiry", "objection"]
        assert [entry.words for entry in seen.entries] == ["", ""]
    auditor = driver.harness.speaker(Role.AUDITOR, "auditor-1")
    assert driver.oversight(project_id, by=auditor).entries[0].words == "有人反映签到不实"


def test_a_roster_has_no_oversight_of_its_own(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(), ["person-1"]).case_id
    with pytest.raises(SkillsError) as refused:
        driver.lodge(roster)
    assert [field["path"] for field in refused.value.details["fields"]] == ["project_id"]


def test_oversight_is_read_page_by_page(driver: Driver) -> None:
    project_id = driver.approved()
    made = [driver.lodge(project_id).id for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        page = driver.oversight(project_id, limit=2, cursor=cursor)
        assert len(page.blocks) == 5
        seen += [entry.id for entry in page.entries]
        cursor = page.cursor
    assert seen == made


def test_a_block_that_was_lifted_is_not_lifted_again(driver: Driver) -> None:
    """Whatever lifted it: the answer of an objection whose block no longer stands is refused whole."""
    project_id = driver.approved()
    lodged = driver.lodge(project_id)
    with driver.harness.database.transaction() as session:
        session.execute(text("UPDATE blocks SET lifted_on = '2022-06-06', lifted_by = 'officer-8'"))
    with pytest.raises(Conflict, match="已解除"):
        driver.answer(lodged.id)
    assert driver.oversight(project_id).entries[0].state == "open"


def test_two_officers_at_the_same_moment_answer_once(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    driver = Driver(make_database("review", "postgresql").url, tmp_path)
    lodged = driver.lodge(driver.approved())

    def attempt(number: int) -> str:
        try:
            return str(driver.answer(lodged.id, by=driver.district(f"officer-{number + 10}")).standing)
        except SkillsError as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == ["False"] + ["conflict"] * 7
    assert len(driver.harness.told(oversight.CASE_UNBLOCKED)) == 1
    driver.harness.close()
