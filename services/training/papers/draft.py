"""A paper before names are known, and how it is written once registry has named them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from services.training.models import Project
from services.training.named_files import PartyNames
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
