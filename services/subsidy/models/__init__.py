"""Subsidy's tables. What must never happen to money is forbidden here; checks in the code are for a kind message.

projects, project_enrolments, completed_runs   what review and training told: read models
ended_enrolments                               who failed or left, and what is due to them all the same
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

from services.subsidy.models.bank import BankLine, PaymentReturn, SettledOffset
from services.subsidy.models.base import SubsidyTable
from services.subsidy.models.checks import Check, HeldClaim, Hit
from services.subsidy.models.claims import Batch, Claim, ClaimFunding, ClaimLine, Payment
from services.subsidy.models.closing import Closing, FrozenBalance, Reduction
from services.subsidy.models.ledger import Appropriation, Books, Budget, Posting
from services.subsidy.models.read_models import (
    Block,
    CompletedRun,
    EndedEnrolment,
    Fraud,
    FraudPerson,
    Project,
    ProjectEnrolment,
)
from services.subsidy.models.receivables import (
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
