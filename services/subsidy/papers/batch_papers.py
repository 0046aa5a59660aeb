"""Papers of a batch: for the treasury, with full accounts, maker and checker left to sign; for the bank's answers."""

from __future__ import annotations

from sqlalchemy import select

from services.subsidy.models import Claim
from services.subsidy.papers.written_paper import KIND_WORDS, RegistryAnswers, WrittenPaper, office
from services.subsidy.payments import batches
from shared.errors import Conflict
from shared.forms.layouts import layout
from shared.kernel.work import Work


def payment_batch(work: Work, batch_id: str, known: RegistryAnswers) -> WrittenPaper:
    """Raises Conflict where a payee has no account on file."""
    batch = batches.load_batch(work, batch_id)
    shape = batches.batch_shape(work.session, batch)
    form = layout(batch.programme, "payment_batch")
    ids = [payment.claim_id for payment in shape.payments]
    claims = {claim.id: claim for claim in work.session.scalars(select(Claim).where(Claim.id.in_(ids)))}
    documents = {claim.document: work.policies.by_identity(claim.document) for claim in claims.values()}
    rows = []
    for payment in shape.payments:
        account = known.accounts.get(payment.payee_id)
        if account is None or not account.bank_account:
            raise Conflict("收款单位未登记银行账户，请先在登记系统补录后再制单", organisation_id=payment.payee_id)
        claim = claims[payment.claim_id]
        rows.append(
            form.Payment(
                payee=account.name,
                bank=account.bank_name or "",
                account=account.bank_account,
                amount=payment.amount,
                fund_source=documents[claim.document].label(payment.fund_source),
                fiscal_year=payment.fiscal_year,
                purpose=KIND_WORDS[claim.kind],
                claim_number=claim.id,
                payment_id=payment.payment_id,
            )
        )
    head = form.BatchHead(
        number=batch.id,
        office=office(batch.district),
        basis="、".join(sorted({document.number for document in documents.values()})),
        made_on=batch.prepared_on.isoformat(),
    )
    return WrittenPaper(form.write_payment_batch(head, rows), batch.district, "")


def bank_results(work: Work, batch_id: str, known: RegistryAnswers) -> WrittenPaper:
    """To be filled in by the bank. Raises Conflict where the treasury wasn't told of the batch yet."""
    batch = batches.load_batch(work, batch_id)
    if batch.instructed_on is None:
        raise Conflict("该批次尚未复核，银行还没有结果可填，请先由他人复核", state=batch.state)
    form = layout(batch.programme, "bank_results")
    sent = [
        form.Sent(payment.payment_id, known.payees.get(payment.payee_id, ""), payment.amount)
        for payment in batches.batch_shape(work.session, batch).payments
        if payment.state != "voided"
    ]
    return WrittenPaper(form.write_bank_results(batch.id, office(batch.district), sent), batch.district, "")
