"""The papers of one claim: register, summary, letter. Everything on them stands in the claim's stored decisions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from types import ModuleType
from typing import Any

from sqlalchemy import select

from services.subsidy.claims.queries import decided_lines, load_claim
from services.subsidy.funding.claim_funding import funding_of
from services.subsidy.lifecycle.claim import WORDS
from services.subsidy.models import Claim, ClaimLine, Project
from services.subsidy.papers.written_paper import (
    KIND_WORDS,
    RegistryAnswers,
    WrittenPaper,
    office,
    result_words,
)
from shared.forms.layouts import layout
from shared.jurisdictions import places
from shared.kernel.work import Work
from shared.money import ZERO
from shared.policy.decisions import Decision
from shared.policy.document import Document
from shared.policy.units import percent
from shared.store.kernel_tables import DecisionRow

NEXT_STEPS = {
    "submitted": "请等待区级人力资源和社会保障部门审核。",
    "returned": "请按认定情况和审核意见补正后重新申领。",
    "rejected": "如对本决定有异议，请向区级人力资源和社会保障部门提出。",
    "approved": "资金由财政部门拨付，请留意到账通知并纳入职工教育经费管理。",
    "in_payment": "资金正在拨付，请留意到账通知并纳入职工教育经费管理。",
    "paid": "资金已拨付，请纳入职工教育经费管理，保存台账和资料备查。",
    "closed": "本次申领无应拨付资金，已办结。",
}


@dataclass(frozen=True)
class ClaimStory:
    """A claim with all that its papers tell."""

    claim: Claim
    project: Project
    document: Document
    decision: Decision
    funding: Decision | None
    lines: tuple[tuple[ClaimLine, Decision], ...]
    sources: str

    @property
    def basis(self) -> str:
        """The document, as a paper cites it."""
        return f"《{self.document.title}》（{self.document.number}）"


def subsidy_register(work: Work, claim_id: str, known: RegistryAnswers) -> WrittenPaper:
    """Who was funded and how each amount was worked out (APP-22)."""
    story = _story(work, claim_id)
    form = layout(story.claim.programme, "subsidy_register")
    head = form.RegisterHead(
        employer=_employer(story, known),
        project=story.project.project_id,
        basis=story.basis,
        printed_on=work.today.isoformat(),
    )
    rows = [_register_line(form, story, line, decision, known) for line, decision in story.lines]
    return WrittenPaper(form.write_register(head, rows), story.claim.district, story.claim.employer_id)


def claim_summary(work: Work, claim_id: str, known: RegistryAnswers) -> WrittenPaper:
    """People treated alike in one line each, for stamp and signature."""
    story = _story(work, claim_id)
    form = layout(story.claim.programme, "claim_summary")
    head = form.ClaimHead(
        claim_number=story.claim.id,
        kind=KIND_WORDS[story.claim.kind],
        claimant=_employer(story, known),
        claimant_uscc=known.employer.uscc if known.employer else "",
        project=story.project.project_id,
        district=places().name(story.claim.district),
        basis=story.basis,
        submitted_on=story.claim.submitted_on.isoformat(),
    )
    alike = Counter((result_words(decision), line.amount) for line, decision in story.lines)
    groups = [
        form.ClaimGroup(
            occupation=story.project.occupation,
            level=story.project.level,
            result=result,
            persons=persons,
            per_person=amount,
            amount=amount.times(persons),
        )
        for (result, amount), persons in sorted(alike.items())
    ]
    made = form.write_claim_summary(head, groups, story.claim.clawback)
    return WrittenPaper(made, story.claim.district, story.claim.employer_id)


def decision_letter(work: Work, claim_id: str, known: RegistryAnswers) -> WrittenPaper:
    """What was decided, every finding with its clause, the readings used, and the next step."""
    story = _story(work, claim_id)
    form = layout(story.claim.programme, "decision_letter")
    decisions = [
        story.decision,
        *(decision for _, decision in story.lines),
        *([story.funding] if story.funding else []),
    ]
    findings = {tuple(finding.to_json().values()): finding for one in decisions for finding in one.findings}
    readings = dict.fromkeys(used.interpretation for one in decisions for used in one.readings if used.interpretation)
    letter = form.Letter(
        number=story.claim.id,
        addressee=_employer(story, known),
        matter=f"{KIND_WORDS[story.claim.kind]}申领",
        outcome=f"{WORDS[story.claim.state]}，金额 {story.claim.amount} 元。",
        basis=story.basis,
        findings=[finding.to_json() for finding in findings.values()],
        next_step=NEXT_STEPS[story.claim.state],
        office=office(story.claim.district),
        document=story.document.identity,
        amounts=_amounts(story),
        interpretations=[_reading(story.document, one) for one in readings],
    )
    return WrittenPaper(form.write_decision_letter(letter), story.claim.district, story.claim.employer_id)


def _story(work: Work, claim_id: str) -> ClaimStory:
    claim = load_claim(work, claim_id)
    document = work.policies.by_identity(claim.document)
    lines = work.session.execute(decided_lines(claim)).all()
    funding = funding_of(work.session, [claim.id]).get(claim.id, ())
    return ClaimStory(
        claim=claim,
        project=work.session.get_one(Project, claim.project_id),
        document=document,
        decision=_decision(work, claim.decision_id),
        funding=_decision(work, claim.funding_decision_id) if claim.funding_decision_id else None,
        lines=tuple((line, Decision.from_json(stored)) for line, stored in lines),
        sources="、".join(document.label(part.fund_source) for part in funding),
    )


def _decision(work: Work, decision_id: str) -> Decision:
    stored = work.session.scalars(select(DecisionRow.decision).where(DecisionRow.id == decision_id)).one()
    return Decision.from_json(stored)


def _employer(story: ClaimStory, known: RegistryAnswers) -> str:
    return known.employer.name if known.employer else story.claim.employer_id


def _amounts(story: ClaimStory) -> list[tuple[str, str]]:
    claim = story.claim
    amounts = [("申领人数", f"{claim.persons} 人"), ("拨付金额", f"{claim.amount} 元")]
    if claim.kind == "final":
        amounts += [("核定金额", f"{claim.entitlement} 元"), ("应追回金额", f"{claim.clawback} 元")]
    return [*amounts, ("资金来源", story.sources or "尚未安排")]


def _reading(document: Document, interpretation: str) -> str:
    entry = document.interpretations[interpretation]
    return f"{entry.id}：{entry.question}——{entry.reading}"


def _register_line(
    form: ModuleType, story: ClaimStory, line: ClaimLine, decision: Decision, known: RegistryAnswers
) -> Any:
    facts, amounts = decision.facts, decision.amounts
    person = known.people.get(line.person_id)
    final = story.claim.kind == "final"
    share = amounts["entitlement"] if final else amounts["advance"]
    standard = amounts["standard"]
    result = facts.get("result")
    return form.RegisterLine(
        name=person.name if person else line.person_id,
        id_number=person.document_number if person else "",
        occupation=story.project.occupation,
        occupation_class=story.project.occupation_class,
        level=story.project.level,
        term_years=story.project.term_years,
        rate=standard.times(Fraction(1, story.project.term_years)),
        result="" if result is None else "passed" if result == "passed" else "failed",
        certified=bool(facts.get("certificate")),
        share=percent(Fraction(share.fen, standard.fen)) if standard else "",
        entitlement=amounts.get("entitlement", ZERO),
        advance=amounts["advance_paid"] if final else amounts["advance"],
        balance=amounts.get("balance", ZERO),
        clawback=amounts.get("clawback", ZERO),
        fund_source=story.sources,
    )
