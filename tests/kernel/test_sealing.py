"""The audit chain of a running service: sealed in order, told, kept by the others, and proof against every change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from shared.clock import now
from shared.contracts.kernel.audit import AUDIT_SEALED, READ_AUDIT, AuditSealed, ReadAudit
from shared.contracts.schema import codec
from shared.kernel import audit_sealer
from shared.kernel.audit_sealer import LATE, WHOLE, Horizon, Sealer
from shared.security.audit_chain import AuditRow as ChainedRow
from shared.security.audit_chain import Head, Kind, Seal, SignedHead, sign_head, verify
from shared.store.database import Database
from shared.store.kernel_tables import AuditRow, HeadRow, OutboxRow, SealRow
from tests.kernel.notebook import Notebook


def sealer_of(book: Notebook, every: float = 0.0) -> Sealer:
    return Sealer("review", book.database, partial(book.harness.keys.audit_key, "review"), every)


def heads_told(book: Notebook) -> list[SignedHead]:
    """As the other services hear and keep them."""
    rows = book.rows(OutboxRow, OutboxRow.name == "audit_sealed")
    return [SignedHead.from_json(codec.read(AuditSealed, row.data).head) for row in rows]


def as_owner(book: Notebook, *statements: str) -> None:
    """What somebody with every right in the database can do: triggers off, rows changed."""
    owner = Database(book.made.owner_url)
    with owner.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    owner.dispose()


def unlocked(book: Notebook) -> list[str]:
    tables = ("audit", "seals")
    if book.made.dialect == "sqlite":
        return [f"DROP TRIGGER append_only_{table}_{verb}" for table in tables for verb in ("update", "delete")]
    return [f"DROP TRIGGER append_only_{table} ON {table}" for table in tables]


def problems(book: Notebook, heads: list[SignedHead]) -> list[tuple[Kind, int | None]]:
    page = book.harness.call(book.operator, READ_AUDIT["review"], ReadAudit())
    rows = [ChainedRow(row["row_id"], datetime.fromisoformat(row["recorded_at"]), row["content"]) for row in page.rows]
    seals = [Seal(one["sequence"], one["audit_id"], *_rest(one)) for one in page.seals]
    public = book.harness.keys.audit_public("review")
    return [(one.kind, one.sequence) for one in verify("review", rows, seals, heads, public, now())]


def _rest(seal: dict[str, Any]) -> tuple[str, str, str]:
    return seal["digest"], seal["link"], seal["algorithm"]


@pytest.fixture
def sealed(book: Notebook) -> Notebook:
    """Three commands, sealed."""
    for title in ("a", "b", "c"):
        book.write(title)
    sealer_of(book).seal_batch()
    return book


def test_rows_are_chained_in_the_order_of_sealing_batch_after_batch(
    book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_sealer, "BATCH", 2)
    for title in ("a", "b", "c"):
        book.write(title)
    sealer = sealer_of(book)
    assert [sealer.seal_batch() for _ in range(3)] == [2, 1, 0]
    assert [row.sequence for row in book.rows(SealRow)] == [1, 2, 3]
    assert [row.audit_id for row in book.rows(SealRow)] == [row.id for row in book.audit()]
    assert [signed.head.sequence for signed in heads_told(book)] == [2, 3]


def test_a_sealer_that_starts_anew_goes_on_where_the_chain_ends(sealed: Notebook) -> None:
    sealed.write("d")
    sealer_of(sealed).seal_batch()
    assert [signed.head.sequence for signed in heads_told(sealed)] == [3, 4]
    assert problems(sealed, heads_told(sealed)) == []


def test_heads_are_told_no_oftener_than_the_pause_allows(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = sealer_of(book, every=60.0)
    book.write("a")
    assert sealer.seal_batch() == 1
    book.write("b")
    assert (sealer.seal_batch(), len(heads_told(book))) == (0, 1)
    later = now() + timedelta(seconds=61)
    monkeypatch.setattr(audit_sealer, "now", lambda: later)
    assert (sealer.seal_batch(), len(heads_told(book))) == (1, 2)


def test_nothing_to_seal_tells_nothing(book: Notebook) -> None:
    assert sealer_of(book).seal_batch() == 0
    assert book.rows(OutboxRow) == []


def test_a_chain_that_is_whole_verifies_against_the_heads_that_others_keep(sealed: Notebook) -> None:
    assert problems(sealed, heads_told(sealed)) == []


CHANGES: dict[str, tuple[Callable[[str], str], Kind]] = {
    "changed": (lambda audit_id: f"UPDATE audit SET outcome = 'refused' WHERE id = '{audit_id}'", Kind.CHANGED),
    "actor": (lambda audit_id: f"UPDATE audit SET actor = '{{}}' WHERE id = '{audit_id}'", Kind.CHANGED),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_row_is_found(sealed: Notebook, change: str) -> None:
    statement, kind = CHANGES[change]
    heads = heads_told(sealed)
    as_owner(sealed, *unlocked(sealed), statement(sealed.audit()[1].id))
    assert problems(sealed, heads) == [(kind, 2)]


def test_a_removed_row_is_found_even_where_its_seal_went_with_it(sealed: Notebook) -> None:
    heads, removed = heads_told(sealed), sealed.audit()[1].id
    as_owner(
        sealed,
        *unlocked(sealed),
        f"DELETE FROM seals WHERE audit_id = '{removed}'",
        f"DELETE FROM audit WHERE id = '{removed}'",
    )
    assert {kind for kind, _ in problems(sealed, heads)} >= {Kind.GAP, Kind.BROKEN_LINK}


def test_a_chain_rewritten_with_our_own_code_is_found_by_the_heads_that_others_keep(sealed: Notebook) -> None:
    heads = heads_told(sealed)
    last = sealed.audit()[-1].id
    as_owner(sealed, *unlocked(sealed), "DELETE FROM seals", f"UPDATE audit SET outcome = 'x' WHERE id = '{last}'")
    sealer_of(sealed).seal_batch()
    assert problems(sealed, []) == []  # by itself it looks whole
    assert problems(sealed, heads) == [(Kind.REWRITTEN, 3)]


def test_a_chain_that_was_cut_is_found_by_the_heads_that_others_keep(sealed: Notebook) -> None:
    heads, last = heads_told(sealed), sealed.audit()[-1].id
    as_owner(
        sealed,
        *unlocked(sealed),
        f"DELETE FROM seals WHERE audit_id = '{last}'",
        f"DELETE FROM audit WHERE id = '{last}'",
    )
    assert problems(sealed, []) == []
    assert problems(sealed, heads) == [(Kind.TRUNCATED, 3)]


def test_another_services_head_is_kept_as_it_came_and_once(book: Notebook) -> None:
    key = book.harness.keys.audit_key("training")
    signed = sign_head(Head("training", 7, "0" * 64), key, now())
    for number in (1, 2):
        book.harness.hear(AUDIT_SEALED["training"], "audit-training", AuditSealed(signed.to_json()), sequence=number)
    (kept,) = book.rows(HeadRow)
    assert (kept.chain, kept.sequence, SignedHead.from_json(kept.signed)) == ("training", 7, signed)


def test_a_head_belongs_to_the_chain_of_its_teller_whatever_it_says(book: Notebook) -> None:
    key = book.harness.keys.audit_key("training")
    signed = sign_head(Head("subsidy", 7, "0" * 64), key, now())
    book.harness.hear(AUDIT_SEALED["training"], "audit-training", AuditSealed(signed.to_json()))
    assert [row.chain for row in book.rows(HeadRow)] == ["training"]


def test_a_head_that_is_none_is_parked(book: Notebook) -> None:
    with pytest.raises(AssertionError, match="was not applied"):
        book.harness.hear(AUDIT_SEALED["training"], "audit-training", AuditSealed({"chain": "training"}))


def test_audit_is_read_page_by_page_whole_and_with_its_seals(sealed: Notebook) -> None:
    sealed.write("unsealed")
    cursor, rows, seals = 0, [], []
    while True:
        page = sealed.harness.call(sealed.operator, READ_AUDIT["review"], ReadAudit(cursor, limit=3))
        rows += [row["row_id"] for row in page.rows]
        seals += [(seal["sequence"], seal["audit_id"]) for seal in page.seals]
        if page.cursor is None:
            break
        cursor = page.cursor
    assert rows == [row.id for row in sealed.rows(AuditRow)]
    assert sorted(seals) == list(enumerate(rows[:3], start=1))


def test_what_was_sealed_long_ago_is_not_looked_through_again(book: Notebook) -> None:
    sealer = sealer_of(book)
    sealer.horizon = Horizon(clock := Hands())
    for title in ("a", "b"):
        book.write(title)
    sealer.seal_batch()
    assert sealer.horizon.number == 0  # a lower number may still be on its way
    clock.moment = LATE
    sealer.seal_batch()
    assert sealer.horizon.number == 2
    book.write("c")
    assert sealer.seal_batch() == 1
    assert [row.sequence for row in book.rows(SealRow)] == [1, 2, 3]


def test_a_row_whose_lower_number_came_late_is_sealed_all_the_same() -> None:
    horizon = Horizon(clock := Hands())
    horizon.advance(9, None)
    clock.moment = LATE
    horizon.advance(20, 5)  # the rows 5 to 9 wait, as after a pause of the sealer
    assert horizon.number == 4
    clock.moment = 2 * LATE
    horizon.advance(20, None)
    assert horizon.number == 20
    clock.moment = WHOLE  # and whatever took longer than anybody thought, within the hour
    horizon.advance(20, None)
    assert horizon.number == 0


class Hands:
    """A clock that is set by hand."""

    moment = 0.0

    def __call__(self) -> float:
        return self.moment
