"""What waits for whom, lists that narrow, histories, figures, and how long money has been owed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.subsidy.views.metrics import OLDEST, measure
from shared.contracts.common import GetFigures, GetHistory, ListWaiting, WaitingItem
from shared.contracts.subsidy import budgets_and_ledger
from shared.contracts.subsidy import claims as subsidy
from shared.errors import InvalidRequest, NotFound, NotPermitted
from shared.security.speaker import Role, Speaker
from tests.services.harness import SHUNYI
from tests.services.subsidy.driver import APPROVED, ASSESSED, DUE_YEAR, SOURCES, YEAR, Driver, Training, yuan

THREE = Training(results=("certified", "uncertified", "failed"))


def waiting(driver: Driver, who: Speaker, **page: Any) -> list[str]:
    return [item.kind for item in _items(driver, who, **page)]


def _items(driver: Driver, who: Speaker, **page: Any) -> tuple[WaitingItem, ...]:
    return driver.call(who, subsidy.LIST_WAITING, ListWaiting(**page)).items


def test_what_waits_moves_with_the_money(driver: Driver) -> None:
    city = driver.harness.speaker(Role.CITY_FINANCE_OFFICER, "city-1")
    driver.project()
    assert waiting(driver, driver.employer) == ["advance_to_claim"]
    claim = driver.submit()
    assert (waiting(driver, driver.employer), waiting(driver, driver.officer)) == ([], ["claim_to_decide"])
    driver.decide(claim.claim_id)  # no money yet
    assert waiting(driver, driver.maker) == waiting(driver, city) == ["budget_to_raise"]
    driver.appropriate("6000.00")
    driver.decide(claim.claim_id)
    assert (waiting(driver, driver.officer), waiting(driver, driver.maker), waiting(driver, city)) == (
        [],
        ["claim_to_prepare"],
        [],
    )
    batch = driver.prepare(claim.claim_id)
    assert (waiting(driver, driver.maker), waiting(driver, driver.checker)) == ([], ["batch_to_check"])
    driver.instruct(batch.batch_id)
    assert waiting(driver, driver.maker) == waiting(driver, driver.checker) == ["batch_to_confirm"]
    driver.confirm(batch)
    assert waiting(driver, driver.maker) == []
    driver.harness.move_clock(ASSESSED)
    driver.assess()
    (item,) = _items(driver, driver.employer)
    assert (item.kind, item.id, item.project_id, item.since) == ("final_to_claim", "project-1", "project-1", ASSESSED)
    final = driver.submit("final")
    driver.decide(final.claim_id, "return")
    (item,) = _items(driver, driver.employer)
    assert (item.kind, item.id) == ("claim_to_mend", final.claim_id)
    driver.submit("final")
    assert waiting(driver, driver.employer) == []


def test_a_blocked_claim_waits_for_nobody_in_finance(driver: Driver) -> None:
    driver.project()
    driver.appropriate("6000.00")
    driver.decide(driver.submit().claim_id)
    driver.block()
    assert waiting(driver, driver.maker) == []
    driver.block(lifted=True)
    assert waiting(driver, driver.maker) == ["claim_to_prepare"]


def test_what_waits_obeys_reach_and_comes_page_by_page_oldest_first(driver: Driver) -> None:
    for place in range(3):
        driver.project(f"project-{place}")
        driver.submit(project_id=f"project-{place}")
        driver.harness.move_clock(APPROVED + timedelta(days=place + 1))
    first = driver.call(driver.officer, subsidy.LIST_WAITING, ListWaiting(limit=2))
    rest = driver.call(driver.officer, subsidy.LIST_WAITING, ListWaiting(first.cursor, 2))
    days = [item.since for item in (*first.items, *rest.items)]
    assert days == [APPROVED + timedelta(days=place) for place in range(3)]
    assert rest.cursor is None
    for other in (
        driver.harness.speaker(Role.DISTRICT_OFFICER, "officer-9", district=SHUNYI),
        driver.harness.speaker(Role.EMPLOYER, "applicant-9", organisation="employer-9"),
        driver.auditor,
    ):
        assert waiting(driver, other) == []
    with pytest.raises(InvalidRequest):
        driver.call(driver.officer, subsidy.LIST_WAITING, ListWaiting("nonsense"))


def test_claims_are_found_by_every_filter(driver: Driver) -> None:
    driver.project("project-1")
    first = driver.submit(project_id="project-1")
    driver.harness.move_clock(APPROVED + timedelta(days=1))
    driver.project("project-2")
    second = driver.submit(project_id="project-2")

    def found(**filters: Any) -> list[str]:
        page = driver.call(driver.officer, subsidy.LIST_CLAIMS, subsidy.ListClaims(**filters))
        return [claim.claim_id for claim in page.claims]

    both = [first.claim_id, second.claim_id]
    next_day = APPROVED + timedelta(days=1)
    assert found(programme="apprenticeship", kind="advance", employer_id="employer-1", district="110105") == both
    assert found(submitted_from=next_day) == [second.claim_id]
    assert found(submitted_to=APPROVED) == [first.claim_id]
    assert found(submitted_from=APPROVED, submitted_to=next_day) == both
    for nothing in (
        {"programme": "another"},
        {"kind": "final"},
        {"employer_id": "employer-2"},
        {"district": SHUNYI},
        {"submitted_from": next_day + timedelta(days=1)},
    ):
        assert found(**nothing) == []


def test_a_project_tells_the_whole_story_of_its_money(driver: Driver) -> None:
    driver.project(what=THREE)
    driver.appropriate("18000.00")
    driver.appropriate("18000.00", DUE_YEAR)
    driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(ASSESSED)
    driver.assess(what=THREE)
    driver.decide(driver.submit("final").claim_id)
    driver.fraud(0)
    history: list[Any] = []
    cursor = None
    while not history or cursor:
        page = driver.call(driver.employer, subsidy.GET_HISTORY, GetHistory("project-1", cursor, 3))
        history += page.lines
        cursor = page.cursor
    assert [(line.action, line.by) for line in history] == [
        ("claim_submitted", "applicant-1"),
        ("claim_decided.approved", "officer-1"),
        ("payment_prepared", "finance-1"),
        ("payment_instructed", "finance-2"),
        ("payment_confirmed", "finance-1"),
        ("claim_submitted", "applicant-1"),
        ("clawback_opened", "officer-1"),
        ("claim_decided.approved", "officer-1"),
        ("clawback_settled", "somebody"),  # what the voided claim asked back is withdrawn
        ("claim_decided.voided", "somebody"),
        ("clawback_opened", "somebody"),
    ]
    assert history[1].title == "首次补贴：已核定待拨付" and history[1].words == "已核对"
    assert {line.on for line in history} == {APPROVED, ASSESSED}
    stranger = driver.harness.speaker(Role.EMPLOYER, "applicant-9", organisation="employer-9")
    for who, project_id in ((stranger, "project-1"), (driver.officer, "unknown")):
        with pytest.raises(NotFound):
            driver.call(who, subsidy.GET_HISTORY, GetHistory(project_id))


def test_figures_are_the_ledgers_by_district_occupation_level_source_and_year(driver: Driver) -> None:
    driver.project(what=THREE)
    driver.appropriate("10000.00")
    driver.appropriate("50000.00", source=SOURCES[1])
    driver.appropriate("50000.00", DUE_YEAR)
    driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(ASSESSED)
    driver.assess(what=THREE)
    driver.decide(driver.submit("final").claim_id)

    def figures(
        who: Speaker, from_year: int = YEAR, to_year: int = DUE_YEAR, **more: Any
    ) -> budgets_and_ledger.MoneyFigures:
        return driver.call(
            who, budgets_and_ledger.GET_FIGURES, GetFigures("apprenticeship", from_year, to_year, **more)
        )

    found = figures(driver.auditor)
    place = ("110105", "6-18-01-01", "advanced")
    assert found.lines == (
        budgets_and_ledger.MoneyLine(*place, SOURCES[1], YEAR, yuan("0.00"), yuan("8000.00"), yuan("2666.66")),
        budgets_and_ledger.MoneyLine(*place, SOURCES[0], YEAR, yuan("0.00"), yuan("10000.00"), yuan("3333.34")),
        budgets_and_ledger.MoneyLine(*place, SOURCES[0], DUE_YEAR, yuan("10200.00"), yuan("0.00"), yuan("0.00")),
    )
    assert (found.committed, found.paid, found.recoverable) == (yuan("10200.00"), yuan("18000.00"), yuan("6000.00"))
    proof = driver.prove()
    assert (found.committed, found.paid, found.recoverable) == (proof.committed, proof.paid, proof.receivable)
    assert len(figures(driver.officer, DUE_YEAR).lines) == 1
    assert figures(driver.auditor, district=SHUNYI).lines == ()
    assert figures(driver.harness.speaker(Role.DISTRICT_OFFICER, "officer-9", district=SHUNYI)).lines == ()
    with pytest.raises(InvalidRequest):
        figures(driver.auditor, DUE_YEAR, YEAR)
    with pytest.raises(NotPermitted):
        figures(driver.employer)


def test_unpaid_claims_show_their_age_and_the_finding_the_oldest_first(driver: Driver) -> None:
    driver.appropriate("60000.00")
    claims = []
    for place in range(3):
        driver.project(f"project-{place}")
        claims.append(driver.submit(project_id=f"project-{place}").claim_id)
        driver.decide(claims[-1])
        driver.harness.move_clock(APPROVED + timedelta(days=place + 1))
    driver.prepare(claims[1])  # prepared is not paid
    driver.confirm(driver.instruct(driver.prepare(claims[2]).batch_id))
    first = driver.call(driver.auditor, subsidy.LIST_UNPAID, subsidy.ListUnpaid(limit=1))
    rest = driver.call(driver.auditor, subsidy.LIST_UNPAID, subsidy.ListUnpaid(cursor=first.cursor))
    shown = (*first.claims, *rest.claims)
    assert [(one.claim_id, one.age_days) for one in shown] == [(claims[0], 3), (claims[1], 2)]
    assert shown[0].finding is not None
    assert (shown[0].finding.rule, shown[0].finding.compared) == ("APP-38", "3 天")
    measure(driver.harness.database)
    assert OLDEST.labels("apprenticeship")._value.get() == 3
    far = driver.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    assert driver.call(far, subsidy.LIST_UNPAID, subsidy.ListUnpaid()).claims == ()
    with pytest.raises(NotPermitted):
        driver.call(driver.employer, subsidy.LIST_UNPAID, subsidy.ListUnpaid())
    other = subsidy.ListUnpaid(programme="another")
    assert driver.call(driver.auditor, subsidy.LIST_UNPAID, other).claims == ()
