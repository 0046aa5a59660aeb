"""Employers (APP-4, APP-5, APP-29) and training providers (APP-6, APP-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.registry.rules.code_hierarchy import catches
from shared.policy.findings import Finding, Force
from shared.policy.rules import Clause, checks, rule


@dataclass(frozen=True, slots=True)
class EmployerFacts:
    """An employer on the day of its application. `restricted`: those entries of the prohibited-industry catalogue of
    that day which stand at or above one of `codes`, None where no edition is loaded; `codes`: the employer's industry
    code and the one its occupation maps to.
    """

    on: date
    codes: tuple[str, ...]
    restricted: tuple[str, ...] | None
    four_centres: bool
    training_rules: bool
    incentive_scheme: bool


@dataclass(frozen=True, slots=True)
class ConditionEvidence:
    """A paper that shows a condition, such as `premises`, from a day until another, None for without end."""

    condition: str
    from_on: date
    to_on: date | None
    paper: str

    def holds(self, on: date) -> bool:
        """Whether it shows the condition on that day."""
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """A provider on the day of its application. `in_catalogue`: None where no provider catalogue is loaded.

    `evidence`: papers for its conditions, as of `evidence_on`, None for the same day. The conditions themselves, said
    with yes or no, count only under a document that asks for no evidence.
    """

    on: date
    kind: str
    kind_reason: str
    legal_person: bool
    occupation: str
    licensed_occupations: tuple[str, ...]
    premises: bool
    equipment: bool
    teachers: bool
    management_rules: bool
    develops_courses: bool
    in_catalogue: bool | None
    evidence: tuple[ConditionEvidence, ...] = ()
    evidence_on: date | None = None


_CONDITIONS = {
    "premises": "培训场所",
    "equipment": "教学设施设备",
    "teachers": "师资力量",
    "management_rules": "管理制度",
    "develops_courses": "开发培训方案和课程的能力",
}

checks("registry.employer", EmployerFacts)
checks("registry.provider", ProviderFacts)


@rule("registry.industry_allowed", of="registry.employer")
def industry_allowed(facts: EmployerFacts, clause: Clause) -> Finding:
    """Neither industry nor occupation, nor what they belong to, stands in the catalogue of prohibited additions of that
    day (APP-4, INT-25)."""
    if facts.restricted is None:
        return clause.unmet("目录未录入", f"请管理员先录入 {facts.on} 有效的新增产业禁止和限制目录，再审核")
    hits = [(code, entry) for code in facts.codes for entry in facts.restricted if catches(entry, code)]
    shown = "、".join(code if code == entry else f"{code}（{entry}）" for code, entry in hits)
    industry = [f"{code} 属目录所列 {entry}" for code, entry in hits if code == facts.codes[0]]
    occupation = [f"{code} 属目录所列 {entry}" for code, entry in hits if code != facts.codes[0]]
    cures = [
        f"企业行业代码 {'、'.join(industry)}：代码登记有误的，请由属地人社部门更正后重新提交；无误的，不能以本企业申报"
        if industry
        else "",
        f"培训职业（工种） {'、'.join(occupation)}：请更换不在目录内的培训职业（工种）" if occupation else "",
    ]
    cure = "；".join(filter(None, cures))
    return clause.check(not hits, shown or "、".join(facts.codes), "培训职业（工种）不在禁止和限制目录内", cure)


@rule("registry.four_centres", of="registry.employer")
def four_centres(facts: EmployerFacts, clause: Clause) -> Finding:
    """Employers in the directions of the four centres come first; it never blocks (APP-5)."""
    shown = "符合“四个中心”方向" if facts.four_centres else "非“四个中心”方向"
    return clause.check(facts.four_centres, shown, "属优先支持的企业", "不属优先支持方向，不影响申请")


@rule("registry.employer_schemes", of="registry.employer")
def employer_schemes(facts: EmployerFacts, clause: Clause) -> Finding:
    """Training rules and an incentive scheme for skilled workers are shown (APP-29)."""
    shown = {"培训制度": facts.training_rules, "技能人才激励机制": facts.incentive_scheme}
    missing = "、".join(name for name, held in shown.items() if not held)
    return clause.check(not missing, missing or "两项齐备", "培训制度和激励机制齐备", f"请补交：{missing}")


@rule("registry.provider_kind", of="registry.provider", reads=("provider.kinds",))
def provider_kind(facts: ProviderFacts, clause: Clause) -> Finding:
    """One of the kinds that the document names, or another with a reason (APP-6)."""
    if facts.kind in clause.codes("provider.kinds", facts.on):
        return clause.met(facts.kind, f"机构类别：{clause.document.label(facts.kind)}")
    cure = "不是文件列明的机构类别，请说明理由或更换培训机构"
    return clause.check(bool(facts.kind_reason), facts.kind, f"其他机构，理由：{facts.kind_reason}", cure)


@rule("registry.provider_legal_person", of="registry.provider")
def provider_legal_person(facts: ProviderFacts, clause: Clause) -> Finding:
    """An independent legal person, a training centre of an enterprise too (APP-6, INT-23)."""
    cure = "培训机构不具有独立法人资格，请更换培训机构"
    return clause.check(facts.legal_person, "独立法人资格", "具有独立法人资格", cure)


@rule("registry.provider_licence", of="registry.provider")
def provider_licence(facts: ProviderFacts, clause: Clause) -> Finding:
    """Licence or qualification for the very occupation (APP-6)."""
    licensed = facts.occupation in facts.licensed_occupations
    cure = f"未取得 {facts.occupation} 的办学许可或培训资质，请补交或更换培训机构"
    return clause.check(licensed, facts.occupation, f"已取得 {facts.occupation} 的办学许可或培训资质", cure)


@rule("registry.provider_conditions", of="registry.provider", may_read=("provider.conditions",))
def provider_conditions(facts: ProviderFacts, clause: Clause) -> Finding:
    """Premises, equipment, teachers, management rules, and the ability to develop plans and courses (APP-6).

    Each is shown by a paper that holds on the day; a document that doesn't list them takes the provider's word.
    """
    if clause.has("provider.conditions"):
        return _evidenced(facts, clause)
    shown = {name: getattr(facts, condition) for condition, name in _CONDITIONS.items()}
    missing = "、".join(name for name, held in shown.items() if not held)
    return clause.check(not missing, missing or "五项齐备", "培训条件齐备", f"请补充证明：{missing}")


def _evidenced(facts: ProviderFacts, clause: Clause) -> Finding:
    on = facts.evidence_on or facts.on
    wanted = clause.codes("provider.conditions", facts.on)
    missing = [one for one in wanted if not any(e.condition == one and e.holds(on) for e in facts.evidence)]
    if not missing:
        return clause.met(f"{len(wanted)} 项均有 {on} 有效的证明", "培训条件均有有效证明")
    shown = "、".join(_gap(facts, condition, on) for condition in missing)
    cure = f"请由培训机构所在区人社部门补登有效的证明材料（起止日期和文件）：{shown}"
    return clause.unmet(f"{on}：{shown}", cure)


def _gap(facts: ProviderFacts, condition: str, on: date) -> str:
    name = _CONDITIONS.get(condition, condition)
    ended = [e.to_on for e in facts.evidence if e.condition == condition and e.to_on is not None and e.to_on < on]
    return f"{name}（证明至 {max(ended)}）" if ended else f"{name}（无证明）"


@rule("registry.provider_in_catalogue", of="registry.provider", readings=("provider_not_in_catalogue",))
def provider_in_catalogue(facts: ProviderFacts, clause: Clause) -> Finding:
    """Where a provider catalogue is loaded, the provider stands in it, else refused or advice (APP-17, INT-23)."""
    if facts.in_catalogue is None:
        return clause.not_applicable("目录未录入", "未录入培训机构目录，不作核对")
    force = Force.MUST if clause.reading("provider_not_in_catalogue") == "refused" else Force.ADVICE
    cure = "培训机构不在当日有效的培训机构目录内，请更换培训机构"
    return clause.check(facts.in_catalogue, "培训机构目录", "在培训机构目录内", cure, force)
