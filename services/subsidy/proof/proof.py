"""The ledger, proven: every account and counter worked out again from what was decided and what happened.

    appropriations, reductions         → appropriated
    decisions behind approved claims   → commitments, and what each claim and line should say
    payments, the bank's lines, returns → paid (payments.py)
    lines that found money due back    → receivables (receivables.py)
    frauds, and what was paid          → receivables
    closings                           → carried, lapsed, frozen (closing.py)

Nothing is compared with the ledger's own sums: a posting that is missing, doubled or forged shows as a difference.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.subsidy.claims.lines import Amounts
from services.subsidy.ledger.books import Bucket
from services.subsidy.lifecycle.claim import APPROVED
from services.subsidy.models import Appropriation, Budget, Claim, ClaimFunding, ClaimLine, Posting, Reduction
from services.subsidy.proof.closing import Reserved, kept_by_year, prove_closings
from services.subsidy.proof.expected_book import BucketAccount, ExpectedBook, Within, amounts_of
from services.subsidy.proof.payments import prove_payments
from services.subsidy.proof.receivables import prove_receivables
from shared.contracts.subsidy.budgets_and_ledger import LedgerProof, ProveLedger
from shared.cooperative import yield_control
from shared.kernel.work import Look
from shared.money import ZERO, Money
from shared.security.speaker import Role
from shared.store.bulk import STREAM
from shared.store.kernel_tables import DecisionRow

SENTENCE_MAX = 200
"""Characters of one difference, as the contract allows."""


def prove_ledger(look: Look, _request: ProveLedger) -> LedgerProof:
    """Recomputes and compares within the speaker's reach; an operator proves everything, and sees no sum."""
    operator = look.speaker.acting_role is Role.OPERATOR
    within = Within(None) if operator else Within(look.speaker)
    book = prove(look.session, within)
    sums = ExpectedBook() if operator else book
    return LedgerProof(
        postings=look.session.scalar(select(func.count()).select_from(Posting).where(within(Posting))) or 0,
        appropriated=-sums.total("appropriations"),
        committed=sums.total("committed"),
        paid=sums.total("paid"),
        receivable=sums.total("receivable"),
        differences=tuple(sentence[:SENTENCE_MAX] for sentence in book.differences),
    )


def prove(session: Session, within: Within) -> ExpectedBook:
    """What every account should hold, with every difference from what ledger, counters, claims and lines say."""
    _at_one_moment(session)
    book = ExpectedBook()
    _appropriations(session, within, book)
    _claims(session, within, book)
    prove_payments(session, within, book)
    prove_receivables(session, within, book)
    prove_closings(session, within, book)
    _compare_ledger(session, within, book)
    _compare_counters(session, within, book)
    return book


def _at_one_moment(session: Session) -> None:
    """From here on this session, which only reads, sees one state of the database, however others go on."""
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _appropriations(session: Session, within: Within, book: ExpectedBook) -> None:
    for row in session.scalars(select(Appropriation).where(within(Appropriation))):
        book.move(Bucket.of(row), "available", "appropriations", row.amount)
    for taken in session.scalars(select(Reduction).where(within(Reduction))):
        book.move(Bucket.of(taken), "appropriations", "available", taken.amount)


def _claims(session: Session, within: Within, book: ExpectedBook) -> None:
    """Each line against its decision, each claim against its lines, each part of it against its decision."""
    due: Counter[str] = Counter()
    for line_id, claim_id, amount, clawback, decided in _decided_lines(session, within):
        book.compare(f"申领明细 {line_id} 金额", amount, decided.amount)
        book.compare(f"申领明细 {line_id} 追回", clawback, decided.clawback)
        due[claim_id] += decided.amount.fen
    borne, years = _borne(session, within)
    kept = kept_by_year(session, within)
    decided_parts = {claim.id: amounts for claim, amounts in _funded(session, within)}
    for claim in session.scalars(select(Claim).where(within(Claim))):
        book.compare(f"申领 {claim.id} 金额", claim.amount, Money(due[claim.id]))
        if claim.decided_on is None or claim.state not in (*APPROVED, "voided"):
            continue
        decided_fen = {source: amount.fen for source, amount in decided_parts.get(claim.id, {}).items()}
        book.compare(f"申领 {claim.id} 安排资金", Money(sum(decided_fen.values())), Money(due[claim.id]))
        found = borne[claim.id]
        for source in sorted({*found, *decided_fen}):
            amounts = Money(found.get(source, 0)), Money(decided_fen.get(source, 0))
            book.compare(f"申领 {claim.id} 资金来源 {source}", *amounts)
        for source in found:
            amount, key = Money(decided_fen.get(source, 0)), (claim.id, source)
            Reserved(claim, source, amount, years[key], kept.get(key, {})).reserve(book)


