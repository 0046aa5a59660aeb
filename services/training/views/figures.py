"""Figures of the bulletin (APP-28): who was enrolled where, for what, in which year, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, extract, func, select

from services.training.decisions import names_rules_of
from services.training.models import Certificate, Enrolment, Project
from services.training.rules.progress import Established, ProgressFacts, high_levels
from shared.contracts.common import FindingShape, GetFigures
from shared.contracts.training.learning import Figures, FiguresLine, FiguresTotal
from shared.errors import InvalidRequest
from shared.kernel.work import Look
from shared.policy.decisions import decide
from shared.policy.document import Document
from shared.policy.findings import Finding
from shared.security.permissions import ReachKind, visible
from shared.store.access_filter import in_reach

STATES = ("in_training", "passed", "failed", "left")
_YEAR: ColumnElement[int] = extract("year", Enrolment.starts_on)


def get_figures(look: Look, request: GetFigures) -> Figures:
    """Lines in the speaker's reach, their sum, and the plan's target for those who see all of it."""
    if request.from_year > request.to_year:
        raise InvalidRequest.of(("from_year", "起始年度晚于截止年度，请核对"))
    counted = _counted(look, request)
    keys = (Project.district, Project.occupation, Project.level, _YEAR)
    lines = tuple(
        FiguresLine(district, occupation, level, int(year), *map(int, numbers))
        for district, occupation, level, year, *numbers in look.session.execute(
            _sums(*keys).where(*counted).group_by(*keys).order_by(*keys)
        )
    )
    [total] = look.session.execute(_sums().where(*counted)).all()
    numbers = [int(number) for number in total]
    high = f"{_high(look, counted)}/{numbers[0]}"
    return Figures(lines, FiguresTotal(high, *numbers), _target(look, request.programme))


def _counted(look: Look, request: GetFigures) -> list[ColumnElement[bool]]:
    conditions = [
        in_reach(look.speaker, Project.district, Project.employer_id, Project.provider_id),
        Project.programme == request.programme,
        Enrolment.starts_on >= date(request.from_year, 1, 1),
        Enrolment.starts_on < date(request.to_year + 1, 1, 1),
    ]
    return conditions + ([Project.district == request.district] if request.district is not None else [])


def _sums(*keys: Any) -> Any:
    """Person-times, persons, each state, certified: of enrolments that stand."""
    certified = select(Certificate.enrolment_id).distinct().subquery()
    return (
        select(
            *keys,
            func.count(Enrolment.id),
            func.count(Enrolment.person_id.distinct()),
            *(func.coalesce(func.sum(case((Enrolment.state == state, 1), else_=0)), 0) for state in STATES),
            func.count(certified.c.enrolment_id),
        )
        .select_from(Enrolment)
        .join(Project, Project.id == Enrolment.project_id)
        .outerjoin(certified, certified.c.enrolment_id == Enrolment.id)
        .where(Enrolment.state != "annulled")
    )


def _established(look: Look, counted: Sequence[ColumnElement[bool]]) -> list[tuple[Document, Established]]:
    """By document, year and level; a document that isn't loaded is an error, not a gap in the sum."""
    keys = (Project.document, _YEAR, Project.level)
    rows = look.session.execute(_sums(*keys).where(*counted).group_by(*keys).order_by(*keys))
    return [
        (look.policies.by_identity(identity), Established(int(year), level, int(number)))
        for identity, year, level, number, *_ in rows
    ]


def _high(look: Look, counted: Sequence[ColumnElement[bool]]) -> int:
    """Person-times at the levels whose share each document asks for."""
    return sum(
        entry.person_times
        for document, entry in _established(look, counted)
        if entry.level in high_levels(document, look.today)
    )


def _target(look: Look, programme: str) -> tuple[FindingShape, ...]:
    """Each place's target under its present document, counted over all of the plan's years (INT-41)."""
    if visible(look.speaker).kind is not ReachKind.ALL:
        return ()
    everything = _established(look, [Project.programme == programme])
    findings: list[Finding] = []
    for document in _present(look.policies.current, programme, look.today):
        counted = tuple(each for other, each in everything if other.jurisdiction == document.jurisdiction)
        findings += decide("training.progress", ProgressFacts(look.today, counted), document).findings
    return tuple(FindingShape(**finding.to_json()) for finding in findings)


def _present(documents: Iterable[Document], programme: str, today: date) -> list[Document]:
    """By place, the latest document of the programme that has begun and sets a target."""
    begun = [each for each in documents if each.programme == programme and each.from_on <= today]
    latest = {each.jurisdiction: each for each in sorted(begun, key=lambda each: each.from_on)}
    return [each for _, each in sorted(latest.items()) if names_rules_of(each, "training.progress")]
