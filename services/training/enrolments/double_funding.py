"""What speaks against paying an enrolment, found in other enrolments of training's own (X-1); officers decide.

X-1's constraints hold within a programme or an exclusion group. What they allow across programmes, and what was paid
for before, is found here, for a whole list at once. Who was annulled for fraud counts for nothing (APP-27); who failed
or left holds no period and overlaps with nobody (INT-31).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from services.training.models import LIVE, Certificate, Enrolment, Project
from shared.contracts.training.enrolments import AskDuplicates, Duplicate, DuplicateList
from shared.errors import InvalidRequest
from shared.kernel.work import Look
from shared.policy.levels import at_least
from shared.policy.policies import Policies

Kind = Literal["certificate_twice", "certified_before", "enrolled_elsewhere"]

Found = tuple[str, str, str, str, date]
"""This enrolment, the other one, its project and programme, since when."""

STRANGERS_NAMED = 200

_mine, _other = aliased(Enrolment, name="mine"), aliased(Enrolment, name="other")
_project = aliased(Project, name="my_project")
_paper, _same_paper = aliased(Certificate, name="paper"), aliased(Certificate, name="same_paper")
_BOTH_COUNT = (_mine.id != _other.id, _mine.state != "annulled", _other.state != "annulled")


def ask_duplicates(look: Look, request: AskDuplicates) -> DuplicateList:
    """One entry for each kind and pair of enrolments; raises InvalidRequest with the ids that nobody is enrolled by."""
    ids = dict.fromkeys(request.enrolment_ids)
    _check_known(look.session, ids)
    found = [
        *_earliest("certificate_twice", _certificates_twice(look.session, ids)),
        *_earliest("certified_before", _certified_before(look.session, look.policies, ids)),
        *_earliest("enrolled_elsewhere", _enrolled_elsewhere(look.session, ids)),
    ]
    return DuplicateList(look.today, tuple(found))


def _check_known(session: Session, ids: Collection[str]) -> None:
    known = set(session.scalars(select(Enrolment.id).where(Enrolment.id.in_(ids))))
    strangers = [
        (f"enrolment_ids[{place}]", f"{one}：没有这个学籍，请核对编号")
        for place, one in enumerate(ids)
        if one not in known
    ]
    if strangers:
        raise InvalidRequest.of(*strangers[:STRANGERS_NAMED])


def _certificates_twice(session: Session, ids: Collection[str]) -> Iterator[Found]:
    """The same kind and number on another enrolment, in any programme."""
    twice = (
        _pairs(_same_paper.issued_on)
        .join(_paper, _paper.enrolment_id == _mine.id)
        .join(_same_paper, (_same_paper.number_key == _paper.number_key) & (_same_paper.kind == _paper.kind))
        .join(_other, _other.id == _same_paper.enrolment_id)
        .where(_mine.id.in_(ids), *_BOTH_COUNT)
    )
    yield from (tuple(row) for row in session.execute(twice))


def _certified_before(session: Session, policies: Policies, ids: Collection[str]) -> Iterator[Found]:
    """A certificate of the occupation, at the level trained for or above, that the person got here earlier."""
    earlier = (
        _pairs(_paper.issued_on, _paper.level, _project.level, _project.document)
        .join(_project, _project.id == _mine.project_id)
        .join(_other, _other.person_id == _mine.person_id)
        .join(_paper, _paper.enrolment_id == _other.id)
        .where(
            _mine.id.in_(ids),
            *_BOTH_COUNT,
            _paper.occupation == _project.occupation,
            _paper.issued_on < _mine.starts_on,
        )
    )
    for mine, other, project, programme, issued_on, level, wanted, document in session.execute(earlier):
        if at_least(level, wanted, policies.by_identity(document).certificate_levels):
            yield mine, other, project, programme, issued_on


def _enrolled_elsewhere(session: Session, ids: Collection[str]) -> Iterator[Found]:
    """Another live funded enrolment of the person, in any project, on at least one day of this one."""
    overlapping = (
        _pairs(_mine.starts_on, _other.starts_on)
        .join(_other, _other.person_id == _mine.person_id)
        .where(
            _mine.id.in_(ids),
            *_BOTH_COUNT,
            *_holds_its_period(_mine),
            *_holds_its_period(_other),
            _mine.starts_on < _other.ends_on,
            _other.starts_on < _mine.ends_on,
        )
    )
    for mine, other, project, programme, mine_on, other_on in session.execute(overlapping):
        yield mine, other, project, programme, max(mine_on, other_on)


def _pairs(*columns: Any) -> Select[Any]:
    """This enrolment, the other one with its project and programme, and what else a comparison needs."""
    return select(_mine.id, _other.id, _other.project_id, _other.programme, *columns).select_from(_mine)


def _holds_its_period(enrolment: type[Enrolment]) -> tuple[ColumnElement[bool], ...]:
    return (enrolment.funded.is_(True), enrolment.state.in_(LIVE))


def _earliest(kind: Kind, found: Iterable[Found]) -> list[Duplicate]:
    """One of each pair, in the order of its ids; where several days speak against it, the earliest."""
    pairs: dict[tuple[str, str], Duplicate] = {}
    for mine, other, project, programme, since in sorted(found):
        reference = f"{kind}.{mine}.{other}"
        pairs.setdefault((mine, other), Duplicate(mine, kind, reference, other, project, programme, since))
    return list(pairs.values())
