"""A training service whose neighbours say yes, and projects on their way; tests change what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from services.training.service import TrainingService
from shared.batching import slices
from shared.contracts.common import ListWaiting, RowResult, WaitingItem
from shared.contracts.review import cases
from shared.contracts.schema.declare import Method
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.training import circumstances, credits, learning, preparation, projects, results
from shared.contracts.training import enrolments as training
from shared.money import Money
from shared.security.speaker import Role, Speaker
from tests.services import files
from tests.services.harness import CHAOYANG, SHUNYI, KernelHarness
from tests.services.training.neighbours import Neighbours

Req = TypeVar("Req")
Ans = TypeVar("Ans")

SCHOOL_DAY = 8
START = date(2022, 6, 15)
LAST_DAY = date(2024, 6, 14)
TAUGHT = date(2022, 10, 31)
"""By then everything that `teach` teaches is done, a school day's hours each day."""
TRAINING_ITEMS = ("target", "content_and_term", "assessment_standard", "treatment", "duties")
COOPERATION_ITEMS = ("mode", "content", "term", "fee", "responsibilities")
RULES = ("training_term", "leave", "assessment", "change_of_circumstances")
PLAN = cases.ProjectPlan(
    occupation="6-18-01",
    level="advanced",
    term_years=2,
    starts_on=START,
    head_count=20,
    standard="示例职业技能标准",
    classroom_credits=32,
    workplace_credits=48,
    general_hours=80,
    theory_hours=240,
    practice_hours=480,
    employer_rules=RULES,
)


