"""Subsidy's tables. What must never happen to money is forbidden here; checks in the code are for a kind message.

projects, project_enrolments, completed_runs   what review and training told: read models
blocks, frauds, fraud_persons                  what stands in the way of money, and whose enrolments earn none
budgets                                        a counter row per bucket, within its appropriation
appropriations, reductions ─┐
claims ── lines ── funding ── payments ── batches ── held_claims
  │                            └─ bank_lines  what the bank said, payment_returns
  └───── checks ── hits                       what is on file elsewhere, and what was decided about it
demands ── clawbacks ── parts ── discharges; notices, repayments, reversals, offsets (settled_offsets), write-offs
books ── closings ── frozen balances            per programme and district: what is still open, and what was closed
postings                                       append-only; each names the one fact that made it, once
"""

from __future__ import annotations

from services.subsidy.bank.tables import BankLine, PaymentReturn, SettledOffset
from services.subsidy.checks.tables import Check, HeldClaim, Hit
from services.subsidy.tables import SubsidyTable
from services.subsidy.tables.claims import Batch, Claim, ClaimFunding, ClaimLine, Payment
from services.subsidy.tables.closing import Closing, FrozenBalance, Reduction
from services.subsidy.tables.money import Appropriation, Books, Budget, Posting
from services.subsidy.tables.receivables import (
    Clawback,
    ClawbackPart,
    Demand,
    DemandNotice,
    Discharge,
    Offset,
    OffsetEnd,
    Repayment,
    Reversal,
    WriteOff,
)
from services.subsidy.tables.told import Block, CompletedRun, Fraud, FraudPerson, Project, ProjectEnrolment

__all__ = [
    "Appropriation",
    "BankLine",
    "Batch",
    "Block",
    "Books",
    "Budget",
    "Check",
    "Claim",
    "ClaimFunding",
    "ClaimLine",
    "Clawback",
    "ClawbackPart",
    "Closing",
    "CompletedRun",
    "Demand",
    "DemandNotice",
    "Discharge",
    "Fraud",
    "FraudPerson",
    "FrozenBalance",
    "HeldClaim",
    "Hit",
    "Offset",
    "OffsetEnd",
    "Payment",
    "PaymentReturn",
    "Posting",
    "Project",
    "ProjectEnrolment",
    "Reduction",
    "Repayment",
    "Reversal",
    "SettledOffset",
    "SubsidyTable",
    "WriteOff",
]
