"""The ledger, read and proven: every account and counter worked out again from what was decided and what happened.

    appropriations                     → appropriated
    decisions behind approved claims   → commitments, and what each claim and line should say
    payments                           → paid
    decisions behind clawbacks         → receivables

Nothing is compared with the ledger's own sums: a posting that is missing, doubled or forged shows as a difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from services.subsidy.ledger import Bucket
from services.subsidy.models import (
    Appropriation,
    Budget,
    Claim,
    ClaimFunding,
    ClaimLine,
    Clawback,
    ClawbackPart,
    Payment,
    Posting,
)
from services.subsidy.moves import APPROVED
from shared.bus.work import Look
from shared.contracts.subsidy import LedgerPage, LedgerProof, PostingShape, ProveLedger, ReadLedger
from shared.money import ZERO, Money
from shared.policy.decisions import Decision
from shared.security.speaker import Role, Speaker
from shared.store.kernel_tables import DecisionRow
from shared.store.reach import in_reach

STREAM = 500
"""Rows held in memory at once while all decisions are read."""

SENTENCE_MAX = 200
"""Characters of one difference, as the contract allows."""

Account = tuple[Bucket, str]


@dataclass
class Book:
    """Amounts in fen by bucket and account, and the sentences about what doesn't fit."""

    amounts: Counter[Account] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    fen_off: int = 0

    def move(self, bucket: Bucket, debit: str, credit: str, amount: Money) -> None:
        self.amounts[bucket, debit] += amount.fen
        self.amounts[bucket, credit] -= amount.fen

    def total(self, account: str) -> Money:
        return Money(sum(fen for (_, name), fen in self.amounts.items() if name == account))

    def compare(self, what: str, found: Money, expected: Money) -> None:
        """Notes a difference. `what`: Chinese, ids and codes only."""
        if found != expected:
            self.fen_off += abs(found.fen - expected.fen)
            self.differences.append(f"{what}：现为 {found}，应为 {expected}")


def read_ledger(look: Look, request: ReadLedger) -> LedgerPage:
    """Postings in reach, oldest first."""
    wanted = select(Posting).where(in_reach(look.speaker, Posting.district), Posting.number > request.cursor)
    if request.programme is not None:
        wanted = wanted.where(Posting.programme == request.programme)
    if request.project_id is not None:
        wanted = wanted.where(Posting.project_id == request.project_id)
    if request.fiscal_year is not None:
        wanted = wanted.where(Posting.fiscal_year == request.fiscal_year)
    rows = look.session.scalars(wanted.order_by(Posting.number).limit(request.limit + 1)).all()
    shown = rows[: request.limit]
    return LedgerPage(tuple(_shape(row) for row in shown), shown[-1].number if len(rows) > request.limit else None)


def prove_ledger(look: Look, _request: ProveLedger) -> LedgerProof:
    """Recomputes and compares within the speaker's reach; an operator proves everything, and sees no sum."""
    operator = look.speaker.acting_role is Role.OPERATOR
    within = Within(None) if operator else Within(look.speaker)
    book = prove(look.session, within)
    sums = Book() if operator else book
    return LedgerProof(
        postings=look.session.scalar(select(func.count()).select_from(Posting).where(within(Posting))) or 0,
        appropriated=-sums.total("appropriations"),
        committed=sums.total("committed"),
        paid=sums.total("paid"),
        receivable=sums.total("receivable"),
        differences=tuple(sentence[:SENTENCE_MAX] for sentence in book.differences),
    )


@dataclass(frozen=True)
class Within:
    """Narrows a table with a district to the reach of a speaker; None: everything."""

    speaker: Speaker | None

    def __call__(self, table: type[Appropriation | Budget | Claim | Clawback | Posting]) -> ColumnElement[bool]:
        return true() if self.speaker is None else in_reach(self.speaker, table.district)


def prove(session: Session, within: Within) -> Book:
    """What every account should hold, with every difference from what ledger, counters, claims and lines say."""
    _at_one_moment(session)
    book = Book()
    _appropriations(session, within, book)
    _claims(session, within, book)
    _payments(session, within, book)
    _clawbacks(session, within, book)
    _compare_ledger(session, within, book)
    _compare_counters(session, within, book)
    return book


def _at_one_moment(session: Session) -> None:
    """From here on this session, which only reads, sees one state of the database, however others go on."""
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _appropriations(session: Session, within: Within, book: Book) -> None:
    for row in session.scalars(select(Appropriation).where(within(Appropriation))):
        book.move(_bucket(row), "available", "appropriations", row.amount)


def _claims(session: Session, within: Within, book: Book) -> None:
    """Each line against its decision, each claim against its lines, each funding against its decision."""
    due: Counter[str] = Counter()
    for line, decision in _decided_lines(session, within):
        amount, clawback = line_amounts(decision)
        book.compare(f"申领明细 {line.id} 金额", line.amount, amount)
        book.compare(f"申领明细 {line.id} 追回", line.clawback, clawback)
        due[line.claim_id] += amount.fen
    for claim in session.scalars(select(Claim).where(within(Claim))):
        book.compare(f"申领 {claim.id} 金额", claim.amount, Money(due[claim.id]))
    funded: Counter[str] = Counter()
    for claim, part, decision in _funded(session, within):
        expected = decision.amounts.get(part.fund_source, ZERO)
        book.compare(f"申领 {claim.id} 资金来源 {part.fund_source}", part.amount, expected)
        bucket = Bucket(claim.programme, claim.district, part.fund_source, part.fiscal_year)
        book.move(bucket, "committed", "available", expected)
        funded[claim.id] += expected.fen
    for claim in session.scalars(select(Claim).where(within(Claim), Claim.state.in_(APPROVED))):
        book.compare(f"申领 {claim.id} 安排资金", Money(funded[claim.id]), Money(due[claim.id]))


