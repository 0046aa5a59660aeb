"""Money due back, named by the channel that paid it (X-10); two causes: a result, and fraud (APP-19, APP-27)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sqlalchemy import select

from services.subsidy.channels import Channel, channels
from services.subsidy.ledger import Cited, Entry, cite, entry_of, post
from services.subsidy.models import Claim, ClaimLine, Clawback, ClawbackPart, Withdrawal
from services.subsidy.rules.funds import RecoveryFacts
from services.subsidy.sets import SLICE, insert_all
from shared.bus.work import Work
from shared.contracts.subsidy import CLAWBACK_OPENED, ClawbackTold
from shared.money import ZERO, Money, share
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document
from shared.slices import slices
from shared.store.types import new_id

Cause = Literal["result", "fraud"]
CITED = {"result": "subsidy.result", "fraud": "subsidy.recovery_channel"}


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be taken back of one enrolment, and how it was paid."""

    enrolment_id: str
    amount: Money
    channel: Channel


class Part(NamedTuple):
    """A part of an opened receivable: how much goes back to which source of which year."""

    clawback_id: str
    fund_source: str
    fiscal_year: int
    amount: Money


def open_for_result(work: Work, claim: Claim) -> list[Part]:
    """Opens a receivable for each line of a final claim that was advanced more than it is entitled to."""
    if not claim.clawback:
        return []
    lines = select(ClaimLine.enrolment_id, ClaimLine.clawback).where(ClaimLine.claim_id == claim.id)
    owing = work.session.execute(lines.where(ClaimLine.clawback > ZERO).order_by(ClaimLine.number)).all()
    wanted = {enrolment_id for enrolment_id, _ in owing}
    paid_by = channels(work.session, claim.project_id, wanted, ("advance",))
    return open_all(work, claim, "result", [Due(key, amount, paid_by[key]) for key, amount in owing])


def open_all(work: Work, claim: Claim, cause: Cause, dues: Sequence[Due]) -> list[Part]:
    """Stores and posts the receivables of one claim and cause, and tells them together; answers all their parts."""
    if not dues:
        return []
    document = work.policies.by_identity(claim.document)
    opening = _Opening(work, claim, cause, document, cite(document, CITED[cause]))
    parts = [part for some in slices(dues, SLICE) for part in opening.open(some)]
    told = ClawbackTold(
        claim_id=claim.id,
        project_id=claim.project_id,
        programme=claim.programme,
        district=claim.district,
        employer_id=claim.employer_id,
        persons=len(dues),
        amount=Money.sum(due.amount for due in dues),
        cause=cause,
    )
    work.tell(CLAWBACK_OPENED, claim.id, told, district=claim.district)
    return parts


def withdraw_for(work: Work, claim: Claim) -> None:
    """A voided claim decided nothing: what it found due back is no longer asked for on its account."""
    wanted = (
        select(Clawback.id, ClawbackPart.fund_source, ClawbackPart.fiscal_year, ClawbackPart.amount)
        .join(ClawbackPart, ClawbackPart.clawback_id == Clawback.id)
        .where(Clawback.claim_id == claim.id, Clawback.cause == "result")
    )
    parts = [Part(*row) for row in work.session.execute(wanted)]
    if not parts:
        return
    ids = sorted({part.clawback_id for part in parts})
    insert_all(work.session, Withdrawal, ({"clawback_id": one, "withdrawn_on": work.today} for one in ids))
    cited = cite(work.policies.by_identity(claim.document), CITED["fraud"])
    post(work, (_entry(claim, "withdrawal", part, cited) for part in parts))


@dataclass(frozen=True)
class _Opening:
    """Receivables of one claim and cause, written slice by slice."""

    work: Work
    claim: Claim
    cause: Cause
    document: Document
    cited: Cited

    def open(self, dues: Sequence[Due]) -> list[Part]:
        decisions = list(self._decide(dues))
        kept = iter(self.work.keep_all([(due.enrolment_id, one) for due, one in decisions if one is not None]))
        rows, parts = [], []
        for due, decision in decisions:
            row = self._row(due, next(kept) if decision is not None else None)
            rows.append(row)
            parts += [Part(str(row["id"]), *part) for part in _amounts(due, decision)]
        insert_all(self.work.session, Clawback, rows)
        insert_all(self.work.session, ClawbackPart, (part._asdict() for part in parts))
        post(self.work, (_entry(self.claim, "clawback", part, self.cited) for part in parts))
        return parts

    def _decide(self, dues: Sequence[Due]) -> Iterator[tuple[Due, Decision | None]]:
        """A document without a clause on recovery isn't made to cite one (X-15)."""
        for due in dues:
            if "subsidy.recovery" not in self.document.decisions:
                yield due, None
                continue
            facts = RecoveryFacts(due.amount, due.channel.parts(), fraud=self.cause == "fraud")
            yield due, decide("subsidy.recovery", facts, self.document)

    def _row(self, due: Due, decision_id: str | None) -> dict[str, object]:
        return {
            "id": new_id(),
            "claim_id": self.claim.id,
            "project_id": self.claim.project_id,
            "programme": self.claim.programme,
            "district": self.claim.district,
            "employer_id": self.claim.employer_id,
            "enrolment_id": due.enrolment_id,
            "cause": self.cause,
            "payee_id": due.channel.payee_id,
            "amount": due.amount,
            "opened_on": self.work.today,
            "rule": self.cited.rule,
            "clause": self.cited.clause,
            "decision_id": decision_id,
        }


def _amounts(due: Due, decision: Decision | None) -> list[tuple[str, int, Money]]:
    """What goes back to each part of the channel; in proportion all the same where no clause decides it."""
    paid = due.channel.parts()
    if decision is None:
        amounts = share(due.amount, [part.amount.fen for part in paid])
    else:
        amounts = [decision.amounts[part.name] for part in paid]
    return [(part.source, part.fiscal_year, amount) for part, amount in zip(paid, amounts, strict=True) if amount]


def _entry(claim: Claim, kind: Literal["clawback", "withdrawal"], part: Part, cited: Cited) -> Entry:
    return entry_of(claim, kind, part.fund_source, part.fiscal_year, part.amount, part.clawback_id, cited)
