"""What every paper needs: what registry said for it, the words that recur, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.contracts.registry.organisations import AccountShape, OrganisationShape
from shared.contracts.registry.people import PersonShape
from shared.jurisdictions import places
from shared.policy.decisions import Decision

KIND_WORDS = {"advance": "首次补贴（预拨）", "final": "剩余补贴（尾款）", "supplementary": "补充补贴"}


@dataclass(frozen=True)
class RegistryAnswers:
    """What registry said for one paper: the employer, people by id, accounts and payees' names by organisation id."""

    employer: OrganisationShape | None = None
    people: Mapping[str, PersonShape] = field(default_factory=dict)
    accounts: Mapping[str, AccountShape] = field(default_factory=dict)
    payees: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WrittenPaper:
    """A paper's bytes, and whose file it is; `organisation` empty: the district's alone."""

    content: bytes
    district: str
    organisation: str


def office(district: str) -> str:
    """The district's bureau, as it signs."""
    return places().bureau(district)


def result_words(decision: Decision) -> str:
    """How an enrolment is treated, in words: by its finding on the result, or as advanced."""
    facts = decision.facts
    if "result" not in facts:
        return "学籍已建立"
    if facts["result"] != "passed":
        return "未完成培训或考核不合格"
    return "考核合格，取得证书" if facts["certificate"] else "考核合格，未取得证书"
