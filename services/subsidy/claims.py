"""An employer's claim: the advance after enrolment, the rest after assessment (APP-20); a decision per enrolment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.subsidy.models import Claim, ClaimLine, Project, ProjectEnrolment
from services.subsidy.moves import APPROVED, SETTLED
from services.subsidy.reading import claim_shape
from services.subsidy.rules.claims import ClaimFacts, PayeeFacts, payee
from services.subsidy.rules.facts import Certificate, OutcomeFacts, TrainingFacts
from services.subsidy.telling import claim_told
from shared.bus.work import Asks, Work
from shared.contracts.subsidy import CLAIM_SUBMITTED, ClaimShape, SubmitClaim
from shared.contracts.training import ASK_OUTCOMES, AskOutcomes, OutcomePage, OutcomeShape
from shared.errors import Conflict, InvalidRequest, Unavailable
from shared.money import ZERO, Money
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document
from shared.security.permissions import check_reach, not_found
from shared.store.database import changed
from shared.store.types import new_id


@dataclass(frozen=True)
class Outcomes:
    """All that training says about a project: every enrolment with its outcome, in the order of their ids."""

    training_completed: bool
    textbooks_filed: bool
    enrolments: tuple[OutcomeShape, ...]


@dataclass(frozen=True)
class Earlier:
    """A live line of an enrolment, in a claim of that state."""

    kind: str
    state: str
    amount: Money


def ask(asks: Asks, request: SubmitClaim) -> Outcomes:
    """Every page of the project's outcomes. Raises NotFound before anything is asked about another's project."""
    with asks.reading() as session:
        project = session.get(Project, request.project_id)
    if project is None:
        raise not_found()
    check_reach(asks.speaker, district=project.district, organisations=[project.employer_id])
    pages: list[OutcomePage] = []
    cursor: str | None = None
    while not pages or cursor is not None:
        pages.append(asks.ask(ASK_OUTCOMES, AskOutcomes(request.project_id, cursor)))
        cursor = pages[-1].cursor
    enrolments = {one.enrolment_id: one for page in pages for one in page.enrolments}
    return Outcomes(
        all(page.training_completed for page in pages),
        all(page.textbooks_filed for page in pages),
        tuple(enrolments[key] for key in sorted(enrolments)),
    )


def submit(work: Work, request: SubmitClaim, known: Outcomes) -> ClaimShape:
    """Decides the claim and each of its enrolments. Raises PolicyNotMet with all findings, Conflict where none is left.

    An enrolment is in one live claim of a kind, and never in an advance once it is in a final claim.
    """
    if request.advance_waived and request.kind == "advance":
        raise InvalidRequest.of(("advance_waived", "只有申领剩余补贴时才登记放弃首次补贴，请改为 false"))
    project = _take_turn(work.session, request.project_id)
    document = work.policies.by_identity(project.document)
    _check_told(work.session, project, known)
    earlier = _earlier(work.session, project)
    chosen = [one for one in known.enrolments if _is_open(request.kind, earlier.get(one.enrolment_id, {}))]
    _check_settled(request, chosen, earlier)
    decision = decide("subsidy.claim", _claim_facts(work, request, known, chosen, earlier), document)
    decision.require("本次申领不符合规定，请按 findings 逐项补正后重新提交")
    if not chosen:
        raise Conflict("该项目的学员均已申领过此项补贴，没有可申领的人员，请核对申领类别")
    return _store(work, request, project, document, decision, chosen, earlier)


def _take_turn(session: Session, project_id: str) -> Project:
    """The project, while no other claim of it is being made: its row is held until this transaction ends."""
    turn = update(Project).where(Project.project_id == project_id).values(turns=Project.turns + 1)
    if changed(session, turn) != 1:
        raise not_found()
    return session.get_one(Project, project_id)


def _check_told(session: Session, project: Project, known: Outcomes) -> None:
    """Both ways of hearing about enrolments agree, or the event is still under way: then the claim waits for it."""
    told = set(
        session.scalars(select(ProjectEnrolment.enrolment_id).where(ProjectEnrolment.project_id == project.project_id))
    )
    if any(one.enrolment_id not in told for one in known.enrolments):
        raise Unavailable("学籍信息尚在同步，未办理；请稍后用同一个 request_id 重新提交")


def _earlier(session: Session, project: Project) -> dict[str, dict[str, Earlier]]:
    """The live lines of the project: enrolment → kind → line."""
    rows = session.execute(
        select(ClaimLine.enrolment_id, ClaimLine.kind, Claim.state, ClaimLine.amount)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .where(ClaimLine.project_id == project.project_id, ClaimLine.live)
    )
    found: dict[str, dict[str, Earlier]] = {}
    for enrolment_id, kind, state, amount in rows:
        found.setdefault(enrolment_id, {})[kind] = Earlier(kind, state, amount)
    return found


def _is_open(kind: str, earlier: dict[str, Earlier]) -> bool:
    """An advance needs that nothing was claimed; a final claim that no final one was."""
    return not earlier if kind == "advance" else "final" not in earlier


def _check_settled(
    request: SubmitClaim, chosen: Sequence[OutcomeShape], earlier: dict[str, dict[str, Earlier]]
) -> None:
    """What was paid is known only once the advance is settled; a final claim before that could pay twice."""
    advances = [earlier.get(one.enrolment_id, {}).get("advance") for one in chosen]
    if request.kind == "final" and any(line is not None and line.state not in SETTLED for line in advances):
        raise Conflict("首次补贴尚在审核或拨付中，请待其拨付完成后再申领剩余补贴")


def _claim_facts(
    work: Work,
    request: SubmitClaim,
    known: Outcomes,
    chosen: Sequence[OutcomeShape],
    earlier: dict[str, dict[str, Earlier]],
) -> ClaimFacts:
    advances = [earlier.get(one.enrolment_id, {}).get("advance") for one in chosen]
    return ClaimFacts(
        on=work.today,
        kind=request.kind,
        enrolments_established=bool(known.enrolments),
        assessed=known.training_completed,
        advance_decided=all(line is not None and line.state in APPROVED for line in advances),
        advance_waived=request.advance_waived,
        education_budget=request.management.education_budget,
        fund_rules=request.management.fund_rules,
        separate_account=request.management.separate_account,
        funded_register=request.management.funded_register,
        textbooks_filed=known.textbooks_filed,
    )


def _store(
    work: Work,
    request: SubmitClaim,
    project: Project,
    document: Document,
    decision: Decision,
    chosen: Sequence[OutcomeShape],
    earlier: dict[str, dict[str, Earlier]],
) -> ClaimShape:
    claim_id = new_id()
    lines = [_line(work, request.kind, project, document, one, earlier) for one in chosen]
    claim = Claim(
        id=claim_id,
        project_id=project.project_id,
        programme=project.programme,
        document=project.document,
        district=project.district,
        employer_id=project.employer_id,
        payee_id=payee(PayeeFacts(project.employer_id, project.entrusted_employer_id), document.reading("payee")),
        kind=request.kind,
        submitted_on=work.today,
        applicant=work.speaker.person,
        persons=len(lines),
        amount=Money.sum(line.amount for line in lines),
        entitlement=Money.sum(line.entitlement for line in lines),
        clawback=Money.sum(line.clawback for line in lines),
        decision_id=work.keep(decision, claim_id),
    )
    work.session.add(claim)
    work.session.flush()
    for number, line in enumerate(lines, start=1):
        line.claim_id, line.number = claim_id, number
    work.session.add_all(lines)
    work.session.flush()
    work.note(f"claim:{claim_id}")
    work.tell(CLAIM_SUBMITTED, claim_id, claim_told(claim), district=claim.district)
    return claim_shape(work.session, claim)


def _line(
    work: Work,
    kind: str,
    project: Project,
    document: Document,
    outcome: OutcomeShape,
    earlier: dict[str, dict[str, Earlier]],
) -> ClaimLine:
    """One enrolment, decided: what its advance is, or what it is entitled to and what remains of it."""
    training = TrainingFacts(
        on=project.submitted_on,
        occupation=project.occupation,
        occupation_class=project.occupation_class,
        appraisable=outcome.appraisable,
        level=project.level,
        term_years=project.term_years,
    )
    if kind == "advance":
        decision = decide("subsidy.advance", training, document)
        amount, entitlement, clawback = decision.amounts["advance"], ZERO, ZERO
    else:
        advance = earlier.get(outcome.enrolment_id, {}).get("advance")
        facts = _outcome_facts(work, training, outcome, advance.amount if advance else ZERO)
        decision = decide("subsidy.entitlement", facts, document)
        amounts = decision.amounts
        amount, entitlement, clawback = amounts["balance"], amounts["entitlement"], amounts["clawback"]
    return ClaimLine(
        id=new_id(),
        kind=kind,
        project_id=project.project_id,
        enrolment_id=outcome.enrolment_id,
        person_id=outcome.person_id,
        amount=amount,
        entitlement=entitlement,
        clawback=clawback,
        decision_id=work.keep(decision, outcome.enrolment_id),
    )


def _outcome_facts(work: Work, training: TrainingFacts, outcome: OutcomeShape, advance_paid: Money) -> OutcomeFacts:
    if outcome.result is None:
        raise Conflict("仍有学员没有考核结果，请待全部考核结束后再申领剩余补贴", enrolment_id=outcome.enrolment_id)
    shown = outcome.certificate
    certificate = (
        Certificate(
            kind=shown.kind,
            occupation=shown.occupation,
            level=shown.level,
            issued_on=shown.issued_on,
            self_issued=shown.self_issued,
            issuer_registered=shown.issuer_registered,
        )
        if shown
        else None
    )
    return OutcomeFacts(
        training=training,
        result=outcome.result,
        advance_paid=advance_paid,
        certificate=certificate,
        enrolled_on=outcome.enrolled_on,
        claimed_on=work.today,
        months_trained=outcome.months_trained,
        leaving_reason=outcome.leaving_reason,
    )
