"""A paper before names are known, how it is written once registry has named them, and where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from services.training.models import Project
from services.training.papers.party_names import PartyNames
from shared.contracts.kernel.files import FileKept
from shared.kernel.work import Work
from shared.policy.document import Document
from shared.store.by_name import shape_of


@dataclass(frozen=True)
class PaperDraft:
    """`people`: ids to be named. `write`: with the names and the form's module, the paper's bytes."""

    people: Sequence[str]
    write: Callable[[PartyNames, ModuleType], bytes]


def parties_of(project: Project, known: PartyNames) -> dict[str, str]:
    """The names of both parties, as most forms call them."""
    return {
        "employer": known.organisation(project.employer_id),
        "training_provider": known.organisation(project.provider_id),
    }


def agreement_head(form: ModuleType, project: Project, document: Document, known: PartyNames) -> Any:
    """The parties of an agreement, as its form wants them."""
    return form.AgreementHead(
        project=project.id,
        employer_uscc=known.uscc(project.employer_id),
        basis=f"《{document.title}》（{document.number}）",
        **parties_of(project, known),
    )


def training_of(form: ModuleType, project: Project) -> Any:
    """What is trained, as approved, as the form wants it."""
    plan = project.plan
    return shape_of(form.Training, plan, occupation=project.occupation, starts_on=plan.starts_on.isoformat())


def file_for_speaker(
    work: Work, project: Project, content: bytes, name: str, media_type: str, purpose: str | None = None
) -> FileKept:
    """Keeps a file for whoever asked: the organisation, or the officer's district. `purpose`: of names in full."""
    row = work.file_away(
        content,
        name=name,
        media_type=media_type,
        district=project.district,
        organisation=work.speaker.organisation or "",
    )
    work.note(f"project:{project.id}", f"file:{row.id}", purpose=purpose)
    return shape_of(FileKept, row)
