"""The district clears a hit or upholds it: the money goes, or is voided and asked back with its basis (X-5, X-15)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.subsidy.views import metrics
from shared.contracts.common import GetHistory, ListWaiting, RowResult
from shared.contracts.subsidy import bank_and_checks, budgets_and_ledger, payments
from shared.contracts.subsidy import claims as subsidy
from shared.errors import Conflict, NotPermitted
from shared.policy.verification import verify
from shared.security.speaker import Role, Speaker
from shared.store.kernel_tables import DecisionRow
from tests.services.harness import SHUNYI
from tests.services.subsidy.bank_road import BankRoad
from tests.services.subsidy.road import ASSESSED, DUE_YEAR, EMPLOYER, SOURCES, YEAR, Road, yuan
from tests.services.subsidy.test_checks import THREE, approved, hits
from tests.together import together

BASIS = "示例复函〔2022〕1号"


def decide(
    road: Road, outcome: Any, *hit_ids: str, by: Speaker | None = None, basis: str | None = None
) -> tuple[RowResult, ...]:
    request = bank_and_checks.DecideHits(
        hit_ids or tuple(one.hit_id for one in hits(road)), outcome, "已函询核实", basis
    )
    return road.harness.call(by or road.officer, bank_and_checks.DECIDE_HITS, request).rows


def outcomes(rows: tuple[RowResult, ...]) -> list[str]:
    return [row.outcome for row in rows]


def waiting(road: Road, by: Speaker) -> list[tuple[str, str]]:
    page = road.harness.call(by, subsidy.LIST_WAITING, ListWaiting())
    return [(item.kind, item.id) for item in page.items]


@pytest.fixture
def held(road: Road) -> str:
    """An approved advance of three, of whom one is said to have died."""
    claim_id = approved(road, what=THREE)
    road.elsewhere.finds(0)
    road.prepare(claim_id)
    return claim_id


# --- cleared -------------------------------------------------------------------------------------------------------


def test_a_cleared_claim_is_paid_and_the_same_hit_never_holds_it_again(road: Road, held: str) -> None:
    (row,) = decide(road, "clear")
    (hit,) = hits(road)
    assert (row.outcome, row.id) == ("accepted", hit.hit_id)
    assert (hit.state, hit.decided_by, hit.words) == ("cleared", road.officer.subject, "已函询核实")
    batch = road.prepare(held)
    assert batch.held == ()
    assert road.confirm(road.instruct(batch.batch_id)).state == "paid"
    assert road.prove().differences == ()


def test_clearing_accepts_the_clause_for_the_recorded_reason_and_is_stored_whole(road: Road, held: str) -> None:
    decide(road, "clear")
    (hit,) = hits(road)
    assert hit.decision is not None
    (finding,) = [one for one in hit.decision.findings if one.outcome == "accepted"]
    assert (hit.decision.verdict, finding.rule, finding.clause) == ("met", "APP-2", "二(一)")
    assert "死亡登记 2022-06-01（示例民政局，截至 2022-06-01" in finding.compared
    assert "已函询核实" in finding.message
    with road.harness.database.reading() as session:
        stored = session.query(DecisionRow).filter_by(id=hit.decision.decision_id).one().decision
    assert verify(stored, road.harness.policies) == ()


def test_hits_of_one_enrolment_that_are_decided_together_share_one_decision(road: Road) -> None:
    claim_id = approved(road, what=THREE)
    road.elsewhere.finds(0)
    road.elsewhere.finds(0, "student")
    road.elsewhere.doubles(0)
    road.elsewhere.finds(1)
    road.prepare(claim_id)
    assert outcomes(decide(road, "clear")) == ["accepted"] * 4
    found = hits(road)
    mine = [one.decision for one in found if one.enrolment_id == "project-1-enrolment-0000"]
    assert len({one.decision_id for one in mine if one}) == 1
    assert mine[0] is not None
    assert [one.rule for one in mine[0].findings if one.outcome == "accepted"] == ["APP-2", "X-1"]
    assert len({one.decision.decision_id for one in found if one.decision}) == 2


def test_a_claim_goes_only_when_all_its_hits_are_cleared(road: Road) -> None:
    claim_id = approved(road, what=THREE)
    road.elsewhere.finds(0)
    road.elsewhere.finds(1)
    road.prepare(claim_id)
    first, second = (one.hit_id for one in hits(road))
    decide(road, "clear", first)
    assert road.prepare(claim_id).held == (payments.HeldClaim(claim_id, (), (second,)),)
    decide(road, "clear", second)
    assert road.prepare(claim_id).held == ()
    assert [(one.hit_ids, one.left) for one in road.harness.told(bank_and_checks.HITS_DECIDED)] == [
        ((first,), 1), ((second,), 0),
    ]  # fmt: skip


# --- upheld --------------------------------------------------------------------------------------------------------


def test_an_upheld_enrolment_voids_its_unpaid_claim_and_the_others_are_claimed_anew(road: Road, held: str) -> None:
    assert outcomes(decide(road, "uphold")) == ["accepted"]
    assert road.claim(held).state == "voided"
    assert [one.state for one in road.harness.told(subsidy.CLAIM_DECIDED)][-1] == "voided"
    assert road.prove().committed == yuan("0.00")
    (released,) = [one for one in ledger(road) if one.kind == "release"]
    assert (released.rule, released.clause) == ("APP-2", "二(一)")
    anew = road.submit()
    assert (anew.persons, anew.amount) == (2, yuan("12000.00"))
    assert road.pay(anew.claim_id).state == "paid"
    assert road.clawbacks().clawbacks == ()
    assert road.prove().differences == ()


def test_what_was_paid_for_an_upheld_enrolment_is_asked_back_by_its_sources_on_the_entered_basis(road: Road) -> None:
    final = held_final(road)
    assert outcomes(decide(road, "uphold", basis=BASIS)) == ["accepted"]
    assert road.claim(final).state == "voided"
    (back,) = road.clawbacks().clawbacks
    assert (back.cause, back.amount, back.rule, back.clause) == ("check", yuan("6000.00"), "APP-2", "二(一)")
    assert [(part.fund_source, part.fiscal_year) for part in back.channel] == [(SOURCES[0], YEAR)]
    told = road.harness.told(subsidy.CLAWBACK_OPENED)[-1]
    assert (told.cause, told.persons, told.amount) == ("check", 1, yuan("6000.00"))
    with road.harness.database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT basis FROM demands").scalar_one() == BASIS
    anew = road.submit("final")
    assert anew.persons == 2
    assert road.pay(anew.claim_id).state == "paid"
    assert road.prove().differences == ()


def test_upholding_what_was_paid_needs_a_basis_and_says_so(road: Road) -> None:
    final = held_final(road)
    (row,) = decide(road, "uphold")
    assert (row.outcome, row.field) == ("refused", "basis")
    assert "追回依据" in (row.message or "")
    assert road.claim(final).state == "approved"
    assert outcomes(decide(road, "uphold", basis=BASIS)) == ["accepted"]


def test_what_the_treasury_has_sent_already_is_sent_whole_and_asked_back_as_it_arrives(road: Road) -> None:
    """The first source has paid, the bank rejected the second, and the comparison before sending it again finds him."""
    bank = BankRoad(road)
    claim_id, batch = bank.over_two_sources()
    first, second = batch.payments
    bank.says(bank.line(first), bank.line(second, "rejected"))
    road.elsewhere.finds(0)
    assert road.prepare(claim_id).state == "voided"
    assert outcomes(decide(road, "uphold")) == ["refused"]  # money is out: it will be asked back
    assert outcomes(decide(road, "uphold", basis=BASIS)) == ["accepted"]
    assert (road.claim(claim_id).state, road.clawbacks().total) == ("approved", first.amount)
    again = bank.instructed(claim_id)  # he earns nothing any more: there is nothing to decide about him
    bank.says(bank.line(again.payments[0]))
    assert road.claim(claim_id).state == "paid"
    asked = [(back.cause, back.amount) for back in road.clawbacks().clawbacks]
    assert asked == [("check", first.amount), ("check", second.amount)]
    bank.right()


def test_fraud_after_an_upheld_hit_asks_nothing_twice(road: Road) -> None:
    held_final(road)
    decide(road, "uphold", basis=BASIS)
    road.fraud(0)
    assert [(one.cause, one.amount) for one in road.clawbacks().clawbacks] == [("check", yuan("6000.00"))]
    road.fraud(inquiry_id="inquiry-2")
    assert road.clawbacks().total == road.prove().paid == yuan("18000.00")
    assert road.prove().differences == ()


# --- accounts ------------------------------------------------------------------------------------------------------


def test_an_upheld_account_voids_what_is_unpaid_until_it_is_mended_and_asks_nothing_back(road: Road) -> None:
    claims = [approved(road, project_id) for project_id in ("project-1", "project-2")]
    prepared = road.prepare(claims[1])
    road.elsewhere.shares(EMPLOYER, "employer-9")
    road.prepare(claims[0])
    decide(road, "uphold")
    assert [road.claim(one).state for one in claims] == ["voided", "voided"]
    with pytest.raises(Conflict, match="作废"):
        road.instruct(prepared.batch_id)
    anew = road.decide(road.submit().claim_id).claim_id
    assert [len(one.hits) for one in road.prepare(anew).held] == [1]  # the same account still: it is found anew
    assert [one.state for one in hits(road)] == ["upheld", "open"]
    decide(road, "uphold", hits(road)[1].hit_id)
    road.elsewhere.shares(EMPLOYER)
    mended = road.decide(road.submit().claim_id).claim_id
    assert road.confirm(road.instruct(road.prepare(mended).batch_id)).state == "paid"
    assert road.clawbacks().clawbacks == ()
    assert road.prove().differences == ()


def test_a_cleared_account_stays_cleared_until_somebody_else_shares_it(road: Road) -> None:
    first, second = (approved(road, project_id) for project_id in ("project-1", "project-2"))
    road.elsewhere.shares(EMPLOYER, "employer-9")
    road.prepare(first)
    decide(road, "clear")
    assert road.prepare(first, second).held == ()
    third = approved(road, "project-3")
    road.elsewhere.shares(EMPLOYER, "employer-8", "employer-9")
    assert [len(one.hits) for one in road.prepare(third).held] == [1]


# --- who, and how often --------------------------------------------------------------------------------------------


def test_neither_the_applicant_nor_the_maker_decides(road: Road, held: str) -> None:
    for person in (road.employer, road.maker):
        officer = road.harness.speaker(Role.DISTRICT_OFFICER, person.subject, district=road.district)
        (row,) = decide(road, "clear", by=officer)
        assert row.outcome == "refused" and "不同人员" in (row.message or "")
        assert waiting(road, officer) == []
    assert waiting(road, road.officer) == [("hit_to_decide", held)]


def test_another_district_finds_nothing_to_decide_and_finance_may_not(road: Road, held: str) -> None:
    (hit,) = hits(road)
    stranger = road.harness.speaker(Role.DISTRICT_OFFICER, "officer-9", district=SHUNYI)
    (row,) = decide(road, "clear", hit.hit_id, by=stranger)
    assert (row.outcome, row.id) == ("refused", None)
    with pytest.raises(NotPermitted):
        decide(road, "clear", hit.hit_id, by=road.checker)
    assert [one.state for one in hits(road)] == ["open"]


def test_each_hit_is_answered_once_and_a_decision_stands(road: Road, held: str) -> None:
    (hit,) = hits(road)
    rows = decide(road, "clear", hit.hit_id, "nobody-knows-it", hit.hit_id)
    assert outcomes(rows) == ["accepted", "refused", "refused"]
    assert outcomes(decide(road, "clear", hit.hit_id)) == ["unchanged"]
    (row,) = decide(road, "uphold", hit.hit_id)
    assert row.outcome == "refused" and "不能改判" in (row.message or "")
    assert road.claim(held).state == "approved"


def test_two_officers_at_the_same_moment_decide_a_hit_once(road: Road, held: str) -> None:
    def act(place: int) -> object:
        by = road.harness.speaker(Role.DISTRICT_OFFICER, f"officer-{place}", district=road.district)
        return decide(road, "clear" if place % 2 else "uphold", by=by)

    answers = together(6, act)
    accepted = [rows for rows in answers if isinstance(rows, tuple) and outcomes(rows) == ["accepted"]]
    assert len(accepted) == 1
    (hit,) = hits(road)
    assert (hit.state == "upheld") == (road.claim(held).state == "voided")
    assert road.prove().differences == ()


# --- what waits, what was, what is measured ------------------------------------------------------------------------


def test_a_held_claim_waits_for_the_district_and_not_for_finance(road: Road, held: str) -> None:
    assert waiting(road, road.officer) == [("hit_to_decide", held)]
    assert ("claim_to_prepare", held) not in waiting(road, road.maker)
    decide(road, "clear")
    assert waiting(road, road.officer) == []
    assert ("claim_to_prepare", held) in waiting(road, road.maker)


def test_the_history_of_a_project_tells_what_was_found_and_how_it_was_decided(road: Road, held: str) -> None:
    assert "claim_held" not in [action for action, *_ in told(road, road.employer)]  # a suspicion, no more
    decide(road, "clear")
    assert told(road, road.officer)[-2:] == [
        ("claim_held", "首次补贴：拨付前核对发现疑点，待区级核实", ""),
        ("hits_decided.clear", "首次补贴：疑点核实后放行", "已函询核实"),
    ]
    assert told(road, road.employer)[-1][2] == ""  # what cleared it may tell of other offices


def test_the_employer_reads_why_somebody_earns_nothing(road: Road, held: str) -> None:
    decide(road, "uphold")
    assert ("hits_decided.uphold", "首次补贴：疑点核实后认定，不予拨付", "已函询核实") in told(road, road.employer)


def test_open_hits_are_measured_by_kind(road: Road, held: str) -> None:
    def open_hits() -> list[tuple[str, float]]:
        metrics.measure(road.harness.database)
        (family,) = metrics.OPEN_HITS.collect()
        return [(sample.labels["kind"], sample.value) for sample in family.samples]

    assert open_hits() == [("deceased", 1.0)]
    decide(road, "clear")
    assert open_hits() == []


# --- steps ---------------------------------------------------------------------------------------------------------


def held_final(road: Road) -> str:
    """The final claim of three whose advance was paid; one of them is said to have died in training."""
    road.project(what=THREE)
    for year in (YEAR, DUE_YEAR):
        road.appropriate("60000.00", year)
    road.pay(road.submit().claim_id)
    road.harness.move_clock(ASSESSED)
    road.assess(what=THREE)
    road.elsewhere.finds(0, since=ASSESSED - timedelta(days=100))
    final = road.decide(road.submit("final").claim_id).claim_id
    road.prepare(final)
    return final


def ledger(road: Road) -> tuple[budgets_and_ledger.PostingShape, ...]:
    return road.harness.call(road.auditor, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger()).postings


def told(road: Road, by: Speaker) -> list[tuple[str, str, str]]:
    page = road.harness.call(by, subsidy.GET_HISTORY, GetHistory("project-1"))
    return [(line.action, line.title, line.words) for line in page.lines]
