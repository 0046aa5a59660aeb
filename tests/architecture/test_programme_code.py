"""No programme is known to a service outside its rules: what is peculiar to one stands in its document."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from shared.policy.document import Document
from shared.policy.policies import load_documents
from tests.architecture.sources import ROOT, modules, texts
from tests.rules.policy import EXAMPLE_CITY, document_of, tree_of

DOCUMENTS = [*load_documents().documents, document_of(tree_of(EXAMPLE_CITY))]
# What officials call the people or the matter of one programme; every other one would read the wrong word.
NOUNS = {"学徒", "研修", "实训基地"}


def _peculiar(document: Document) -> set[str]:
    """The words by which code could tell this document or its programme from another."""
    own_rules = {rule for rule in document.rules if not rule.startswith("X-")}  # those are every programme's
    codes = {document.programme, document.id, document.number, *own_rules, *document.fund_sources}
    return codes | set(document.dimensions.get("level", ()))


def _words(text: str) -> set[str]:
    """A text whole and in its words: `"apprenticeship"` is found in `"programmes.apprenticeship.forms.roster"`."""
    return {text, *re.findall(r"[\w-]+", text)}


def _programme_words(source: str) -> set[str]:
    peculiar = set().union(*map(_peculiar, DOCUMENTS))
    written = list(texts(source))
    return {
        *(peculiar & set(chain.from_iterable(map(_words, written)))),
        *(noun for noun in NOUNS if any(noun in text for text in written)),
    }


def test_no_programme_word_stands_in_a_service_outside_its_rules() -> None:
    outside = [file for file in modules("services") if "rules" not in file.parts]
    found = {str(file.relative_to(ROOT)): _programme_words(file.read_text("utf-8")) for file in outside}
    assert {file: words for file, words in found.items() if words} == {}


def test_no_message_to_a_party_names_a_programme() -> None:
    templates = sorted((ROOT / "services" / "notify" / "templates").glob("*.j2"))
    assert templates
    assert [file.name for file in templates if any(noun in file.read_text("utf-8") for noun in NOUNS)] == []


@pytest.mark.parametrize(
    "source",
    [
        'if programme == "apprenticeship": pass',
        'import_module("programmes.apprenticeship.forms.roster")',
        'rule = "APP-19"',
        'message = f"还有 {missing} 名学徒没有结果"',
        'bonus = {"senior_technician": 1}',
    ],
)
def test_a_programme_word_would_be_found(source: str) -> None:
    assert _programme_words(source)


def test_words_that_only_explain_are_left_alone() -> None:
    assert _programme_words('"""As apprenticeship has it (APP-19)."""\nkinds = "project"  # 学徒') == set()
