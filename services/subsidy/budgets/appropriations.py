"""Money made available, bucket by bucket: programme, district, fund source, fiscal year (X-9, INT-75)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from services.subsidy.exclusions.enforcement import enforce_exclusions, waiting_for_money
from services.subsidy.ledger.books import Bucket, budget_of, open_bucket
from services.subsidy.ledger.postings import Entry, cite, post
from services.subsidy.models import Appropriation, Budget, Reduction
from services.subsidy.models.ledger import Kind
from services.subsidy.projects.locks import lock_project
from shared.contracts.subsidy.budgets_and_ledger import Appropriate, BudgetList, BudgetShape, ListBudgets
from shared.contracts.subsidy.closing import ReduceAppropriation
from shared.errors import Conflict, InvalidRequest
from shared.kernel.work import Look, Work
from shared.money import ZERO
from shared.policy.document import Document
from shared.policy.policies import Policies
from shared.security.permissions import check_place
from shared.store.access_filter import filters, in_reach
from shared.store.by_name import shape_of, values_of


def appropriate(work: Work, request: Appropriate) -> BudgetShape:
    """Adds to a bucket's appropriation. Raises InvalidRequest for a source that no document names.

    Claims that are to be voided and waited for this money are voided with it.
    """
    check_place(work.speaker, request.district)
    if request.amount <= ZERO:
        raise InvalidRequest.of(("amount", "追加的金额应大于 0.00 元，请核对"))
    document = _document(work.policies, request, work.today)
    waiting = waiting_for_money(work.session, request.programme, request.district)
    for project_id in waiting:
        lock_project(work.session, project_id)
    bucket = Bucket.of(request)
    open_bucket(work.session, bucket)
    fact_id = _enter(work, request, document)
    for project_id in waiting:
        enforce_exclusions(work, project_id)
    work.note(f"appropriation:{fact_id}")
    return shape_of(BudgetShape, budget_of(work.session, bucket))


def reduce_appropriation(work: Work, request: ReduceAppropriation) -> BudgetShape:
    """Takes back what is neither committed nor paid, as a new entry; Conflict says how much that is."""
    check_place(work.speaker, request.district)
    if request.amount <= ZERO:
        raise InvalidRequest.of(("amount", "核减的金额应大于 0.00 元，请核对"))
    document = _document(work.policies, request, work.today)
    bucket = Bucket.of(request)
    budget = work.session.get(Budget, bucket, populate_existing=True)
    free = budget.available if budget else ZERO
    if budget is None or request.amount > free:
        raise Conflict(f"该项预算未被占用的只有 {free} 元，已核定和已拨付的不能核减，请改填金额", available=str(free))
    work.note(f"reduction:{_enter(work, request, document)}")
    return shape_of(BudgetShape, budget_of(work.session, bucket))


def list_budgets(look: Look, request: ListBudgets) -> BudgetList:
    """The counters of every bucket in reach."""
    given = filters({Budget.programme: request.programme, Budget.fiscal_year: request.fiscal_year})
    order = (Budget.programme, Budget.district, Budget.fiscal_year, Budget.fund_source)
    wanted = select(Budget).where(in_reach(look.speaker, Budget.district), *given).order_by(*order)
    return BudgetList(tuple(shape_of(BudgetShape, row) for row in look.session.scalars(wanted)))


def _enter(work: Work, request: Appropriate | ReduceAppropriation, document: Document) -> str:
    """Stores the paper that changes the appropriation, and posts it; the id of that fact."""
    raises = isinstance(request, Appropriate)
    table = Appropriation if raises else Reduction
    fact = work.add(table(**values_of(table, request, entered_by=work.speaker.person, entered_on=work.today)))
    cited = cite(document, "subsidy.fund_order")
    kind: Kind = "appropriation" if raises else "reduction"
    post(work, [Entry(kind, Bucket.of(request), request.amount, fact.id, cited, document.identity)])
    return fact.id


def _document(policies: Policies, request: Appropriate | ReduceAppropriation, today: date) -> Document:
    """The newest document in whose name the source stands: cases of an earlier one may still be to pay.

    Raises NoPolicyInForce where the programme has none at this place.
    """
    begun = policies.begun(request.programme, request.district, today)
    if not begun:
        return policies.governing(request.programme, request.district, today)
    for document in begun:
        if not document.fund_sources or request.fund_source in document.fund_sources:
            return document
    known = "、".join(sorted({source for document in begun for source in document.fund_sources}))
    raise InvalidRequest.of(("fund_source", f"政策文件没有这一资金来源，应为以下之一：{known}"))
