"""What employer and provider each found at the joint assessment: kept with who and when, compared (APP-13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from services.training.list_rows import Fault
from services.training.models import AssessmentHalf, Project
from services.training.projects.access import own_project, project_as_provider
from shared.contracts.training.results import AssessmentRow
from shared.kernel.work import Work
from shared.policy.document import Document
from shared.security.speaker import Role, Speaker

Side = Literal["employer", "training_provider"]
SIDES: tuple[Side, ...] = ("employer", "training_provider")
NAMES: Mapping[str, str] = {"employer": "企业", "training_provider": "培训机构"}
_OTHER: Mapping[Side, Side] = {"employer": "training_provider", "training_provider": "employer"}


@dataclass(frozen=True)
class Halves:
    """The newest halves of some enrolments, as one side meets them under their document."""

    side: Side
    document: Document
    of: Mapping[tuple[str, str], AssessmentHalf] = field(default_factory=dict)

    @property
    def joint(self) -> bool:
        """Whether the document wants both."""
        return any(name == "training.jointly_assessed" for _, name in self.document.rules_by_function())

    def own(self, row: AssessmentRow) -> AssessmentHalf | None:
        """What the side itself entered last."""
        return self.of.get((row.enrolment_id, self.side))

    def other(self, row: AssessmentRow) -> AssessmentHalf | None:
        """What the other side entered last."""
        return self.of.get((row.enrolment_id, _OTHER[self.side]))

    def stands(self, row: AssessmentRow) -> bool:
        """Whether the row makes the result: the other side found the same, or nobody asks for it."""
        if not self.joint:
            return self.side == "employer"
        other = self.other(row)
        return other is not None and _is_same(row, other)

    def is_repeated(self, row: AssessmentRow) -> bool:
        """Whether the side entered just that before, and it is still not the result."""
        own = self.own(row)
        return own is not None and _is_same(row, own) and not self.stands(row)

    def fault(self, row: AssessmentRow, person: str) -> Fault | None:
        """Each side speaks for itself, by a person of its own."""
        took_part = row.assessed_by_employer if self.side == "employer" else row.assessed_by_provider
        if took_part is False:
            name = NAMES[self.side]
            return f"assessed_by_{'employer' if self.side == 'employer' else 'provider'}", (
                f"{name}没有参加考核的，不能登记考核结果；请由{name}参加考核后再登记"
            )
        other = self.other(row)
        if self.joint and other is not None and other.recorded_by == person:
            return "enrolment_id", "企业和培训机构应各由自己的人员登记考核结果，请由另一人登记"
        return None

    def waiting(self, row: AssessmentRow) -> str:
        """What is said of a half that isn't the result yet."""
        other, name = self.other(row), NAMES[_OTHER[self.side]]
        if other is None:
            return f"已登记{NAMES[self.side]}一方的考核意见；待{name}登记相同的结果后生效"
        return (
            f"已登记{NAMES[self.side]}一方的考核意见，与{name}登记的不一致（{self._shown(other)}），结果未生效；"
            "请双方核对后由有误的一方重新登记"
        )

    def _shown(self, half: AssessmentHalf) -> str:
        certificate = f"，{self.document.label(half.pass_certificate)}" if half.pass_certificate else ""
        return f"{half.assessed_on} {'合格' if half.result == 'passed' else '不合格'}{certificate}"


def side_of(speaker: Speaker) -> Side:
    """For whom the speaker enters results."""
    return "training_provider" if speaker.acting_role is Role.TRAINING_PROVIDER else "employer"


def project_of_side(session: Session, speaker: Speaker, project_id: str) -> Project:
    """A project whose employer, or whose provider, the speaker's organisation is; else NotFound."""
    side = project_as_provider if side_of(speaker) == "training_provider" else own_project
    return side(session, speaker, project_id)


def halves_of(session: Session, enrolment_ids: Iterable[str]) -> dict[tuple[str, str], AssessmentHalf]:
    """By enrolment and side, what was entered last."""
    newest = (
        select(func.max(AssessmentHalf.number))
        .where(AssessmentHalf.enrolment_id.in_(list(enrolment_ids)))
        .group_by(AssessmentHalf.enrolment_id, AssessmentHalf.side)
    )
    found = session.scalars(select(AssessmentHalf).where(AssessmentHalf.number.in_(newest)))
    return {(half.enrolment_id, half.side): half for half in found}


def halves_for(work: Work, document: Document, rows: Sequence[AssessmentRow]) -> Halves:
    """As the speaker's side meets them."""
    return Halves(side_of(work.speaker), document, halves_of(work.session, [row.enrolment_id for row in rows]))


def store_halves(work: Work, side: Side, rows: Sequence[AssessmentRow]) -> None:
    """One more half of each row's enrolment, with who entered it and when."""
    common = {"side": side, "recorded_by": work.speaker.person, "recorded_on": work.today}
    values = [
        {
            "enrolment_id": row.enrolment_id,
            "result": row.result,
            "assessed_on": row.assessed_on,
            "pass_certificate": row.pass_certificate,
            **common,
        }
        for row in rows
    ]
    if values:
        work.session.execute(insert(AssessmentHalf), values)


def _is_same(row: AssessmentRow, half: AssessmentHalf) -> bool:
    found = (half.result, half.assessed_on, half.pass_certificate)
    return (row.result, row.assessed_on, row.pass_certificate) == found
