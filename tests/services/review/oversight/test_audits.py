"""APP-23: a failed audit stops the money and vetoes a passing evaluation. APP-37: both parties hear of inspections."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from shared.contracts.kernel.decisions import VERIFY_DECISIONS, VerifyDecisions
from shared.contracts.review import oversight
from shared.contracts.review.audits_and_inspections import RECORD_AUDIT, RecordAudit
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted, PolicyNotMet
from shared.security.speaker import Role
from tests.services.review.driver import APPLIED_ON, Driver, outcomes
from tests.services.review.neighbours import ELSEWHERE

LATER = APPLIED_ON + timedelta(days=30)


@pytest.fixture
def project_id(driver: Driver) -> str:
    return driver.approved()


def test_a_failed_audit_blocks_until_it_is_settled(driver: Driver, project_id: str) -> None:
    failed = driver.audit(project_id, "failed")
    assert failed.standing and driver.standing(project_id) == ["audit_finding"]
    assert [told.kind for told in driver.harness.told(oversight.CASE_BLOCKED)] == ["audit_finding"]
    settled = driver.settle(failed.id)
    assert (settled.block_id, settled.standing) == (failed.block_id, False)
    assert driver.standing(project_id) == []
    with pytest.raises(Conflict):
        driver.settle(failed.id)


def test_a_passed_audit_blocks_nothing(driver: Driver, project_id: str) -> None:
    passed = driver.audit(project_id, "passed")
    assert (passed.block_id, passed.standing) == (None, False)
    assert driver.harness.told(oversight.CASE_BLOCKED) == []
    with pytest.raises(Conflict):
        driver.settle(passed.id)


def test_without_an_audit_nothing_passes(driver: Driver, project_id: str) -> None:
    with pytest.raises(PolicyNotMet) as refused:
        driver.evaluate(project_id, "passed")
    assert outcomes(refused.value.details["findings"]) == {("APP-23", "unmet")}
    assert driver.harness.told(oversight.PROJECT_EVALUATED) == []
    assert driver.oversight(project_id).entries == ()


def test_a_failed_audit_vetoes_until_a_later_one_passes(driver: Driver, project_id: str) -> None:
    """Putting it right lifts the block, not the veto."""
    driver.settle(driver.audit(project_id, "failed").id)
    with pytest.raises(PolicyNotMet, match="所列各条"):
        driver.evaluate(project_id, "passed")
    assert driver.evaluate(project_id, "failed").decision.verdict == "met"
    driver.harness.move_clock(LATER)
    driver.audit(project_id, "passed")
    evaluated = driver.evaluate(project_id, "passed")
    assert outcomes(evaluated.decision.findings) == {("APP-23", "met")}
    told = driver.harness.told(oversight.PROJECT_EVALUATED)
    assert [each.outcome for each in told] == ["failed", "passed"] and told[1].of_id == evaluated.evaluation_id


def test_of_two_audits_the_later_counts_whichever_was_entered_first(driver: Driver, project_id: str) -> None:
    driver.harness.move_clock(LATER)
    driver.audit(project_id, "passed", on=LATER)
    driver.audit(project_id, "failed", on=APPLIED_ON)
    assert driver.evaluate(project_id, "passed").decision.verdict == "met"


@pytest.mark.parametrize("act", ["audit", "inspection"])
def test_what_has_not_happened_is_not_recorded(driver: Driver, project_id: str, act: str) -> None:
    with pytest.raises(InvalidRequest):
        if act == "audit":
            driver.audit(project_id, "passed", on=LATER)
        else:
            driver.inspect(project_id, held_on=LATER)


def test_only_the_city_records_audits(driver: Driver, project_id: str) -> None:
    request = RecordAudit(project_id, "示例会计师事务所", APPLIED_ON, "passed")
    with pytest.raises(NotPermitted):
        driver.harness.call(driver.district(), RECORD_AUDIT, request)


# --- inspections -------------------------------------------------------------------------------------------------


def test_both_parties_confirm_what_an_inspection_found(driver: Driver, project_id: str) -> None:
    inspected = driver.inspect(project_id, result="to_mend", found="未见企业导师到岗")
    assert outcomes(inspected.decision.findings) == {("APP-37", "unmet")}
    (told,) = driver.harness.told(oversight.INSPECTION_RECORDED)
    assert (told.of_id, told.outcome) == (inspected.inspection_id, "to_mend")

    one = driver.acknowledge(inspected.inspection_id, driver.employer())
    assert outcomes(one.decision.findings) == {("APP-37", "unmet")}
    assert driver.oversight(project_id).entries[0].state == "told"
    both = driver.acknowledge(inspected.inspection_id, driver.provider())
    assert outcomes(both.decision.findings) == {("APP-37", "met")}
    entry = driver.oversight(project_id, by=driver.employer()).entries[0]
    assert (entry.state, entry.words, entry.decision) == ("acknowledged", "未见企业导师到岗", both.decision)


def test_confirming_twice_changes_nothing(driver: Driver, project_id: str) -> None:
    inspected = driver.inspect(project_id)
    first = driver.acknowledge(inspected.inspection_id, driver.employer(subject="clerk-1"))
    assert driver.acknowledge(inspected.inspection_id, driver.employer(subject="clerk-8")) == first


def test_only_the_parties_of_the_project_confirm(driver: Driver, project_id: str) -> None:
    inspected = driver.inspect(project_id)
    with pytest.raises(NotFound):
        driver.acknowledge(inspected.inspection_id, driver.provider(ELSEWHERE))
    with pytest.raises(NotPermitted):
        driver.acknowledge(inspected.inspection_id, driver.district())


def test_an_inspection_keeps_the_day_it_was_held_on(driver: Driver, project_id: str) -> None:
    driver.harness.move_clock(LATER)
    driver.inspect(project_id, held_on=APPLIED_ON, way="video")
    assert driver.oversight(project_id).entries[0].on == date(2022, 6, 6)


def test_decisions_of_oversight_are_decided_again_to_the_same(driver: Driver, project_id: str) -> None:
    """X-6."""
    driver.audit(project_id, "passed")
    driver.evaluate(project_id)
    inspected = driver.inspect(project_id)
    driver.acknowledge(inspected.inspection_id, driver.employer())
    driver.lift(_remedied(driver, project_id))
    driver.conclude(driver.inquire(project_id).id, "confirmed")
    auditor = driver.harness.speaker(Role.AUDITOR, "auditor-1")
    verified = driver.harness.call(auditor, VERIFY_DECISIONS["review"], VerifyDecisions())
    # the project's: at joining, by the district and by the city, and two steps; then the six of oversight
    assert (verified.verified, verified.differing) == (5 + 6, ())


def _remedied(driver: Driver, project_id: str) -> str:
    summons_id = driver.suspended(project_id)
    driver.remedy(summons_id)
    return summons_id
