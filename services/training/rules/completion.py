"""When training is done: credits (APP-15) and the joint assessment with its pass certificate (APP-13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shared.policy.document import Document
from shared.policy.findings import Finding
from shared.policy.problems import Fault
from shared.policy.rules import Clause, checks, rule
from shared.policy.rules import clause as clause_of


@dataclass(frozen=True, slots=True)
class ExtraCredits:
    """Credits recognised from elsewhere or awarded as bonus. `approved_by`: None while nobody approved them."""

    kind: str
    credits: int
    reason: str
    approved_by: str | None


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """One learner's credits. `agreed_*`: the split agreed beforehand; hours are class hours of training received."""

    on: date
    level: str
    agreed_classroom: int
    agreed_workplace: int
    classroom_hours: int
    workplace_hours: int
    extra: tuple[ExtraCredits, ...] = ()


@dataclass(frozen=True, slots=True)
class AssessmentFacts:
    """One learner's assessment. `pass_certificate`: kind handed out after a pass, None if none was."""

    on: date
    credits_done: bool
    term_ended: bool
    assessed_by_employer: bool
    assessed_by_provider: bool
    passed: bool
    provider_kind: str
    pass_certificate: str | None


checks("training.credits", CreditFacts)
checks("training.assessment", AssessmentFacts)

CAPPED = "capped"
EXTRA_MAX = "credits.extra_max"
"""The most recognised and bonus credits together; no figure of the text, so a document that caps them brings one."""


@rule("training.credits_agreed", of="training.credits", reads=("credits.min",))
def credits_agreed(facts: CreditFacts, clause: Clause) -> Finding:
    """The agreed split has both parts and reaches the level's minimum (APP-15, INT-36)."""
    least = clause.whole("credits.min", facts.on, level=facts.level)
    total = facts.agreed_classroom + facts.agreed_workplace
    compared = f"{facts.agreed_classroom} + {facts.agreed_workplace} = {total} / {least}"
    both = facts.agreed_classroom > 0 and facts.agreed_workplace > 0
    cure = f"约定学分应含集中培训和岗位训练两部分，合计不少于 {least} 学分，请修订培养方案"
    return clause.check(both and total >= least, compared, "约定学分符合要求", cure)


def _cap_named(document: Document) -> Iterator[Fault]:
    if document.reading("extra_credits") == CAPPED and EXTRA_MAX not in document.values:
        yield f"values.{EXTRA_MAX}", "缺少，而读法 extra_credits 设了上限", "请补上上限的学分数和条款"


@rule(
    "training.credits_done",
    of="training.credits",
    reads=("credits.min", "credits.class_hours"),
    may_read=(EXTRA_MAX,),
    readings=("extra_credits",),
    demands=_cap_named,
)
def credits_done(facts: CreditFacts, clause: Clause) -> Finding:
    """Hours make credits, whole ones only; approved extra ones count; done at the minimum (APP-15, INT-36)."""
    classroom, workplace, extra = _earned(facts, clause)
    least = clause.whole("credits.min", facts.on, level=facts.level)
    total = classroom + workplace + extra
    compared = f"{classroom} + {workplace} + {extra} = {total} / {least}"
    done = classroom > 0 and workplace > 0 and total >= least
    return clause.check(done, compared, "已修满规定学分", f"尚未修满 {least} 学分或缺少其中一部分，请继续培训")


def _earned(facts: CreditFacts, view: Clause | Document) -> tuple[int, int, int]:
    """Whole credits earned in the classroom, at the workplace, and approved besides, capped where so read."""
    per_credit = view.whole("credits.class_hours", facts.on)
    extra = sum(entry.credits for entry in facts.extra if entry.approved_by and entry.reason)
    if view.reading("extra_credits") == CAPPED:
        extra = min(extra, view.whole(EXTRA_MAX, facts.on, level=facts.level))
    return facts.classroom_hours // per_credit, facts.workplace_hours // per_credit, extra


def credits_so_far(facts: CreditFacts, document: Document) -> int:
    """Whole credits so far, as `credits_done` counts them; 0 where the document knows no credits."""
    if "credits.class_hours" not in document.values:
        return 0
    return sum(_earned(facts, document))


