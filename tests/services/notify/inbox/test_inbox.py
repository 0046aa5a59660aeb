"""An inbox belongs to an organisation or an office; nobody reads, marks or counts another's messages."""

from __future__ import annotations

import pytest

from shared.contracts.notify.inbox import MARK_READ, MarkedRead, MarkRead
from shared.contracts.review import cases
from shared.contracts.subsidy import budgets_and_ledger
from shared.errors import InvalidRequest, NotFound, NotPermitted
from shared.security.speaker import Role
from tests.services.harness import CHAOYANG, SHUNYI
from tests.services.notify import samples
from tests.services.notify.driver import Driver
from tests.services.notify.samples import CASE, CLAIM, EMPLOYER, PROVIDER


def _payments(driver: Driver, count: int) -> None:
    for number in range(count):
        driver.pay(f"claim-{number}")


def test_the_newest_message_comes_first_and_pages_hold_each_once(driver: Driver) -> None:
    _payments(driver, 5)
    reader = driver.employer(EMPLOYER)
    first = driver.page(reader, limit=2)
    second = driver.page(reader, limit=2, cursor=first.cursor)
    third = driver.page(reader, limit=2, cursor=second.cursor)
    seen = [one.subject_id for page in (first, second, third) for one in page.messages]
    assert seen == [f"claim-{number}" for number in (4, 3, 2, 1, 0)]
    assert third.cursor is None


def test_reading_one_lowers_the_count_once_and_stays(driver: Driver) -> None:
    _payments(driver, 3)
    reader = driver.employer(EMPLOYER)
    newest = driver.messages(reader)[0].message_id
    for _ in range(2):
        assert driver.harness.call(reader, MARK_READ, MarkRead(newest)) == MarkedRead(newest)
        assert driver.page(reader).unread == 2
    assert [one.read for one in driver.messages(reader)] == [True, False, False]
    assert newest not in {one.message_id for one in driver.page(reader, unread_only=True).messages}


def test_both_hands_of_one_organisation_read_the_same_inbox(driver: Driver) -> None:
    _payments(driver, 1)
    assert driver.templates(driver.provider(EMPLOYER)) == ["payment_confirmed"]


def test_nobody_sees_or_marks_the_messages_of_others(driver: Driver) -> None:
    driver.harness.hear(cases.CASE_SUBMITTED, CASE.case_id, CASE)
    (waiting,) = driver.messages(driver.officer(CHAOYANG))
    others = (
        driver.officer(SHUNYI),
        driver.finance(CHAOYANG),
        driver.employer(EMPLOYER),
        driver.provider(PROVIDER),
        driver.city(),
    )
    for other in others:
        assert driver.page(other).messages == ()
        assert driver.page(other).unread == 0
        with pytest.raises(NotFound):
            driver.harness.call(other, MARK_READ, MarkRead(waiting.message_id))
        with pytest.raises(InvalidRequest):
            driver.page(other, cursor=waiting.message_id)
    assert driver.page(driver.officer(CHAOYANG)).unread == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR, Role.CENTRE_OFFICER])
def test_a_role_without_an_inbox_is_told_so(driver: Driver, role: Role) -> None:
    with pytest.raises(NotPermitted):
        driver.page(driver.harness.speaker(role, "somebody"))


def test_city_finance_and_city_officers_have_inboxes_of_their_own(driver: Driver) -> None:
    driver.harness.hear(budgets_and_ledger.BUDGET_EXHAUSTED, CLAIM.claim_id, samples.BUDGET)
    assert driver.templates(driver.city(Role.CITY_FINANCE_OFFICER)) == ["budget_exhausted"]
    assert driver.templates(driver.city()) == []
