"""The straight line of a call: who is stopped where, what it leaves behind, and what leaves the service."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert
from structlog.testing import capture_logs

from shared.bus.wire import Call, write_error
from shared.contracts.schema.shapes import Json
from shared.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    NotPermitted,
    SkillsError,
    Unauthenticated,
    Unavailable,
)
from shared.kernel import audit_rows
from shared.security.speaker import Role
from tests.kernel.notebook import (
    READ_NOTES,
    TAKEN,
    WRITE_NOTE,
    Note,
    Notebook,
    NotebookService,
    NoteKept,
    Notes,
    OneNote,
    ReadNotes,
)

SECRET = "11010519491231002X"
NOTHING = {"notes": 0, "outbox": 0, "requests": 0, "decisions": 0, "audit": 0}


@pytest.fixture
def log() -> Iterator[list[Any]]:
    """What is logged meanwhile."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    """The handler must not be reached."""

    def reached(_work: Any) -> None:
        raise AssertionError("the handler was reached")

    monkeypatch.setattr(NotebookService, "meanwhile", staticmethod(reached))


def happening(monkeypatch: pytest.MonkeyPatch, happens: Any) -> None:
    monkeypatch.setattr(NotebookService, "meanwhile", staticmethod(happens))


def refused(book: Notebook, token: str | None, payload: Json, route: str = WRITE_NOTE.route) -> SkillsError:
    with pytest.raises(SkillsError) as caught:
        book.harness.kernel.answer(Call(route, payload, token, "r-1", time.time() + 30, "c-1"))
    return caught.value


# --- stopped before the handler --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize("token", [None, "", "x.y.z"])
def test_who_is_not_known_leaves_one_audit_line_and_nothing_else(book: Notebook, token: str | None) -> None:
    assert isinstance(refused(book, token, {"title": "first"}), Unauthenticated)
    assert book.holdings() == NOTHING | {"audit": 1}
    (line,) = book.audit()
    assert (line.outcome, line.actor, line.action) == ("unauthenticated", {}, "review.write_note")
    assert (line.request_id, line.correlation_id, line.objects) == ("r-1", "c-1", [])


@pytest.mark.usefixtures("never")
def test_who_may_not_leaves_one_audit_line_with_their_name_and_nothing_else(book: Notebook) -> None:
    error = refused(book, book.harness.token(book.operator), {"title": "first"})
    assert isinstance(error, NotPermitted) and error.details["allowed"] == ["district_officer"]
    assert book.holdings() == NOTHING | {"audit": 1}
    (line,) = book.audit()
    assert (line.outcome, line.actor["subject"], line.actor["role"]) == ("not_permitted", "operator-1", "operator")


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize("payload", [{}, {"title": ""}, {"title": "a", "colour": "red"}, {"title": 5}, []])
def test_an_invalid_request_leaves_one_audit_line_and_nothing_else(book: Notebook, payload: Any) -> None:
    assert isinstance(refused(book, book.harness.token(book.officer), payload), InvalidRequest)
    assert book.holdings() == NOTHING | {"audit": 1}
    assert book.audit()[0].outcome == "invalid_request"


def test_an_unknown_method_leaves_nothing(book: Notebook) -> None:
    assert isinstance(refused(book, None, {}, "review.no_such_method"), NotFound)
    assert isinstance(refused(book, None, {}, "training.lesson_given"), NotFound)  # an event is no method
    assert book.holdings() == NOTHING


def test_what_a_handler_refuses_leaves_one_audit_line_and_nothing_of_its_work(
    book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_work: Any) -> None:
        raise Conflict("已办结")

    happening(monkeypatch, refuse)
    with pytest.raises(Conflict):
        book.write("first")
    assert book.holdings() == NOTHING | {"audit": 1}
    assert (book.audit()[0].outcome, book.audit()[0].actor["subject"]) == ("conflict", "officer-1")


def test_a_command_that_is_done_leaves_one_audit_line_with_what_it_was_about(book: Notebook) -> None:
    book.write("first", request_id="r-9")
    (line,) = book.audit()
    assert (line.outcome, line.objects, line.request_id) == ("ok", ["note:first"], "r-9")


def test_a_query_leaves_a_line_only_where_it_was_refused_entry_or_looked_closely(book: Notebook) -> None:
    assert book.harness.call(book.officer, READ_NOTES, ReadNotes()) == Notes(0)
    refused(book, book.harness.token(book.officer), {"colour": "red"}, READ_NOTES.route)
    assert book.audit() == []
    refused(book, None, {}, READ_NOTES.route)
    book.harness.call(book.officer, READ_NOTES, ReadNotes(closely=True))
    assert [(line.outcome, line.purpose) for line in book.audit()] == [("unauthenticated", None), ("ok", "identity")]


def test_a_refusal_reaches_its_caller_even_where_its_trace_cannot_be_written(
    book: Notebook, log: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(audit_rows, "record", broken)
    assert isinstance(refused(book, None, {"title": "first"}), Unauthenticated)
    assert "refusal_not_audited" in repr(log) and SECRET not in repr(log)


# --- what goes wrong inside ------------------------------------------------------------------------------------------


def test_an_unexpected_error_becomes_unavailable_without_its_text_in_answer_or_log(
    book: Notebook, log: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(_work: Any) -> None:
        raise ValueError(f"no such person: {SECRET}")

    happening(monkeypatch, break_down)
    with pytest.raises(Unavailable) as caught:
        book.write("first")
    assert SECRET not in write_error(caught.value)
    assert "ValueError" not in write_error(caught.value)
    assert "ValueError" in repr(log) and SECRET not in repr(log)
    assert book.holdings() == NOTHING


def test_a_database_error_does_not_tell_its_parameters(
    book: Notebook, log: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(work: Any) -> None:
        work.session.execute(insert(Note).values(id="n-1", title=SECRET, edits=None, version=1))

    happening(monkeypatch, break_down)
    with pytest.raises(Unavailable) as caught:
        book.write("first")
    assert SECRET not in write_error(caught.value) + repr(log)


def test_a_known_constraint_becomes_its_own_conflict(book: Notebook) -> None:
    book.write("first")
    with pytest.raises(Conflict, match=TAKEN):
        book.write("first")
    assert book.holdings() == {"notes": 1, "outbox": 1, "requests": 1, "decisions": 0, "audit": 2}


def test_a_missing_value_is_a_mistake_of_ours_and_no_conflict(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite names the same column for it as for a title that is taken."""

    def forget(work: Any) -> None:
        work.session.execute(insert(Note).values(id="n-1", title=None, edits=0, version=1))

    happening(monkeypatch, forget)
    with pytest.raises(Unavailable):
        book.write("first")
    assert book.titles() == []


def test_a_role_is_the_acting_one_of_whom_a_service_speaks_for(book: Notebook) -> None:
    through = book.officer.through("training")
    assert book.harness.call(through, WRITE_NOTE, OneNote("first")) == NoteKept("first", 0)
    (line,) = book.audit()
    assert (line.actor["subject"], line.actor["on_behalf_of"]) == ("training", "officer-1")
    with pytest.raises(NotPermitted):
        operator = book.harness.speaker(Role.OPERATOR, "operator-1").through("training")
        book.harness.call(operator, WRITE_NOTE, OneNote("second"))
