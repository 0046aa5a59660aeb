"""Projects in reach, by every filter, page by page."""

from __future__ import annotations

from datetime import timedelta

from shared.contracts.training import learning
from shared.security.speaker import Speaker
from tests.services.harness import SHUNYI
from tests.services.training.driver import LAST_DAY, Driver


def test_projects_are_found_by_every_filter_page_by_page(two_projects: Driver) -> None:
    driver = two_projects

    def found(speaker: Speaker = driver.officer, **filters: object) -> list[str]:
        request = learning.ListProjects(**filters)  # type: ignore[arg-type]
        return [line.project_id for line in driver.call(speaker, learning.LIST_PROJECTS, request).projects]

    assert found() == ["p1", "p2"]
    assert (found(driver.employer), found(driver.rival), found(driver.stranger)) == (["p1"], ["p2"], [])
    assert found(level="intermediate") == found(employer_id="employer-2") == found(started_from=LAST_DAY) == ["p2"]
    assert found(started_to=LAST_DAY - timedelta(days=1)) == ["p1"]
    assert found(state="completed") == found(district=SHUNYI) == found(programme="other") == []
    assert found(occupation="6-18-01", provider_id="provider-1", state="running") == ["p1", "p2"]
    assert found(driver.employer, employer_id="employer-2") == []
    first = driver.call(driver.officer, learning.LIST_PROJECTS, learning.ListProjects(limit=1))
    assert [line.enrolled for line in first.projects] == [3]
    assert found(cursor=first.cursor) == ["p2"]
