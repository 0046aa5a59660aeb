"""A claim that is held."""

from __future__ import annotations

import pytest

from tests.services.subsidy.checks.driver import THREE, approved
from tests.services.subsidy.driver import Driver


@pytest.fixture
def held(driver: Driver) -> str:
    """An approved advance of three, of whom one is said to have died."""
    claim_id = approved(driver, what=THREE)
    driver.neighbours.finds(0)
    driver.prepare(claim_id)
    return claim_id
