"""Spreadsheets over the bus: read before the transaction, worked through by the batch's own use case, given back.

    ask    upload(asks, file, read) ─▶ Upload
           typed_rows: what can't be a row of the contract is refused by its column
    body   SheetAnswers.take ◀─ results of the use case
           SheetAnswers.imported ─▶ counts, rows, the sheet marked

A good row goes the way of the batch command, a bad one is named by row and column and takes no other with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar, get_type_hints

from shared.contracts.common import RowResult
from shared.contracts.kernel.files import FileKept
from shared.contracts.row_answers import fitted
from shared.contracts.schema import codec, hints
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.spreadsheets import SheetImported, SheetRow
from shared.cooperative import yield_control, yielding_every
from shared.errors import InvalidRequest, TooLarge
from shared.forms.spreadsheet.error_copy import errors_copy
from shared.forms.spreadsheet.sheets import Row, RowError, SheetRead
from shared.forms.spreadsheet.writer import XLSX
from shared.kernel.files import owned
from shared.kernel.work import Asks, Work
from shared.store.kernel_tables import FileRow

_WORST_FIRST = ("refused", "accepted", "unchanged")
Outcome = Literal["accepted", "unchanged", "refused"]
Message = TypeVar("Message")


@dataclass(frozen=True)
class Upload:
    """A sheet as it was read, and whose file it is."""

    read: SheetRead
    file: FileRow


def upload(asks: Asks, file: str, read: Callable[[bytes], SheetRead]) -> Upload:
    """Reads a file of the speaker's, before any transaction. Raises NotFound, InvalidRequest or TooLarge."""
    with asks.reading() as session:
        row = owned(session, asks.speaker, file)
    yield_control()
    sheet = read(asks.store.get(file.partition(":")[2]))
    yield_control()
    if len(sheet.rows) + len(sheet.errors) == 0:
        raise InvalidRequest.of(("file", "表中没有填写任何一行，请填写后重新提交"))
    if len(sheet.rows) > ROWS_PER_CALL:
        raise TooLarge(f"一张表一次最多 {ROWS_PER_CALL} 行，请分成几份提交", rows_max=ROWS_PER_CALL)
    return Upload(sheet, row)


def typed_rows(
    read: SheetRead,
    kind: type[Message],
    rows: Iterable[Row],
    wire: Callable[[Row], Mapping[str, Any]],
    columns: Mapping[str, str],
) -> tuple[list[Message], list[RowError]]:
    """Rows as the contract's `kind`, and what it doesn't allow. `columns`: its fields → keys of the sheet."""
    made: list[Message] = []
    wrong: list[RowError] = []
    for row in yielding_every(rows):
        try:
            made.append(codec.read(kind, {"row": row.number, **wire(row)}))
        except InvalidRequest as refusal:
            wrong += [
                error(read, row.number, columns.get(field["path"], field["path"]), field["message"])
                for field in refusal.details["fields"]
            ]
    return made, wrong


class SheetAnswers:
    """What becomes of the rows of one sheet, taken over in one or several steps. The worst outcome of a row holds."""

    def __init__(self, read: SheetRead, wrong: Iterable[RowError] = ()) -> None:
        self.read = read
        self._outcomes: dict[int, Outcome] = {}
        self._ids: dict[int, str] = {}
        self._said: dict[int, list[tuple[str | None, str]]] = {}
        self._found_later: list[RowError] = []
        for error in read.errors:
            self._worsen(error.row, "refused")
            self._said.setdefault(error.row, []).append((error.column, error.message))
        self.refuse(wrong)

    def refuse(self, wrong: Iterable[RowError]) -> None:
        """What was found after reading."""
        for error in wrong:
            self._worsen(error.row, "refused")
            self._said.setdefault(error.row, []).append((error.column, error.message))
            self._found_later.append(error)

    def take(self, results: Iterable[RowResult], columns: Mapping[str, str]) -> dict[int, str]:
        """What a use case answered; ids by row where it took the row. `columns`: its fields → keys of the sheet."""
        taken: dict[int, str] = {}
        for result in results:
            if result.outcome == "refused":
                key = columns.get(result.field or "", result.field or "")
                self.refuse([error(self.read, result.row, key, result.message or "")])
                continue
            self._worsen(result.row, result.outcome)
            if result.message:
                self._said.setdefault(result.row, []).append((None, result.message))
            if result.id:
                taken[result.row] = result.id
                self._ids.setdefault(result.row, result.id)
        return taken

    def imported(self, work: Work, sheet: Upload, notes: Iterable[str] = ()) -> SheetImported:
        """The whole answer; where a row was refused, the marked sheet is kept for whom the file belongs to."""
        rows = fitted([self._row(number) for number in sorted(self._outcomes)])
        counted = [row.outcome for row in rows]
        ignored = [f"未读入的列：{'、'.join(sheet.read.ignored_columns)}"] if sheet.read.ignored_columns else []
        work.note(f"file:{sheet.file.id}")
        return SheetImported(
            accepted=counted.count("accepted"),
            unchanged=counted.count("unchanged"),
            refused=counted.count("refused"),
            rows=rows,
            notes=(*ignored, *notes),
            marked=self._marked(work, sheet.file) if "refused" in counted else None,
        )

    def _row(self, number: int) -> SheetRow:
        said = self._said.get(number, [])
        column = next((column for column, _ in said if column), None)
        words = [message if name in (None, column) else f"{name}：{message}" for name, message in said]
        return SheetRow(number, self._outcomes[number], self._ids.get(number), column, "；".join(words) or None)

    def _marked(self, work: Work, file: FileRow) -> FileKept:
        kept = work.file_away(
            errors_copy(self.read, self._found_later),
            name=f"{file.name.removesuffix('.xlsx')[:180]}-错误标注.xlsx",
            media_type=XLSX,
            district=file.district,
            organisation=file.organisation,
            roles=file.roles,
        )
        return FileKept(kept.file, kept.name, kept.media_type, kept.size)

    def _worsen(self, row: int, outcome: Outcome) -> None:
        known = self._outcomes.get(row, outcome)
        self._outcomes[row] = min(known, outcome, key=_WORST_FIRST.index)


def error(read: SheetRead, row: int, key: str, message: str) -> RowError:
    """At the column of that key; what the sheet doesn't have as a column stands for the row as a whole."""
    label = next((column.label for column in read.sheet.columns if column.key == key), key)
    return RowError(row, label, message)


def by_field(kind: type[Any]) -> Callable[[Row], dict[str, Any]]:
    """For sheets whose keys are the contract's own fields: whole numbers and yes or no become what they are."""
    annotated = get_type_hints(kind, include_extras=True)
    plain = {
        field.name: hints.unwrap(hints.without_none(hints.unwrap(annotated[field.name])[0])[0])[0]
        for field in fields(kind)
    }

    def wire(row: Row) -> dict[str, Any]:
        return {key: _plain(value, plain[key]) for key, value in row.values.items() if key in plain}

    return wire


def _plain(value: str, kind: Any) -> str | int | bool:
    if kind is bool:
        return value == "yes"
    return int(value) if kind is int else value