def _borne(session: Session, within: Within) -> tuple[dict[str, Counter[str]], dict[tuple[str, str], list[int]]]:
    """Fen of each claim by source as it bears them now, and of each the years of its versions, the first one first."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    years: dict[tuple[str, str], list[int]] = defaultdict(list)
    wanted = select(ClaimFunding).join(Claim, Claim.id == ClaimFunding.claim_id).where(within(Claim))
    for row in session.scalars(wanted.order_by(ClaimFunding.version)):
        years[row.claim_id, row.fund_source].append(row.fiscal_year)
        if row.live:
            found[row.claim_id][row.fund_source] += row.bears.fen
    return found, years


def _compare_ledger(session: Session, within: Within, book: ExpectedBook) -> None:
    posted: Counter[BucketAccount] = Counter()
    keys = (Posting.programme, Posting.district, Posting.fund_source, Posting.fiscal_year)
    sums = select(*keys, Posting.debit, Posting.credit, func.sum(Posting.amount)).where(within(Posting))
    sums = sums.group_by(*keys, Posting.debit, Posting.credit)
    for programme, district, source, year, debit, credit, amount in session.execute(sums):
        bucket = Bucket(programme, district, source, year)
        posted[bucket, debit] += amount.fen
        posted[bucket, credit] -= amount.fen
    for bucket, account in sorted({*posted, *book.amounts}):
        expected = Money(book.amounts[bucket, account])
        book.compare(f"账户 {account} {_shown(bucket)}", Money(posted[bucket, account]), expected)


def _compare_counters(session: Session, within: Within, book: ExpectedBook) -> None:
    counted = {Bucket.of(row): row for row in session.scalars(select(Budget).where(within(Budget)))}
    for bucket in sorted({*counted, *(bucket for bucket, _ in book.amounts)}):
        row = counted.get(bucket)
        expected = {
            "appropriated": Money(-book.amounts[bucket, "appropriations"]),
            "committed": Money(book.amounts[bucket, "committed"]),
            "paid": Money(book.amounts[bucket, "paid"]),
        }
        for name, amount in expected.items():
            book.compare(f"计数 {name} {_shown(bucket)}", getattr(row, name) if row else ZERO, amount)


def _decided_lines(session: Session, within: Within) -> Iterator[tuple[str, str, Money, Money, Amounts]]:
    """Line, claim, amount, clawback and what its decision says, slice by slice: there may be very many."""
    wanted = (
        select(ClaimLine.id, ClaimLine.claim_id, ClaimLine.amount, ClaimLine.clawback, DecisionRow.decision)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(DecisionRow, DecisionRow.id == ClaimLine.decision_id)
        .where(within(Claim))
    )
    for some in session.execute(wanted, execution_options=STREAM).partitions():
        for line_id, claim_id, amount, clawback, stored in some:
            yield line_id, claim_id, amount, clawback, Amounts.of(amounts_of(stored))
        yield_control()


def _funded(session: Session, within: Within) -> Iterator[tuple[Claim, Mapping[str, Money]]]:
    """Claims with what the decision on their funding took from each source; nothing where it fell short."""
    wanted = (
        select(Claim, DecisionRow.decision)
        .join(DecisionRow, DecisionRow.id == Claim.funding_decision_id)
        .where(within(Claim))
    )
    for claim, stored in session.execute(wanted):
        amounts = amounts_of(stored)
        if not amounts["missing"]:
            yield claim, {source: amount for source, amount in amounts.items() if source != "missing"}


def _shown(bucket: Bucket) -> str:
    return " ".join(str(part) for part in bucket)
