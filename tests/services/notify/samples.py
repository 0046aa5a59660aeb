"""One or more tellings of every event that notify hears: the shapes that a letter must be able to speak of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from shared.contracts.registry import catalogues
from shared.contracts.review import cases, notices, oversight
from shared.contracts.schema.declare import EventType
from shared.contracts.subsidy import bank, budgets_and_ledger, checks, claims, clawbacks, closing, payments, receivables
from shared.contracts.training import circumstances, enrolments, projects, results
from shared.money import Money
from shared.policy.policies import load_documents
from tests.services.harness import CHAOYANG

EMPLOYER = "employer-0001"
PROVIDER = "provider-0001"
NAMES = {EMPLOYER: "示例制造有限公司", PROVIDER: "示例职业学校"}
PROJECT = "5f1c2d3e4a5b6c7d"
DAY = date(2022, 7, 1)
PROGRAMME = "apprenticeship"
DOCUMENT = load_documents().governing(PROGRAMME, CHAOYANG, DAY)

WHERE: dict[str, Any] = {
    "project_id": PROJECT,
    "programme": PROGRAMME,
    "district": CHAOYANG,
    "employer_id": EMPLOYER,
}

CASE = cases.CaseTold(
    case_id="9a8b7c6d5e4f3021",
    kind="project",
    provider_id=PROVIDER,
    station="district_review",
    reason="缺上级单位同意材料",
    **WHERE,
)
PLAN = cases.ProjectPlan(
    occupation="6-18-01-01",
    level="advanced",
    term_years=2,
    starts_on=date(2022, 9, 1),
    head_count=20,
    standard="车工国家职业技能标准",
    classroom_credits=40,
    workplace_credits=40,
    general_hours=80,
    theory_hours=240,
    practice_hours=480,
)
PROJECT_APPROVED = cases.ProjectApproved(
    document=DOCUMENT.identity,
    provider_id=PROVIDER,
    provider_kind="vocational_college",
    submitted_on=date(2022, 6, 6),
    approved_on=DAY,
    occupation="6-18-01-01",
    occupation_class="ordinary",
    plan=PLAN,
    cooperation_agreement=True,
    **WHERE,
)
ROSTER_APPROVED = cases.RosterApproved(
    case_id="1234567890abcdef",
    provider_id=PROVIDER,
    approved_on=DAY,
    part=1,
    parts=1,
    person_ids=("person-1", "person-2", "person-3"),
    **WHERE,
)
RUN = projects.RunTold(provider_id=PROVIDER, on=DAY, **WHERE)
ENROLLED = enrolments.EnrolmentsEstablished(
    enrolled_on=DAY, enrolments=(enrolments.EnrolledPerson("e-1", "person-1"),), **WHERE
)
CHANGED = circumstances.CircumstancesChanged(
    kind="withdrawal", provider_id=PROVIDER, enrolments=(enrolments.EnrolledPerson("e-1", "person-1"),), **WHERE
)
ASSESSED = results.LearnersAssessed(passed=17, failed=3, left=0, **WHERE)
CLAIM = claims.ClaimTold(
    claim_id="c0ffee00c0ffee00",
    kind="final",
    state="submitted",
    amount=Money.parse("93000.00"),
    clawback=Money.parse("18000.00"),
    **WHERE,
)
PAYMENT = payments.PaymentTold(
    batch_id="ba7c400000000000", claim_id=CLAIM.claim_id, amount=Money.parse("93000.00"), on=DAY, **WHERE
)
FAILED = bank.PaymentFailed(
    payment_id="fa11ed0000000000",
    batch_id="ba7c400000000000",
    claim_id=CLAIM.claim_id,
    amount=Money.parse("93000.00"),
    outcome="rejected",
    on=DAY,
    **WHERE,
)
CLAWBACK = clawbacks.ClawbackTold(claim_id=CLAIM.claim_id, persons=3, amount=Money.parse("18000.00"), **WHERE)
DEMAND = receivables.DemandTold(
    demand_id="de3a4d00de3a4d00",
    claim_id=CLAIM.claim_id,
    payee_id=EMPLOYER,
    cause="result",
    amount=Money.parse("18000.00"),
    outstanding=Money.parse("9000.00"),
    due_on=date(2024, 8, 1),
    on=DAY,
    **WHERE,
)
BUDGET = budgets_and_ledger.BudgetTold(
    programme=PROGRAMME,
    district=CHAOYANG,
    fiscal_year=2022,
    missing=Money.parse("1234567.89"),
    claim_id=CLAIM.claim_id,
)
MONTH = closing.PeriodClosed(
    closing_id="c105edc105edc105",
    programme=PROGRAMME,
    district=CHAOYANG,
    period="2022-06",
    carried=Money(0),
    lapsed=Money(0),
    claims=0,
    on=date(2022, 7, 12),
)
HELD = checks.ClaimHeld(claim_id=CLAIM.claim_id, hits=2, on=DAY, **WHERE)
CLEARED = checks.HitsDecided(
    claim_id=CLAIM.claim_id, outcome="clear", hit_ids=("417a417a417a417a",), left=0, on=DAY, **WHERE
)
CATALOGUE = catalogues.CatalogueTold(catalogue_id="cata1000cata1000", kind="shortage", from_on=date(2022, 8, 1))

BLOCK = oversight.BlockTold(block_id="b10cb10cb10cb10c", kind="objection", provider_id=PROVIDER, on=DAY, **WHERE)
ACT = oversight.OversightTold(of_id="ac7ac7ac7ac7ac7a", provider_id=PROVIDER, on=DAY, **WHERE)
FRAUD = oversight.FraudConfirmed(
    inquiry_id="f0a0df0a0df0a0d0",
    provider_id=PROVIDER,
    on=DAY,
    whole_project=False,
    part=1,
    parts=2,
    person_ids=("person-1", "person-2"),
    **WHERE,
)
BLOCK_KINDS: tuple[oversight.BlockKind, ...] = (
    *("objection", "audit_finding", "suspension", "fraud_inquiry"),
    "public_notice",
)
NOTICE = notices.NoticeTold(
    notice_id="0071ce0071ce0071",
    case_id=CASE.case_id,
    provider_id=PROVIDER,
    from_on=DAY,
    to_on=date(2022, 7, 8),
    state="open",
    **WHERE,
)

SAMPLES: tuple[tuple[EventType[Any], Any], ...] = (
    (catalogues.CATALOGUE_PUBLISHED, CATALOGUE),
    (cases.CASE_SUBMITTED, CASE),
    (cases.CASE_SUBMITTED, replace(CASE, station="city_verification")),
    (cases.CASE_SUBMITTED, replace(CASE, kind="roster")),
    (cases.CASE_SUBMITTED, replace(CASE, station=None)),
    (cases.CASE_RETURNED, replace(CASE, station=None)),
    (cases.CASE_RETURNED, replace(CASE, station=None, reason="", kind="roster")),
    (cases.CASE_REJECTED, replace(CASE, station=None)),
    (cases.CASE_REJECTED, replace(CASE, station=None, reason="")),
    (cases.PROJECT_APPROVED, PROJECT_APPROVED),
    (cases.ROSTER_APPROVED, ROSTER_APPROVED),
    (cases.ROSTER_APPROVED, replace(ROSTER_APPROVED, part=2, parts=3)),
    (cases.CASE_WITHDRAWN, replace(CASE, station=None)),
    (cases.CASE_WITHDRAWN, replace(CASE, kind="roster")),
    *((oversight.CASE_BLOCKED, replace(BLOCK, kind=kind)) for kind in BLOCK_KINDS),
    *((oversight.CASE_UNBLOCKED, replace(BLOCK, kind=kind)) for kind in BLOCK_KINDS),
    (oversight.OBJECTION_LODGED, ACT),
    (notices.NOTICE_OPENED, NOTICE),
    (notices.NOTICE_CLOSED, replace(NOTICE, state="closed")),
    (notices.NOTICE_CLOSED, replace(NOTICE, state="withdrawn")),
    (oversight.PROJECT_EVALUATED, ACT),
    (oversight.PROJECT_EVALUATED, replace(ACT, outcome="failed")),
    (oversight.INSPECTION_RECORDED, ACT),
    (oversight.INSPECTION_RECORDED, replace(ACT, outcome="to_mend")),
    (oversight.EMPLOYER_SUMMONED, ACT),
    (oversight.REFUSAL_REPORTED, ACT),
    (oversight.REMEDY_RECORDED, ACT),
    (oversight.FRAUD_CONFIRMED, FRAUD),
    (oversight.FRAUD_CONFIRMED, replace(FRAUD, whole_project=True, parts=1, person_ids=())),
    (projects.COURSE_RUN_OPENED, RUN),
    (enrolments.ENROLMENTS_ESTABLISHED, ENROLLED),
    (circumstances.CIRCUMSTANCES_CHANGED, CHANGED),
    (circumstances.CIRCUMSTANCES_CHANGED, replace(CHANGED, kind="break")),
    (circumstances.CIRCUMSTANCES_CHANGED, replace(CHANGED, kind="return")),
    (results.LEARNERS_ASSESSED, ASSESSED),
    (results.LEARNERS_ASSESSED, replace(ASSESSED, note="流失率 15%（3/20）")),
    (projects.COURSE_RUN_COMPLETED, RUN),
    (claims.CLAIM_SUBMITTED, CLAIM),
    (claims.CLAIM_SUBMITTED, replace(CLAIM, kind="advance", clawback=Money(0))),
    (claims.CLAIM_DECIDED, replace(CLAIM, state="approved")),
    (claims.CLAIM_DECIDED, replace(CLAIM, state="closed", amount=Money(0))),
    (claims.CLAIM_DECIDED, replace(CLAIM, state="returned")),
    (claims.CLAIM_DECIDED, replace(CLAIM, state="rejected")),
    (claims.CLAIM_DECIDED, replace(CLAIM, state="voided")),
    (checks.CLAIM_HELD, HELD),
    (checks.HITS_DECIDED, CLEARED),
    (payments.PAYMENT_INSTRUCTED, PAYMENT),
    (bank.PAYMENT_FAILED, FAILED),
    (bank.PAYMENT_FAILED, replace(FAILED, outcome="returned")),
    (payments.PAYMENT_CONFIRMED, PAYMENT),
    (clawbacks.CLAWBACK_OPENED, CLAWBACK),
    (clawbacks.CLAWBACK_OPENED, replace(CLAWBACK, cause="fraud")),
    (clawbacks.CLAWBACK_OPENED, replace(CLAWBACK, cause="check")),
    (receivables.CLAWBACK_NOTICED, DEMAND),
    (receivables.CLAWBACK_REDUCED, DEMAND),
    (receivables.CLAWBACK_REDUCED, replace(DEMAND, due_on=None)),
    (receivables.CLAWBACK_SETTLED, replace(DEMAND, outstanding=Money(0))),
    (budgets_and_ledger.BUDGET_EXHAUSTED, BUDGET),
    (closing.PERIOD_CLOSED, MONTH),
    (closing.PERIOD_CLOSED, replace(MONTH, period="2022", carried=Money(250000), lapsed=Money(1), claims=1)),
)


def aggregate_of(data: Any) -> str:
    """Whose events are numbered together, as the owners tell them."""
    names = ("case_id", "claim_id", "project_id", "catalogue_id", "closing_id")
    return str(next(getattr(data, name) for name in names if hasattr(data, name)))
