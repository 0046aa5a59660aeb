"""Papers to print and stamp, from stored data: of a claim register, summary and letter, of a batch the payment batch,
of a demand its notice.

Names, numbers and accounts are asked from registry for this one paper, audited there, and kept only in the file.
How a paper looks is the programme's own: `shared/forms/<programme>/`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from services.subsidy.models import Batch, Claim, ClaimLine, Demand, Payment
from services.subsidy.papers import batch_papers, claim_papers, demand_papers
from services.subsidy.papers.claim_papers import RegistryAnswers
from shared.batching import slices
from shared.contracts.registry.parties import (
    LIST_ORGANISATIONS,
    REVEAL_ACCOUNTS,
    REVEAL_PEOPLE,
    AccountShape,
    ListOrganisations,
    OrganisationShape,
    PersonShape,
    RevealAccounts,
    RevealPeople,
)
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.subsidy.claims import FINANCE
from shared.contracts.subsidy.papers import FormMade, MakeForm
from shared.forms.layouts import layout
from shared.forms.printed.documents import DOCX
from shared.forms.spreadsheet.writer import XLSX
from shared.kernel.work import Asks, Work
from shared.security.permissions import check_reach, check_role, check_unmask, may_unmask, not_found
from shared.security.speaker import Purpose

ACCOUNTS_PER_CALL = 500


@dataclass(frozen=True)
class PaperKind:
    """What a paper is called, and in which format it is written."""

    title: str
    suffix: str
    media_type: str


KINDS = {
    "subsidy_register": PaperKind("补贴台账", "xlsx", XLSX),
    "claim_summary": PaperKind("补贴申领汇总表", "docx", DOCX),
    "decision_letter": PaperKind("决定书", "docx", DOCX),
    "payment_batch": PaperKind("资金拨付清单", "xlsx", XLSX),
    "bank_results": PaperKind("银行拨付结果表", "xlsx", XLSX),
    "clawback_notice": PaperKind("追回通知书", "docx", DOCX),
}


def ask(asks: Asks, request: MakeForm) -> RegistryAnswers:
    """Who stands on the paper. Raises NotFound and NotPermitted before anybody's data is asked for."""
    if request.form == "payment_batch":
        return RegistryAnswers(accounts=_accounts(asks, request.of_id))
    if request.form == "bank_results":
        return RegistryAnswers(payees=_payees(asks, request.of_id))
    if request.form == "clawback_notice":
        return RegistryAnswers(employer=_payee(asks, request.of_id))
    with asks.reading() as session:
        claim = session.scalar(select(Claim).where(Claim.id == request.of_id))
        if claim is None:
            raise not_found()
        check_reach(asks.speaker, district=claim.district, organisations=[claim.employer_id, claim.payee_id])
        people = session.scalars(select(ClaimLine.person_id).where(ClaimLine.claim_id == claim.id)).all()
    employers = asks.ask(LIST_ORGANISATIONS, ListOrganisations((claim.employer_id,))).organisations
    named = _people(asks, sorted(set(people))) if request.form == "subsidy_register" else {}
    return RegistryAnswers(employer=employers[0] if employers else None, people=named)


def make_form(work: Work, request: MakeForm, known: RegistryAnswers) -> FormMade:
    """Writes the paper and keeps it as a file of the employer's, or of the district's where it holds accounts."""
    kind = KINDS[request.form]
    if request.form == "payment_batch":
        check_role(work.speaker, FINANCE)
        made = batch_papers.payment_batch(work, request.of_id, known, layout)
    elif request.form == "bank_results":
        check_role(work.speaker, FINANCE)
        made = batch_papers.bank_results(work, request.of_id, known, layout)
    elif request.form == "clawback_notice":
        made = demand_papers.clawback_notice(work, request.of_id, known, layout)
    else:
        made = claim_papers.WRITERS[request.form](work, request.of_id, known, layout)
    name = f"{kind.title}-{request.of_id[:8]}.{kind.suffix}"
    row = work.file_away(
        made.content,
        name=name,
        media_type=kind.media_type,
        district=made.district,
        organisation=made.organisation,
        roles=FINANCE if known.accounts else (),  # an account number is for whoever pays it
    )
    work.note(f"file:{row.id}", purpose=Purpose.PAYMENT.value if known.accounts else Purpose.DOCUMENTS.value)
    return FormMade(row.file, row.name, row.media_type, row.size)


def _payee(asks: Asks, demand_id: str) -> OrganisationShape | None:
    """Of whom money is asked back."""
    with asks.reading() as session:
        demand = session.scalar(select(Demand).where(Demand.id == demand_id))
        if demand is None:
            raise not_found()
        check_reach(asks.speaker, district=demand.district, organisations=[demand.employer_id, demand.payee_id])
    found = asks.ask(LIST_ORGANISATIONS, ListOrganisations((demand.payee_id,))).organisations
    return found[0] if found else None


def _people(asks: Asks, ids: list[str]) -> dict[str, PersonShape]:
    """Masked, unless the speaker may see them for making documents."""
    purpose = Purpose.DOCUMENTS if may_unmask(asks.speaker, Purpose.DOCUMENTS) else None
    answers = [asks.ask(REVEAL_PEOPLE, RevealPeople(page, purpose)) for page in slices(ids, ROWS_PER_CALL)]
    return {person.person_id: person for answer in answers for person in answer.people}


def _accounts(asks: Asks, batch_id: str) -> dict[str, AccountShape]:
    """The payees' accounts: only for finance officers of the district, and only for payment."""
    check_role(asks.speaker, FINANCE)
    check_unmask(asks.speaker, Purpose.PAYMENT)
    payees = _payees_of(asks, batch_id)
    pages = slices(payees, ACCOUNTS_PER_CALL)
    answers = [asks.ask(REVEAL_ACCOUNTS, RevealAccounts(page, Purpose.PAYMENT)) for page in pages]
    return {account.organisation_id: account for answer in answers for account in answer.accounts}


def _payees(asks: Asks, batch_id: str) -> dict[str, str]:
    """The payees' names, for the bank to compare; no account."""
    check_role(asks.speaker, FINANCE)
    pages = slices(_payees_of(asks, batch_id), ROWS_PER_CALL)
    answers = [asks.ask(LIST_ORGANISATIONS, ListOrganisations(page)) for page in pages]
    return {one.organisation_id: one.name for answer in answers for one in answer.organisations}


def _payees_of(asks: Asks, batch_id: str) -> list[str]:
    """Raises NotFound for a batch out of reach, before anything is asked."""
    with asks.reading() as session:
        batch = session.get(Batch, batch_id)
        if batch is None:
            raise not_found()
        check_reach(asks.speaker, district=batch.district)
        return sorted(set(session.scalars(select(Payment.payee_id).where(Payment.batch_id == batch_id))))
