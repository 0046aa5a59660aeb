"""Papers to print and stamp, from stored data: of a claim register, summary and letter, of a batch the payment batch,
of a demand its notice.

Names, numbers and accounts are asked from registry for this one paper, audited there, and kept only in the file.
How a paper looks is the programme's own: `programmes/<programme>/forms/`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from services.subsidy.models import Batch, Claim, ClaimLine, Demand, Payment
from services.subsidy.papers import batch_papers, claim_papers, demand_papers
from services.subsidy.papers.written_paper import RegistryAnswers, WrittenPaper
from shared.batching import slices
from shared.contracts.registry.organisations import (
    LIST_ORGANISATIONS,
    REVEAL_ACCOUNTS,
    ListOrganisations,
    OrganisationShape,
    RevealAccounts,
)
from shared.contracts.registry.people import REVEAL_PEOPLE, RevealPeople
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.subsidy.claims import FINANCE
from shared.contracts.subsidy.papers import FormMade, MakeForm
from shared.forms.printed.documents import DOCX
from shared.forms.spreadsheet.writer import XLSX
from shared.kernel.work import Asks, Work
from shared.security.permissions import check_reach, check_role, check_unmask, may_unmask, not_found
from shared.security.speaker import Purpose, Role

ACCOUNTS_PER_CALL = 500
MEDIA_TYPES = {"docx": DOCX, "xlsx": XLSX}


Writer = Callable[[Work, str, RegistryAnswers], WrittenPaper]


@dataclass(frozen=True)
class PaperKind:
    """What a paper is called, its format, who asks registry for what stands on it, and who writes it.

    `roles`: who alone may have it made; none: whoever may have papers made.
    """

    title: str
    suffix: str
    ask: Callable[[Asks, str], RegistryAnswers]
    write: Writer
    roles: tuple[Role, ...] = ()


def ask(asks: Asks, request: MakeForm) -> RegistryAnswers:
    """Who stands on the paper. Raises NotFound and NotPermitted before anybody's data is asked for."""
    kind = KINDS[request.form]
    if kind.roles:
        check_role(asks.speaker, kind.roles)
    return kind.ask(asks, request.of_id)


def make_form(work: Work, request: MakeForm, answers: RegistryAnswers) -> FormMade:
    """Writes the paper and keeps it as a file of the employer's, or of the district's where it holds accounts."""
    kind = KINDS[request.form]
    paper = kind.write(work, request.of_id, answers)
    row = work.file_away(
        paper.content,
        name=f"{kind.title}-{request.of_id[:8]}.{kind.suffix}",
        media_type=MEDIA_TYPES[kind.suffix],
        district=paper.district,
        organisation=paper.organisation,
        roles=FINANCE if answers.accounts else (),  # an account number is for whoever pays it
    )
    work.note(f"file:{row.id}", purpose=Purpose.PAYMENT.value if answers.accounts else Purpose.DOCUMENTS.value)
    return FormMade(row.file, row.name, row.media_type, row.size)


def _claimant(asks: Asks, claim_id: str) -> RegistryAnswers:
    return RegistryAnswers(employer=_organisation(asks, _claim(asks, claim_id).employer_id))


def _claimant_and_people(asks: Asks, claim_id: str) -> RegistryAnswers:
    """People are masked, unless the speaker may see them for making documents."""
    claim = _claim(asks, claim_id)
    with asks.reading() as session:
        people = set(session.scalars(select(ClaimLine.person_id).where(ClaimLine.claim_id == claim.id)))
    purpose = Purpose.DOCUMENTS if may_unmask(asks.speaker, Purpose.DOCUMENTS) else None
    pages = slices(sorted(people), ROWS_PER_CALL)
    answers = [asks.ask(REVEAL_PEOPLE, RevealPeople(page, purpose)) for page in pages]
    named = {person.person_id: person for answer in answers for person in answer.people}
    return RegistryAnswers(employer=_organisation(asks, claim.employer_id), people=named)


def _claim(asks: Asks, claim_id: str) -> Claim:
    with asks.reading() as session:
        claim = session.scalar(select(Claim).where(Claim.id == claim_id))
    if claim is None:
        raise not_found()
    check_reach(asks.speaker, district=claim.district, organisations=[claim.employer_id, claim.payee_id])
    return claim


def _debtor(asks: Asks, demand_id: str) -> RegistryAnswers:
    """Of whom money is asked back."""
    with asks.reading() as session:
        demand = session.scalar(select(Demand).where(Demand.id == demand_id))
    if demand is None:
        raise not_found()
    check_reach(asks.speaker, district=demand.district, organisations=[demand.employer_id, demand.payee_id])
    return RegistryAnswers(employer=_organisation(asks, demand.payee_id))


def _organisation(asks: Asks, organisation_id: str) -> OrganisationShape | None:
    found = asks.ask(LIST_ORGANISATIONS, ListOrganisations((organisation_id,))).organisations
    return found[0] if found else None


def _accounts(asks: Asks, batch_id: str) -> RegistryAnswers:
    """The payees' accounts: only for payment."""
    check_unmask(asks.speaker, Purpose.PAYMENT)
    pages = slices(_payees_of(asks, batch_id), ACCOUNTS_PER_CALL)
    answers = [asks.ask(REVEAL_ACCOUNTS, RevealAccounts(page, Purpose.PAYMENT)) for page in pages]
    return RegistryAnswers(accounts={one.organisation_id: one for answer in answers for one in answer.accounts})


def _payees(asks: Asks, batch_id: str) -> RegistryAnswers:
    """The payees' names, for the bank to compare; no account."""
    pages = slices(_payees_of(asks, batch_id), ROWS_PER_CALL)
    answers = [asks.ask(LIST_ORGANISATIONS, ListOrganisations(page)) for page in pages]
    return RegistryAnswers(payees={one.organisation_id: one.name for answer in answers for one in answer.organisations})


def _payees_of(asks: Asks, batch_id: str) -> list[str]:
    """Raises NotFound for a batch out of reach, before anything is asked."""
    with asks.reading() as session:
        batch = session.get(Batch, batch_id)
        if batch is None:
            raise not_found()
        check_reach(asks.speaker, district=batch.district)
        return sorted(set(session.scalars(select(Payment.payee_id).where(Payment.batch_id == batch_id))))


KINDS = {
    "subsidy_register": PaperKind("补贴台账", "xlsx", _claimant_and_people, claim_papers.subsidy_register),
    "claim_summary": PaperKind("补贴申领汇总表", "docx", _claimant, claim_papers.claim_summary),
    "decision_letter": PaperKind("决定书", "docx", _claimant, claim_papers.decision_letter),
    "payment_batch": PaperKind("资金拨付清单", "xlsx", _accounts, batch_papers.payment_batch, FINANCE),
    "bank_results": PaperKind("银行拨付结果表", "xlsx", _payees, batch_papers.bank_results, FINANCE),
    "clawback_notice": PaperKind("追回通知书", "docx", _debtor, demand_papers.clawback_notice),
}
"""Every paper, by the name that `make_form` is asked for: a new one is a row here, and a function that writes it."""
