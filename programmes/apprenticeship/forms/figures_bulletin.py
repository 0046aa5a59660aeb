"""工作情况通报 under the programme's own title; its layout is that of every programme (APP-28)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.forms.common import figures_bulletin
from shared.forms.spreadsheet.writer import Value

TITLE = "企业新型学徒制工作情况通报"


def write_figures_bulletin(heading: Sequence[str], rows: Sequence[Mapping[str, Value]]) -> bytes:
    """.xlsx bytes. `rows`: by the keys of the common SHEET."""
    return figures_bulletin.write_figures_bulletin(heading, rows, title=TITLE)
