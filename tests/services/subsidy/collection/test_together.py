"""Hundreds at the same moment, and everything at once: never more comes back than is asked for, on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from shared.contracts.subsidy.receivables import DemandShape
from shared.errors import Conflict, InvalidRequest, NotPermitted, SkillsError
from shared.money import Money
from tests.conftest import MadeDatabase
from tests.services.subsidy.collection.driver import CollectionDriver
from tests.services.subsidy.crowd import ATTEMPTS
from tests.services.subsidy.driver import Driver, Training, yuan
from tests.together import together, winner


def test_hundreds_of_repayments_of_one_bank_reference_are_one(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    winner(together(ATTEMPTS, lambda _: collection.repay(demand_id, "10.00")), DemandShape)
    assert collection.demand(demand_id).repaid == yuan("10.00")
    assert collection.proven().receivable == yuan("17990.00")


def test_hundreds_of_reversals_of_one_repayment_are_one(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    collection.repay(demand_id, "10.00")
    repayment = collection.repayment(demand_id)
    winner(together(ATTEMPTS, lambda _: collection.reverse(repayment)), DemandShape)
    assert collection.demand(demand_id).outstanding == yuan("18000.00")
    assert collection.proven().receivable == yuan("18000.00")


def test_repayments_set_offs_write_offs_and_a_void_meet_and_nothing_is_met_twice(collection: CollectionDriver) -> None:
    """Whatever order they come in: what is asked for is what came back, was kept, given up, withdrawn, or stands."""
    driver = collection.driver
    demand_id = collection.ask_back()
    claims = [collection.next_advance(1, f"project-{place}") for place in (2, 3, 4)]
    write_off = collection.propose(demand_id).write_off
    assert write_off is not None
    acts: list[Callable[[], object]] = [
        *(partial(collection.repay, demand_id, "5000.00", f"R-{place}") for place in range(4)),
        *(partial(collection.offset, demand_id, claim) for claim in claims),
        partial(collection.decide, write_off.write_off_id, driver.checker),
        partial(collection.decide, write_off.write_off_id, collection.city),
        partial(driver.fraud, 0),
        partial(driver.fraud, 0, project_id="project-2", inquiry_id="inquiry-2"),
    ]
    random.Random(4).shuffle(acts)
    answers = together(len(acts), lambda place: acts[place]())
    refused = (Conflict, InvalidRequest, NotPermitted)
    assert [one for one in answers if isinstance(one, SkillsError) and not isinstance(one, refused)] == []
    one = collection.demand(demand_id)
    ended = (one.repaid, one.offset, one.written_off, one.withdrawn)
    assert all(amount >= Money(0) for amount in (*ended, one.outstanding))
    assert one.amount == Money.sum((*ended, one.outstanding))
    collection.proven()


# --- a model in a few lines ------------------------------------------------------------------------------------------


class Model:
    """What an auditor would write on one sheet: asked, and how it ended; `kept` by claims; `live` repayments."""

    def __init__(self, asked: int) -> None:
        self.left, self.repaid, self.kept, self.given_up = asked, 0, 0, 0
        self.live: dict[str, int] = {}

    def repay(self, reference: str, fen: int) -> bool:
        if reference in self.live or not 0 < fen <= self.left:
            return False
        self.live[reference] = fen
        self.left, self.repaid = self.left - fen, self.repaid + fen
        return True

    def reverse(self, reference: str) -> bool:
        fen = self.live.pop(reference, None)
        if fen is None:
            return False
        self.left, self.repaid = self.left + fen, self.repaid - fen
        return True

    def offset(self, sends: int) -> bool:
        taken = min(sends, self.left)
        self.left, self.kept = self.left - taken, self.kept + taken
        return taken > 0

    def write_off(self) -> bool:
        given, self.left = self.left, 0
        self.given_up += given
        return given > 0


@pytest.mark.parametrize("seed", range(6))
def test_the_service_agrees_with_the_model_on_every_balance(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    driver = Driver(make_database("subsidy", dialect).url, tmp_path / "driver")
    collection = CollectionDriver(driver)
    demand_id = collection.ask_back(what=Training(results=("certified", "failed", "failed")), first="18000.00")
    model = Model(1_200_000)
    for place in range(14):
        act = chance.choice(("repay", "repay", "reverse", "offset", "write_off"))
        reference = f"R-{chance.randrange(4)}"
        if act == "repay":
            fen = chance.choice((1, 99_999, 350_000, model.left, model.left + 1))
            expected = model.repay(reference, fen)
            did = succeeds(collection.repay, demand_id, str(Money(fen)), reference)
        elif act == "reverse":
            known = reference in model.live
            expected = model.reverse(reference)
            did = known and succeeds(collection.reverse, collection.repayment(demand_id, reference))
        elif act == "offset":
            expected = model.offset(600_000)
            did = succeeds(collection.offset, demand_id, collection.next_advance(1, f"project-{place + 2}"))
        else:
            expected = model.write_off()
            did = succeeds(collection.write_off, demand_id)
        assert did == expected, (place, act)
        one = collection.demand(demand_id)
        found = (one.outstanding.fen, one.repaid.fen, one.offset.fen, one.written_off.fen)
        assert found == (model.left, model.repaid, model.kept, model.given_up), (place, act)
        assert collection.proven().receivable.fen == model.left + one.pending.fen
    driver.close()


def succeeds(act: Callable[..., object], *given: str) -> bool:
    try:
        act(*given)
    except (Conflict, InvalidRequest):
        return False
    return True
