"""training: each side has a project that may enrol, one that trains, and one that only waits to be completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from programmes.apprenticeship.forms import credit_sheet
from services.training.service import TrainingService
from shared.contracts.review import cases
from shared.contracts.schema.shapes import FileRef
from shared.contracts.training import credits, learning, papers, preparation, projects, results
from shared.contracts.training import enrolments as contract
from shared.money import Money
from shared.security.speaker import Role, Speaker
from tests.hostile.driver import Driver
from tests.hostile.drivers.learning import learning_requests
from tests.hostile.kernel_requests import file_of
from tests.hostile.sides import Side
from tests.services import files
from tests.services.harness import CHAOYANG
from tests.services.training import sheets
from tests.services.training.driver import (
    COOPERATION_ITEMS,
    LAST_DAY,
    PLAN,
    START,
    TRAINING_ITEMS,
    assessment,
    certificate,
)
from tests.services.training.neighbours import Neighbours

READY, RUNNING, ENDED = "ready", "running", "ended"


class TrainingDriver(Driver):
    service = TrainingService

    def prepare(self) -> None:
        self.harness.move_clock(LAST_DAY)
        self.document = self.harness.policies.governing("apprenticeship", CHAOYANG, START).identity
        self.enrolments: dict[tuple[str, str], list[str]] = {}
        self.extra: dict[str, str] = {}
        self.sheets: dict[str, FileRef] = {}
        Neighbours(self.harness)

    def build(self, name: str, district: str) -> Side:
        side = Side(name, district, f"employer-{name}", f"provider-{name}")
        for stage in (READY, RUNNING, ENDED):
            self._approve(side, stage)
            self._sign(side, stage)
        for stage in (RUNNING, ENDED):
            self._run(side, stage)
        self._extra_credits(side)
        sheet = credit_sheet.FORM.write(sheets.HEAD, [sheets.hours(self.enrolments[name, RUNNING][0], class_hours="8")])
        for role in (Role.EMPLOYER, Role.TRAINING_PROVIDER):
            self.sheets[name] = files.put(self.harness, side.speaker(role), sheet)
        self._assess(side, self.enrolments[name, RUNNING][1:])
        self._assess(side, self.enrolments[name, ENDED], ENDED)
        picture = files.put(self.harness, _clerk(side), b"photo", "现场.jpg", "image/jpeg")
        self.harness.call(_clerk(side), learning.RECORD_MEDIA, _picture(_project(side, ENDED), picture))
        return side

    def own_requests(self, side: Side, role: Role) -> Mapping[str, Any]:
        ready, running, ended = (_project(side, stage) for stage in (READY, RUNNING, ENDED))
        training, assessed = self.enrolments[side.name, RUNNING]
        person = _people(side, READY)[0]
        credit = credits.CreditRow(1, training, START, "classroom", "theory", "classroom", 8)
        bonus = credits.ExtraCreditRow(1, training, "bonus", 1, "技能竞赛获奖")
        return {
            "record_training_agreement": self._agreement(side, READY),
            "record_cooperation_agreement": preparation.CooperationAgreement(
                ready, COOPERATION_ITEMS, START, Money.yuan(1000)
            ),
            "file_textbooks": preparation.FileTextbooks(ready, ("车工工艺",)),
            "assign_mentors": self._mentors(side, READY),
            "establish_enrolments": contract.EstablishEnrolments(ready, START, (contract.EnrolRow(1, person),)),
            "record_credits": credits.RecordCredits(running, (credit,)),
            "record_extra_credits": credits.RecordExtraCredits(running, (bonus,)),
            "approve_extra_credits": credits.ApproveExtraCredits(running, (self.extra[side.name],)),
            "record_assessments": results.RecordAssessments(running, (_failed(1, training),)),
            "take_up_departures": results.TakeUpDepartures(
                running, (results.DepartureRow(1, assessed, "设备改造（示例）"),)
            ),
            "record_certificates": results.RecordCertificates(
                running, (certificate(1, assessed, f"CERT-{side.name}"),)
            ),
            "complete_run": projects.CompleteRun(ended, LAST_DAY),
            "settle_run": projects.SettleRun(running, LAST_DAY, "gone", "企业已注销（示例）"),
            "get_project": projects.GetProject(running),
            "list_enrolments": contract.ListEnrolments(running),
            "ask_outcomes": results.AskOutcomes(running),
            "ask_funded": contract.AskFunded("apprenticeship", _people(side, RUNNING)),
            "ask_ended": results.AskEnded((training, assessed)),
            "ask_gone": contract.AskGone(running, _people(side, RUNNING)),
            "ask_duplicates": contract.AskDuplicates((training, assessed)),
            "import_sheet": papers.ImportSheet(running, "credits", self.sheets[side.name]),
            "make_sheet": papers.MakeSheet(running, "credits"),
            "make_form": papers.MakeTrainingPaper(running, "credit_record", enrolment_id=training),
            **learning_requests(side, running, training, f"m-{side.employer}", file_of(side), START),
        }

    def hands(self, role: Role) -> Mapping[str, tuple[str, ...]]:
        return {"approve_extra_credits": ("clerk-here",)}

    # --- the road ----------------------------------------------------------------------------------------------------

    def _approve(self, side: Side, stage: str) -> None:
        project = _project(side, stage)
        parties: dict[str, Any] = {
            "project_id": project,
            "programme": "apprenticeship",
            "district": side.district,
            "employer_id": side.employer,
            "provider_id": side.provider,
            "approved_on": START,
        }
        told = cases.ProjectApproved(
            document=self.document,
            provider_kind="vocational_college",
            submitted_on=START,
            occupation="6-18-01",
            occupation_class="ordinary",
            plan=PLAN,
            cooperation_agreement=True,
            **parties,
        )
        self.harness.hear(cases.PROJECT_APPROVED, project, told)
        roster = cases.RosterApproved(
            case_id=f"roster-{project}", part=1, parts=1, person_ids=_people(side, stage), **parties
        )
        self.harness.hear(cases.ROSTER_APPROVED, project, roster)

    def _sign(self, side: Side, stage: str) -> None:
        project, clerk = _project(side, stage), _clerk(side)
        cooperation = preparation.CooperationAgreement(project, COOPERATION_ITEMS, START, Money.yuan(1000))
        self.harness.call(clerk, preparation.RECORD_TRAINING_AGREEMENT, self._agreement(side, stage))
        self.harness.call(clerk, preparation.RECORD_COOPERATION_AGREEMENT, cooperation)
        self.harness.call(clerk, preparation.FILE_TEXTBOOKS, preparation.FileTextbooks(project, ("车工工艺",)))
        self.harness.call(clerk, preparation.ASSIGN_MENTORS, self._mentors(side, stage))

    def _run(self, side: Side, stage: str) -> None:
        rows = tuple(contract.EnrolRow(number, person) for number, person in enumerate(_people(side, stage)))
        request = contract.EstablishEnrolments(_project(side, stage), START, rows)
        answer = self.harness.call(_clerk(side), contract.ESTABLISH_ENROLMENTS, request)
        self.enrolments[side.name, stage] = [str(row.id) for row in answer.rows]

    def _extra_credits(self, side: Side) -> None:
        row = credits.ExtraCreditRow(1, self.enrolments[side.name, RUNNING][0], "bonus", 2, "技能竞赛获奖")
        request = credits.RecordExtraCredits(_project(side, RUNNING), (row,))
        self.extra[side.name] = str(self.harness.call(_clerk(side), credits.RECORD_EXTRA_CREDITS, request).rows[0].id)

    def _assess(self, side: Side, enrolments: Sequence[str], stage: str = RUNNING) -> None:
        rows = tuple(_failed(number, one) for number, one in enumerate(enrolments))
        request = results.RecordAssessments(_project(side, stage), rows)
        teacher = side.speaker(Role.TRAINING_PROVIDER, f"teacher-{side.name}")
        for party in (teacher, _clerk(side)):
            answer = self.harness.call(party, results.RECORD_ASSESSMENTS, request)
            assert {row.outcome for row in answer.rows} == {"accepted"}, answer

    @staticmethod
    def _agreement(side: Side, stage: str) -> preparation.TrainingAgreement:
        return preparation.TrainingAgreement(
            _project(side, stage), "collective", _people(side, stage), TRAINING_ITEMS, START
        )

    @staticmethod
    def _mentors(side: Side, stage: str) -> preparation.AssignMentors:
        pair = (f"m-{side.employer}", f"i-{side.provider}")
        rows = tuple(
            preparation.MentorRow(number, person, *pair, START) for number, person in enumerate(_people(side, stage))
        )
        return preparation.AssignMentors(_project(side, stage), rows)


def _project(side: Side, stage: str) -> str:
    return f"project-{stage}-{side.name}"


def _people(side: Side, stage: str) -> tuple[str, ...]:
    return tuple(f"person-{stage}-{side.name}-{number}" for number in (1, 2))


def _failed(number: int, enrolment: str) -> results.AssessmentRow:
    return assessment(number, enrolment, result="failed", pass_certificate=None)


def _picture(project: str, file: FileRef) -> learning.RecordMedia:
    return learning.RecordMedia(project, (learning.MediaRow(1, "photo", START, file),))


def _clerk(side: Side) -> Speaker:
    return side.speaker(Role.EMPLOYER, f"clerk-{side.name}")
