"""What a stored decision is compared by when it is decided again: everything that was decided, and no wording (X-6)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from shared.errors import InvalidRequest
from shared.money import Money
from shared.policy.decisions import decide
from shared.policy.document import Document
from shared.policy.policies import Policies
from shared.policy.rules import DECIDERS, Decider, Result
from shared.policy.verification import verify
from tests.rules.policy import beijing, facts_of

POLICIES = Policies((beijing(),))
Change = Callable[[dict[str, Any]], object]
REASON = "按实际岗位安排"


def stored() -> dict[str, Any]:
    """An entitlement as the database holds it."""
    name = "subsidy.entitlement"
    return decide(name, facts_of({"decision": name}), beijing()).to_json()


def excused() -> dict[str, Any]:
    """A decision in which an officer accepted an unmet principle, as the database holds it."""
    name = "training.plan"
    facts = facts_of({"decision": name, "facts": {"general_hours": 240, "theory_hours": 80}})
    (unmet,) = {finding.rule for finding in decide(name, facts, beijing()).findings if finding.awaits_reason}
    return decide(name, facts, beijing(), {unmet: REASON}).to_json()


def changed(change: Change, decision: Callable[[], dict[str, Any]] = stored) -> tuple[str, ...]:
    """The parts that differ once the stored decision was changed like this."""
    kept = deepcopy(decision())
    change(kept)
    return verify(kept, POLICIES)


def finding(kept: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = kept["findings"][0]
    return first


DIFFERENCES: dict[str, tuple[Change, str]] = {
    "verdict": (lambda kept: kept.update(verdict="refused"), "verdict"),
    "document": (lambda kept: kept.update(document="another@" + beijing().content_hash), "document"),
    "an amount": (lambda kept: kept["amounts"].update(entitlement="12000.01"), "amounts"),
    "an amount less": (lambda kept: kept["amounts"].popitem(), "amounts"),
    "an amount more": (lambda kept: kept["amounts"].update(bonus="0.00"), "amounts"),
    "an answer": (lambda kept: kept["answers"].update(percent="85%"), "answers"),
    "rule of a finding": (lambda kept: finding(kept).update(rule="APP-1"), "findings"),
    "clause of a finding": (lambda kept: finding(kept).update(clause="一"), "findings"),
    "force of a finding": (lambda kept: finding(kept).update(force="advice"), "findings"),
    "outcome of a finding": (lambda kept: finding(kept).update(outcome="not_applicable"), "findings"),
    "what was compared": (lambda kept: finding(kept).update(compared="1 ≥ 2"), "findings"),
    "a finding less": (lambda kept: kept["findings"].pop(), "findings"),
    "a finding twice": (lambda kept: kept["findings"].append(finding(kept)), "findings"),
    "a reading's value": (lambda kept: kept["readings"][0].update(value="other"), "readings"),
    "a reading's name in the register": (lambda kept: kept["readings"][0].update(interpretation="INT-99"), "readings"),
    "a part that no decision has": (lambda kept: kept.update(note="x"), "note"),
}


def test_what_was_decided_stands() -> None:
    assert changed(lambda _: None) == changed(lambda _: None, excused) == ()


@pytest.mark.parametrize("name", DIFFERENCES)
def test_each_part_of_what_was_decided_is_compared(name: str) -> None:
    change, part = DIFFERENCES[name]
    assert part in changed(change)


def test_another_fact_shows_in_what_follows_from_it() -> None:
    assert set(changed(lambda kept: kept["facts"]["training"].update(level="technician"))) >= {"amounts"}


@pytest.mark.parametrize("decision", [stored, excused])
def test_the_words_of_messages_may_be_improved(decision: Callable[[], dict[str, Any]]) -> None:
    def reword(kept: dict[str, Any]) -> None:
        for each in kept["findings"]:
            each["message"] = f"换一种说法。{REASON if each['outcome'] == 'accepted' else ''}"

    assert changed(reword, decision) == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: kept["accepted"].update(dict.fromkeys(kept["accepted"], "另一理由")),
        lambda kept: next(each for each in kept["findings"] if each["outcome"] == "accepted").update(message="无理由"),
    ],
    ids=["the reason", "the reason in the finding"],
)
def test_an_officers_reason_is_no_wording(change: Change) -> None:
    assert changed(change, excused) == ("accepted",)


# --- what has grown since --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pages:
    pages: int


@dataclass(frozen=True)
class ColouredPages:
    """The same facts after a release that asks for one more. `colour`: what every book was until then."""

    pages: int
    colour: str = "black"


@dataclass(frozen=True)
class NamedPages:
    """The same facts after a release that asks for one more, without saying what it was until then."""

    pages: int
    author: str


def install(monkeypatch: pytest.MonkeyPatch, facts: type[Any], yuan_a_page: Callable[[Any], int]) -> None:
    def price(given: Any, _document: Document) -> Result:
        return Result((), {"price": Money.yuan(given.pages * yuan_a_page(given))}, {}, ())

    monkeypatch.setitem(DECIDERS, "notebook.price", {None: Decider("notebook.price", None, facts, price)})


@pytest.fixture
def ten_pages(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A decision that was stored before anything grew."""
    install(monkeypatch, Pages, lambda _: 1)
    return decide("notebook.price", Pages(10), beijing()).to_json()


def test_a_fact_added_since_is_tolerated_where_its_default_decides_as_before(
    ten_pages: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, ColouredPages, lambda given: 1 if given.colour == "black" else 2)
    assert verify(ten_pages, POLICIES) == ()


def test_a_fact_whose_default_decides_otherwise_is_found(
    ten_pages: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, ColouredPages, lambda given: 2 if given.colour == "black" else 1)
    assert verify(ten_pages, POLICIES) == ("amounts",)


def test_a_fact_added_without_default_is_no_decision_that_can_be_made_again(
    ten_pages: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, NamedPages, lambda _: 1)
    with pytest.raises(InvalidRequest):
        verify(ten_pages, POLICIES)


def test_a_fact_that_nothing_asks_for_any_more_is_not_dropped_in_silence(
    ten_pages: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ten_pages["facts"]["weight"] = 3
    with pytest.raises(InvalidRequest):
        verify(ten_pages, POLICIES)


def test_a_reading_asked_for_since_is_tolerated() -> None:
    assert changed(lambda kept: kept["readings"].pop()) == ()
