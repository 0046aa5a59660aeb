"""Papers of review: what was decided about a case, the summons with its minutes, the order that training stands,
what is published of a case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.contracts.common import OFFICERS, PARTIES
from shared.contracts.kernel.files import FileKept
from shared.contracts.schema.declare import command
from shared.contracts.schema.shapes import Id


@dataclass(frozen=True)
class MakeReviewPaper:
    """A paper from stored data. decision_letter: of a decided case; interview_summons, suspension_notice: of a
    summons, for the officers and the employer; public_notice: of a notice."""

    form: Literal["decision_letter", "interview_summons", "suspension_notice", "public_notice"]
    of_id: Id


MAKE_FORM = command(
    "review.make_form", MakeReviewPaper, FileKept, (*PARTIES, *OFFICERS), "A paper to print, sign and stamp."
)
