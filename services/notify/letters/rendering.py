"""From an event to a letter: Jinja2 templates that may read what they are given and nothing else.

A template's first line is the title, the rest the body. It is given:

    data                   the event's data               today       the business date of the event
    employer, provider     names, or short ids            district    its Chinese name
    station                where the case waits, or None  document    the document that is certain, or None
    basis("rule", …)       "（依据…文号 条款）" of the first name that the document holds, else nothing
    word(code)             the Chinese word for a code    … | short   an id's first 8 characters
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notify.letters.governing_document import clause_of
from services.notify.letters.template_table import TEMPLATES
from shared.jurisdictions import places
from shared.policy.document import Document, Station

SHORT = 8

WORDS: Mapping[str, str] = {
    "project": "项目申请",
    "roster": "人员名单",
    "advance": "预拨",
    "final": "尾款",
    "supplementary": "补充补贴",
    "shortage": "急需紧缺职业目录",
    "appraisable": "可评价职业目录",
    "restricted": "新增产业禁止和限制目录",
    "providers": "培训机构目录",
    "minimum_wage": "最低工资标准",
    "self_evaluation": "企业自主评价备案目录",
    "objection": "异议核查",
    "audit_finding": "审计问题",
    "suspension": "停训整改",
    "fraud_inquiry": "骗取补贴核查",
    "public_notice": "公示",
    "break": "休学",
    "return": "复学",
    "withdrawal": "退学",
    "passed": "合格",
    "failed": "不合格",
    "in_order": "未发现问题",
    "to_mend": "需要整改",
    "rejected": "被银行拒付",
    "returned": "到账后被银行退回",
}
"""Codes of the contracts that no document gives a word for."""


@dataclass(frozen=True)
class Letter:
    """What a party reads. `title`: one line."""

    title: str
    body: str


@dataclass(frozen=True)
class Matter:
    """All that letters about one event or deadline may say. `today`: its date; `names`: organisations by id."""

    data: Any
    today: date
    names: Mapping[str, str]
    station: Station | None
    documents: tuple[Document, ...]

    @property
    def document(self) -> Document | None:
        """The one that may be cited, in its newest revision; None where it isn't certain."""
        return self.documents[0] if len({document.id for document in self.documents}) == 1 else None


def write_letter(template: str, matter: Matter) -> Letter:
    """The letter of one template. Raises jinja2.UndefinedError where the template asks for what isn't there."""
    document = matter.document
    data = matter.data
    text = (
        _environment()
        .get_template(f"{template}.j2")
        .render(
            data=data,
            today=matter.today,
            employer=_name(matter, "employer_id"),
            provider=_name(matter, "provider_id"),
            district=places().name(getattr(data, "district", "")),
            station=matter.station,
            document=document,
            basis=lambda *names: _basis(document, names),
            word=lambda code: _word(document, code),
        )
    )
    title, _, body = text.partition("\n")
    return Letter(title.strip(), body.strip())


def write_mail(letter: Letter) -> str:
    """A letter's body as mail: with how to answer, since nobody reads answers to the mail itself."""
    return _environment().get_template("mail.j2").render(body=letter.body)


def short(identifier: str) -> str:
    """An id as letters show it: its first 8 characters."""
    return identifier[:SHORT]


def _name(matter: Matter, field: str) -> str:
    identifier = getattr(matter.data, field, "")
    # A name is one line, whatever was typed: the first line end of a letter ends its title.
    return " ".join(matter.names.get(identifier, "").split()) or f"单位 {short(identifier)}"


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # plain text: nothing renders it as HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["short"] = short
    return environment


def _word(document: Document | None, code: str) -> str:
    return WORDS.get(code) or (document.label(code) if document else code)


def _basis(document: Document | None, names: tuple[str, ...]) -> str:
    if document is None:
        return ""
    clause = next((found for name in names if (found := clause_of(document, name))), None)
    return f"（依据{document.number or document.title} {clause}）" if clause else ""
