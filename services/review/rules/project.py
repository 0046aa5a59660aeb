"""Whether a project application is complete and within its terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.policy.document import Document
from shared.policy.findings import Finding
from shared.policy.problems import Fault
from shared.policy.rules import Clause, checks, rule


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A project application. Districts are six-digit codes; consents: by the superior unit, or that there is none.

    `special_case_reason`: for a term beyond the usual one; `entrusted`: how many employers train on others'
    behalf; `coordinated_by`: who coordinates an entrusted training; `standard`: the national or evaluation
    standard.
    """

    on: date
    employer_district: str
    case_district: str
    co_departments: tuple[str, ...]
    level: str
    term_years: int
    special_case_reason: str
    form: Literal["own", "joint", "entrusted"]
    form_filed: bool
    small_or_subsidiary: bool
    entrusted: int
    coordinated_by: str
    entrusting_agreement: bool
    employer_consent: Literal["given", "no_superior", "missing"]
    provider_consent: Literal["given", "no_superior", "missing"]
    standard: str
    cooperation_agreement: bool


checks("review.project", ProjectFacts)


@rule("review.own_district", of="review.project")
def own_district(facts: ProjectFacts, clause: Clause) -> Finding:
    """A district handles employers registered with it only (APP-1, INT-22)."""
    compared = f"{facts.employer_district} / {facts.case_district}"
    cure = f"企业注册地为 {facts.employer_district}，请向该区提交"
    return clause.check(facts.employer_district == facts.case_district, compared, "属地相符", cure)


def _levels(document: Document) -> Iterator[Fault]:
    if not document.dimensions.get("level"):
        yield "dimensions.level", "缺少，而 review.trains_to_level 要核对等级", "请由低到高列出可以培养的等级"


@rule("review.trains_to_level", of="review.project", reads=("term.years_max", "term.years"), demands=_levels)
def term(facts: ProjectFacts, clause: Clause) -> Finding:
    """The usual term of the level, or a longer one up to the limit with a recorded reason (APP-8)."""
    if facts.level not in clause.document.dimensions.get("level", ()):
        trained = clause.document.labels.get(facts.level, "所报等级")
        return clause.unmet(facts.level, f"{trained}不在文件列明的培养等级之内，应培养中级及以上，请改报文件列明的等级")
    usual = clause.whole("term.years", facts.on, level=facts.level)
    longest = clause.whole("term.years_max", facts.on)
    compared = f"{facts.term_years} 年，通常 {usual} 年，最长 {longest} 年"
    if not 1 <= facts.term_years <= longest:
        return clause.unmet(compared, f"培养期限最长 {longest} 年，请修改")
    explained = facts.term_years == usual or bool(facts.special_case_reason)
    return clause.check(explained, compared, "培养期限符合要求", f"期限不是通常的 {usual} 年，请写明特殊情况理由")


@rule("review.training_form", of="review.project")
def training_form(facts: ProjectFacts, clause: Clause) -> Finding:
    """Alone, jointly, or by entrusting exactly one employer by a coordinated agreement; filed (APP-9)."""
    if not facts.form_filed:
        return clause.unmet("未备案", "请将培训形式（独立、联合或委托）报区人社部门备案")
    if facts.form == "own":
        return clause.met("独立培训", "独立开展培训，已备案")
    if not facts.small_or_subsidiary:
        return clause.unmet(facts.form, "只有中小微企业、子公司可以联合或委托培训，请改为独立培训")
    if facts.form == "joint":
        return clause.met("联合培训", "联合开展培训，已备案")
    fits = facts.entrusted == 1 and facts.entrusting_agreement and bool(facts.coordinated_by)
    cure = "应经部门、行业协会或集团总公司协调，以协议委托一家企业，请补交协议和协调单位"
    return clause.check(
        fits, f"委托 {facts.entrusted} 家，协调：{facts.coordinated_by or '无'}", "委托培训已备案", cure
    )


@rule("review.superior_consent", of="review.project")
def superior_consent(facts: ProjectFacts, clause: Clause) -> Finding:
    """Employer and provider each show their superior unit's consent, or declare to have none (APP-24)."""
    missing = ["企业"] if facts.employer_consent == "missing" else []
    missing += ["培训机构"] if facts.provider_consent == "missing" else []
    shown = "、".join(missing)
    cure = f"请补交{shown}上级主管单位同意的证明，或声明没有上级主管单位"
    return clause.check(not missing, shown or "齐备", "上级主管单位意见齐备", cure)


@rule("review.names_standard", of="review.project")
def names_standard(facts: ProjectFacts, clause: Clause) -> Finding:
    """The project names the national or evaluation standard that it trains to (APP-30)."""
    cure = "请填写依据的国家职业技能标准或评价规范"
    return clause.check(bool(facts.standard), facts.standard or "未填写", "培训标准已写明", cure)


@rule("review.agreement_kept", of="review.project")
def agreement_kept(facts: ProjectFacts, clause: Clause) -> Finding:
    """The provider is bound by a cooperation agreement that it keeps (APP-36)."""
    cure = "请附企业与培训机构的合作协议，或说明何时签订"
    return clause.check(facts.cooperation_agreement, "合作协议", "合作协议已提交", cure)
