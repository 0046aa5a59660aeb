"""X-11: an objection stands in the way of money until another officer answers it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from shared.contracts.review import oversight as contract
from shared.errors import Conflict, NotFound, NotPermitted, SkillsError
from shared.security.speaker import Role
from tests.conftest import MadeDatabase
from tests.services.harness import SHUNYI
from tests.services.review.overseer import Overseer
from tests.services.review.town import ELSEWHERE, Town


@pytest.mark.parametrize(("upheld", "state"), [(True, "upheld"), (False, "dismissed")])
def test_an_objection_blocks_until_it_is_answered(town: Town, overseer: Overseer, upheld: bool, state: str) -> None:
    project_id = town.approved()
    lodged = overseer.lodge(project_id)
    assert lodged.standing and overseer.standing(project_id) == ["objection"]
    answered = overseer.answer(lodged.id, upheld=upheld)
    assert (answered.block_id, answered.standing) == (lodged.block_id, False)
    assert overseer.standing(project_id) == []
    (entry,) = overseer.oversight(project_id).entries
    assert (entry.kind, entry.state, entry.block_id) == ("objection", state, lodged.block_id)
    (blocked,), (unblocked,) = town.harness.told(contract.CASE_BLOCKED), town.harness.told(contract.CASE_UNBLOCKED)
    assert blocked == unblocked
    assert [told.of_id for told in town.harness.told(contract.OBJECTION_LODGED)] == [lodged.id]


def test_each_of_two_objections_has_a_block_of_its_own(town: Town, overseer: Overseer) -> None:
    project_id = town.approved()
    first, second = overseer.lodge(project_id), overseer.lodge(project_id)
    overseer.answer(first.id)
    assert overseer.standing(project_id) == ["objection"]
    with pytest.raises(Conflict, match="已经答复"):
        overseer.answer(first.id)
    overseer.answer(second.id)
    assert overseer.standing(project_id) == []


def test_who_took_it_in_does_not_answer_it(town: Town, overseer: Overseer) -> None:
    lodged = overseer.lodge(town.approved(), by=town.district("officer-3"))
    with pytest.raises(NotPermitted, match="受理异议"):
        overseer.answer(lodged.id, by=town.district("officer-3"))
    with pytest.raises(NotPermitted):
        overseer.answer(lodged.id, by=town.city("officer-3"))
    overseer.answer(lodged.id, by=town.city("officer-4"))


def test_an_objection_is_received_as_soon_as_officials_see_the_project(town: Town, overseer: Overseer) -> None:
    alone = town.submit().case_id
    with pytest.raises(NotFound):
        overseer.lodge(alone)
    town.join(alone)
    assert overseer.lodge(alone).standing
    rejected = town.joined()
    town.review(town.district(), rejected, "reject")
    with pytest.raises(Conflict):
        overseer.lodge(rejected)


def test_another_district_neither_lodges_nor_answers_nor_reads(town: Town, overseer: Overseer) -> None:
    """APP-1."""
    project_id, stranger = town.approved(), town.district("officer-9", SHUNYI)
    lodged = overseer.lodge(project_id)
    for act in (
        lambda: overseer.lodge(project_id, by=stranger),
        lambda: overseer.answer(lodged.id, by=stranger),
        lambda: overseer.oversight(project_id, by=stranger),
        lambda: overseer.oversight(project_id, by=town.employer(ELSEWHERE)),
        lambda: overseer.answer("no-such-objection"),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_party_sees_that_something_stands_and_not_who_said_what(town: Town, overseer: Overseer) -> None:
    project_id = town.approved()
    overseer.lodge(project_id, about="有人反映签到不实")
    overseer.inquire(project_id)
    for party in (town.employer(), town.provider()):
        seen = overseer.oversight(project_id, by=party)
        assert sorted(block.kind for block in seen.blocks) == ["fraud_inquiry", "objection"]
        assert [entry.words for entry in seen.entries] == ["", ""]
    auditor = town.harness.speaker(Role.AUDITOR, "auditor-1")
    assert overseer.oversight(project_id, by=auditor).entries[0].words == "有人反映签到不实"


def test_a_roster_has_no_oversight_of_its_own(town: Town, overseer: Overseer) -> None:
    roster = town.sign_up(town.approved(), ["person-1"]).case_id
    with pytest.raises(SkillsError) as refused:
        overseer.lodge(roster)
    assert [field["path"] for field in refused.value.details["fields"]] == ["project_id"]


def test_oversight_is_read_page_by_page(town: Town, overseer: Overseer) -> None:
    project_id = town.approved()
    made = [overseer.lodge(project_id).id for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        page = overseer.oversight(project_id, limit=2, cursor=cursor)
        assert len(page.blocks) == 5
        seen += [entry.id for entry in page.entries]
        cursor = page.cursor
    assert seen == made


def test_a_block_that_was_lifted_is_not_lifted_again(town: Town, overseer: Overseer) -> None:
    """Whatever lifted it: the answer of an objection whose block no longer stands is refused whole."""
    project_id = town.approved()
    lodged = overseer.lodge(project_id)
    with town.harness.database.transaction() as session:
        session.execute(text("UPDATE blocks SET lifted_on = '2022-06-06', lifted_by = 'officer-8'"))
    with pytest.raises(Conflict, match="已解除"):
        overseer.answer(lodged.id)
    assert overseer.oversight(project_id).entries[0].state == "open"


def test_two_officers_at_the_same_moment_answer_once(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    town = Town.on(make_database("review", "postgresql").url, tmp_path)
    overseer = Overseer(town)
    lodged = overseer.lodge(town.approved())

    def attempt(number: int) -> str:
        try:
            return str(overseer.answer(lodged.id, by=town.district(f"officer-{number + 10}")).standing)
        except SkillsError as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == ["False"] + ["conflict"] * 7
    assert len(town.harness.told(contract.CASE_UNBLOCKED)) == 1
    town.harness.close()
