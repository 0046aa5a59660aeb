"""The notice that asks for money back, on paper: as the newest one told it, with what stands now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from sqlalchemy import case, select

from services.subsidy.collection.shapes import demand_shape, load_demand
from services.subsidy.demands.events import newest_notice
from services.subsidy.models import Claim, ClaimLine, Clawback, Demand, EndedEnrolment, Payment
from services.subsidy.papers.written_paper import KIND_WORDS, RegistryAnswers, WrittenPaper, office, result_words
from shared.contracts.subsidy.receivables import DemandShape
from shared.errors import Conflict
from shared.forms.layouts import layout
from shared.kernel.work import Work
from shared.money import Money
from shared.policy.decisions import Decision
from shared.policy.document import Document
from shared.store.bulk import STREAM
from shared.store.kernel_tables import DecisionRow

REASONS: Mapping[str, str] = {
    "result": "经考核，下列人员核定的补贴少于已预拨的金额",
    "outcome": "下列人员未完成培训或考核不合格，已预拨的补贴应予退还",
    "fraud": "经查实骗取、套取补贴",
    "check": "经核实不应享受补贴",
}


def clawback_notice(work: Work, demand_id: str, known: RegistryAnswers) -> WrittenPaper:
    """Raises Conflict for a demand that nobody was told of yet."""
    demand = load_demand(work, demand_id)
    notice = newest_notice(work.session, demand.id)
    if notice is None:
        raise Conflict("该笔追回尚未发出通知，不能打印，请先由财务发出追回通知", demand_id=demand.id)
    document = work.policies.by_identity(demand.document)
    shape = demand_shape(work, demand)
    form = layout(demand.programme, "clawback_notice")
    payee = known.employer
    paper = form.ClawbackNotice(
        number=demand.id,
        payee=payee.name if payee else demand.payee_id,
        payee_code=payee.uscc if payee else "",
        project=demand.project_id,
        grounds=_grounds(demand, document),
        reason=REASONS[demand.cause],
        amount=demand.amount,
        ended=_ended(shape),
        outstanding=shape.outstanding,
        as_of=work.today.isoformat(),
        paid=_paid(work, form, demand, document),
        shares=[
            form.Share(document.label(part.fund_source), part.fiscal_year, part.amount, part.outstanding)
            for part in shape.parts
        ],
        groups=_groups(work, form, demand),
        pay_to=notice.pay_to,
        due_on=notice.due_on.isoformat(),
        words=notice.words,
        office=office(demand.district),
        issued_on=notice.noticed_on.isoformat(),
    )
    return WrittenPaper(form.write_clawback_notice(paper), demand.district, demand.payee_id)


def _ended(shape: DemandShape) -> list[tuple[str, Money]]:
    """In the order of the answer's fields, so that the letter adds up."""
    ways = (
        ("已退还", shape.repaid),
        ("已从补贴中抵扣", shape.offset),
        ("已核销", shape.written_off),
        ("已撤销", shape.withdrawn),
    )
    return [(words, amount) for words, amount in ways if amount]


def _grounds(demand: Demand, document: Document) -> str:
    """A clause is cited only where there is one (X-15)."""
    cited = f"《{document.title}》（{document.number}）{demand.clause}" if demand.clause else ""
    return "；".join(words for words in (cited, demand.basis) if words)


def _paid(work: Work, form: ModuleType, demand: Demand, document: Document) -> list[Any]:
    """The payments by which the people concerned were paid, with everybody else in them."""
    concerned = (
        select(ClaimLine.claim_id)
        .join(Clawback, Clawback.enrolment_id == ClaimLine.enrolment_id)
        .where(Clawback.demand_id == demand.id)
    )
    wanted = (
        select(Claim.kind, Payment.paid_on, Payment.fund_source, Payment.fiscal_year, Payment.amount)
        .join(Claim, Claim.id == Payment.claim_id)
        .where(Payment.state == "paid", Claim.project_id == demand.project_id, Claim.id.in_(concerned))
        .order_by(Payment.paid_on, Payment.fund_source)
    )
    return [
        form.Paid(KIND_WORDS[kind], str(paid_on), document.label(source), year, amount)
        for kind, paid_on, source, year, amount in work.session.execute(wanted)
    ]


def _groups(work: Work, form: ModuleType, demand: Demand) -> list[Any]:
    """People alike in one line each; of results the words of their decisions."""
    wanted = select(Clawback.amount, DecisionRow.decision).where(Clawback.demand_id == demand.id)
    decided = (ClaimLine.claim_id == Clawback.claim_id) & (ClaimLine.enrolment_id == Clawback.enrolment_id)
    ended = EndedEnrolment.enrolment_id == Clawback.enrolment_id
    decision = case((Clawback.cause == "outcome", EndedEnrolment.decision_id), else_=ClaimLine.decision_id)
    wanted = wanted.join(ClaimLine, decided).outerjoin(EndedEnrolment, ended)
    wanted = wanted.join(DecisionRow, DecisionRow.id == decision)
    alike: Counter[tuple[str, Money]] = Counter()
    for amount, stored in work.session.execute(wanted.order_by(Clawback.number), execution_options=STREAM):
        by_result = demand.cause in ("result", "outcome")
        words = result_words(Decision.from_json(stored)) if by_result else REASONS[demand.cause]
        alike[words, amount] += 1
    return [form.Group(reason, persons, each) for (reason, each), persons in sorted(alike.items())]
