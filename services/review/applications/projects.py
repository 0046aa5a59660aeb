"""How a project comes to its first station: the employer applies, the provider joins, a returned one comes again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.review import events
from services.review.applications.eligibility import ask_parties, place_parties
from services.review.cases import cases, held_decisions
from services.review.models import Case, Project
from services.review.rules.workflow import workflow_of
from shared.contracts.registry import eligibility
from shared.contracts.registry.organisations import LIST_ORGANISATIONS, ListOrganisations, OrganisationShape
from shared.contracts.review.applications import CaseAnswer, JoinProject, ResubmitProject, SubmitProject
from shared.errors import Conflict, InvalidRequest
from shared.kernel.work import Asks, Work
from shared.security.permissions import check_role
from shared.security.speaker import Role
from shared.store.types import new_id

Organisations = Mapping[str, OrganisationShape]


@dataclass(frozen=True)
class Parties:
    """What registry decided about employer and provider, when the case stood at `version`."""

    version: int
    decided: eligibility.PartiesDecided


def ask_organisations(asks: Asks, request: SubmitProject) -> Organisations:
    """The organisations that an application names, by id; those that registry doesn't have are absent."""
    named = (asks.speaker.organisation, request.provider_id, request.plan.entrusted_employer_id)
    ids = tuple(dict.fromkeys(each for each in named if each))
    listed = asks.ask(LIST_ORGANISATIONS, ListOrganisations(ids))
    return {each.organisation_id: each for each in listed.organisations}


def submit_project(work: Work, request: SubmitProject, known: Organisations) -> CaseAnswer:
    """Opens the case under the document of this very day (X-7); it waits for the provider."""
    employer = _employer(work, request, known)
    document = work.policies.governing(request.programme, employer.district, work.today)
    check_role(work.speaker, [Role(role) for role in workflow_of(document, cases.PROJECT).submitted_by])
    case_id = new_id()
    case = Case(
        case_id=case_id,
        kind=cases.PROJECT,
        programme=request.programme,
        document=document.identity,
        state="awaiting_provider",
        station=None,
        district=employer.district,
        employer_id=employer.organisation_id,
        provider_id=request.provider_id,
        project_id=case_id,
        submitted_on=work.today,
        round=1,
    )
    work.add(case)
    project = Project(case_id=case_id, employer_consent=request.superior_consent, cooperation_agreement=False)
    cases.write_plan(project, request.plan)
    work.session.add(project)
    cases.add_step(work, case, "submit")
    events.tell_waiting(work, case, document)
    return cases.answer(case)


def _employer(work: Work, request: SubmitProject, known: Organisations) -> OrganisationShape:
    """The applying employer; raises InvalidRequest naming every organisation that isn't registered."""
    named = {
        "employer_id": work.speaker.organisation or "",
        "provider_id": request.provider_id,
        "plan.entrusted_employer_id": request.plan.entrusted_employer_id,
    }
    missing = [path for path, each in named.items() if each is not None and each not in known]
    if missing:
        raise InvalidRequest.of(*((path, "该单位尚未登记，请核对编号，或先到所属区办理登记") for path in missing))
    return known[named["employer_id"] or ""]


def ask_parties_at_joining(asks: Asks, request: JoinProject) -> Parties | None:
    """Registry's decisions about both parties; none while a returned project waits for its employer."""
    with asks.reading() as session:
        case = cases.project_in_reach(session, asks.speaker, request.case_id, field="case_id")
        cases.check_provider(asks.speaker, case)
        plan = cases.plan_of(cases.project_of(session, case))
    return Parties(case.version, ask_parties(asks, case, plan)) if case.state == "awaiting_provider" else None


def join_project(work: Work, request: JoinProject, known: Parties | None) -> CaseAnswer:
    """The provider's part: with it the case goes to its first station; a returned one goes on waiting for its employer.

    Raises Conflict where the case waits for neither.
    """
    case = cases.project_in_reach(work.session, work.speaker, request.case_id, field="case_id")
    cases.check_provider(work.speaker, case)
    project = cases.project_of(work.session, case)
    project.provider_consent = request.superior_consent
    project.cooperation_agreement = request.cooperation_agreement
    if case.state == "awaiting_provider" and known is not None:
        cases.check_unchanged(case, known.version)
        cases.move_case(case, cases.document_of(work.policies, case), "join", work.today)
        cases.add_step(work, case, "join")
        _enter(work, case, project, known.decided)
    elif case.state == "returned":
        cases.add_step(work, case, "join")
    else:
        raise Conflict("培训机构已加入，案件不在等待加入或退回修改的状态，无需重复提交", state=case.state)
    return cases.answer(case)


def ask_parties_at_resubmitting(asks: Asks, request: ResubmitProject) -> Parties:
    """Registry's decisions about both parties, for the plan as it now stands."""
    with asks.reading() as session:
        case = cases.project_in_reach(session, asks.speaker, request.case_id, field="case_id")
        cases.check_employer(asks.speaker, case)
        cases.place_after(case, cases.document_of(asks.policies, case), "resubmit")
    return Parties(case.version, ask_parties(asks, case, request.plan))


def resubmit_project(work: Work, request: ResubmitProject, known: Parties) -> CaseAnswer:
    """A returned project, mended: decided anew, under the document and the day of its first submission (X-7)."""
    case = cases.project_in_reach(work.session, work.speaker, request.case_id, field="case_id")
    cases.check_employer(work.speaker, case)
    cases.check_unchanged(case, known.version)
    cases.move_case(case, cases.document_of(work.policies, case), "resubmit", work.today)
    case.round += 1
    project = cases.project_of(work.session, case)
    cases.write_plan(project, request.plan)
    project.employer_consent = request.superior_consent
    cases.add_step(work, case, "resubmit")
    _enter(work, case, project, known.decided)
    return cases.answer(case)


def _enter(work: Work, case: Case, project: Project, parties: eligibility.PartiesDecided) -> None:
    """At the first station: what was decided about the parties and the project lies there for the reviewers."""
    of_parties = place_parties(case, project, parties)
    document = cases.document_of(work.policies, case)
    own = held_decisions.decide_own(
        work, case, held_decisions.PROJECT_DECISION, held_decisions.project_facts(case, project), document
    )
    held_decisions.store_decisions(work, case, (*of_parties, own))
    events.tell_waiting(work, case, document)
