"""Figures of the bulletin: person-times and persons, as far as one sees (APP-28)."""

from __future__ import annotations

import pytest

from shared.contracts.common import GetFigures
from shared.contracts.training import learning
from shared.errors import InvalidRequest, NotPermitted
from shared.security.speaker import Role, Speaker
from tests.services.harness import CHAOYANG, SHUNYI
from tests.services.training.driver import Driver


def figures(
    driver: Driver, speaker: Speaker, years: tuple[int, int] = (2022, 2022), district: str | None = None
) -> learning.Figures:
    return driver.call(speaker, learning.GET_FIGURES, GetFigures("apprenticeship", *years, district=district))


def test_figures_count_person_times_and_persons_apart(two_projects: Driver) -> None:
    driver = two_projects
    city = driver.harness.speaker(Role.CITY_OFFICER, "city-1")
    shown = figures(driver, city, (2021, 2025))
    first, second = sorted(shown.lines, key=lambda line: line.year)
    assert (first.year, first.level, first.person_times, first.persons) == (2022, "advanced", 3, 3)
    assert (first.in_training, first.passed, first.failed, first.left, first.certified) == (0, 1, 1, 1, 1)
    assert (second.year, second.level, second.person_times, second.in_training) == (2024, "intermediate", 2, 2)
    assert (shown.total.person_times, shown.total.persons, shown.total.high_level) == (5, 4, "3/5")
    assert [(finding.rule, finding.compared) for finding in shown.target] == [
        ("APP-28", "2021-2025 年 5/30000 人次，高级工及以上 3/5")
    ]


def test_figures_end_where_the_reach_ends(two_projects: Driver) -> None:
    driver = two_projects
    sees = {
        driver.employer: ["advanced"],
        driver.rival: ["intermediate"],
        driver.officer: ["advanced", "intermediate"],
        driver.provider: ["advanced", "intermediate"],
        driver.stranger: [],
    }
    for speaker, levels in sees.items():
        shown = figures(driver, speaker, (2021, 2025))
        assert sorted(line.level for line in shown.lines) == levels
        assert shown.total.person_times == sum(line.person_times for line in shown.lines)
        assert shown.target == ()
    assert figures(driver, driver.officer, (2021, 2025), district=SHUNYI).lines == ()
    assert [line.year for line in figures(driver, driver.officer, (2024, 2024), district=CHAOYANG).lines] == [2024]
    assert figures(driver, driver.officer, (2023, 2023)).total.high_level == "0/0"
    with pytest.raises(InvalidRequest):
        figures(driver, driver.officer, (2024, 2023))
    with pytest.raises(NotPermitted):
        figures(driver, driver.harness.speaker(Role.OPERATOR, "operator-1"))
