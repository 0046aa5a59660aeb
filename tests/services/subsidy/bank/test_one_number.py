"""One transfer counts once however it is written: typed, in a list, on a sheet, in another hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.contracts.subsidy import payments
from shared.contracts.subsidy.bank import LIST_DIFFERENCES, ListDifferences
from shared.errors import InvalidRequest
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.driver import Driver

SPELLINGS = ("REF-1 ", "ref-1", "REF1", "ＲＥＦ－１", "REF\u20141", "\u3000REF 1")


@pytest.fixture
def bank(driver: Driver) -> BankDriver:
    return BankDriver(driver)


def confirm(bank: BankDriver, batch: payments.BatchShape, *references: str, **fields: Any) -> payments.BatchShape:
    """Typed from the treasury's receipt, one reference for each payment."""
    on: date = bank.harness.today
    items = [
        payments.ConfirmedItem(fields.get("payment_id", of.payment_id), on, reference)
        for of, reference in zip(batch.payments, references, strict=True)
    ]
    request = payments.ConfirmPayment(batch.batch_id, tuple(items))
    return bank.harness.call(bank.driver.checker, payments.CONFIRM_PAYMENT, request)


def differences(bank: BankDriver) -> list[tuple[str, str]]:
    page = bank.harness.call(bank.driver.checker, LIST_DIFFERENCES, ListDifferences())
    return [(one.kind, one.payment_id) for one in page.differences]


def two_on_their_way(bank: BankDriver) -> payments.BatchShape:
    bank.rich()
    return bank.instructed(bank.approved("project-1"), bank.approved("project-2"))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_typed_confirmation_and_the_banks_list_are_one_line(bank: BankDriver, spelling: str) -> None:
    sent = bank.on_its_way()
    (batch_id,) = bank.batches_of(sent)
    shown = confirm(bank, bank.batch(batch_id), "REF-1")
    assert [one.bank_reference for one in shown.payments] == ["REF-1"] and shown.notes == ()
    assert bank.outcomes(bank.line(sent, bank_reference=spelling)) == ["unchanged"]
    confirm(bank, shown, spelling)
    assert (bank.kinds(), differences(bank)) == (["payment"], [])
    (row,) = bank.says(bank.line(sent, bank_reference="REF-2"))
    assert row.outcome == "refused"
    assert differences(bank) == [("paid_twice", sent.payment_id)]


def test_a_list_first_and_then_the_typed_confirmation_are_one_line(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    (batch_id,) = bank.batches_of(sent)
    assert bank.outcomes(bank.line(sent, bank_reference="ref 1")) == ["accepted"]
    assert confirm(bank, bank.batch(batch_id), "REF-1").payments[0].bank_reference == "ref 1"
    assert (bank.kinds(), differences(bank)) == (["payment"], [])


def test_a_payments_id_is_found_however_the_bank_writes_it(bank: BankDriver) -> None:
    sent = bank.on_its_way()
    written = sent.payment_id.upper()
    other = f" {written[:8]}-{written[8:]} "
    assert bank.outcomes(bank.line(sent, payment_id=other)) == ["accepted"]
    assert bank.outcomes(bank.line(sent)) == ["unchanged"]
    assert bank.returns(replace(sent, payment_id=written)).payment_id == sent.payment_id


def test_a_stray_is_one_however_it_is_written_and_is_shown_as_it_was(bank: BankDriver) -> None:
    bank.rich()
    for named in ("ZX-77", "zx77 ", "ＺＸ－７７"):
        (row,) = bank.says(bank.line(named))
        assert row.outcome == "refused"
    assert differences(bank) == [("stray", "ZX-77")]


def test_a_blank_is_no_number(bank: BankDriver) -> None:
    batch = two_on_their_way(bank)
    first, second = batch.payments
    rows = bank.says(bank.line(first, bank_reference=" "), bank.line(second, payment_id="－"), bank.line(second))
    assert [(row.outcome, row.field) for row in rows] == [
        ("refused", "bank_reference"),
        ("refused", "payment_id"),
        ("accepted", None),
    ]
    assert differences(bank) == []
    with pytest.raises(InvalidRequest) as refused:
        bank.says(bank.line(first), statement=" — ")
    assert [one["path"] for one in refused.value.details["fields"]] == ["statement"]
    with pytest.raises(InvalidRequest) as refused:
        confirm(bank, batch, "\u3000", "REF-1")
    assert [one["path"] for one in refused.value.details["fields"]] == ["items[0].bank_reference"]
    with pytest.raises(InvalidRequest):
        bank.returns(second, bank_reference="-")


def test_two_payments_under_one_reference_are_taken_with_a_note(bank: BankDriver) -> None:
    first, second = two_on_their_way(bank).payments
    rows = bank.says(bank.line(first), bank.line(second, bank_reference="ref1"))
    assert [row.outcome for row in rows] == ["accepted", "accepted"]
    assert second.payment_id in str(rows[0].message) and first.payment_id in str(rows[1].message)
    bank.right()


def test_each_payment_under_a_reference_of_its_own_is_taken_without_a_note(bank: BankDriver) -> None:
    first, second = two_on_their_way(bank).payments
    rows = bank.says(bank.line(first), bank.line(second, bank_reference="REF-2"))
    assert [(row.outcome, row.message) for row in rows] == [("accepted", None)] * 2


def test_the_same_reference_in_a_later_list_or_typed_is_noted_too(bank: BankDriver) -> None:
    batch = two_on_their_way(bank)
    first, second = batch.payments
    assert [row.message for row in bank.says(bank.line(first))] == [None]
    alone = replace(batch, payments=(second,))
    (note,) = confirm(bank, alone, "REF 1").notes
    assert first.payment_id in note
