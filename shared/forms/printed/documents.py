"""Printable .docx documents: A4, Chinese fonts, built from a few plain blocks in their order.

    Document(title, [Fields(…), Paragraph(…), Table(…), Signature(…)], footnote)  ──render──▶ .docx

Stamps, signatures and dates are lines left blank for hand or seal.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docx
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table as PaperTable
from docx.text.paragraph import Paragraph as PaperParagraph

from shared.forms.printed.stable import stable

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
"""The media type of what `render` gives."""

_A4_CM = (21.0, 29.7)
_MARGIN_CM = 2.5
_TEXT_WIDTH_CM = _A4_CM[0] - 2 * _MARGIN_CM
_BODY_FONT = "仿宋"
_TITLE_FONT = "黑体"
_BODY_PT = 14
_TABLE_PT = 10.5
_TITLE_PT = 20
_FOOTNOTE_PT = 9
_CELL_SPACE_PT = 2
_TWO_CHARACTERS = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `indent`: the first line by two characters, as Chinese letters are written."""

    text: str
    indent: bool = True


@dataclass(frozen=True, slots=True)
class Heading:
    """A line in bold face above what belongs to it."""

    text: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Label and value, a pair on each line of a boxed table."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A boxed table; rows are as long as the header. `widths`: shares of the line, equal by default."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """Lines at the right foot, such as 经办人（签字）：, left blank for hand or seal."""

    lines: Sequence[str]


Block = Paragraph | Heading | Fields | Table | Signature


@dataclass(frozen=True, slots=True)
class Document:
    """A paper: its title, its blocks in their order, a line at the foot of every page."""

    title: str
    blocks: Sequence[Block]
    footnote: str = ""


def render(document: Document) -> bytes:
    """The .docx bytes; equal content, equal bytes. ValueError for a table row that doesn't fit its header."""
    paper = docx.Document()
    _set_up(paper, document)
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(title, document.title, _TITLE_PT, _TITLE_FONT)
    for block in document.blocks:
        _add(paper, block)
    out = io.BytesIO()
    paper.save(out)
    return stable(out.getvalue())


def write_letter(title: str, number: str, addressee: str, blocks: Sequence[Block], citing: str = "") -> bytes:
    """A letter of our own design as .docx bytes: number, whom it is for, blocks. `citing`: added to the foot."""
    opening = (Paragraph(f"编号：{number}", indent=False), Paragraph(f"{addressee}：", indent=False))
    return render(Document(title, (*opening, *blocks), f"{number}{citing}　本文书样式由本系统自行设计"))


def _set_up(paper: Paper, document: Document) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = (Cm(side) for side in _A4_CM)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(_MARGIN_CM)
    style: Any = paper.styles["Normal"]
    style.font.size = Pt(_BODY_PT)
    _set_font(style, _BODY_FONT)
    paper.core_properties.title = document.title
    paper.core_properties.author = ""
    paper.core_properties.comments = ""
    if document.footnote:
        _write(section.footer.paragraphs[0], document.footnote, _FOOTNOTE_PT)


def _set_font(styled: Any, name: str) -> None:
    """Chinese characters follow the east-Asian font of a run, which python-docx leaves to the caller."""
    styled.font.name = name
    styled.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _write(paragraph: PaperParagraph, text: str, points: float, font: str = _BODY_FONT) -> None:
    run = paragraph.add_run(text)
    run.font.size = Pt(points)
    _set_font(run, font)


def _add(paper: Paper, block: Block) -> None:
    match block:
        case Paragraph():
            paragraph = paper.add_paragraph()
            if block.indent:
                paragraph.paragraph_format.first_line_indent = Pt(_BODY_PT * _TWO_CHARACTERS)
            _write(paragraph, block.text, _BODY_PT)
        case Heading():
            _write(paper.add_paragraph(), block.text, _BODY_PT, _TITLE_FONT)
        case Fields():
            _add_table(paper, [list(pair) for pair in block.pairs], (1, 3), header=False)
        case Table():
            _add_table(paper, [block.header, *block.rows], block.widths or (1,) * len(block.header), header=True)
        case Signature():
            for line in block.lines:
                paragraph = paper.add_paragraph()
                paragraph.paragraph_format.left_indent = Cm(_TEXT_WIDTH_CM / 2)
                _write(paragraph, line, _BODY_PT)


def _add_table(paper: Paper, rows: Sequence[Sequence[str]], widths: Sequence[int], header: bool) -> None:
    table = paper.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
    table.autofit = False
    for place, share in enumerate(widths):
        table.columns[place].width = Cm(_TEXT_WIDTH_CM * share / sum(widths))
    for cells, texts in zip(table.rows, rows, strict=True):
        for cell, text, share in zip(cells.cells, texts, widths, strict=True):
            cell.width = Cm(_TEXT_WIDTH_CM * share / sum(widths))
            written = cell.paragraphs[0]
            written.paragraph_format.space_before = written.paragraph_format.space_after = Pt(_CELL_SPACE_PT)
            _write(written, text, _TABLE_PT)
    if header:
        _repeat_on_every_page(table)
    paper.add_paragraph()


def _repeat_on_every_page(table: PaperTable) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn("w:tblHeader"), {}))
