"""The training service: what it serves and hears, and by which use case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.training.rules  # noqa: F401 - they register themselves
from services.training.circumstances import changes, run_settlement
from services.training.enrolments import annulment, double_funding, establishment, gone
from services.training.enrolments.prior_enrolments import PriorEnrolments
from services.training.enrolments.registry_answers import ask_registry
from services.training.learning import class_hours, extra_credits, media_and_incentives, wages
from services.training.mentors import assignments, departures
from services.training.models import Enrolment
from services.training.papers import project_papers
from services.training.preparation import agreements
from services.training.projects import approvals, blocks
from services.training.results import assessments, certificates, conduct, ended, plan_departures, run_completion
from services.training.spreadsheets import blanks, imports
from services.training.views import figures, history, project_list, queries, worklist
from shared.contracts.review import cases, oversight
from shared.contracts.training import (
    circumstances,
    credits,
    enrolments,
    learning,
    papers,
    preparation,
    projects,
    results,
)
from shared.kernel.service import Service, handles, hears


class TrainingService(Service):
    """See services/training/README.md."""

    name = "training"
    conflicts: ClassVar[Mapping[str, str]] = {
        "uq_course_runs_project_id": "本项目已经开班，请刷新后在原班期中办理",
        "course_runs.project_id": "本项目已经开班，请刷新后在原班期中办理",
    }
    decided_about = ((Enrolment.id, Enrolment.project_id),)
    prior_enrolments: ClassVar[PriorEnrolments] = PriorEnrolments()

    serves = (
        hears(cases.PROJECT_APPROVED, approvals.project_approved),
        hears(cases.ROSTER_APPROVED, approvals.roster_approved),
        hears(oversight.CASE_BLOCKED, blocks.block_opened),
        hears(oversight.CASE_UNBLOCKED, blocks.block_lifted),
        hears(oversight.FRAUD_CONFIRMED, annulment.fraud_confirmed),
        # before training starts
        handles(preparation.RECORD_TRAINING_AGREEMENT, agreements.record_training_agreement),
        handles(preparation.RECORD_COOPERATION_AGREEMENT, agreements.record_cooperation_agreement),
        handles(preparation.FILE_TEXTBOOKS, agreements.file_textbooks),
        handles(preparation.ASSIGN_MENTORS, assignments.assign_mentors, ask=assignments.ask),
        handles(preparation.RELEASE_MENTORS, departures.release_mentors),
        handles(enrolments.ESTABLISH_ENROLMENTS, establishment.establish_enrolments, ask=ask_registry),
        # while people learn
        handles(circumstances.RECORD_CIRCUMSTANCES, changes.record_circumstances, ask=changes.ask),
        handles(learning.RECORD_WAGES, wages.record_wages, ask=wages.ask),
        handles(learning.RECORD_MEDIA, media_and_incentives.record_media),
        handles(learning.RECORD_INCENTIVES, media_and_incentives.record_incentives),
        handles(credits.RECORD_CREDITS, class_hours.record_credits),
        handles(credits.RECORD_EXTRA_CREDITS, extra_credits.propose_extra_credits),
        handles(credits.APPROVE_EXTRA_CREDITS, extra_credits.approve_extra_credits),
        # its end
        handles(results.RECORD_ASSESSMENTS, assessments.record_assessments, ask=assessments.ask),
        handles(results.TAKE_UP_DEPARTURES, plan_departures.take_up_departures),
        handles(results.RECORD_CERTIFICATES, certificates.record_certificates, ask=certificates.ask),
        handles(projects.SETTLE_RUN, run_settlement.settle_run, ask=run_settlement.ask),
        handles(projects.COMPLETE_RUN, run_completion.complete_run),
        # questions
        handles(projects.GET_PROJECT, queries.get_project),
        handles(enrolments.LIST_ENROLMENTS, queries.list_enrolments),
        handles(results.ASK_OUTCOMES, queries.ask_outcomes),
        handles(results.ASK_ENDED, ended.ask_ended),
        handles(enrolments.ASK_FUNDED, queries.ask_funded),
        handles(enrolments.ASK_GONE, gone.ask_gone),
        handles(enrolments.ASK_DUPLICATES, double_funding.ask_duplicates),
        handles(learning.GET_CONDUCT, conduct.get_conduct),
        handles(learning.GET_FIGURES, figures.get_figures),
        handles(learning.LIST_PROJECTS, project_list.list_projects),
        handles(learning.LIST_WAITING, worklist.list_waiting),
        handles(learning.GET_HISTORY, history.get_history),
        handles(papers.IMPORT_SHEET, imports.import_sheet, ask=imports.ask),
        handles(papers.MAKE_SHEET, blanks.file_sheet, ask=blanks.ask),
        handles(papers.MAKE_FORM, project_papers.file_paper, ask=project_papers.ask),
    )
