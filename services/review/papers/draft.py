"""A paper while it is written: what is known of it before the employer's name is, and what every paper cites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from services.review.models import Case
from shared.policy.document import Document


@dataclass(frozen=True)
class PaperDraft:
    """A paper before the employer's name is known: whose case it is of, and how the form's module writes it."""

    case: Case
    write: Callable[[str, ModuleType], bytes]


def basis(document: Document) -> str:
    """Title and number, as a paper cites them."""
    return f"《{document.title}》（{document.number}）"