def line_amounts(decision: Decision) -> tuple[Money, Money]:
    """What a line's decision pays and takes back: an advance, or a balance or a clawback."""
    amounts = decision.amounts
    if "balance" in amounts:
        return amounts["balance"], amounts["clawback"]
    return amounts["advance"], ZERO


def _payments(session: Session, within: Within, book: Book) -> None:
    wanted = select(Payment, Claim).join(Claim, Claim.id == Payment.claim_id)
    for payment, claim in session.execute(wanted.where(within(Claim), Payment.state == "paid")):
        bucket = Bucket(claim.programme, claim.district, payment.fund_source, payment.fiscal_year)
        book.move(bucket, "paid", "committed", payment.amount)


def _clawbacks(session: Session, within: Within, book: Book) -> None:
    """Each receivable against the line's decision that opened it, each part against the channel's decision."""
    opened: Counter[str] = Counter()
    wanted = (
        select(Clawback, ClawbackPart, DecisionRow.decision)
        .join(ClawbackPart, ClawbackPart.clawback_id == Clawback.id)
        .outerjoin(DecisionRow, DecisionRow.id == Clawback.decision_id)
    )
    for clawback, part, stored in session.execute(wanted.where(within(Clawback))):
        expected = Decision.from_json(stored).amounts.get(part.fund_source, ZERO) if stored else part.amount
        book.compare(f"追回 {clawback.id} 渠道 {part.fund_source}", part.amount, expected)
        bucket = Bucket(clawback.programme, clawback.district, part.fund_source, part.fiscal_year)
        book.move(bucket, "receivable", "recoveries", expected)
        opened[clawback.enrolment_id] += expected.fen
    owing = (ClaimLine.kind == "final", Claim.state.in_(APPROVED), within(Claim))
    for line, decision in _decided_lines(session, within, *owing):
        _, clawback = line_amounts(decision)
        book.compare(f"追回 {line.enrolment_id}", Money(opened.pop(line.enrolment_id, 0)), clawback)
    for enrolment_id, fen in opened.items():
        book.compare(f"追回 {enrolment_id}", Money(fen), ZERO)


def _compare_ledger(session: Session, within: Within, book: Book) -> None:
    posted: Counter[Account] = Counter()
    keys = (Posting.programme, Posting.district, Posting.fund_source, Posting.fiscal_year)
    sums = select(*keys, Posting.debit, Posting.credit, func.sum(Posting.amount)).where(within(Posting))
    sums = sums.group_by(*keys, Posting.debit, Posting.credit)
    for programme, district, fund_source, fiscal_year, debit, credit, amount in session.execute(sums):
        bucket = Bucket(programme, district, fund_source, fiscal_year)
        posted[bucket, debit] += amount.fen
        posted[bucket, credit] -= amount.fen
    for bucket, account in sorted({*posted, *book.amounts}):
        expected = Money(book.amounts[bucket, account])
        book.compare(f"账户 {account} {_shown(bucket)}", Money(posted[bucket, account]), expected)


def _compare_counters(session: Session, within: Within, book: Book) -> None:
    counted = {_bucket(row): row for row in session.scalars(select(Budget).where(within(Budget)))}
    for bucket in sorted({*counted, *(bucket for bucket, _ in book.amounts)}):
        row = counted.get(bucket)
        expected = {
            "appropriated": Money(-book.amounts[bucket, "appropriations"]),
            "committed": Money(book.amounts[bucket, "committed"]),
            "paid": Money(book.amounts[bucket, "paid"]),
        }
        for name, amount in expected.items():
            book.compare(f"计数 {name} {_shown(bucket)}", getattr(row, name) if row else ZERO, amount)


def _decided_lines(
    session: Session, within: Within, *conditions: ColumnElement[bool]
) -> Iterator[tuple[ClaimLine, Decision]]:
    wanted = (
        select(ClaimLine, DecisionRow.decision)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .join(DecisionRow, DecisionRow.id == ClaimLine.decision_id)
        .where(within(Claim), *conditions)
        .execution_options(yield_per=STREAM)
    )
    for line, stored in session.execute(wanted):
        yield line, Decision.from_json(stored)


def _funded(session: Session, within: Within) -> Iterator[tuple[Claim, ClaimFunding, Decision]]:
    wanted = (
        select(Claim, ClaimFunding, DecisionRow.decision)
        .join(ClaimFunding, ClaimFunding.claim_id == Claim.id)
        .join(DecisionRow, DecisionRow.id == Claim.funding_decision_id)
        .where(within(Claim))
    )
    for claim, part, stored in session.execute(wanted):
        yield claim, part, Decision.from_json(stored)


def _bucket(row: Appropriation | Budget) -> Bucket:
    return Bucket(row.programme, row.district, row.fund_source, row.fiscal_year)


def _shown(bucket: Bucket) -> str:
    return " ".join(str(part) for part in bucket)


def _shape(row: Posting) -> PostingShape:
    return PostingShape(
        number=row.number,
        on=row.posted_on,
        kind=row.kind,
        debit=row.debit,
        credit=row.credit,
        amount=row.amount,
        programme=row.programme,
        district=row.district,
        fund_source=row.fund_source,
        fiscal_year=row.fiscal_year,
        project_id=row.project_id,
        claim_id=row.claim_id,
        rule=row.rule,
        clause=row.clause,
        document=row.document,
    )
