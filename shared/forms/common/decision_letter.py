"""决定书: what was decided, every finding with its clause, and what to do next. Our own design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.forms.codes import OUTCOMES, printed
from shared.forms.printed.documents import Block, Fields, Heading, Paragraph, Signature, Table, write_letter


@dataclass(frozen=True, slots=True)
class Letter:
    """A decision as it is told to its addressee.

    `outcome`: one Chinese sentence. `findings`: each as a Finding's JSON.
    `interpretations`: the readings that were used, as printed. `document`: id and content hash that decided.
    """

    number: str
    addressee: str
    matter: str
    outcome: str
    basis: str
    findings: Sequence[Mapping[str, Any]]
    next_step: str
    office: str
    document: str
    amounts: Sequence[tuple[str, str]] = ()
    interpretations: Sequence[str] = ()


def write_decision_letter(letter: Letter) -> bytes:
    """.docx bytes; findings in the order in which they are passed."""
    return write_letter(
        "决定书",
        letter.number,
        letter.addressee,
        [
            Paragraph(f"关于{letter.matter}，依据{letter.basis}，决定如下：{letter.outcome}"),
            *_amounts(letter),
            Heading("一、认定情况"),
            Table(
                ("规则", "依据条款", "结论", "核对内容", "说明"),
                [_cells(one) for one in letter.findings],
                _WIDTHS,
            ),
            *_readings(letter),
            Heading("二、下一步" if not letter.interpretations else "三、下一步"),
            Paragraph(letter.next_step),
            Signature((letter.office, "（公章）", "　　年　　月　　日")),
        ],
        citing=f"　依据文本 {letter.document}",
    )


_WIDTHS = (2, 3, 2, 4, 6)


def _amounts(letter: Letter) -> list[Block]:
    return [Fields(letter.amounts)] if letter.amounts else []


def _readings(letter: Letter) -> list[Block]:
    if not letter.interpretations:
        return []
    return [Heading("二、条文理解"), *(Paragraph(reading) for reading in letter.interpretations)]


def _cells(finding: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(finding["rule"]),
        str(finding["clause"]),
        printed(OUTCOMES, str(finding["outcome"])),
        str(finding["compared"]),
        str(finding["message"]),
    )
