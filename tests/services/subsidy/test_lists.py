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
from tests.services.subsidy.road import APPROVED, ASSESSED, DUE_YEAR, SOURCES, YEAR, Road, Training, yuan

THREE = Training(results=("certified", "uncertified", "failed"))


def waiting(road: Road, who: Speaker, **page: Any) -> list[str]:
    return [item.kind for item in _items(road, who, **page)]


def _items(road: Road, who: Speaker, **page: Any) -> tuple[WaitingItem, ...]:
    return road.harness.call(who, subsidy.LIST_WAITING, ListWaiting(**page)).items


def test_what_waits_moves_with_the_money(road: Road) -> None:
    city = road.harness.speaker(Role.CITY_FINANCE_OFFICER, "city-1")
    road.project()
    assert waiting(road, road.employer) == ["advance_to_claim"]
    claim = road.submit()
    assert (waiting(road, road.employer), waiting(road, road.officer)) == ([], ["claim_to_decide"])
    road.decide(claim.claim_id)  # no money yet
    assert waiting(road, road.maker) == waiting(road, city) == ["budget_to_raise"]
    road.appropriate("6000.00")
    road.decide(claim.claim_id)
    assert (waiting(road, road.officer), waiting(road, road.maker), waiting(road, city)) == (
        [],
        ["claim_to_prepare"],
        [],
    )
    batch = road.prepare(claim.claim_id)
    assert (waiting(road, road.maker), waiting(road, road.checker)) == ([], ["batch_to_check"])
    road.instruct(batch.batch_id)
    assert waiting(road, road.maker) == waiting(road, road.checker) == ["batch_to_confirm"]
    road.confirm(batch)
    assert waiting(road, road.maker) == []
    road.harness.move_clock(ASSESSED)
    road.assess()
    (item,) = _items(road, road.employer)
    assert (item.kind, item.id, item.project_id, item.since) == ("final_to_claim", "project-1", "project-1", ASSESSED)
    final = road.submit("final")
    road.decide(final.claim_id, "return")
    (item,) = _items(road, road.employer)
    assert (item.kind, item.id) == ("claim_to_mend", final.claim_id)
    road.submit("final")
    assert waiting(road, road.employer) == []


def test_a_blocked_claim_waits_for_nobody_in_finance(road: Road) -> None:
    road.project()
    road.appropriate("6000.00")
    road.decide(road.submit().claim_id)
    road.block()
    assert waiting(road, road.maker) == []
    road.block(lifted=True)
    assert waiting(road, road.maker) == ["claim_to_prepare"]


def test_what_waits_obeys_reach_and_comes_page_by_page_oldest_first(road: Road) -> None:
    for place in range(3):
        road.project(f"project-{place}")
        road.submit(project_id=f"project-{place}")
        road.harness.move_clock(APPROVED + timedelta(days=place + 1))
    first = road.harness.call(road.officer, subsidy.LIST_WAITING, ListWaiting(limit=2))
    rest = road.harness.call(road.officer, subsidy.LIST_WAITING, ListWaiting(first.cursor, 2))
    days = [item.since for item in (*first.items, *rest.items)]
    assert days == [APPROVED + timedelta(days=place) for place in range(3)]
    assert rest.cursor is None
    for other in (
        road.harness.speaker(Role.DISTRICT_OFFICER, "officer-9", district=SHUNYI),
        road.harness.speaker(Role.EMPLOYER, "applicant-9", organisation="employer-9"),
        road.auditor,
    ):
        assert waiting(road, other) == []
    with pytest.raises(InvalidRequest):
        road.harness.call(road.officer, subsidy.LIST_WAITING, ListWaiting("nonsense"))


def test_claims_are_found_by_every_filter(road: Road) -> None:
    road.project("project-1")
    first = road.submit(project_id="project-1")
    road.harness.move_clock(APPROVED + timedelta(days=1))
    road.project("project-2")
    second = road.submit(project_id="project-2")

    def found(**filters: Any) -> list[str]:
        page = road.harness.call(road.officer, subsidy.LIST_CLAIMS, subsidy.ListClaims(**filters))
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


