"""An inbox belongs to an organisation or an office; nobody reads, marks or counts another's messages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.contracts.notify.messages import MARK_READ, MarkedRead, MarkRead
from shared.contracts.review import cases
from shared.contracts.subsidy import budgets_and_ledger, payments
from shared.errors import InvalidRequest, NotFound, NotPermitted
from shared.security.speaker import Role
from tests.services.harness import CHAOYANG, SHUNYI
from tests.services.notify import samples
from tests.services.notify.desk import Desk
from tests.services.notify.samples import CASE, CLAIM, EMPLOYER, PROVIDER


def _payments(desk: Desk, count: int) -> None:
    for number in range(count):
        payment = replace(samples.PAYMENT, claim_id=f"claim-{number}")
        desk.harness.hear(payments.PAYMENT_CONFIRMED, payment.claim_id, payment)


def test_the_newest_message_comes_first_and_pages_hold_each_once(desk: Desk) -> None:
    _payments(desk, 5)
    reader = desk.employer(EMPLOYER)
    first = desk.page(reader, limit=2)
    second = desk.page(reader, limit=2, cursor=first.cursor)
    third = desk.page(reader, limit=2, cursor=second.cursor)
    seen = [one.subject_id for page in (first, second, third) for one in page.messages]
    assert seen == [f"claim-{number}" for number in (4, 3, 2, 1, 0)]
    assert third.cursor is None


def test_reading_one_lowers_the_count_once_and_stays(desk: Desk) -> None:
    _payments(desk, 3)
    reader = desk.employer(EMPLOYER)
    newest = desk.messages(reader)[0].message_id
    for _ in range(2):
        assert desk.harness.call(reader, MARK_READ, MarkRead(newest)) == MarkedRead(newest)
        assert desk.page(reader).unread == 2
    assert [one.read for one in desk.messages(reader)] == [True, False, False]
    assert newest not in {one.message_id for one in desk.page(reader, unread_only=True).messages}


def test_both_hands_of_one_organisation_read_the_same_inbox(desk: Desk) -> None:
    _payments(desk, 1)
    assert desk.templates(desk.provider(EMPLOYER)) == ["payment_confirmed"]


def test_nobody_sees_or_marks_the_messages_of_others(desk: Desk) -> None:
    desk.harness.hear(cases.CASE_SUBMITTED, CASE.case_id, CASE)
    (waiting,) = desk.messages(desk.officer(CHAOYANG))
    others = (
        desk.officer(SHUNYI),
        desk.finance(CHAOYANG),
        desk.employer(EMPLOYER),
        desk.provider(PROVIDER),
        desk.city(),
    )
    for other in others:
        assert desk.page(other).messages == ()
        assert desk.page(other).unread == 0
        with pytest.raises(NotFound):
            desk.harness.call(other, MARK_READ, MarkRead(waiting.message_id))
        with pytest.raises(InvalidRequest):
            desk.page(other, cursor=waiting.message_id)
    assert desk.page(desk.officer(CHAOYANG)).unread == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR, Role.CENTRE_OFFICER])
def test_a_role_without_an_inbox_is_told_so(desk: Desk, role: Role) -> None:
    with pytest.raises(NotPermitted):
        desk.page(desk.harness.speaker(role, "somebody"))


def test_city_finance_and_city_officers_have_inboxes_of_their_own(desk: Desk) -> None:
    desk.harness.hear(budgets_and_ledger.BUDGET_EXHAUSTED, CLAIM.claim_id, samples.BUDGET)
    assert desk.templates(desk.city(Role.CITY_FINANCE_OFFICER)) == ["budget_exhausted"]
    assert desk.templates(desk.city()) == []
