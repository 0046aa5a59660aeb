"""Whatever is done in whatever order, twice or cut off, the ledger says what an auditor's sheet of paper says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from shared.store.types import new_id
from tests.conftest import MadeDatabase
from tests.services.subsidy.crowd import EXAMPLES
from tests.services.subsidy.model.papers import ADVANCE, PROJECTS
from tests.services.subsidy.model.sheet import Sheet
from tests.services.subsidy.model.telling import FATES, START, Step
from tests.services.subsidy.model.walk import Walk

NEXT = ("advance", "approve", "prepare", "instruct", "confirm", "pay", "final")
ASIDE = ("return_", "reject", "block", "lift", "register", "clear", "uphold", "fraud", "reduce")
GOING = ("leave", "come_back")
BANK = ("refuse", "wonder", "send_back", "misstate")
COLLECTING = ("notice", "repay", "reverse", "propose", "agree", "offset")
CLOSING = ("next_month", "close_month", "close_year")
CHAPTERS = {
    "onward": ("next",),
    "far onward": ("next",) * 5,
    "new year": ("next_month", "appropriate", "appropriate", "close_month", "close_year"),
}
"""Several acts by one name; "next" is whatever comes next in the life of a project's claim."""

ACTS = (
    *("onward", "far onward") * 10,
    *("new year", "appropriate") * 2,
    *NEXT,
    *ASIDE * 2,
    *GOING * 3,
    *BANK * 2,
    *COLLECTING * 3,
    *CLOSING,
)
"""What a story is made of, in the proportions in which it is told."""
STEPS = st.builds(
    Step,
    act=st.sampled_from(ACTS),
    number=st.integers(0, PROJECTS - 1),
    fen=st.integers(0, 4 * ADVANCE),
    fate=st.sampled_from(tuple(FATES)),
)
BEGUN = (Step("appropriate", 0, 3 * ADVANCE // 2), Step("appropriate", 0, 20 * ADVANCE + 1))
"""The first source is soon exhausted, so that claims are borne by two."""


def agree(walk: Walk, sheet: Sheet) -> None:
    """Debits are credits, every account and counter is as on paper, and the proof finds no difference."""
    balances = walk.balances()
    assert sum(balances.values()) == 0
    assert +balances == +sheet.fen
    assert -balances == -sheet.fen
    for (source, year), counted in walk.budgets().items():
        names = ("appropriations", "committed", "paid")
        appropriated, committed, paid = (sheet.fen[source, year, name] for name in names)
        assert counted == (-appropriated, committed, paid)
        assert min(committed, paid, sheet.fen[source, year, "available"]) >= 0
    assert walk.driver.prove().differences == ()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(story=st.lists(STEPS, min_size=8, max_size=24))
def test_the_ledger_follows_the_model(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path, story: list[Step]
) -> None:
    walk, sheet = Walk(make_database("subsidy", dialect).url, tmp_path / new_id()), Sheet(START)
    for told in (*BEGUN, *story):
        for turn, act in enumerate(CHAPTERS.get(told.act, (told.act,))):
            named = sheet.projects[told.number].next_act if act == "next" else act
            step = Step(named, told.number, told.fen + turn, told.fate)
            does = getattr(sheet, step.act)(step.number, step.fen)
            if does is None:
                continue
            event(f"{step.act}: {'done' if does else 'nothing'}")
            assert walk.does(step) == does, step
            sheet.note_settled()
            agree(walk, sheet)
    walk.driver.close()
