"""The glossary speaks of what is there, and says each word once."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from tests.architecture.sources import ROOT

PAGE = ROOT / "docs" / "glossary.md"
ROW = re.compile(r"^\| (?P<cells>.+) \|$", re.MULTILINE)
IDENTIFIER = re.compile(r"`([A-Za-z_]+)`")


def _rows() -> list[list[str]]:
    rows = [found["cells"].split(" | ") for found in ROW.finditer(PAGE.read_text("utf-8"))]
    return [cells for cells in rows if len(cells) == 3 and cells[0] not in ("中文", "---")]


@cache
def _words() -> frozenset[str]:
    """Every word of the product, in code and in documents; `course_run_opened` holds `course_run`."""
    files = [file for top in ("services", "shared", "cli", "programmes") for file in (ROOT / top).rglob("*")]
    texts = [file.read_text("utf-8") for file in files if file.suffix in (".py", ".yaml", ".j2")]
    return frozenset(word.lower() for text in texts for word in re.findall(r"[A-Za-z_]+", text))


def _is_used(identifier: str) -> bool:
    stem = identifier.lower()
    return any(stem in word for word in _words())


def test_every_term_has_chinese_and_one_sentence() -> None:
    assert _rows()
    assert [cells for cells in _rows() if not re.search(r"[\u4e00-\u9fff]", cells[0]) or not cells[2].strip()] == []


def test_every_identifier_of_the_glossary_is_a_word_of_the_code() -> None:
    named = [identifier for cells in _rows() for identifier in IDENTIFIER.findall(cells[1])]
    assert [identifier for identifier in named if not _is_used(identifier)] == []


def test_no_term_stands_twice() -> None:
    terms = Counter(term for cells in _rows() for term in cells[1].split(", "))
    assert [term for term, count in terms.items() if count > 1] == []


def test_the_readmes_and_the_contributors_page_lead_to_it() -> None:
    for page in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md"):
        assert "(docs/glossary.md)" in (ROOT / page).read_text("utf-8"), page