def credit_terms(facts: CreditFacts, document: Document) -> tuple[int, int]:
    """Credits that the level needs, and the class hours that make one (APP-15)."""
    needed = document.whole("credits.min", facts.on, level=facts.level)
    return needed, document.whole("credits.class_hours", facts.on)


def agreed_split(facts: CreditFacts, document: Document) -> Finding | None:
    """What `credits_agreed` finds before training starts; None where the document doesn't ask (APP-15)."""
    if all(name != "training.credits_agreed" for _, name in document.rules_by_function()):
        return None
    return credits_agreed(facts, clause_of(document, "training.credits_agreed"))


@rule("training.extra_credits_approved", of="training.credits")
def extra_credits_approved(facts: CreditFacts, clause: Clause) -> Finding:
    """Recognised and bonus credits are each approved with a reason (APP-15)."""
    if not facts.extra:
        return clause.not_applicable("无互认或奖励学分", "没有互认或奖励学分")
    waiting = sum(1 for entry in facts.extra if not (entry.approved_by and entry.reason))
    cure = f"{waiting} 项互认或奖励学分尚未批准，请逐项写明理由并批准，批准前不计入"
    return clause.check(waiting == 0, f"{len(facts.extra) - waiting}/{len(facts.extra)} 项已批准", "均已批准", cure)


@rule("training.ready_to_assess", of="training.assessment")
def ready_to_assess(facts: AssessmentFacts, clause: Clause) -> Finding:
    """Assessment comes at the end: the term is over, or the credits are done (APP-13; elastic, APP-15)."""
    ready = facts.term_ended or facts.credits_done
    return clause.check(ready, "期满或修满学分", "可以考核", "培训未期满且学分未修满，请完成后再考核")


@rule("training.jointly_assessed", of="training.assessment")
def jointly_assessed(facts: AssessmentFacts, clause: Clause) -> Finding:
    """Employer and provider assess together (APP-13)."""
    missing = [] if facts.assessed_by_employer else ["企业"]
    missing += [] if facts.assessed_by_provider else ["培训机构"]
    shown = "、".join(missing)
    return clause.check(not missing, shown or "企校联合", "企校联合考核", f"缺少{shown}的考核意见，请补充")


def _of_others(facts: AssessmentFacts, clause: Clause) -> tuple[str, ...]:
    """Pass certificates that only other kinds of providers hand out; none where the document tells none apart."""
    if not (clause.has(COLLEGES) and clause.has(OF_COLLEGES)):
        return ()
    return () if facts.provider_kind in clause.codes(COLLEGES, facts.on) else clause.codes(OF_COLLEGES, facts.on)


COLLEGES = "assessment.colleges"
OF_COLLEGES = "assessment.certificates_of_colleges"


@rule(
    "training.pass_certificate",
    of="training.assessment",
    reads=("assessment.pass_certificates",),
    may_read=(COLLEGES, OF_COLLEGES),
)
def pass_certificate(facts: AssessmentFacts, clause: Clause) -> Finding:
    """A pass earns a pass certificate of a kind that the document names and this provider may hand out (APP-13)."""
    if not facts.passed:
        return clause.not_applicable("考核不合格", "考核不合格，不发合格证书")
    kinds = clause.codes("assessment.pass_certificates", facts.on)
    if facts.pass_certificate in _of_others(facts, clause):
        compared = f"{clause.document.label(str(facts.pass_certificate))}，{clause.document.label(facts.provider_kind)}"
        colleges = "、".join(clause.document.label(kind) for kind in clause.codes(COLLEGES, facts.on))
        others = "或".join(clause.document.label(kind) for kind in kinds if kind not in _of_others(facts, clause))
        return clause.unmet(compared, f"只有与{colleges}联合培养的才发放该证书，请改发{others}")
    cure = f"考核合格应核发：{'或'.join(clause.document.label(kind) for kind in kinds)}，请补发并登记"
    return clause.check(facts.pass_certificate in kinds, str(facts.pass_certificate), "合格证书已核发", cure)
