"""Money due back: a receivable per enrolment, named by the channel that paid it. Nothing is netted (INT-4, X-10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.cursors import after, page
from services.subsidy.ledger import Bucket, Cited, Entry, cite, post
from services.subsidy.models import Claim, ClaimLine, Clawback, ClawbackPart
from services.subsidy.reading import funding_of
from services.subsidy.rules.funds import RecoveryFacts, SourceAmount, apportion
from shared.bus.work import Look, Work
from shared.contracts.subsidy import (
    CLAWBACK_OPENED,
    ClawbackPage,
    ClawbackShape,
    ClawbackTold,
    FundPart,
    ListClawbacks,
)
from shared.money import Money, share
from shared.policy.decisions import decide
from shared.policy.document import Document
from shared.store.reach import in_reach
from shared.store.types import new_id


@dataclass(frozen=True)
class Channel:
    """How one enrolment's advance was paid: to whom, and how much of it from which source of which year."""

    payee_id: str
    parts: tuple[FundPart, ...]


def open_for(work: Work, claim: Claim) -> None:
    """Opens a receivable for each line of a final claim that was advanced more than it is entitled to."""
    wanted = select(ClaimLine).where(ClaimLine.claim_id == claim.id).order_by(ClaimLine.number)
    lines = [line for line in work.session.scalars(wanted) if line.clawback]
    if not lines:
        return
    document = work.policies.by_identity(claim.document)
    paid_by = _channels(work.session, claim.project_id)
    cited = cite(document, "subsidy.result")
    entries = [entry for line in lines for entry in _open(work, claim, line, document, cited, paid_by)]
    post(work, entries)
    told = ClawbackTold(
        claim_id=claim.id,
        project_id=claim.project_id,
        programme=claim.programme,
        district=claim.district,
        employer_id=claim.employer_id,
        persons=len(lines),
        amount=claim.clawback,
    )
    work.tell(CLAWBACK_OPENED, claim.id, told, district=claim.district)


def list_clawbacks(look: Look, request: ListClawbacks) -> ClawbackPage:
    """Receivables in reach, oldest first; `total` over all of them, not only this page."""
    within = in_reach(look.speaker, Clawback.district, Clawback.employer_id, Clawback.payee_id)
    if request.project_id is not None:
        within = within & (Clawback.project_id == request.project_id)
    wanted = select(Clawback).where(within, Clawback.number > after(request.cursor)).order_by(Clawback.number)
    shown, cursor = page(list(look.session.scalars(wanted.limit(request.limit + 1))), request.limit)
    total = Money.sum(look.session.scalars(select(Clawback.amount).where(within)))
    return ClawbackPage(_shapes(look.session, shown), cursor, total)


def _open(
    work: Work,
    claim: Claim,
    line: ClaimLine,
    document: Document,
    cited: Cited,
    paid_by: Mapping[str, Channel],
) -> list[Entry]:
    """Stores one receivable with its parts; the entries that post it."""
    channel = paid_by[line.enrolment_id]
    amounts, decision_id = _recover(work, line, channel, document)
    parts = [(part, amount) for part, amount in zip(channel.parts, amounts, strict=True) if amount]
    clawback = Clawback(
        id=new_id(),
        claim_id=claim.id,
        project_id=claim.project_id,
        programme=claim.programme,
        district=claim.district,
        employer_id=claim.employer_id,
        enrolment_id=line.enrolment_id,
        payee_id=channel.payee_id,
        amount=line.clawback,
        opened_on=work.today,
        rule=cited.rule,
        clause=cited.clause,
        decision_id=decision_id,
    )
    work.session.add(clawback)
    work.session.flush()
    work.session.add_all(
        ClawbackPart(clawback_id=clawback.id, fund_source=part.fund_source, fiscal_year=part.fiscal_year, amount=amount)
        for part, amount in parts
    )
    return [
        Entry(
            kind="clawback",
            bucket=Bucket(claim.programme, claim.district, part.fund_source, part.fiscal_year),
            amount=amount,
            fact_id=clawback.id,
            cited=cited,
            document=claim.document,
            project_id=claim.project_id,
            claim_id=claim.id,
        )
        for part, amount in parts
    ]


def _recover(work: Work, line: ClaimLine, channel: Channel, document: Document) -> tuple[list[Money], str | None]:
    """What goes back to each part of the channel; the decision's id, where a clause of the document decides it.

    A document without such a clause isn't made to cite one (X-15): the amount goes back in proportion all the same.
    """
    if "subsidy.recovery" not in document.decisions:
        return share(line.clawback, [part.amount.fen for part in channel.parts]), None
    paid = tuple(SourceAmount(part.fund_source, part.amount) for part in channel.parts)
    decision = decide("subsidy.recovery", RecoveryFacts(line.clawback, paid), document)
    return [decision.amounts[part.fund_source] for part in channel.parts], work.keep(decision, line.enrolment_id)


def _channels(session: Session, project_id: str) -> dict[str, Channel]:
    """How the advances of a project were paid: each advance claim's funding, divided among its own lines."""
    paid = (Claim.project_id == project_id, Claim.kind == "advance", Claim.state == "paid")
    found: dict[str, Channel] = {}
    for advance in session.scalars(select(Claim).where(*paid).order_by(Claim.number)).all():
        found |= _divided(session, advance)
    return found


def _divided(session: Session, advance: Claim) -> dict[str, Channel]:
    rows = session.execute(
        select(ClaimLine.enrolment_id, ClaimLine.amount)
        .where(ClaimLine.claim_id == advance.id)
        .order_by(ClaimLine.number)
    ).all()
    funding = funding_of(session, [advance.id])[advance.id]
    divided = apportion([amount for _, amount in rows], [part.amount for part in funding])
    return {
        enrolment_id: Channel(
            advance.payee_id,
            tuple(
                FundPart(part.fund_source, part.fiscal_year, amount)
                for part, amount in zip(funding, amounts, strict=True)
            ),
        )
        for (enrolment_id, _), amounts in zip(rows, divided, strict=True)
    }


def _shapes(session: Session, rows: Sequence[Clawback]) -> tuple[ClawbackShape, ...]:
    wanted = select(ClawbackPart).where(ClawbackPart.clawback_id.in_([row.id for row in rows]))
    channels: dict[str, tuple[FundPart, ...]] = {}
    for part in session.scalars(wanted.order_by(ClawbackPart.fund_source, ClawbackPart.fiscal_year)):
        shown = FundPart(part.fund_source, part.fiscal_year, part.amount)
        channels[part.clawback_id] = (*channels.get(part.clawback_id, ()), shown)
    return tuple(
        ClawbackShape(
            clawback_id=row.id,
            project_id=row.project_id,
            claim_id=row.claim_id,
            enrolment_id=row.enrolment_id,
            payee_id=row.payee_id,
            amount=row.amount,
            state="open",
            opened_on=row.opened_on,
            channel=channels[row.id],
            rule=row.rule,
            clause=row.clause,
        )
        for row in rows
    )