def test_a_project_tells_the_whole_story_of_its_money(road: Road) -> None:
    road.project(what=THREE)
    road.appropriate("18000.00")
    road.appropriate("18000.00", DUE_YEAR)
    road.pay(road.submit().claim_id)
    road.harness.move_clock(ASSESSED)
    road.assess(what=THREE)
    road.decide(road.submit("final").claim_id)
    road.fraud(0)
    history: list[Any] = []
    cursor = None
    while not history or cursor:
        page = road.harness.call(road.employer, subsidy.GET_HISTORY, GetHistory("project-1", cursor, 3))
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
    stranger = road.harness.speaker(Role.EMPLOYER, "applicant-9", organisation="employer-9")
    for who, project_id in ((stranger, "project-1"), (road.officer, "unknown")):
        with pytest.raises(NotFound):
            road.harness.call(who, subsidy.GET_HISTORY, GetHistory(project_id))


def test_figures_are_the_ledgers_by_district_occupation_level_source_and_year(road: Road) -> None:
    road.project(what=THREE)
    road.appropriate("10000.00")
    road.appropriate("50000.00", source=SOURCES[1])
    road.appropriate("50000.00", DUE_YEAR)
    road.pay(road.submit().claim_id)
    road.harness.move_clock(ASSESSED)
    road.assess(what=THREE)
    road.decide(road.submit("final").claim_id)

    def figures(
        who: Speaker, from_year: int = YEAR, to_year: int = DUE_YEAR, **more: Any
    ) -> budgets_and_ledger.MoneyFigures:
        return road.harness.call(
            who, budgets_and_ledger.GET_FIGURES, GetFigures("apprenticeship", from_year, to_year, **more)
        )

    found = figures(road.auditor)
    place = ("110105", "6-18-01-01", "advanced")
    assert found.lines == (
        budgets_and_ledger.MoneyLine(*place, SOURCES[1], YEAR, yuan("0.00"), yuan("8000.00"), yuan("2666.66")),
        budgets_and_ledger.MoneyLine(*place, SOURCES[0], YEAR, yuan("0.00"), yuan("10000.00"), yuan("3333.34")),
        budgets_and_ledger.MoneyLine(*place, SOURCES[0], DUE_YEAR, yuan("10200.00"), yuan("0.00"), yuan("0.00")),
    )
    assert (found.committed, found.paid, found.recoverable) == (yuan("10200.00"), yuan("18000.00"), yuan("6000.00"))
    proof = road.prove()
    assert (found.committed, found.paid, found.recoverable) == (proof.committed, proof.paid, proof.receivable)
    assert len(figures(road.officer, DUE_YEAR).lines) == 1
    assert figures(road.auditor, district=SHUNYI).lines == ()
    assert figures(road.harness.speaker(Role.DISTRICT_OFFICER, "officer-9", district=SHUNYI)).lines == ()
    with pytest.raises(InvalidRequest):
        figures(road.auditor, DUE_YEAR, YEAR)
    with pytest.raises(NotPermitted):
        figures(road.employer)


def test_unpaid_claims_show_their_age_and_the_finding_the_oldest_first(road: Road) -> None:
    road.appropriate("60000.00")
    claims = []
    for place in range(3):
        road.project(f"project-{place}")
        claims.append(road.submit(project_id=f"project-{place}").claim_id)
        road.decide(claims[-1])
        road.harness.move_clock(APPROVED + timedelta(days=place + 1))
    road.prepare(claims[1])  # prepared is not paid
    road.confirm(road.instruct(road.prepare(claims[2]).batch_id))
    first = road.harness.call(road.auditor, subsidy.LIST_UNPAID, subsidy.ListUnpaid(limit=1))
    rest = road.harness.call(road.auditor, subsidy.LIST_UNPAID, subsidy.ListUnpaid(cursor=first.cursor))
    shown = (*first.claims, *rest.claims)
    assert [(one.claim_id, one.age_days) for one in shown] == [(claims[0], 3), (claims[1], 2)]
    assert shown[0].finding is not None
    assert (shown[0].finding.rule, shown[0].finding.compared) == ("APP-38", "3 天")
    measure(road.harness.database)
    assert OLDEST.labels("apprenticeship")._value.get() == 3
    far = road.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    assert road.harness.call(far, subsidy.LIST_UNPAID, subsidy.ListUnpaid()).claims == ()
    with pytest.raises(NotPermitted):
        road.harness.call(road.employer, subsidy.LIST_UNPAID, subsidy.ListUnpaid())
    other = subsidy.ListUnpaid(programme="another")
    assert road.harness.call(road.auditor, subsidy.LIST_UNPAID, other).claims == ()
