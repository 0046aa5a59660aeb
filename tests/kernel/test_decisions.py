"""Decisions are kept whole and stand up to being decided again, under the very document that they name."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import insert

from shared.contracts.kernel.decisions import (
    LIST_DECISIONS,
    VERIFY_DECISIONS,
    ListDecisions,
    VerifiedDecisions,
    VerifyDecisions,
)
from shared.errors import NoPolicyInForce
from shared.money import Money
from shared.policy.decisions import decide
from shared.policy.document import Document
from shared.policy.policies import Policies
from shared.policy.rules import DECIDERS, Decider, Result
from shared.security.speaker import Role
from shared.store.kernel_tables import DecisionRow
from tests.kernel.notebook import LESSON_GIVEN, Notebook, NotebookService, NoteTold


@dataclass(frozen=True)
class Pages:
    pages: int


def price(given: Pages, _document: Document) -> Result:
    return Result((), {"price": Money.yuan(given.pages)}, {"thick": given.pages > 100}, ())


@pytest.fixture(autouse=True)
def decided_by_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DECIDERS, "notebook.price", {None: Decider("notebook.price", None, Pages, price)})


def decided(book: Notebook, *pages: int) -> list[str]:
    """Decisions about books of so many pages, kept by a use case; their ids."""
    (document,) = book.harness.policies.current
    kept: list[str] = []

    def keep(work: Any) -> None:
        about = [(f"book-{count}", decide("notebook.price", Pages(count), document)) for count in pages]
        kept.extend(work.store_decisions(about))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(NotebookService, "meanwhile", staticmethod(keep))
        book.write(uuid.uuid4().hex)
    return kept


def forge(book: Notebook, number: int, **changes: Any) -> str:
    """A decision put into the table beside the rules, as somebody with rights in the database can."""
    genuine = book.rows(DecisionRow)[0]
    kept = ("name", "subject_id", "document", "actor", "business_date", "decided_at")
    values = {name: getattr(genuine, name) for name in kept}
    values |= {"id": f"forged-{number}", "decision": genuine.decision | changes}
    with book.database.transaction() as session:
        session.execute(insert(DecisionRow).values(**values))
    return f"forged-{number}"


def verified(book: Notebook, cursor: int = 0, limit: int = 500) -> VerifiedDecisions:
    auditor = book.harness.speaker(Role.AUDITOR, "auditor-1")
    return book.harness.call(auditor, VERIFY_DECISIONS["review"], VerifyDecisions(cursor, limit))


def test_genuine_decisions_stand(book: Notebook) -> None:
    decided(book, 10, 20, 200)
    assert verified(book) == VerifiedDecisions(3, (), None)


FORGERIES: tuple[dict[str, Any], ...] = (
    {"amounts": {"price": "10.01"}},
    {"facts": {"pages": 11}},
    {"answers": {"thick": True}},
    {"findings": [{"no": "finding"}]},
    {"facts": {"pages": "ten"}},
    {"facts": {}},
    {"name": "notebook.never_registered"},
    {"amounts": None},
)


def test_a_forged_decision_is_named_whatever_was_forged(book: Notebook) -> None:
    decided(book, 10)
    forged = [forge(book, number, **forgery) for number, forgery in enumerate(FORGERIES)]
    assert verified(book) == VerifiedDecisions(1 + len(FORGERIES), tuple(forged), None)


def test_decisions_are_verified_page_by_page_to_the_last(book: Notebook) -> None:
    decided(book, *range(1, 6))
    cursor: int | None = 0
    pages: list[int] = []
    while cursor is not None:
        page = verified(book, cursor, limit=2)
        pages.append(page.verified)
        cursor = page.cursor
    assert pages == [2, 2, 1]


def test_a_decision_whose_document_is_not_loaded_is_not_called_forged(book: Notebook) -> None:
    decided(book, 10)
    book.harness.kernel.policies = Policies(())
    with pytest.raises(NoPolicyInForce, match="POLICY_PATH"):
        verified(book)


def test_the_decisions_about_one_subject_are_shown_whole_to_an_official_and_that_leaves_a_trace(
    book: Notebook,
) -> None:
    ids = decided(book, 10, 20)
    city = book.harness.speaker(Role.CITY_OFFICER, "city-1")
    (shown,) = book.harness.call(city, LIST_DECISIONS["review"], ListDecisions("book-20")).decisions
    assert (shown.id, shown.decision["amounts"]) == (ids[1], {"price": "20.00"})


# --- a document that is missing ---------------------------------------------------------------------------------------


def test_what_names_a_document_that_is_not_loaded_waits_for_it(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    (document,) = book.harness.policies.current
    monkeypatch.setattr(
        NotebookService, "meanwhile", staticmethod(lambda work: work.policies.by_identity(document.identity))
    )
    book.harness.kernel.policies = Policies((replace(document, content_hash="0" * 64),))
    with pytest.raises(NoPolicyInForce, match="POLICY_PATH"):
        book.write("first")
    with pytest.raises(AssertionError, match="no_policy_in_force"):
        book.harness.hear(LESSON_GIVEN, "course-1", NoteTold("lesson"))
    assert (book.titles(), book.harness.inbox.waiting(), book.harness.inbox.parked()) == ([], 1, 0)
    book.harness.kernel.policies = book.harness.policies
    assert book.write("first").title == "first"
