"""An employer takes its case back before it is decided; a roster taken back frees its people."""

from __future__ import annotations

from services.review.applications import roster_people
from services.review.cases import cases
from shared.contracts.common import Opinion
from shared.contracts.review import applications
from shared.contracts.review import cases as contract
from shared.kernel.work import Work


def withdraw(work: Work, request: applications.WithdrawCase) -> applications.CaseAnswer:
    """Ends the case; raises Conflict where it is decided already. The employer's words stay on the case."""
    case = cases.load(work.session, work.speaker, request.case_id)
    cases.check_employer(work.speaker, case)
    left = cases.present_station(cases.document_of(work.policies, case), case)
    cases.put(case, cases.after(work.policies, case, "withdraw"), work.today)
    cases.add_step(work, case, "withdraw", opinion=Opinion(request.reason))
    if case.kind == cases.ROSTER:
        roster_people.release(work.session, case, "名单已由企业撤回")
    cases.tell(work, contract.CASE_WITHDRAWN, case, station=left)
    return cases.answer(case)
