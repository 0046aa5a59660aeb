"""An employer's claim: the advance after enrolment, the rest after assessment (APP-20), what came later (INT-33)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.claims.lines import store_lines
from services.subsidy.claims.prior_claims import CLAIMABLE, PriorClaims
from services.subsidy.claims.queries import claim_shape
from services.subsidy.claims.training_outcomes import TrainingOutcomes
from services.subsidy.demands.open_advances import advanced_elsewhere, is_guarded
from services.subsidy.events import claim_told
from services.subsidy.exclusions.enforcement import excluded
from services.subsidy.models import Claim, Project, ProjectEnrolment
from services.subsidy.projects.blocks import standing_blocks
from services.subsidy.projects.locks import lock_project
from services.subsidy.rules.claims import ClaimFacts, payee, supplementary_until
from shared.contracts.subsidy.claims import CLAIM_SUBMITTED, ClaimShape, SubmitClaim
from shared.contracts.training.results import OutcomeShape
from shared.errors import Conflict, InvalidRequest, Unavailable
from shared.kernel.work import Work
from shared.money import ZERO
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document
from shared.security.permissions import not_found
from shared.store.types import new_id

ADVANCED_ELSEWHERE = (
    "所列人员此前同一职业（工种）的首次补贴尚未结清，不能再次申领（INT-90）；"
    "请先退还已预拨的款项，或办结此前学籍的剩余补贴"
)
OF_PROJECT = ("project_id", "programme", "document", "district", "employer_id")
"""What a claim repeats of its project."""

EARNING = (None, "passed")
"""Results of those for whom something is or may be paid."""


def submit_claim(work: Work, request: SubmitClaim, known: TrainingOutcomes) -> ClaimShape:
    """Decides the claim and each of its enrolments. Raises PolicyNotMet with all findings, Conflict where none is left.

    An enrolment is in one live claim of a kind, and never in an advance once it is in a final claim. One that was
    earns nothing any more is in none (APP-27, X-1).
    """
    if request.advance_waived and request.kind != "final":
        raise InvalidRequest.of(("advance_waived", "只有申领剩余补贴时才登记放弃首次补贴，请改为 false"))
    if not lock_project(work.session, request.project_id):
        raise not_found()
    project = work.session.get_one(Project, request.project_id)
    document = work.policies.by_identity(project.document)
    _check_told(work.session, project, known)
    submission = _Submission(work, request, project, document, known, PriorClaims(work.session, project.project_id))
    chosen = submission.chosen()
    submission.prior.check_settled(request.kind, chosen)
    decision = decide("subsidy.claim", submission.facts(chosen), document)
    decision.require("本次申领不符合规定，请按所列各条补正后重新提交")
    if not chosen and submission.has_advanced_elsewhere():
        raise Conflict(ADVANCED_ELSEWHERE)
    if not chosen:
        raise Conflict("该项目的学员均已申领过此项补贴或不符合条件，没有可申领的人员，请核对申领类别")
    return submission.store(decision, chosen)


def _check_told(session: Session, project: Project, known: TrainingOutcomes) -> None:
    """Both ways of hearing about enrolments agree, or the event is still under way: then the claim waits for it."""
    told = set(
        session.scalars(select(ProjectEnrolment.enrolment_id).where(ProjectEnrolment.project_id == project.project_id))
    )
    if any(one.enrolment_id not in told for one in known.enrolments):
        raise Unavailable("学籍信息尚在同步，未办理；请稍后用同一个 request_id 重新提交")


@dataclass(frozen=True)
class _Submission:
    """A claim that is being made: what is asked, and what is known of its project and people."""

    work: Work
    request: SubmitClaim
    project: Project
    document: Document
    known: TrainingOutcomes
    prior: PriorClaims

    def chosen(self) -> list[OutcomeShape]:
        """Those whom the claim is for. Of late certificates, those that are still in time, or all where none is."""
        barred = excluded(self.work.session, self.project.project_id)
        is_claimable = CLAIMABLE[self.request.kind]
        chosen = [
            one
            for one in self.known.enrolments
            if not one.annulled
            and not self._still_awaited(one)
            and not self._advanced_elsewhere(one)
            and one.enrolment_id not in barred
            and is_claimable(self.prior.of(one.enrolment_id), one)
        ]
        if self.request.kind != "supplementary":
            return chosen
        return [one for one in chosen if self._is_in_time(one)] or chosen

    @cached_property
    def _open_advances(self) -> Mapping[str, Collection[str]]:
        """Nobody's where INT-90 is read otherwise."""
        if not is_guarded(self.document):
            return {}
        persons = {one.person_id for one in self.known.enrolments}
        return advanced_elsewhere(self.work.session, self.project, persons)

    def _advanced_elsewhere(self, one: OutcomeShape) -> bool:
        """Whether the person was advanced for another enrolment of the same training, which isn't settled (INT-90)."""
        return bool(set(self._open_advances.get(one.person_id, ())) - {one.enrolment_id})

    def has_advanced_elsewhere(self) -> bool:
        """Whether that is true of anybody in the project."""
        return any(self._advanced_elsewhere(one) for one in self.known.enrolments)

    def _still_awaited(self, one: OutcomeShape) -> bool:
        """Whoever trains on is claimed for later, and holds up nobody (INT-89)."""
        return self.request.kind == "final" and self._claimed_as_results_come() and one.result is None

    def _claimed_as_results_come(self) -> bool:
        return self.document.reading("balance_claimed") == "as_results_come"

    def _is_assessed(self) -> bool:
        some = self._claimed_as_results_come() and any(one.result is not None for one in self.known.enrolments)
        return some or self.known.training_completed

    def _is_in_time(self, one: OutcomeShape) -> bool:
        until = supplementary_until(self.prior.of(one.enrolment_id)["final"].submitted_on, self.document)
        return until is not None and self.work.today <= until

    def facts(self, chosen: Sequence[OutcomeShape]) -> ClaimFacts:
        """What the rules are told of a claim for these people."""
        project_id = self.project.project_id
        return ClaimFacts(
            on=self.work.today,
            kind=self.request.kind,
            enrolments_established=bool(self.known.enrolments),
            assessed=self._is_assessed(),
            advance_decided=self.prior.advances_decided(chosen),
            advance_waived=self.request.advance_waived,
            **vars(self.request.management),
            textbooks_filed=self.known.textbooks_filed,
            contract_employer=self.project.employer_id,
            entrusted_employer=self.project.entrusted_employer_id,
            underpaid=sum(one.months_underpaid > 0 for one in chosen),
            unrecorded=sum(one.months_unrecorded > 0 for one in chosen if one.result in EARNING),
            departed=sum(one.departed for one in chosen if one.result in EARNING),
            final_claimed_on=self.prior.last_final(chosen),
            blocks=standing_blocks(self.work.session, [project_id]).get(project_id, ()),
        )

    def store(self, decision: Decision, chosen: Sequence[OutcomeShape]) -> ClaimShape:
        """Stores the claim with a line each, and tells it. Raises Conflict where nobody is left in it."""
        work, project = self.work, self.project
        paid_to = payee(project.employer_id, project.entrusted_employer_id, self.document.reading("payee"))
        claim_id = new_id()
        claim = Claim(
            id=claim_id,
            **{name: getattr(project, name) for name in OF_PROJECT},
            payee_id=paid_to,
            kind=self.request.kind,
            submitted_on=work.today,
            applicant=work.speaker.person,
            persons=0,
            amount=ZERO,
            entitlement=ZERO,
            clawback=ZERO,
            decision_id=work.store_decision(decision, claim_id),
        )
        work.add(claim)
        store_lines(work, claim, project, self.document, chosen, self.prior)
        if not claim.persons:
            raise Conflict("证书不改变已核定的金额，没有可补充申领的差额，请核对证书")
        work.note(f"claim:{claim_id}")
        work.tell(CLAIM_SUBMITTED, claim_id, claim_told(claim), district=claim.district)
        return claim_shape(work.session, claim)
