"""Papers that subsidy writes from stored data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from shared.contracts.schema.declare import command
from shared.contracts.schema.shapes import FileRef, Id, Label, Whole
from shared.contracts.subsidy.claims import READERS
from shared.security.speaker import Role


@dataclass(frozen=True)
class MakeForm:
    """A paper from stored data. register and summary, letter: of a claim; payment_batch and the blank
    bank_results: of a batch (finance only); clawback_notice: of a demand that was noticed."""

    form: Literal[
        "subsidy_register", "claim_summary", "decision_letter", "payment_batch", "bank_results", "clawback_notice"
    ]
    of_id: Id


@dataclass(frozen=True)
class FormMade:
    file: FileRef
    name: Label
    media_type: Label
    size: Annotated[int, Whole(0, 2**40)]


MAKE_FORM = command("subsidy.make_form", MakeForm, FormMade, (*READERS, Role.EMPLOYER), "A paper to print and stamp.")
