"""X-5: who applies, who approves and who pays are different persons, whatever roles one of them may hold.

One subject comes with a token of another role, straight or through a service. A method whose name says that it decides
must be covered here or say why it needn't be: a new one fails by name.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.contracts.catalogue import METHODS
from shared.contracts.schema import codec
from shared.security.speaker import Role
from tests.hostile.driver import Driver, Outcome
from tests.hostile.test_matrix import granted

DECIDING = (
    "accept_", "answer_", "approve_", "conclude_", "confirm_", "decide_", "lift_", "prepare_", "return_", "review_",
    "settle_", "suspend_", "write_off_",
)  # fmt: skip
ALONE = {
    "review.settle_audit": "the city both records what an audit found and sees it put right; others approve and pay",
    "subsidy.settle_project": "it asks back what stored results say is due, and pays nobody",
    "training.settle_run": "nobody passes by it, so that no money can come of it",
}
"""Methods that sound like a decision and may be taken by who took an earlier step, and why."""

DECISIONS = sorted(
    route
    for route, method in METHODS.items()
    if method.name.startswith(DECIDING) and method.roles != {Role.MACHINE} and route not in ALONE
)


@pytest.fixture(params=DECISIONS)
def route(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def is_refused(ended: Outcome) -> bool:
    """Whole, or row by row."""
    if ended.code == "ok":
        rows = ended.answer.get("rows", ())
        return bool(rows) and all(row["outcome"] == "refused" and "不同人员" in row["message"] for row in rows)
    return ended.code == "not_permitted" and ended.answer["details"].get("rule") == "X-5"


def test_who_took_an_earlier_step_takes_no_later_one_in_another_role(driver: Driver, route: str) -> None:
    for role in granted(route):
        payload = codec.write(driver.request(driver.here, role, route))
        earlier = driver.hands(role).get(METHODS[route].name, ())
        assert earlier, f"{route} decides: say in hands of tests/hostile/drivers/{driver.name}.py whom it may not be"
        before = driver.stored()
        for subject in earlier:
            person = driver.here.speaker(role, subject)
            for speaker in (person, person.through("training")):
                assert is_refused(ended := driver.attempt(speaker, route, payload)), (role, subject, ended)
        assert driver.stored() == before
        with driver.rehearsal(route):
            assert not is_refused(driver.ask(driver.here, role, route)), "somebody new may"


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("service", sorted({METHODS[route].service for route in DECISIONS}))
def test_what_is_said_about_hands_is_about_methods_that_decide(
    driver_of: Callable[[str, str], Driver], service: str, dialect: str
) -> None:
    named = {f"{service}.{name}" for role in Role for name in driver_of(service, dialect).hands(role)}
    assert named <= set(DECISIONS)
