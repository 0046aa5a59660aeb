"""The forms that a document names are those that its programme has: nothing is promised, nothing is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.errors import NotFound
from shared.forms import layouts
from shared.forms.layouts import layout
from shared.policy.document import Document
from shared.policy.policies import PROGRAMMES, load_documents

DOCUMENTS = [*load_documents().current]
NO_FORMS = {"__init__", "codes"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.id))
def test_every_form_that_a_document_names_is_there_and_every_one_that_is_there_is_named(document: Document) -> None:
    own = PROGRAMMES / document.programme / "forms"
    common = Path(layouts.__file__).parent / "common"
    there = {file.stem for folder in (own, common) for file in folder.glob("*.py")} - NO_FORMS
    assert sorted(document.forms) == sorted(there)
    for form in document.forms:
        assert layout(document.programme, form).__doc__


def test_a_form_that_an_earlier_revision_names_is_still_there() -> None:
    for document in load_documents().documents:
        assert [layout(document.programme, form) for form in document.forms]


@pytest.mark.parametrize(("programme", "form"), [("unknown", "roster"), (DOCUMENTS[0].programme, "unknown")])
def test_a_form_that_a_programme_does_not_have_is_not_found(programme: str, form: str) -> None:
    with pytest.raises(NotFound, match="表样"):
        layout(programme, form)
