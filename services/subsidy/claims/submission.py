"""An employer's claim: the advance after enrolment, the rest after assessment (APP-20), what came later (INT-33)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.claims.lines import store_lines
from services.subsidy.claims.prior_claims import OPEN, Before
from services.subsidy.claims.queries import claim_shape
from services.subsidy.claims.training_outcomes import Outcomes
from services.subsidy.events import claim_told
from services.subsidy.exclusions.enforcement import excluded
from services.subsidy.models import Claim, Project, ProjectEnrolment
from services.subsidy.projects.blocks import standing
from services.subsidy.projects.locks import take_turn
from services.subsidy.rules.claims import ClaimFacts, PayeeFacts, payee, supplementary_until
from shared.contracts.subsidy.claims import CLAIM_SUBMITTED, ClaimShape, SubmitClaim
from shared.contracts.training.results import OutcomeShape
from shared.errors import Conflict, InvalidRequest, Unavailable
from shared.kernel.work import Work
from shared.money import ZERO
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document
from shared.security.permissions import not_found
from shared.store.types import new_id


def submit(work: Work, request: SubmitClaim, known: Outcomes) -> ClaimShape:
    """Decides the claim and each of its enrolments. Raises PolicyNotMet with all findings, Conflict where none is left.

    An enrolment is in one live claim of a kind, and never in an advance once it is in a final claim. One that was
    earns nothing any more is in none (APP-27, X-1).
    """
    if request.advance_waived and request.kind != "final":
        raise InvalidRequest.of(("advance_waived", "只有申领剩余补贴时才登记放弃首次补贴，请改为 false"))
    if not take_turn(work.session, request.project_id):
        raise not_found()
    project = work.session.get_one(Project, request.project_id)
    document = work.policies.by_identity(project.document)
    _check_told(work.session, project, known)
    before = Before(work.session, project.project_id)
    chosen = _chosen(work, request, document, known, before)
    before.check_settled(request.kind, chosen)
    decision = decide("subsidy.claim", _claim_facts(work, request, project, known, chosen, before), document)
    decision.require("本次申领不符合规定，请按所列各条补正后重新提交")
    if not chosen:
        raise Conflict("该项目的学员均已申领过此项补贴或不符合条件，没有可申领的人员，请核对申领类别")
    return _store(work, request, project, document, decision, chosen, before)


def _check_told(session: Session, project: Project, known: Outcomes) -> None:
    """Both ways of hearing about enrolments agree, or the event is still under way: then the claim waits for it."""
    told = set(
        session.scalars(select(ProjectEnrolment.enrolment_id).where(ProjectEnrolment.project_id == project.project_id))
    )
    if any(one.enrolment_id not in told for one in known.enrolments):
        raise Unavailable("学籍信息尚在同步，未办理；请稍后用同一个 request_id 重新提交")


def _chosen(
    work: Work, request: SubmitClaim, document: Document, known: Outcomes, before: Before
) -> list[OutcomeShape]:
    """Those whom the claim is for. Of late certificates, those that are still in time, or all where none is."""
    barred = excluded(work.session, request.project_id)
    is_open = OPEN[request.kind]
    chosen = [
        one
        for one in known.enrolments
        if not one.annulled and one.enrolment_id not in barred and is_open(before.of(one.enrolment_id), one)
    ]
    if request.kind != "supplementary":
        return chosen

    def is_in_time(one: OutcomeShape) -> bool:
        until = supplementary_until(before.of(one.enrolment_id)["final"].submitted_on, document)
        return until is not None and work.today <= until

    return [one for one in chosen if is_in_time(one)] or chosen


def _claim_facts(
    work: Work,
    request: SubmitClaim,
    project: Project,
    known: Outcomes,
    chosen: Sequence[OutcomeShape],
    before: Before,
) -> ClaimFacts:
    return ClaimFacts(
        on=work.today,
        kind=request.kind,
        enrolments_established=bool(known.enrolments),
        assessed=known.training_completed,
        advance_decided=before.advances_decided(chosen),
        advance_waived=request.advance_waived,
        education_budget=request.management.education_budget,
        fund_rules=request.management.fund_rules,
        separate_account=request.management.separate_account,
        funded_register=request.management.funded_register,
        textbooks_filed=known.textbooks_filed,
        contract_employer=project.employer_id,
        entrusted_employer=project.entrusted_employer_id,
        underpaid=sum(one.months_underpaid > 0 for one in chosen),
        final_claimed_on=before.last_final(chosen),
        blocks=standing(work.session, [project.project_id]).get(project.project_id, ()),
    )


def _store(
    work: Work,
    request: SubmitClaim,
    project: Project,
    document: Document,
    decision: Decision,
    chosen: Sequence[OutcomeShape],
    before: Before,
) -> ClaimShape:
    claim_id = new_id()
    paid_to = payee(PayeeFacts(project.employer_id, project.entrusted_employer_id), document.reading("payee"))
    claim = Claim(
        id=claim_id,
        project_id=project.project_id,
        programme=project.programme,
        document=project.document,
        district=project.district,
        employer_id=project.employer_id,
        payee_id=paid_to,
        kind=request.kind,
        submitted_on=work.today,
        applicant=work.speaker.person,
        persons=0,
        amount=ZERO,
        entitlement=ZERO,
        clawback=ZERO,
        decision_id=work.keep(decision, claim_id),
    )
    work.session.add(claim)
    work.session.flush()
    store_lines(work, claim, project, document, chosen, before)
    if not claim.persons:
        raise Conflict("证书不改变已核定的金额，没有可补充申领的差额，请核对证书")
    work.note(f"claim:{claim_id}")
    work.tell(CLAIM_SUBMITTED, claim_id, claim_told(claim), district=claim.district)
    return claim_shape(work.session, claim)
