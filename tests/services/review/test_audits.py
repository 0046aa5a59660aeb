"""APP-23: a failed audit stops the money and vetoes a passing evaluation. APP-37: both parties hear of inspections."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from shared.contracts.kernel.decisions import VERIFY_DECISIONS, VerifyDecisions
from shared.contracts.review import oversight as contract
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted, PolicyNotMet
from shared.security.speaker import Role
from tests.services.review.overseer import Overseer
from tests.services.review.town import APPLIED_ON, ELSEWHERE, Town, outcomes

LATER = APPLIED_ON + timedelta(days=30)


@pytest.fixture
def project_id(town: Town) -> str:
    return town.approved()


def test_a_failed_audit_blocks_until_it_is_settled(town: Town, overseer: Overseer, project_id: str) -> None:
    failed = overseer.audit(project_id, "failed")
    assert failed.standing and overseer.standing(project_id) == ["audit_finding"]
    assert [told.kind for told in town.harness.told(contract.CASE_BLOCKED)] == ["audit_finding"]
    settled = overseer.settle(failed.id)
    assert (settled.block_id, settled.standing) == (failed.block_id, False)
    assert overseer.standing(project_id) == []
    with pytest.raises(Conflict):
        overseer.settle(failed.id)


def test_a_passed_audit_blocks_nothing(town: Town, overseer: Overseer, project_id: str) -> None:
    passed = overseer.audit(project_id, "passed")
    assert (passed.block_id, passed.standing) == (None, False)
    assert town.harness.told(contract.CASE_BLOCKED) == []
    with pytest.raises(Conflict):
        overseer.settle(passed.id)


def test_without_an_audit_nothing_passes(town: Town, overseer: Overseer, project_id: str) -> None:
    with pytest.raises(PolicyNotMet) as refused:
        overseer.evaluate(project_id, "passed")
    assert outcomes(refused.value.details["findings"]) == {("APP-23", "unmet")}
    assert town.harness.told(contract.PROJECT_EVALUATED) == []
    assert overseer.oversight(project_id).entries == ()


def test_a_failed_audit_vetoes_until_a_later_one_passes(town: Town, overseer: Overseer, project_id: str) -> None:
    """Putting it right lifts the block, not the veto."""
    overseer.settle(overseer.audit(project_id, "failed").id)
    with pytest.raises(PolicyNotMet, match="所列各条"):
        overseer.evaluate(project_id, "passed")
    assert overseer.evaluate(project_id, "failed").decision.verdict == "met"
    town.harness.move_clock(LATER)
    overseer.audit(project_id, "passed")
    evaluated = overseer.evaluate(project_id, "passed")
    assert outcomes(evaluated.decision.findings) == {("APP-23", "met")}
    told = town.harness.told(contract.PROJECT_EVALUATED)
    assert [each.outcome for each in told] == ["failed", "passed"] and told[1].of_id == evaluated.evaluation_id


def test_of_two_audits_the_later_counts_whichever_was_entered_first(
    town: Town, overseer: Overseer, project_id: str
) -> None:
    town.harness.move_clock(LATER)
    overseer.audit(project_id, "passed", on=LATER)
    overseer.audit(project_id, "failed", on=APPLIED_ON)
    assert overseer.evaluate(project_id, "passed").decision.verdict == "met"


@pytest.mark.parametrize("act", ["audit", "inspection"])
def test_what_has_not_happened_is_not_recorded(overseer: Overseer, project_id: str, act: str) -> None:
    with pytest.raises(InvalidRequest):
        if act == "audit":
            overseer.audit(project_id, "passed", on=LATER)
        else:
            overseer.inspect(project_id, held_on=LATER)


def test_only_the_city_records_audits(town: Town, project_id: str) -> None:
    request = contract.RecordAudit(project_id, "示例会计师事务所", APPLIED_ON, "passed")
    with pytest.raises(NotPermitted):
        town.harness.call(town.district(), contract.RECORD_AUDIT, request)


# --- inspections -------------------------------------------------------------------------------------------------


def test_both_parties_confirm_what_an_inspection_found(town: Town, overseer: Overseer, project_id: str) -> None:
    inspected = overseer.inspect(project_id, result="to_mend", found="未见企业导师到岗")
    assert outcomes(inspected.decision.findings) == {("APP-37", "unmet")}
    (told,) = town.harness.told(contract.INSPECTION_RECORDED)
    assert (told.of_id, told.outcome) == (inspected.inspection_id, "to_mend")

    one = overseer.acknowledge(inspected.inspection_id, town.employer())
    assert outcomes(one.decision.findings) == {("APP-37", "unmet")}
    assert overseer.oversight(project_id).entries[0].state == "told"
    both = overseer.acknowledge(inspected.inspection_id, town.provider())
    assert outcomes(both.decision.findings) == {("APP-37", "met")}
    entry = overseer.oversight(project_id, by=town.employer()).entries[0]
    assert (entry.state, entry.words, entry.decision) == ("acknowledged", "未见企业导师到岗", both.decision)


def test_confirming_twice_changes_nothing(town: Town, overseer: Overseer, project_id: str) -> None:
    inspected = overseer.inspect(project_id)
    first = overseer.acknowledge(inspected.inspection_id, town.employer(subject="clerk-1"))
    assert overseer.acknowledge(inspected.inspection_id, town.employer(subject="clerk-8")) == first


def test_only_the_parties_of_the_project_confirm(town: Town, overseer: Overseer, project_id: str) -> None:
    inspected = overseer.inspect(project_id)
    with pytest.raises(NotFound):
        overseer.acknowledge(inspected.inspection_id, town.provider(ELSEWHERE))
    with pytest.raises(NotPermitted):
        overseer.acknowledge(inspected.inspection_id, town.district())


def test_an_inspection_keeps_the_day_it_was_held_on(town: Town, overseer: Overseer, project_id: str) -> None:
    town.harness.move_clock(LATER)
    overseer.inspect(project_id, held_on=APPLIED_ON, way="video")
    assert overseer.oversight(project_id).entries[0].on == date(2022, 6, 6)


def test_decisions_of_oversight_are_decided_again_to_the_same(town: Town, overseer: Overseer, project_id: str) -> None:
    """X-6."""
    overseer.audit(project_id, "passed")
    overseer.evaluate(project_id)
    inspected = overseer.inspect(project_id)
    overseer.acknowledge(inspected.inspection_id, town.employer())
    overseer.lift(_remedied(overseer, project_id))
    overseer.conclude(overseer.inquire(project_id).id, "confirmed")
    auditor = town.harness.speaker(Role.AUDITOR, "auditor-1")
    verified = town.harness.call(auditor, VERIFY_DECISIONS["review"], VerifyDecisions())
    # the project's: at joining, by the district and by the city, and two steps; then the six of oversight
    assert (verified.verified, verified.differing) == (5 + 6, ())


def _remedied(overseer: Overseer, project_id: str) -> str:
    summons_id = overseer.suspended(project_id)
    overseer.remedy(summons_id)
    return summons_id
