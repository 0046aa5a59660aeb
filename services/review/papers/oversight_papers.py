"""Papers of oversight: the summons with its minutes, the order that training stands still, the public notice."""

from __future__ import annotations

from types import ModuleType

from sqlalchemy.orm import Session

from services.review.cases import cases
from services.review.models import Act, Case, Notice
from services.review.oversight import matters, summonses
from services.review.papers.draft import PaperDraft, basis
from shared.contracts.common import OFFICERS
from shared.errors import Conflict
from shared.jurisdictions import places
from shared.kernel.work import Asks
from shared.security.permissions import check_role
from shared.security.speaker import Role


def interview_summons(session: Session, asks: Asks, summons_id: str) -> PaperDraft:
    """The call, with its minutes once they are recorded. Raises NotPermitted for the provider, NotFound."""
    project, acts = _summons(session, asks, summons_id)
    document = cases.document_of(asks.policies, project)
    called, interviewed = acts[0], matters.newest(acts, *summonses.INTERVIEWED)

    def write(employer: str, form: ModuleType) -> bytes:
        summons = form.Summons(
            number=summons_id,
            employer=employer,
            project=project.case_id,
            office=places().bureau(project.district),
            basis=basis(document),
            grounds=called.details["grounds"],
            words=called.words,
            meet_on=called.details["meet_on"],
            place=called.details["place"],
            called_on=called.acted_on.isoformat(),
        )
        made: bytes = form.write_interview_summons(summons, _minutes(form, interviewed))
        return made

    return PaperDraft(project, write)


def _minutes(form: ModuleType, interviewed: Act | None) -> object:
    if interviewed is None:
        return None
    said = interviewed.details
    return form.Minutes(
        held_on=said["held_on"],
        superior=said["superior"],
        superior_present=said["superior_present"],
        head_present=said["head_present"],
        minutes=interviewed.words,
        agreed=said["outcome"] == "agreed",
        remedy_due_on=said["remedy_due_on"] or "",
    )


def suspension_notice(session: Session, asks: Asks, summons_id: str) -> PaperDraft:
    """Raises Conflict where the city ordered none."""
    project, acts = _summons(session, asks, summons_id)
    ordered = matters.newest(acts, "suspend")
    if ordered is None:
        raise Conflict("市级尚未决定停训，请在作出决定后再制作通知书")
    document = cases.document_of(asks.policies, project)
    grounds, findings = acts[0].details["grounds"], matters.findings_of(session, summons_id, summonses.ORDER)

    def write(employer: str, form: ModuleType) -> bytes:
        notice = form.Suspension(
            number=summons_id,
            employer=employer,
            project=project.case_id,
            office=places().bureau(document.jurisdiction),
            basis=basis(document),
            grounds=grounds,
            from_on=ordered.details["from_on"],
            words=ordered.words,
            findings=findings,
            ordered_on=ordered.acted_on.isoformat(),
        )
        made: bytes = form.write_suspension_notice(notice)
        return made

    return PaperDraft(project, write)


def _summons(session: Session, asks: Asks, summons_id: str) -> tuple[Case, list[Act]]:
    """What an interview says of an employer is for the officers and the employer."""
    check_role(asks.speaker, (*OFFICERS, Role.EMPLOYER))
    matter, project = matters.matter_in_reach(session, asks.speaker, summons_id, "summons")
    return project, matters.acts_of(session, matter)


def public_notice(session: Session, asks: Asks, notice_id: str) -> PaperDraft:
    """For whoever may know of the case: it is published. The office is the one whose officer published it."""
    matter, project = matters.matter_in_reach(session, asks.speaker, notice_id, "public_notice")
    notice = session.get_one(Notice, notice_id)
    document = cases.document_of(asks.policies, project)
    by_city = matters.acts_of(session, matter)[0].role == Role.CITY_OFFICER
    office = places().bureau(document.jurisdiction if by_city else project.district)
    title, text, published_at, working_days = notice.title, matter.words, notice.published_at, notice.working_days
    from_on, to_on = notice.from_on.isoformat(), notice.to_on.isoformat()

    def write(employer: str, form: ModuleType) -> bytes:
        published = form.PublicNotice(
            number=notice_id,
            title=title,
            text=text,
            employer=employer,
            basis=basis(document),
            published_at=published_at,
            from_on=from_on,
            to_on=to_on,
            working_days=working_days,
            office=office,
        )
        made: bytes = form.write_public_notice(published)
        return made

    return PaperDraft(project, write)
