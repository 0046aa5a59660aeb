"""What must be there before an enrolment is established and training starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.policy.findings import Finding, Force
from shared.policy.rules import Clause, checks, rule


@dataclass(frozen=True, slots=True)
class Agreement:
    """A signed agreement: which of its items it holds (such as `target`), and the days it covers."""

    items: tuple[str, ...]
    signed_on: date


@dataclass(frozen=True, slots=True)
class EnrolmentFacts:
    """One enrolment about to be established. `training_agreement`: with the apprentice, own or collective.

    `mentors`, `instructors`: how many were found eligible for this apprentice and guide it now; `real_name_file`:
    record and training file exist; `employer_rules`: names of the employer's rules on file, such as `leave`;
    `suspended`: the project's training stands still; `fraud_confirmed`: in this project, about this person or all;
    `funded_elsewhere`: other programmes in which the person has a live funded enrolment in the same time;
    `roster_used`: the person had an enrolment by this very roster before, which ended.
    """

    on: date
    starts_on: date
    roster_approved: bool
    training_agreement: Agreement | None
    cooperation_agreement: Agreement | None
    mentors: int
    instructors: int
    real_name_file: bool
    employer_rules: tuple[str, ...]
    textbooks_filed_on: date | None
    suspended: bool = False
    fraud_confirmed: bool = False
    funded_elsewhere: tuple[str, ...] = ()
    roster_used: bool = False


checks("training.enrolment", EnrolmentFacts)

REVIEWED_AGAIN = "reviewed_and_settled"
"""How INT-90 is read: whoever comes back is reviewed anew."""


@rule("training.roster_approved", of="training.enrolment", readings=("second_enrolment",))
def roster_approved(facts: EnrolmentFacts, clause: Clause) -> Finding:
    """No enrolment before the district approved the roster, nor a second one by the same roster (APP-24, INT-90)."""
    if facts.roster_used and clause.reading("second_enrolment") == REVIEWED_AGAIN:
        cure = "此人按原名单建立的学籍已经结束，再次建立学籍须把此人列入新的学徒名单，通过区级审核后再办理"
        return clause.unmet("原名单已使用", cure)
    cure = "学徒名单尚未通过区级审核，请待审核通过后再建立学籍"
    return clause.check(facts.roster_approved, "名单审核", "学徒名单已通过区级审核", cure)


@rule("training.training_agreement", of="training.enrolment", reads=("agreement.training_items",))
def training_agreement(facts: EnrolmentFacts, clause: Clause) -> Finding:
    """The employer's agreement with the apprentice, own or collective, holds every item (APP-10)."""
    wanted = clause.codes("agreement.training_items", facts.on)
    return _agreement("培训协议", facts.training_agreement, wanted, facts.on, clause)


@rule("training.cooperation_agreement", of="training.enrolment", reads=("agreement.cooperation_items",))
def cooperation_agreement(facts: EnrolmentFacts, clause: Clause) -> Finding:
    """The employer's agreement with the provider holds every item (APP-10)."""
    wanted = clause.codes("agreement.cooperation_items", facts.on)
    return _agreement("培训合作协议", facts.cooperation_agreement, wanted, facts.on, clause)


def _agreement(name: str, agreement: Agreement | None, wanted: tuple[str, ...], on: date, clause: Clause) -> Finding:
    if agreement is None or agreement.signed_on > on:
        return clause.unmet("未签订", f"请先签订{name}再建立学籍")
    missing = "、".join(clause.document.label(item) for item in wanted if item not in agreement.items)
    return clause.check(not missing, missing or "内容齐全", f"{name}内容齐全", f"请在{name}中补充：{missing}")


@rule("training.two_mentors", of="training.enrolment", reads=("mentors.workplace_min", "mentors.instructors_min"))
def two_mentors(facts: EnrolmentFacts, clause: Clause) -> Finding:
    """Every apprentice has an eligible workplace mentor and an eligible instructor (APP-11)."""
    mentors = clause.whole("mentors.workplace_min", facts.on)
    instructors = clause.whole("mentors.instructors_min", facts.on)
    compared = f"企业导师 {facts.mentors}/{mentors}，机构教师 {facts.instructors}/{instructors}"
    enough = facts.mentors >= mentors and facts.instructors >= instructors
    return clause.check(enough, compared, "双导师已配备", "请为学徒配齐符合条件的企业导师和培训机构教师")


@rule("training.real_name_file", of="training.enrolment", reads=("enrolment.employer_rules",))
def real_name_file(facts: EnrolmentFacts, clause: Clause) -> Finding:
    """Real-name record and training file; the employer's rules cover every topic (APP-14)."""
    wanted = clause.codes("enrolment.employer_rules", facts.on)
    missing = [clause.document.label(topic) for topic in wanted if topic not in facts.employer_rules]
    if not facts.real_name_file:
        missing.append("实名学籍和培训档案")
    shown = "、".join(missing)
    return clause.check(not missing, shown or "齐备", "实名学籍、档案和企业规定齐备", f"请补充：{shown}")


@rule("training.textbooks_filed", of="training.enrolment")
def textbooks_filed(facts: EnrolmentFacts, clause: Clause) -> Finding:
    """Textbooks are filed before training starts: a filing, so a finding that never bars the start (APP-16, INT-39)."""
    filed = facts.textbooks_filed_on is not None and facts.textbooks_filed_on <= facts.starts_on
    compared = f"{facts.textbooks_filed_on} / {facts.starts_on}"
    cure = "请在开班前将选定教材报属地人社部门存档"
    return clause.check(filed, compared, "教材已存档", cure, Force.ADVICE)


@rule("training.starts_unsuspended", of="training.enrolment")
def starts_unsuspended(facts: EnrolmentFacts, clause: Clause) -> Finding:
    """Nobody begins while training is suspended (APP-26)."""
    cure = "本项目正在停训整改，请完成整改并由市级恢复培训后再建立学籍"
    return clause.check(not facts.suspended, "停训整改", "项目没有停训整改", cure)


@rule("training.no_fraud_confirmed", of="training.enrolment")
def no_fraud_confirmed(facts: EnrolmentFacts, clause: Clause) -> Finding:
    """Who obtained money of the project by fraud isn't enrolled in it anew (APP-27)."""
    cure = "本项目或该人员已查实骗取、套取补贴，不能在本项目建立学籍；如有异议请联系属地人社部门"
    return clause.check(not facts.fraud_confirmed, "骗取、套取补贴", "没有查实的骗取、套取情况", cure)


@rule("training.other_programmes", of="training.enrolment", readings=("other_programmes",))
def other_programmes(facts: EnrolmentFacts, clause: Clause) -> Finding:
    """A live funded enrolment in another programme at the same time: for an officer to judge, or forbidden (INT-73)."""
    if not facts.funded_elsewhere:
        return clause.met("无", "没有其他项目的在册补贴学籍")
    shown = "、".join(facts.funded_elsewhere)
    if clause.reading("other_programmes") == "forbidden":
        cure = "该人员同期已在其他项目享受补贴，不得重复；请待其结束后再申报"
        return clause.unmet(shown, cure, Force.MUST)
    cure = "该人员同期已在其他项目享受补贴，请属地人社部门核实是否重复"
    return clause.unmet(shown, cure, Force.PRINCIPLE)
