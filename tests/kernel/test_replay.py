"""The replay of a service's decisions: who may ask, page by page, and a text that is no good document."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.contracts.kernel.replay import (
    DOCUMENT_MAX,
    REPLAY_DECISIONS,
    AmountChange,
    ReplayDecisions,
    ReplayPage,
    ReplayTotal,
)
from shared.errors import InvalidRequest, NotPermitted
from shared.money import Money
from shared.policy.decisions import decide
from shared.policy.policies import Policies
from shared.security.speaker import Role
from tests.kernel.notebook import Note, Notebook, NotebookService
from tests.rules.policy import BEIJING, beijing, facts_of
from tests.services.harness import CHAOYANG

TRIED = BEIJING.read_text("utf-8").replace("id: beijing-2022-11-apprenticeship", "id: tried", 1)
ANOTHER_RATE = TRIED.replace("{intermediate: 5000, advanced: 6000,", "{intermediate: 5000, advanced: 6500,", 1)


def decided(book: Notebook, *subjects: str, name: str = "subsidy.advance", **facts: Any) -> None:
    """One decision about each subject, kept in this order."""
    (document,) = book.harness.policies.current
    about = [(subject, decide(name, facts_of({"decision": name, "facts": facts}), document)) for subject in subjects]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(NotebookService, "meanwhile", staticmethod(lambda work: work.store_decisions(about)))
        book.write(uuid.uuid4().hex)


def replayed(book: Notebook, text: str, role: Role = Role.AUDITOR, **options: Any) -> ReplayPage:
    speaker = book.harness.speaker(role, "somebody", district=CHAOYANG if role is Role.DISTRICT_OFFICER else None)
    return book.harness.call(speaker, REPLAY_DECISIONS["review"], ReplayDecisions(text, **options))


def test_a_page_shows_who_changes_by_how_much_and_the_sums_of_all(book: Notebook) -> None:
    decided(book, "ann", "bob")
    decided(book, "cai", level="technician")
    page = replayed(book, ANOTHER_RATE)
    assert [(change.subject_id, change.amounts[0]) for change in page.changes] == [
        (subject, AmountChange("advance", Money.yuan(6000), Money.yuan(6500))) for subject in ("ann", "bob")
    ]
    sums = (
        AmountChange("advance", Money.yuan(6000 * 2 + 7000), Money.yuan(6500 * 2 + 7000)),
        AmountChange("standard", Money.yuan(12000 * 2 + 14000), Money.yuan(13000 * 2 + 14000)),
    )
    assert page.totals == (ReplayTotal("subsidy.advance", 1, 2, 0, sums),)
    assert page.cursor is None


def test_a_decision_that_was_made_again_is_shown_but_is_not_money_twice(book: Notebook) -> None:
    decided(book, "ann")
    decided(book, "ann")
    page = replayed(book, ANOTHER_RATE)
    assert [change.newest for change in page.changes] == [False, True]
    assert page.totals[0].amounts[0] == AmountChange("advance", Money.yuan(6000), Money.yuan(6500))


def test_pages_together_hold_every_decision_once(book: Notebook) -> None:
    decided(book, "ann", "bob", "cai", "dan", "eva")
    found: list[str] = []
    cursor: int | None = 0
    while cursor is not None:
        page = replayed(book, ANOTHER_RATE, cursor=cursor, limit=2)
        found += [change.subject_id for change in page.changes]
        cursor = page.cursor
    assert found == ["ann", "bob", "cai", "dan", "eva"]


def test_a_subject_is_shown_with_its_project_where_the_service_knows_it(book: Notebook) -> None:
    book.write("ann")
    decided(book, "ann", "bob")
    (note,) = book.rows(Note, Note.title == "ann")
    assert [change.project_id for change in replayed(book, ANOTHER_RATE).changes] == [note.id, None]


def test_nothing_is_touched(book: Notebook) -> None:
    decided(book, "ann")
    before = book.holdings()
    replayed(book, ANOTHER_RATE)
    assert book.holdings() == before
    assert [known.id for known in book.harness.kernel.policies.current] == ["beijing-2022-11-apprenticeship"]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DISTRICT_OFFICER])
def test_amounts_of_the_whole_city_are_shown_to_the_city_and_its_auditor_only(book: Notebook, role: Role) -> None:
    with pytest.raises(NotPermitted):
        replayed(book, ANOTHER_RATE, role)
    assert replayed(book, ANOTHER_RATE, Role.CITY_OFFICER).changes == ()


def test_decisions_of_another_programme_are_passed_over(book: Notebook) -> None:
    decided(book, "ann")
    gardening = TRIED.replace("programme: apprenticeship", "programme: gardening", 1)
    other = replace(beijing(), programme="gardening", content_hash="0" * 64)
    book.harness.kernel.policies = Policies((*book.harness.policies.documents, other))
    assert (replayed(book, gardening).others, replayed(book, gardening).totals) == (1, ())


BAD: dict[str, tuple[Callable[[], str], str]] = {
    "nothing": (lambda: " ", "document"),
    "another programme": (
        lambda: TRIED.replace("programme: apprenticeship", "programme: gardening", 1),
        "document.programme",
    ),
    "no mapping": (lambda: "just words", "document"),
    "missing unit": (
        lambda: TRIED.replace("    unit: yuan_per_person_year\n", "", 1),
        "document.values.subsidy.rate.unit",
    ),
    "unknown function": (
        lambda: TRIED.replace("[review.own_district,", "[review.guess,", 1),
        "document.rules.APP-1.decided_by",
    ),
    "aliases": (lambda: "a: &a [x]\nb: [*a, *a]\n", "document"),
    "a tag": (lambda: TRIED.replace("programme: apprenticeship", "programme: !!binary aGk=", 1), "document"),
    "endless nesting": (lambda: "a: " + "[" * 50_000, "document"),
    "a table without end": (
        lambda: (
            "dimensions: {" + ", ".join(f"d{n}: [{', '.join(map(str, 'abcdefghij'))}]" for n in range(9)) + "}\n"
            "values: {v: {unit: share, clause: c, force: must, evidence: e, by: ["
            + ", ".join(f"d{n}" for n in range(9))
            + "], value: {}}}"
        ),
        "document.values.v.value",
    ),
    "too long": (lambda: TRIED + "#" * DOCUMENT_MAX, "document"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_text_that_is_no_good_document_is_refused_with_its_place(book: Notebook, name: str) -> None:
    text, path = BAD[name]
    with pytest.raises(InvalidRequest) as refused:
        replayed(book, text())
    assert path in [field["path"] for field in refused.value.details["fields"]], refused.value.details


def test_what_a_document_says_of_another_services_rules_is_not_judged_here(book: Notebook) -> None:
    assert replayed(book, TRIED.replace("registry.four_centres", "registry.guess", 1)).changes == ()
