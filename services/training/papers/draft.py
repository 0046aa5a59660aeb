"""A paper before names are known: whom it names, and how it is written once registry has named them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from services.training.models import Project
from services.training.papers.names import Named
from shared.policy.document import Document


@dataclass(frozen=True)
class Draft:
    """`people`: ids to be named. `write`: with the names and the form's module, the paper's bytes."""

    people: Sequence[str]
    write: Callable[[Named, ModuleType], bytes]


def agreement_head(form: ModuleType, project: Project, document: Document, known: Named) -> Any:
    """The parties of an agreement, as its form wants them."""
    return form.AgreementHead(
        project=project.id,
        employer=known.organisation(project.employer_id),
        employer_uscc=known.uscc(project.employer_id),
        training_provider=known.organisation(project.provider_id),
        basis=f"《{document.title}》（{document.number}）",
    )


def training_of(form: ModuleType, project: Project) -> Any:
    """What is trained, as approved, as the form wants it."""
    plan = project.plan
    return form.Training(
        occupation=project.occupation,
        level=project.level,
        term_years=project.term_years,
        starts_on=plan.starts_on.isoformat(),
        standard=plan.standard,
        classroom_credits=plan.classroom_credits,
        workplace_credits=plan.workplace_credits,
        general_hours=plan.general_hours,
        theory_hours=plan.theory_hours,
        practice_hours=plan.practice_hours,
    )
