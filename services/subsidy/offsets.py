"""What a claim keeps of its own money for what it takes back, where the document reads so (INT-4): explicit entries.

Decided with the approval, posted when the claim is settled: from then on the receivable is recovered by so much, and
the budget bears the amount without its being sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from services.subsidy.clawbacks import Part
from services.subsidy.ledger import cite, entry_of, post
from services.subsidy.models import Claim, Offset
from services.subsidy.rules.funds import keep_back
from services.subsidy.sets import Row, insert_all
from shared.bus.work import Work
from shared.contracts.subsidy import FundPart
from shared.money import Money


def keep_for_receivables(
    work: Work, claim: Claim, parts: Sequence[FundPart], opened: Sequence[Part]
) -> Mapping[str, Money]:
    """Stores what is kept for each opened receivable and sets the claim's `set_off`; the sums by source."""
    years = {part.fund_source: part.fiscal_year for part in parts}
    sending = {part.fund_source: part.amount for part in parts}
    reading = work.policies.by_identity(claim.document).reading("clawback_offset")
    kept = keep_back(sending, [(part.fund_source, part.amount) for part in opened], reading)
    rows: list[Row] = [
        {**part._asdict(), "amount": amount, "claim_id": claim.id, "paying_year": years[part.fund_source]}
        for part, amount in zip(opened, kept, strict=True)
        if amount
    ]
    insert_all(work.session, Offset, rows)
    claim.set_off = Money.sum(kept)
    fen: Counter[str] = Counter()
    for part, amount in zip(opened, kept, strict=True):
        fen[part.fund_source] += amount.fen
    return {source: Money(sum_) for source, sum_ in fen.items()}


def settle_offsets(work: Work, claim: Claim) -> None:
    """Posts what a settled claim kept: borne by its budget, recovered for the receivable's."""
    rows = work.session.scalars(select(Offset).where(Offset.claim_id == claim.id)).all()
    fen: Counter[tuple[str, int]] = Counter()
    for row in rows:
        fen[row.fund_source, row.paying_year] += row.amount.fen
    cited = cite(work.policies.by_identity(claim.document), "subsidy.recovery_channel")
    borne = [entry_of(claim, "offset", *place, Money(sum_), claim.id, cited) for place, sum_ in sorted(fen.items())]
    recovered = [
        entry_of(claim, "recovery", row.fund_source, row.fiscal_year, row.amount, row.clawback_id, cited)
        for row in rows
    ]
    post(work, [*borne, *recovered])
