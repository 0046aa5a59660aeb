"""The documents under which the stories of an upgrade are played, besides the packaged ones."""

from __future__ import annotations

from pathlib import Path

from shared.policy.policies import SUPERSEDED
from tests.rules.policy import DOCUMENTS

FIRST = DOCUMENTS / SUPERSEDED / "beijing-2022-11-apprenticeship.r1.yaml"
CHANGES = (
    ("id: beijing-2022-11-apprenticeship", "id: made-up-set-off"),
    ("number: 京人社能发〔2022〕11号", "number: 虚构发〔2022〕1号"),
    ("replaces: [京人社能发〔2019〕128号]", "replaces: [京人社能发〔2022〕11号]"),
    ("2022-05-27", "2022-06-01"),
    ("value: two_amounts", "value: automatic"),
)


def set_off(folder: Path) -> Path:
    """A folder with a made-up successor that sets clawbacks off against what is due (INT-4).

    Made from a body that never changes, so that it is the same document in every release.
    """
    document = FIRST.read_text(encoding="utf-8")
    for before, after in CHANGES:
        assert before in document, before
        document = document.replace(before, after)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "set-off.yaml").write_text(document, encoding="utf-8")
    return folder