class Driver:
    """`url`: of a migrated database. Ids are readable: project "p1" of "employer-1" with "provider-1" in Chaoyang."""

    def __init__(
        self, url: str, folder: Path, *, policy_path: str = "", service: type[TrainingService] = TrainingService
    ) -> None:
        self.harness = KernelHarness(service, url, folder, policy_path=policy_path)
        self.document = self.harness.policies.governing("apprenticeship", CHAOYANG, date(2022, 6, 6)).identity
        self.employer = self.harness.speaker(Role.EMPLOYER, "clerk-1", organisation="employer-1")
        self.rival = self.harness.speaker(Role.EMPLOYER, "clerk-2", organisation="employer-2")
        self.provider = self.harness.speaker(Role.TRAINING_PROVIDER, "clerk-3", organisation="provider-1")
        self.officer = self.harness.speaker(Role.DISTRICT_OFFICER, "officer-1", district=CHAOYANG)
        self.stranger = self.harness.speaker(Role.DISTRICT_OFFICER, "officer-2", district=SHUNYI)
        self.subsidy = Speaker.service("subsidy")
        self.neighbours = Neighbours(self.harness)
        self.harness.move_clock(START)

    def call(self, speaker: Speaker, method: Method[Req, Ans], request: Req) -> Ans:
        """The answer, or the typed error that a caller would get."""
        return self.harness.call(speaker, method, request)

    # --- what is read --------------------------------------------------------------------------------------------

    def project(self, speaker: Speaker | None = None, project_id: str = "p1") -> projects.ProjectShape:
        return self.call(speaker or self.officer, projects.GET_PROJECT, projects.GetProject(project_id))

    def enrolments(self, speaker: Speaker | None = None, project_id: str = "p1") -> tuple[training.EnrolmentShape, ...]:
        request = training.ListEnrolments(project_id)
        return self.call(speaker or self.officer, training.LIST_ENROLMENTS, request).enrolments

    def outcome_page(self) -> results.OutcomePage:
        """Of "p1", as subsidy is told."""
        return self.call(self.subsidy, results.ASK_OUTCOMES, results.AskOutcomes("p1"))

    def waiting(self, speaker: Speaker) -> tuple[WaitingItem, ...]:
        return self.call(speaker, learning.LIST_WAITING, ListWaiting()).items

    # --- the road ------------------------------------------------------------------------------------------------

    def approve(
        self,
        project_id: str = "p1",
        *,
        employer: str = "employer-1",
        programme: str = "apprenticeship",
        provider_kind: str = "technical_college",
        **changes: Any,
    ) -> None:
        plan = replace(PLAN, **changes)
        told = cases.ProjectApproved(
            project_id=project_id,
            programme=programme,
            document=self.harness.policies.governing(programme, CHAOYANG, date(2022, 6, 6)).identity,
            district=CHAOYANG,
            employer_id=employer,
            provider_id="provider-1",
            provider_kind=provider_kind,
            submitted_on=date(2022, 6, 6),
            approved_on=date(2022, 6, 10),
            occupation="6-18-01",
            occupation_class="ordinary",
            plan=plan,
            cooperation_agreement=True,
        )
        self.harness.hear(cases.PROJECT_APPROVED, project_id, told)

    def admit(
        self,
        people: Sequence[str],
        project_id: str = "p1",
        *,
        employer: str = "employer-1",
        on: date = date(2022, 6, 14),
        part: tuple[int, int] = (1, 1),
        programme: str = "apprenticeship",
        roster: str = "roster",
    ) -> None:
        told = cases.RosterApproved(
            case_id=f"{roster}-{project_id}",
            project_id=project_id,
            programme=programme,
            district=CHAOYANG,
            employer_id=employer,
            provider_id="provider-1",
            approved_on=on,
            part=part[0],
            parts=part[1],
            person_ids=tuple(people),
        )
        self.harness.hear(cases.ROSTER_APPROVED, project_id, told)

    def sign(self, people: Sequence[str], project_id: str = "p1", speaker: Speaker | None = None) -> None:
        """Both agreements and the textbooks."""
        self.agree(people, project_id, speaker)
        filing = preparation.FileTextbooks(project_id, ("车工工艺",))
        self.call(speaker or self.employer, preparation.FILE_TEXTBOOKS, filing)

    def agree(self, people: Sequence[str], project_id: str = "p1", speaker: Speaker | None = None) -> None:
        """Both agreements."""
        by = speaker or self.employer
        agreement = preparation.TrainingAgreement(project_id, "collective", tuple(people), TRAINING_ITEMS, START)
        self.call(by, preparation.RECORD_TRAINING_AGREEMENT, agreement)
        cooperation = preparation.CooperationAgreement(project_id, COOPERATION_ITEMS, START, Money.yuan(1000))
        self.call(by, preparation.RECORD_COOPERATION_AGREEMENT, cooperation)

    def assign(
        self, people: Sequence[str], project_id: str = "p1", speaker: Speaker | None = None
    ) -> tuple[RowResult, ...]:
        by = speaker or self.employer
        rows = tuple(
            preparation.MentorRow(number, person, f"m-{by.organisation}", "i-provider-1")
            for number, person in enumerate(people, start=1)
        )
        return self.call(by, preparation.ASSIGN_MENTORS, preparation.AssignMentors(project_id, rows)).rows

    def ready(self, people: Sequence[str], project_id: str = "p1", speaker: Speaker | None = None) -> None:
        """Approved, admitted, signed, guided: all but enrolled."""
        by = speaker or self.employer
        self.approve(project_id, employer=by.organisation or "")
        parts = [people[start : start + 1000] for start in range(0, len(people), 1000)]
        for number, part in enumerate(parts, start=1):
            self.admit(part, project_id, employer=by.organisation or "", part=(number, len(parts)))
        self.sign(people, project_id, by)
        assert {row.outcome for row in self.assign(people, project_id, by)} == {"accepted"}

    def ready_but_for_textbooks(self, people: Sequence[str]) -> None:
        """Admitted to "p1", both agreements signed, guided."""
        self.admit(people)
        self.agree(people)
        self.assign(people)

    def enrol(
        self,
        people: Sequence[str],
        project_id: str = "p1",
        speaker: Speaker | None = None,
        starts_on: date = START,
        request_id: str | None = None,
    ) -> tuple[RowResult, ...]:
        rows = tuple(training.EnrolRow(number, person) for number, person in enumerate(people, start=1))
        request = training.EstablishEnrolments(project_id, starts_on, rows)
        by = speaker or self.employer
        return self.harness.call(by, training.ESTABLISH_ENROLMENTS, request, request_id=request_id).rows

    def running(self, count: int = 2) -> list[str]:
        """A run with so many people; their enrolment ids."""
        people = [f"person-{number}" for number in range(count)]
        self.ready(people)
        return [row.id or "" for row in self.enrol(people)]

    def teach(self, enrolments: Sequence[str], classroom: int = 320, workplace: int = 480) -> None:
        """Credits enough for a pass by `TAUGHT`, in the ratio of APP-7 where nothing else is said."""
        hours = [("classroom", "general", "online", 80), ("classroom", "theory", "classroom", classroom - 80)]
        hours.append(("workplace", "practice", "on_the_job", workplace))
        self.harness.move_clock(max(self.harness.today, TAUGHT))
        lessons = [(id, *lesson) for id in enrolments for lesson in days_of_lessons(hours)]
        for part in slices(lessons, ROWS_PER_CALL):
            listed = [
                credits.CreditRow(number, id, on, part, content, mode, total)  # type: ignore[arg-type]
                for number, (id, on, part, content, mode, total) in enumerate(part, start=1)
            ]
            assert {row.outcome for row in self.record_hours(listed)} == {"accepted"}

    def record_hours(self, rows: Sequence[credits.CreditRow], speaker: Speaker | None = None) -> tuple[RowResult, ...]:
        """By the provider where nobody else is named."""
        request = credits.RecordCredits("p1", tuple(rows))
        return self.call(speaker or self.provider, credits.RECORD_CREDITS, request).rows

    def assess(self, rows: Sequence[results.AssessmentRow]) -> tuple[RowResult, ...]:
        """By both parties, the provider first; what the employer is answered."""
        self.assess_as(self.provider, rows)
        return self.assess_as(self.employer, rows)

    def assess_as(self, speaker: Speaker, rows: Sequence[results.AssessmentRow]) -> tuple[RowResult, ...]:
        """One party's half."""
        request = results.RecordAssessments("p1", tuple(rows))
        return self.call(speaker, results.RECORD_ASSESSMENTS, request).rows

    def passed(self, enrolments: Sequence[str], on: date = LAST_DAY) -> tuple[RowResult, ...]:
        return self.assess([assessment(number, id, on=on) for number, id in enumerate(enrolments, start=1)])

    def leave(
        self, enrolments: Sequence[str], on: date = START, reason: circumstances.ChangeReason = "personal"
    ) -> tuple[RowResult, ...]:
        """They withdraw."""
        rows = [
            circumstances.CircumstanceRow(number, id, "withdrawal", on, reason=reason)
            for number, id in enumerate(enrolments, start=1)
        ]
        return self.change(rows)

    def change(self, rows: Sequence[circumstances.CircumstanceRow]) -> tuple[RowResult, ...]:
        request = circumstances.RecordCircumstances("p1", tuple(rows))
        return self.call(self.employer, circumstances.RECORD_CIRCUMSTANCES, request).rows

    def photograph(self, project_id: str = "p1", on: date = START) -> tuple[RowResult, ...]:
        request = learning.RecordMedia(project_id, (learning.MediaRow(1, "photo", on, self.picture(self.provider)),))
        return self.call(self.provider, learning.RECORD_MEDIA, request).rows

    def picture(self, by: Speaker, content: bytes = b"photo", media_type: str = "image/jpeg") -> str:
        """The reference of a picture that somebody uploaded."""
        return files.put(self.harness, by, content, "现场.jpg", media_type)

    def complete(self, on: date = TAUGHT) -> projects.RunCompleted:
        return self.call(self.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", on))

    def certify(self, rows: Sequence[results.CertificateRow], speaker: Speaker | None = None) -> tuple[RowResult, ...]:
        request = results.RecordCertificates("p1", tuple(rows))
        return self.call(speaker or self.employer, results.RECORD_CERTIFICATES, request).rows


def days_of_lessons(
    kinds: Sequence[tuple[str, str, str, int]], since: date = START
) -> list[tuple[date, str, str, str, int]]:
    """Hours by part, content and mode, spread over days from the first on: at most a school day's each."""
    lessons: list[tuple[date, str, str, str, int]] = []
    for part, content, mode, hours in kinds:
        for begun in range(0, hours, SCHOOL_DAY):
            day = since + timedelta(days=len(lessons))
            lessons.append((day, part, content, mode, min(SCHOOL_DAY, hours - begun)))
    return lessons


def assessment(number: int, enrolment_id: str, **changes: Any) -> results.AssessmentRow:
    """A joint pass with its certificate, changed where a test says so."""
    on = changes.pop("on", LAST_DAY)
    passed = results.AssessmentRow(number, enrolment_id, "passed", on, True, True, "apprenticeship_certificate")
    return replace(passed, **changes)


def certificate(number: int, enrolment_id: str, name: str, **changes: Any) -> results.CertificateRow:
    row = results.CertificateRow(number, enrolment_id, "skill_level_certificate", "6-18-01", name, LAST_DAY, "advanced")
    return replace(row, **changes)


def outcomes(rows: Sequence[RowResult]) -> list[str]:
    return [row.outcome for row in rows]


def said(row: RowResult) -> str:
    """Why a row was refused."""
    assert row.outcome == "refused"
    return row.message or ""
