"""Employer and provider: catalogues catch what lies below their entries, conditions are shown by papers with days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.contracts.common import Decided, FindingShape
from shared.contracts.registry.eligibility import DECIDE_PARTIES, DecideParties, PartiesDecided
from shared.contracts.registry.organisations import ProviderEvidence
from shared.errors import InvalidRequest
from tests.services.harness import SHUNYI
from tests.services.registry.driver import CAPABLE, FIRMS, TODAY, TURNER, Driver

PREMISES = "premises"


def _parties(driver: Driver, employer: str, provider: str, evidence_on: date | None = None) -> PartiesDecided:
    request = DecideParties(driver.document, TODAY, employer, provider, TURNER, evidence_on)
    return driver.harness.call(driver.review(), DECIDE_PARTIES, request)


def _of(decided: Decided, rule: str) -> list[FindingShape]:
    return [finding for finding in decided.findings if finding.rule == rule]


# --- the catalogue of prohibited industries (APP-4) --------------------------------------------------------------


@pytest.mark.parametrize(
    ("industry", "entry", "outcome"),
    [
        ("3421", "34", "unmet"),
        ("3421", "342", "unmet"),
        ("3421", "3421", "unmet"),
        ("342", "34", "unmet"),
        ("C3421", "34", "unmet"),
        ("3421", "C34", "unmet"),
        ("3421", "c34", "unmet"),
        ("3421", "C", "unmet"),
        ("3421", "3422", "met"),
        ("3421", "343", "met"),
        ("342", "3421", "met"),
        ("4421", "C", "met"),
        ("4421", "D", "unmet"),
        ("3421", "6-18-01", "unmet"),
        ("3421", "6-18", "unmet"),
        ("3421", "6-18-0", "met"),
        ("3421", "6-18-02", "met"),
        ("3421", TURNER, "unmet"),
        ("3421", "6180101", "unmet"),
    ],
)
def test_an_entry_catches_everything_below_it_and_nothing_else(
    driver: Driver, industry: str, entry: str, outcome: str
) -> None:
    driver.publish("restricted", date(2022, 1, 1), entry)
    employer = driver.organisation(FIRMS[3], industry_code=industry)
    (found,) = _of(_parties(driver, employer, driver.provider(FIRMS[4])).employer, "APP-4")
    assert found.outcome == outcome


def test_the_message_says_what_can_be_done_about_industry_and_occupation(driver: Driver) -> None:
    driver.publish("restricted", date(2022, 1, 1), "34", "6-18")
    employer = driver.organisation(FIRMS[3], industry_code="3421")
    (found,) = _of(_parties(driver, employer, driver.provider(FIRMS[4])).employer, "APP-4")
    assert "3421 属目录所列 34" in found.message and "更正" in found.message
    assert f"{TURNER} 属目录所列 6-18" in found.message and "更换" in found.message
    driver.publish("restricted", date(2022, 2, 1), "34")
    (found,) = _of(_parties(driver, employer, driver.provider(FIRMS[4])).employer, "APP-4")
    assert "更换" not in found.message


# --- a provider's conditions (APP-6) -----------------------------------------------------------------------------


def test_a_tick_without_a_paper_is_no_evidence(driver: Driver, employer: str) -> None:
    driver.publish("restricted", date(2022, 1, 1))
    decided = _parties(driver, employer, driver.provider(FIRMS[4], provider=CAPABLE)).provider
    (found,) = [finding for finding in _of(decided, "APP-6") if finding.outcome == "unmet"]
    for condition in ("培训场所", "教学设施设备", "师资力量", "管理制度", "开发培训方案和课程的能力"):
        assert f"{condition}（无证明）" in found.message


@pytest.mark.parametrize(("after", "verdict"), [(0, "met"), (1, "refused")])
def test_a_paper_holds_to_its_last_day(driver: Driver, employer: str, after: int, verdict: str) -> None:
    driver.publish("restricted", date(2022, 1, 1))
    last = TODAY + timedelta(days=30)
    capable = replace(CAPABLE, evidence=driver.papers(last))
    provider = driver.provider(FIRMS[4], provider=capable)
    decided = _parties(driver, employer, provider, last + timedelta(days=after)).provider
    assert decided.verdict == verdict
    if verdict == "refused":
        assert f"培训场所（证明至 {last}）" in decided.findings[-2].message


@pytest.mark.parametrize(("before", "verdict"), [(0, "met"), (1, "refused")])
def test_a_paper_holds_from_its_first_day(driver: Driver, employer: str, before: int, verdict: str) -> None:
    driver.publish("restricted", date(2022, 1, 1))
    decided = _parties(driver, employer, driver.provider(FIRMS[4]), TODAY - timedelta(days=before)).provider
    assert decided.verdict == verdict


def test_one_condition_without_its_paper_is_named_alone(driver: Driver, employer: str) -> None:
    driver.publish("restricted", date(2022, 1, 1))
    four = tuple(one for one in driver.papers() if one.condition != PREMISES)
    decided = _parties(driver, employer, driver.provider(FIRMS[4], provider=replace(CAPABLE, evidence=four))).provider
    (found,) = [finding for finding in _of(decided, "APP-6") if finding.outcome == "unmet"]
    assert "培训场所（无证明）" in found.message and "师资力量" not in found.message


def test_a_registration_without_papers_keeps_those_on_file(driver: Driver, employer: str) -> None:
    driver.publish("restricted", date(2022, 1, 1))
    driver.provider(FIRMS[4])
    provider = driver.provider(FIRMS[4], provider=CAPABLE)
    assert _parties(driver, employer, provider).provider.verdict == "met"


def test_a_paper_must_be_here_and_its_days_in_order(driver: Driver) -> None:
    good = driver.papers()[0]
    absent = replace(good, paper="sha256:" + "0" * 64)
    turned = ProviderEvidence("teachers", TODAY, good.paper, TODAY - timedelta(days=1))
    with pytest.raises(InvalidRequest) as refused:
        driver.provider(FIRMS[4], provider=replace(CAPABLE, evidence=(good, absent, turned)))
    paths = [field["path"] for field in refused.value.details["fields"]]
    assert paths == ["provider.evidence[1].paper", "provider.evidence[2].to_on"]


def test_a_paper_of_another_district_is_not_here(driver: Driver) -> None:
    (good, *_) = driver.papers()
    with pytest.raises(InvalidRequest):
        driver.organisation(FIRMS[4], SHUNYI, provider=replace(CAPABLE, evidence=(good,)))
