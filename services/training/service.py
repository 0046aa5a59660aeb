"""The training service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.training.rules  # noqa: F401 - they register themselves
from services.training.circumstances import changes
from services.training.enrolments import annulment, double_funding, establishment
from services.training.learning import class_hours, extra_credits, media_and_incentives, wages
from services.training.mentors import assignments, departures
from services.training.models import Enrolment
from services.training.papers import project_papers
from services.training.preparation import agreements
from services.training.projects import activity_log, approvals, blocks
from services.training.results import assessments, certificates, conduct, run_completion
from services.training.spreadsheets import blanks, imports
from services.training.views import figures, project_list, queries, worklist
from shared.contracts.review import cases, oversight
from shared.contracts.training import circumstances, credits, learning, preparation, projects, results
from shared.contracts.training import enrolments as contract
from shared.contracts.training import papers as training_papers
from shared.kernel.service import Service, handles, hears


class TrainingService(Service):
    """See services/training/README.md."""

    name = "training"
    conflicts: ClassVar[Mapping[str, str]] = {
        "uq_course_runs_project_id": "本项目已经开班，请刷新后在原班期中办理",
        "course_runs.project_id": "本项目已经开班，请刷新后在原班期中办理",
    }
    decided_about = ((Enrolment.id, Enrolment.project_id),)

    serves = (
        hears(cases.PROJECT_APPROVED, approvals.project_approved),
        hears(cases.ROSTER_APPROVED, approvals.roster_approved),
        hears(oversight.CASE_BLOCKED, blocks.opened),
        hears(oversight.CASE_UNBLOCKED, blocks.lifted),
        hears(oversight.FRAUD_CONFIRMED, annulment.confirmed),
        # before training starts
        handles(preparation.RECORD_TRAINING_AGREEMENT, agreements.record_training_agreement),
        handles(preparation.RECORD_COOPERATION_AGREEMENT, agreements.record_cooperation_agreement),
        handles(preparation.FILE_TEXTBOOKS, agreements.file_textbooks),
        handles(preparation.ASSIGN_MENTORS, assignments.assign, ask=assignments.ask),
        handles(preparation.RELEASE_MENTORS, departures.release),
        handles(contract.ESTABLISH_ENROLMENTS, establishment.establish, ask=establishment.ask),
        # while people learn
        handles(circumstances.RECORD_CIRCUMSTANCES, changes.record, ask=changes.ask),
        handles(learning.RECORD_WAGES, wages.record, ask=wages.ask),
        handles(learning.RECORD_MEDIA, media_and_incentives.record_media),
        handles(learning.RECORD_INCENTIVES, media_and_incentives.record_incentives),
        handles(credits.RECORD_CREDITS, class_hours.record_credits),
        handles(credits.RECORD_EXTRA_CREDITS, extra_credits.propose),
        handles(credits.APPROVE_EXTRA_CREDITS, extra_credits.approve),
        # its end
        handles(results.RECORD_ASSESSMENTS, assessments.record, ask=assessments.ask),
        handles(results.RECORD_CERTIFICATES, certificates.record, ask=certificates.ask),
        handles(projects.COMPLETE_RUN, run_completion.complete),
        # questions
        handles(projects.GET_PROJECT, queries.get_project),
        handles(contract.LIST_ENROLMENTS, queries.list_enrolments),
        handles(results.ASK_OUTCOMES, queries.ask_outcomes),
        handles(contract.ASK_FUNDED, queries.ask_funded),
        handles(contract.ASK_DUPLICATES, double_funding.ask_duplicates),
        handles(learning.GET_CONDUCT, conduct.get_conduct),
        handles(learning.GET_FIGURES, figures.get_figures),
        handles(learning.LIST_PROJECTS, project_list.list_projects),
        handles(learning.LIST_WAITING, worklist.list_waiting),
        handles(learning.GET_HISTORY, activity_log.get_history),
        handles(training_papers.IMPORT_SHEET, imports.take_over, ask=imports.ask),
        handles(training_papers.MAKE_SHEET, blanks.keep, ask=blanks.ask),
        handles(training_papers.MAKE_FORM, project_papers.keep, ask=project_papers.ask),
    )
