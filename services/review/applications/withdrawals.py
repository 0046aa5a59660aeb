"""An employer takes its case back before it is decided; a roster taken back frees its people."""

from __future__ import annotations

from services.review import events
from services.review.applications import roster_people
from services.review.cases import cases
from shared.contracts.common import Opinion
from shared.contracts.review.applications import CaseAnswer, WithdrawCase
from shared.contracts.review.cases import CASE_WITHDRAWN
from shared.kernel.work import Work


def withdraw_case(work: Work, request: WithdrawCase) -> CaseAnswer:
    """Ends the case; raises Conflict where it is decided already. The employer's words stay on the case."""
    case = cases.case_in_reach(work.session, work.speaker, request.case_id)
    cases.check_employer(work.speaker, case)
    document = cases.document_of(work.policies, case)
    left = cases.present_station(document, case)
    cases.move_case(case, document, "withdraw", work.today)
    cases.add_step(work, case, "withdraw", opinion=Opinion(request.reason))
    if case.kind == cases.ROSTER:
        roster_people.release_roster(work.session, case, "名单已由企业撤回")
    events.tell_case(work, CASE_WITHDRAWN, case, station=left)
    return cases.answer(case)
