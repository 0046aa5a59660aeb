"""Who waits for a hit's decision, what the history tells of it, and how many are open by kind."""

from __future__ import annotations

from services.subsidy.views import metrics
from tests.services.subsidy.checks.driver import (
    decide,
    told,
    waiting,
)
from tests.services.subsidy.driver import Driver


def test_a_held_claim_waits_for_the_district_and_not_for_finance(driver: Driver, held: str) -> None:
    assert waiting(driver, driver.officer) == [("hit_to_decide", held)]
    assert ("claim_to_prepare", held) not in waiting(driver, driver.maker)
    decide(driver, "clear")
    assert waiting(driver, driver.officer) == []
    assert ("claim_to_prepare", held) in waiting(driver, driver.maker)


def test_the_history_of_a_project_tells_what_was_found_and_how_it_was_decided(driver: Driver, held: str) -> None:
    assert "claim_held" not in [action for action, *_ in told(driver, driver.employer)]  # a suspicion, no more
    decide(driver, "clear")
    assert told(driver, driver.officer)[-2:] == [
        ("claim_held", "首次补贴：拨付前核对发现疑点，待区级核实", ""),
        ("hits_decided.clear", "首次补贴：疑点核实后放行", "已函询核实"),
    ]
    assert told(driver, driver.employer)[-1][2] == ""  # what cleared it may tell of other offices


def test_the_employer_reads_why_somebody_earns_nothing(driver: Driver, held: str) -> None:
    decide(driver, "uphold")
    assert ("hits_decided.uphold", "首次补贴：疑点核实后认定，不予拨付", "已函询核实") in told(driver, driver.employer)


def test_open_hits_are_measured_by_kind(driver: Driver, held: str) -> None:
    def open_hits() -> list[tuple[str, float]]:
        metrics.measure(driver.harness.database)
        (family,) = metrics.OPEN_HITS.collect()
        return [(sample.labels["kind"], sample.value) for sample in family.samples]

    assert open_hits() == [("deceased", 1.0)]
    decide(driver, "clear")
    assert open_hits() == []
