"""What waits for the finance officer because of what the bank said: its outcomes, claims to repay, lines to explain."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, null, select

from services.subsidy.bank.differences import unknown_since
from services.subsidy.lifecycle.payment import FAILED
from services.subsidy.models import Batch, Claim, Payment
from services.subsidy.models.bank import BankLine
from shared.kernel.work import Look
from shared.kernel.worklist import need
from shared.store.access_filter import in_reach


def has_failed_payment() -> ColumnElement[bool]:
    """Condition on a claim: the bank rejected or sent back one of its payments."""
    return select(Payment.id).where(Payment.claim_id == Claim.id, Payment.state.in_(FAILED)).exists()


def payment_unknown(look: Look) -> Select[Any]:
    """Payments of which the bank doesn't know what became of them, since it first said so."""
    wanted = need("payment_unknown", Payment.id, Claim.project_id, Batch.district, unknown_since())
    wanted = wanted.select_from(Payment).join(Batch, Batch.id == Payment.batch_id)
    wanted = wanted.join(Claim, Claim.id == Payment.claim_id)
    return wanted.where(in_reach(look.speaker, Batch.district), Payment.state == "unknown")


def difference_to_explain(look: Look) -> Select[Any]:
    """Lines that didn't fit, until somebody says what they are about."""
    nothing = cast(null(), String)
    wanted = need("difference_to_explain", BankLine.id, nothing, BankLine.district, BankLine.recorded_on)
    return wanted.where(
        in_reach(look.speaker, BankLine.district), BankLine.applied_on.is_(None), BankLine.explained_on.is_(None)
    )
