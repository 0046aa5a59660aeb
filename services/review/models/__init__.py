"""Review's tables: `cases` holds applications and rosters, `oversight` what happens to a project besides."""

from services.review.models.base import ReviewTable
from services.review.models.cases import EVER_ACCEPTED, Case, CaseDecision, Project, RosterPerson, Step
from services.review.models.oversight import Act, Block, InquiryPerson, Matter, Notice, NoticeObjection
