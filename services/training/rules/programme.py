"""What the training consists of and how it is kept: hours, modes, media, platform, wage, attendance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from shared.money import Money
from shared.policy.findings import Finding, Force
from shared.policy.rules import Clause, checks, rule
from shared.policy.units import percent


@dataclass(frozen=True, slots=True)
class Planned:
    """Class hours as the approved plan has them. `recognised`: those that approved extra credits stand for."""

    general_hours: int
    theory_hours: int
    practice_hours: int
    recognised: int = 0


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A training. Hours are class hours; `modes`, `topics`: those that its sessions use and teach; `planned`: beside
    what was received; None where facts stored before say nothing of it."""

    on: date
    general_hours: int
    theory_hours: int
    practice_hours: int
    modes: tuple[str, ...]
    topics: tuple[str, ...]
    platform: bool
    incentives: tuple[str, ...] = ()
    planned: Planned | None = None


@dataclass(frozen=True, slots=True)
class MinimumWage:
    """The city's minimum wage per month from a day on, entered by an operator from its notice."""

    from_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class WageFacts:
    """One month's wage of an apprentice. `month_on`: the month's first day."""

    month_on: date
    wage: Money
    minimum: tuple[MinimumWage, ...]


@dataclass(frozen=True, slots=True)
class ConductFacts:
    """A project while it runs. Attendance in class hours of all enrolments; `media`: photos and videos kept."""

    on: date
    planned_hours: int
    attended_hours: int
    enrolled: int
    left: int
    media: int


checks("training.plan", PlanFacts)
checks("training.wage", WageFacts)
checks("training.conduct", ConductFacts)


@rule(
    "training.hours_ratio",
    of="training.plan",
    reads=("hours.ratio", "hours.ratio_tolerance"),
    readings=("hours_ratio",),
)
def hours_ratio(facts: PlanFacts, clause: Clause) -> Finding:
    """General : theory : practice hours about as the document says, each part within the tolerance (APP-7, INT-26)."""
    hours = (facts.general_hours, facts.theory_hours, facts.practice_hours)
    ratio, total = clause.parts("hours.ratio", facts.on), sum(hours)
    compared = ":".join(str(part) for part in hours)
    wanted = ":".join(str(part) for part in ratio)
    force = Force.ADVICE if clause.reading("hours_ratio") == "advice" else None
    if total <= 0:
        return clause.unmet(compared, "请先填写各类课程学时", force)
    tolerance = clause.share("hours.ratio_tolerance", facts.on)
    off = [abs(Fraction(part, total) - Fraction(due, sum(ratio))) for part, due in zip(hours, ratio, strict=True)]
    cure = f"学时比例与 {wanted} 相差超过 {percent(tolerance)}，请调整或说明理由"
    return clause.check(max(off) <= tolerance, f"{compared}（应约为 {wanted}）", "学时比例符合要求", cure, force)


@rule("training.modes_and_topics", of="training.plan", reads=("plan.modes", "plan.topics"))
def modes_and_topics(facts: PlanFacts, clause: Clause) -> Finding:
    """The modes and named topics that the plan uses are shown; none is compulsory (APP-31)."""
    missing = [mode for mode in clause.codes("plan.modes", facts.on) if mode not in facts.modes]
    missing += [topic for topic in clause.codes("plan.topics", facts.on) if topic not in facts.topics]
    shown = "、".join(clause.document.label(code) for code in missing)
    return clause.check(not missing, shown or "均已包含", "培训形式和内容齐全", f"可补充：{shown}，不影响审核")


@rule("training.incentives", of="training.plan")
def incentives(facts: PlanFacts, clause: Clause) -> Finding:
    """Scholarships, mentor allowances and appointments are shown (APP-32)."""
    shown = "、".join(clause.document.label(code) for code in facts.incentives)
    return clause.check(bool(shown), shown or "无", f"激励措施：{shown}", "可登记奖学金、师带徒津贴，不影响审核")


@rule("training.platform", of="training.plan")
def platform(facts: PlanFacts, clause: Clause) -> Finding:
    """The provider runs a learning platform (APP-36)."""
    return clause.check(
        facts.platform,
        "学习管理平台",
        "已登记网络教育学时，信息化学习管理平台在使用",
        "没有登记网络教育学时，无从看出是否使用信息化学习管理平台：已使用的请登记网络教育学时，未使用的请说明理由",
    )


@rule("training.as_planned", of="training.plan")
def as_planned(facts: PlanFacts, clause: Clause) -> Finding:
    """Whoever received less than planned departs from the plan: an officer takes it up with its reason (APP-26)."""
    if facts.planned is None:
        return clause.not_applicable("未对照计划", "没有计划学时可对照")
    received = f"{facts.general_hours}:{facts.theory_hours}:{facts.practice_hours}"
    planned = f"{facts.planned.general_hours}:{facts.planned.theory_hours}:{facts.planned.practice_hours}"
    more = f"，互认、奖励抵 {facts.planned.recognised}" if facts.planned.recognised else ""
    cure = f"实际学时 {received} 少于计划 {planned}{more}，请属地人社部门认定理由"
    kept = hours_missed(facts) == 0
    return clause.check(kept, f"{received} / {planned}{more}", "各类课程学时不少于计划", cure, Force.PRINCIPLE)


def hours_missed(facts: PlanFacts) -> int:
    """Planned class hours that were neither received nor recognised; hours too many of one kind make up for none."""
    if facts.planned is None:
        return 0
    pairs = (
        (facts.planned.general_hours, facts.general_hours),
        (facts.planned.theory_hours, facts.theory_hours),
        (facts.planned.practice_hours, facts.practice_hours),
    )
    return max(0, sum(max(0, due - had) for due, had in pairs) - facts.planned.recognised)


@rule("training.minimum_wage", of="training.wage")
def minimum_wage(facts: WageFacts, clause: Clause) -> Finding:
    """A month's wage is never below the minimum wage in force that month (APP-25); unknown is unmet, not guessed."""
    past = [entry for entry in facts.minimum if entry.from_on <= facts.month_on]
    if not past:
        return clause.unmet(str(facts.wage), f"没有 {facts.month_on:%Y-%m} 的最低工资标准，请管理员先录入再核对")
    least = max(past, key=lambda entry: entry.from_on).amount
    cure = f"{facts.month_on:%Y-%m} 工资 {facts.wage} 元低于最低工资 {least} 元，请企业补足并提交凭证"
    return clause.check(facts.wage >= least, f"{facts.wage} ≥ {least}", "工资不低于最低工资标准", cure)


@rule("training.media_kept", of="training.conduct")
def media_kept(facts: ConductFacts, clause: Clause) -> Finding:
    """Photos and video of training are kept (APP-33)."""
    return clause.check(facts.media > 0, f"{facts.media} 件", "培训照片、视频已留存", "请上传培训现场照片、视频")


@rule("training.attendance_shown", of="training.conduct")
def attendance_shown(facts: ConductFacts, clause: Clause) -> Finding:
    """Attendance and attrition are measured and shown; the text gives no figure, so an officer judges (APP-35)."""
    if facts.planned_hours <= 0 or facts.enrolled <= 0:
        return clause.unmet("未记录", "请先记录应到、实到学时和学徒人数")
    attendance = f"出勤 {facts.attended_hours}/{facts.planned_hours}"
    return clause.met(f"{attendance}，流失 {facts.left}/{facts.enrolled}", "出勤率和流失率已记录，由审核人员掌握")
