"""Training's tables. What X-1 forbids is forbidden here, by the database.

projects ──┬── admissions             persons whom the district accepted, as review told it
           ├── training_agreements ── agreement_people          ├── cooperation_agreements
           ├── textbook_filings       ├── mentor_assignments ── mentor_releases
           ├── blocks, fraud_findings                            what stands in the way, as review told it
           ├── media, incentives      ├── deadlines              ├── acts (its history)
           └── course_runs ── enrolments ──┬── credit_hours     ├── extra_credits
                                           ├── assessments      ├── assessment_halves   what each party found
                                           ├── certificates     ├── plan_departures
                                           ├── circumstances    ├── breaks
                                           ├── annulments       └── wages
"""

from services.training.models.base import TrainingTable
from services.training.models.circumstances import Break, Circumstance
from services.training.models.conduct import Act, DeadlineRow, Incentive, Media, WageRow
from services.training.models.enrolments import LIVE, OVERLAP, CourseRun, Enrolment
from services.training.models.mentors import MentorAssignment, MentorRelease
from services.training.models.oversight import EVERYBODY, Annulment, Block, FraudFinding
from services.training.models.projects import (
    Admission,
    AgreementPerson,
    CooperationAgreementRow,
    Project,
    TextbookFiling,
    TrainingAgreementRow,
)
from services.training.models.results import (
    Assessment,
    AssessmentHalf,
    Certificate,
    CreditHours,
    ExtraCredit,
    PlanDeparture,
)
