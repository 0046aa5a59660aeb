"""What is asked back comes back in parts, to the sources that paid, and never twice (X-10, INT-74, INT-76).

The worked example: 120 000.00 advanced to 20 apprentices, 96 000.00 of it (80%) from the first source and 24 000.00
(20%) from the second. Three fail: 18 000.00 are asked back, 14 400.00 and 3 600.00.
"""

from __future__ import annotations

from datetime import timedelta

from tests.services.subsidy.collection.driver import FIRST, CollectionDriver
from tests.services.subsidy.driver import ASSESSED, SOURCES, YEAR, Training, yuan


def test_a_demand_says_what_is_asked_back_by_which_channel(collection: CollectionDriver) -> None:
    demand = collection.demand(collection.ask_back())
    assert (demand.state, demand.persons, demand.amount, demand.outstanding) == (
        "open", 3, yuan("18000.00"), yuan("18000.00"),
    )  # fmt: skip
    assert [(part.fund_source, part.fiscal_year, str(part.outstanding)) for part in demand.parts] == [
        (SOURCES[1], YEAR, "3600.00"),
        (SOURCES[0], YEAR, "14400.00"),
    ]
    assert (demand.rule, demand.clause, demand.cause) == ("APP-19", "四(三)", "result")


def test_the_sums_by_age_count_all_that_is_in_reach(collection: CollectionDriver) -> None:
    old, young = collection.ask_back(), collection.ask_back("project-9")
    collection.notice(old, 1)
    for days, age in ((1, "not_due"), (2, "up_to_30"), (31, "up_to_30"), (32, "up_to_90"), (366, "up_to_365")):
        collection.harness.move_clock(ASSESSED + timedelta(days=days))
        page = collection.list(limit=1)
        assert (page.demands[0].age, page.demands[0].overdue_days) == (age, max(0, days - 1))
        sums = {line.age: (line.demands, str(line.outstanding)) for line in page.ages if line.demands}
        both = {"not_due": (2, "36000.00")} if age == "not_due" else {age: (1, "18000.00"), "not_due": (1, "18000.00")}
        assert sums == both
        assert old in [one.demand_id for one in collection.list(age=age).demands]
    collection.repay(old, "18000.00")
    assert [one.demand_id for one in collection.list(age="up_to_365").demands] == []
    assert [one.demand_id for one in collection.list(state="open").demands] == [young]
    assert [one.demand_id for one in collection.list(state="settled").demands] == [old]


def test_pages_go_on_where_the_last_one_ended(collection: CollectionDriver) -> None:
    ids = [collection.ask_back(project, Training(results=("failed",))) for project in ("project-1", "project-9")]
    first = collection.list(limit=1)
    assert [one.demand_id for one in (*first.demands, *collection.list(limit=1, cursor=first.cursor).demands)] == ids


# --- what came back for a claim that is voided -----------------------------------------------------------------------


def test_what_came_back_for_a_voided_claim_is_not_asked_for_again(collection: CollectionDriver) -> None:
    """Two advanced 6 000.00 each. The second failed: 6 000.00 back, 2 000.00 came. Then the first one's fraud voids the
    final claim: 4 000.00 are withdrawn; fraud asks for the first one's 6 000.00. The next final claim asks the second
    for 6 000.00 − 2 000.00 = 4 000.00.
    """
    demand_id = collection.ask_back(what=Training(results=("certified", "failed")), first="12000.00")
    collection.repay(demand_id, "2000.00")
    collection.driver.fraud(0)
    withdrawn = collection.demand(demand_id)
    assert (withdrawn.state, withdrawn.repaid, withdrawn.withdrawn) == ("settled", yuan("2000.00"), yuan("4000.00"))
    assert collection.proven().receivable == yuan("6000.00")
    again = collection.driver.submit("final")
    assert (again.persons, again.entitlement, again.clawback) == (1, yuan("0.00"), yuan("4000.00"))
    collection.driver.decide(again.claim_id)
    assert [str(one.outstanding) for one in collection.list().demands] == ["0.00", "6000.00", "4000.00"]
    assert collection.proven().receivable == yuan("10000.00")
    assert collection.spent() == {FIRST: "10000.00"}  # 12 000.00 paid, 2 000.00 back


def test_a_repayment_of_a_voided_claim_that_was_none_stands_again_and_once(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back(what=Training(results=("certified", "failed")), first="12000.00")
    collection.repay(demand_id, "2000.00")
    collection.driver.fraud(0)
    collection.reverse(collection.repayment(demand_id))
    assert collection.demand(demand_id).outstanding == yuan("2000.00")
    again = collection.driver.submit("final")
    assert again.clawback == yuan("4000.00")  # the other 2 000.00 are asked for already
    collection.driver.decide(again.claim_id)
    assert collection.proven().receivable == yuan("12000.00")


def test_who_passes_after_all_is_paid_what_came_back_as_well(collection: CollectionDriver) -> None:
    """The result is put right before the next final claim: entitled to 12 000.00, 4 000.00 kept → 8 000.00."""
    demand_id = collection.ask_back(what=Training(results=("certified", "failed")), first="12000.00")
    collection.repay(demand_id, "2000.00")
    collection.driver.fraud(0)
    collection.driver.assess(what=Training(results=("certified", "certified")))
    again = collection.driver.submit("final")
    assert (again.persons, again.amount, again.clawback) == (1, yuan("8000.00"), yuan("0.00"))
    collection.driver.pay(again.claim_id)
    collection.proven()


def test_what_was_given_up_for_a_voided_claim_is_not_asked_for_again(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back(what=Training(results=("certified", "failed")), first="12000.00")
    collection.repay(demand_id, "2000.00")
    collection.write_off(demand_id)
    collection.driver.fraud(0)
    again = collection.driver.submit("final")
    assert (again.amount, again.clawback) == (yuan("0.00"), yuan("0.00"))
    collection.proven()
