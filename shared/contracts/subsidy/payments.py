"""Payment batches: prepared, approved, confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from shared.contracts.common import (
    Programme,
)
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import District, Id, Rows, Text
from shared.contracts.subsidy.claims import FINANCE, PaymentState
from shared.money import Money
from shared.security.speaker import Role


@dataclass(frozen=True)
class PreparePayment:
    """By the maker: approved claims of one district and programme become one batch for the treasury.

    What a source sent already isn't sent again; what the bank rejected or sent back is. Each claim is compared with
    what is on file elsewhere first: one that a block or an open hit holds stays out, and the batch goes without it.
    """

    claim_ids: Annotated[tuple[Id, ...], Rows(1000, min=1)]


@dataclass(frozen=True)
class ApprovePayment:
    """By the checker, who is another person than maker, approver and applicant (X-5).

    A claim that was blocked, or hit, since the batch was prepared leaves it: the others are instructed.
    """

    batch_id: Id


@dataclass(frozen=True)
class ConfirmedItem:
    payment_id: Id
    paid_on: date
    bank_reference: Annotated[str, Text(64)]


@dataclass(frozen=True)
class ConfirmPayment:
    """What the treasury reports as paid, typed from its receipt; for its whole list see `record_bank_results`."""

    batch_id: Id
    items: Annotated[tuple[ConfirmedItem, ...], Rows(1000, min=1)]


@dataclass(frozen=True)
class GetBatch:
    batch_id: Id


@dataclass(frozen=True)
class HeldClaim:
    """A claim that stays out of a batch: the blocks that stand on its project, the open hits of its people or payee."""

    claim_id: str
    blocks: tuple[str, ...]
    hits: tuple[str, ...]


@dataclass(frozen=True)
class PaymentShape:
    """`reason`: the bank's, where it was rejected or returned; `retry_of`: the payment that this one repeats."""

    payment_id: str
    claim_id: str
    payee_id: str
    fund_source: str
    fiscal_year: int
    amount: Money
    state: PaymentState
    paid_on: date | None
    bank_reference: str | None
    reason: str | None = None
    retry_of: str | None = None


@dataclass(frozen=True)
class BatchShape:
    """`held`: which of the asked claims stayed out, or left it. A batch from which all are held is `voided`.

    `notes`: what to look at in what was just confirmed, such as several payments under one of the bank's references.
    """

    batch_id: str
    state: PaymentState
    district: str
    programme: str
    total: Money
    maker: str
    checker: str | None
    payments: tuple[PaymentShape, ...]
    held: tuple[HeldClaim, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PaymentTold:
    """One claim's money in a batch: what is sent."""

    batch_id: Id
    claim_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    amount: Money
    on: date


PREPARE_PAYMENT = command("subsidy.prepare_payment", PreparePayment, BatchShape, FINANCE, "The maker's batch.")


APPROVE_PAYMENT = command("subsidy.approve_payment", ApprovePayment, BatchShape, FINANCE, "The checker's word.")


CONFIRM_PAYMENT = command("subsidy.confirm_payment", ConfirmPayment, BatchShape, FINANCE, "What the treasury paid.")


GET_BATCH = query("subsidy.get_batch", GetBatch, BatchShape, (*FINANCE, Role.AUDITOR), "A batch with its payments.")


PAYMENT_PREPARED = event(
    "subsidy.payment_prepared", PaymentTold, consumers=(), about="A maker put a claim into a batch.", public=False
)


PAYMENT_INSTRUCTED = event(
    "subsidy.payment_instructed", PaymentTold, consumers=("notify",), about="The treasury was told to pay."
)


PAYMENT_CONFIRMED = event("subsidy.payment_confirmed", PaymentTold, consumers=("notify",), about="Money has arrived.")
