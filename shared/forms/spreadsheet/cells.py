"""One raw cell to one plain string, by the kind of its column. What can't be kept exactly is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from shared.forms.spreadsheet.grid import Raw
from shared.forms.spreadsheet.sheets import Column, Kind
from shared.money import Money
from shared.number_keys import number_fault, number_key

_SCIENTIFIC = re.compile(r"[+-]?\d(\.\d+)?[eE]\+?\d+")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?|(\d{4})(\d{2})")
_SPREADSHEET_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")

# Spreadsheet programs keep 15 significant digits of a number; from the 16th on they write zeros.
_EXACT_DIGITS_MAX = 15

LOST_PRECISION = "数字已被表格软件改写、末几位丢失：请先把该单元格设为“文本”格式，再重新录入完整号码"


class BadCellError(ValueError):
    """A cell that can't be read; its text is the cure in Chinese."""


def is_blank(raw: Raw) -> bool:
    """Whether nothing visible is in it."""
    return raw is None or (isinstance(raw, str) and not clean(raw))


def clean(text: str) -> str:
    """Without surrounding spaces and the invisible characters that copying from web pages leaves behind."""
    if text.isprintable():  # nearly every cell: none of these characters is
        return text.strip()
    visible = "".join(mark for mark in text if unicodedata.category(mark) not in ("Cc", "Cf") or mark in "\n\t")
    return visible.strip()


def read_cell(raw: Raw, column: Column) -> str:
    """The plain string of a cell that isn't blank. Raises BadCellError with the cure."""
    if isinstance(raw, str) and clean(raw) in _SPREADSHEET_ERRORS:
        raise BadCellError("单元格是表格软件的错误值，请改填实际内容")
    kind = Kind.CHOICE if isinstance(raw, str) and clean(raw) in column.choices else column.kind
    value = _READERS[kind](raw, column)
    cure = column.check(value) if column.check else None
    if cure:
        raise BadCellError(cure)
    return value


def _text(raw: Raw, _column: Column) -> str:
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == datetime.min.time() else raw.isoformat(" ", "minutes")
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return clean(str(raw))


def _folded(raw: Raw, column: Column) -> str:
    """Full-width digits and letters become the ordinary ones. Not for names: rare characters would change."""
    return unicodedata.normalize("NFKC", _text(raw, column)).strip()


def _code(raw: Raw, column: Column) -> str:
    """Normal form of a number (shared.number_keys), so that two ways of writing it are found equal."""
    if isinstance(raw, int | float) and abs(raw) >= 10**_EXACT_DIGITS_MAX:
        raise BadCellError(LOST_PRECISION)
    if not isinstance(raw, str) and (not isinstance(raw, int | float) or isinstance(raw, bool) or raw != int(raw)):
        raise BadCellError(f"{column.label}应为号码，请把该单元格设为“文本”格式后重新录入")
    text = _folded(raw, column)
    if _SCIENTIFIC.fullmatch(text):
        raise BadCellError(LOST_PRECISION)
    return number_key(text)


def _number(raw: Raw, column: Column) -> str:
    """As it is written: whoever stores it compares it by its key."""
    _code(raw, column)
    text = _text(raw, column)
    if fault := number_fault(text):
        raise BadCellError(fault)
    return text


def _date(raw: Raw, column: Column) -> str:
    if isinstance(raw, datetime | date):
        return date(raw.year, raw.month, raw.day).isoformat()
    found = _DATE.fullmatch(re.sub(r"\s", "", _folded(raw, column)))
    if found:
        year, month, day = (int(part) for part in found.groups() if part)
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            raise BadCellError(f"{column.label}不是实有的日期，请核对年月日") from None
    raise BadCellError(f"{column.label}应为日期，请按 2022-06-06 或 2022年6月6日 填写")


def _month(raw: Raw, column: Column) -> str:
    if isinstance(raw, datetime | date):
        return f"{raw.year:04d}-{raw.month:02d}"
    found = _MONTH.fullmatch(re.sub(r"\s", "", _folded(raw, column)))
    year, month = (int(part) for part in found.groups() if part) if found else (0, 0)
    if not (year and 1 <= month <= 12):
        raise BadCellError(f"{column.label}应为年月，请按 2022-06 或 2022年6月 填写")
    return f"{year:04d}-{month:02d}"


def _money(raw: Raw, column: Column) -> str:
    plain = format(Decimal(repr(raw)), "f") if isinstance(raw, float) else _folded(raw, column)
    plain = re.sub(r"[,，¥元\s]", "", plain)
    try:
        amount = Money.parse(plain.removesuffix(".0"))
    except ValueError:
        raise BadCellError(f"{column.label}应为金额（元），最多两位小数，如 6500.00") from None
    if amount.fen < 0:
        raise BadCellError(f"{column.label}不能为负数，请核对")
    return str(amount)


def _integer(raw: Raw, column: Column) -> str:
    text = _folded(raw, column)
    if not re.fullmatch(r"\d{1,9}", text):
        raise BadCellError(f"{column.label}应为整数，如 12")
    return str(int(text))


def _choice(raw: Raw, column: Column) -> str:
    text = re.sub(r"\s", "", _text(raw, column))
    if text not in column.choices:
        raise BadCellError(f"{column.label}请填写以下之一：{'、'.join(printed_choices(column).values())}")
    return column.choices[text]


def printed_choices(column: Column) -> dict[str, str]:
    """Code → the label that is printed, the first one declared for it."""
    printed: dict[str, str] = {}
    for label, code in column.choices.items():
        printed.setdefault(code, label)
    return printed


_READERS: dict[Kind, Callable[[Raw, Column], str]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.MONTH: _month,
    Kind.MONEY: _money,
    Kind.INTEGER: _integer,
    Kind.CHOICE: _choice,
}
