"""A request id stands for one content and one answer, for ever (X-14)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from shared.bus.wire import Call
from shared.contracts.schema import codec
from shared.errors import Conflict, InvalidRequest, NotFound, Unavailable
from shared.security.speaker import Role, Speaker
from shared.store.kernel_tables import Answered, OutboxRow
from tests.kernel.notebook import (
    COPY_NOTE,
    WRITE_ELSEWHERE,
    WRITE_NOTE,
    Notebook,
    NotebookService,
    NoteKept,
    OneNote,
    eventually,
    somebody_waits_for_a_lock,
)
from tests.services.harness import CHAOYANG, SHUNYI


def call_of(book: Notebook, title: str, **changes: Any) -> Call:
    token = book.harness.token(book.officer)
    return replace(Call(WRITE_NOTE.route, {"title": title}, token, "r-1", time.time() + 30), **changes)


def test_the_same_id_with_the_same_content_has_one_effect_and_one_answer(book: Notebook) -> None:
    answers = [book.write("first", request_id="r-1") for _ in range(3)]
    assert answers == [NoteKept("first", 0)] * 3
    assert book.holdings() == {"notes": 1, "outbox": 1, "requests": 1, "decisions": 0, "audit": 1}


def test_the_answer_stays_what_it_was_when_the_state_has_moved_on(book: Notebook) -> None:
    first = book.write("first", request_id="r-1")
    with book.database.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM notes")
    assert book.write("first", request_id="r-1") == first
    assert book.titles() == []


def test_the_same_id_with_another_content_is_a_conflict_for_ever(book: Notebook) -> None:
    book.write("first", request_id="r-1")
    for _ in range(2):
        with pytest.raises(Conflict, match="request_id"):
            book.write("second", request_id="r-1")
    assert book.titles() == ["first"]


def test_the_same_id_for_another_method_is_a_conflict(book: Notebook) -> None:
    book.harness.answers(WRITE_ELSEWHERE, lambda request: NoteKept(request.title, 0))
    book.write("first", request_id="r-1")
    with pytest.raises(Conflict, match="request_id"):
        book.harness.call(book.officer, COPY_NOTE, OneNote("first"), request_id="r-1")


@pytest.mark.parametrize(
    "other",
    [
        Speaker("officer-2", "harness", Role.DISTRICT_OFFICER, CHAOYANG),
        Speaker("officer-1", "another-system", Role.DISTRICT_OFFICER, CHAOYANG),
    ],
    ids=["subject", "system"],
)
def test_an_id_belongs_to_its_system_and_subject(book: Notebook, other: Speaker) -> None:
    book.write("first", request_id="r-1")
    assert book.harness.call(other, WRITE_NOTE, OneNote("second"), request_id="r-1") == NoteKept("second", 0)
    assert book.titles() == ["first", "second"]


def test_an_id_stays_with_its_subject_in_another_district(book: Notebook) -> None:
    book.write("first", request_id="r-1")
    elsewhere = book.harness.speaker(Role.DISTRICT_OFFICER, "officer-1", district=SHUNYI)
    with pytest.raises(Conflict):
        book.harness.call(elsewhere, WRITE_NOTE, OneNote("second"), request_id="r-1")


def test_a_refused_command_may_be_repeated_under_the_same_id_after_the_cure(
    book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_work: Any) -> None:
        raise NotFound("尚未登记，请先登记")

    with monkeypatch.context() as patched:
        patched.setattr(NotebookService, "meanwhile", staticmethod(refuse))
        with pytest.raises(NotFound):
            book.write("first", request_id="r-1")
    assert book.rows(Answered) == []
    assert book.write("first", request_id="r-1") == NoteKept("first", 0)


def test_a_command_without_an_id_is_refused(book: Notebook) -> None:
    with pytest.raises(InvalidRequest) as refused:
        book.harness.kernel.answer(call_of(book, "first", request_id=None))
    assert refused.value.details["fields"][0]["path"] == "request_id"
    assert book.titles() == []


def test_no_content_stays_under_an_id_but_its_digest(book: Notebook) -> None:
    book.write("隐私标题", request_id="r-1")
    (answered,) = book.rows(Answered)
    assert len(answered.content) == 64 and "隐私标题" not in answered.content


def test_a_call_past_its_deadline_is_not_executed_and_may_be_repeated(book: Notebook) -> None:
    late = call_of(book, "first", deadline=time.time() - 0.001)
    with pytest.raises(Unavailable, match="截止"):
        book.harness.kernel.answer(late)
    assert book.titles() == []
    answer = book.harness.kernel.answer(replace(late, deadline=time.time() + 30))
    assert answer == codec.write(NoteKept("first", 0))


def test_a_deadline_that_passes_while_others_are_asked_stops_the_command(book: Notebook) -> None:
    def slow(request: OneNote) -> NoteKept:
        eventually(lambda: time.time() > deadline)
        return NoteKept(request.title, 0)

    book.harness.answers(WRITE_ELSEWHERE, slow)
    deadline = time.time() + 0.2
    with pytest.raises(Unavailable, match="截止"):
        book.harness.kernel.answer(call_of(book, "first", route=COPY_NOTE.route, deadline=deadline))
    assert (book.titles(), book.harness.kernel.open_commands) == ([], 0)


def test_a_command_given_on_carries_the_same_id_each_time_and_another_for_another_request(
    book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str | None] = []

    def call_out(_method: Any, request: OneNote, *, request_id: str | None, **_: Any) -> NoteKept:
        given.append(request_id)
        raise Unavailable("未答复")

    monkeypatch.setattr(book.harness.kernel, "call_out", call_out)
    for request_id in ("r-1", "r-1", "r-2"):
        with pytest.raises(Unavailable):
            book.harness.call(book.officer, COPY_NOTE, OneNote("first"), request_id=request_id)
    assert given[0] is not None and given[0] == given[1] != given[2]


def test_two_simultaneous_calls_with_one_id_have_one_effect(
    postgresql_book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = postgresql_book
    reached: list[str] = []

    def until_the_other_waits(work: Any) -> None:
        reached.append("handler")
        eventually(lambda: somebody_waits_for_a_lock(work.session), "the second call did not wait for the first")

    monkeypatch.setattr(NotebookService, "meanwhile", staticmethod(until_the_other_waits))
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(book.harness.kernel.answer, call_of(book, "first")) for _ in range(2)]
        answers = [call.result(timeout=20) for call in calls]
    assert answers == [codec.write(NoteKept("first", 0))] * 2
    assert reached == ["handler"]
    assert (book.titles(), len(book.rows(OutboxRow)), len(book.rows(Answered))) == (["first"], 1, 1)


def test_two_simultaneous_calls_with_one_id_and_two_contents_have_one_effect_and_one_conflict(
    postgresql_book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = postgresql_book

    def until_the_other_waits(work: Any) -> None:
        eventually(lambda: somebody_waits_for_a_lock(work.session), "the second call did not wait for the first")

    monkeypatch.setattr(NotebookService, "meanwhile", staticmethod(until_the_other_waits))
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(book.harness.kernel.answer, call_of(book, title)) for title in ("one", "two")]
        errors = [call.exception(timeout=20) for call in calls]
    assert sorted(type(error).__name__ for error in errors) == ["Conflict", "NoneType"]
    assert len(book.titles()) == 1
