"""A service starts only with documents that its rules can decide by: what is wrong shows before the first case."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.subsidy.service import SubsidyService
from shared.clock import beijing_today
from shared.contracts.schema.declare import SERVICES
from shared.policy.problems import PolicyProblems
from shared.runtime.assembly import assemble
from shared.security import key_files
from shared.settings import Settings
from tests.rules.policy import EXAMPLE_CITY

UNREAD = """values:
  subsidy.never_read: {unit: yuan_per_person, clause: 二(九), force: must, evidence: 十元, value: 10}
"""


def test_a_document_with_a_figure_that_no_rule_reads_keeps_a_service_from_starting(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    key_files.init(keys, SERVICES, [], beijing_today())
    documents = tmp_path / "documents"
    documents.mkdir()
    text = EXAMPLE_CITY.read_text("utf-8")
    assert text.count("\nvalues:\n") == 1
    (documents / "city.yaml").write_text(text.replace("\nvalues:\n", f"\n{UNREAD}"), "utf-8")
    url = f"sqlite:///{tmp_path / 'subsidy.db'}"
    settings = Settings("subsidy", url, "memory://localhost", keys, tmp_path / "objects", str(documents))
    with pytest.raises(PolicyProblems, match=r"subsidy\.never_read"):
        assemble(SubsidyService, settings)
