"""The files of a scenario: read next to it or from what an earlier step wrote; written to one folder."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from shared.forms.spreadsheet.error_copy import errors_copy
from shared.forms.spreadsheet.sheets import SheetRead


class Form(Protocol):
    """A spreadsheet that scenarios know by name."""

    def read(self, data: bytes, today: date) -> SheetRead: ...

    def write(self, head: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> bytes: ...


class FileError(Exception):
    """A file that can't be read or written as the step asks; its text says why."""


@dataclass
class Files:
    """`beside`: the scenario's folder; `out`: where files go; `forms`: the known spreadsheets by name."""

    beside: Path
    out: Path
    forms: Mapping[str, Form]
    _reads: list[SheetRead] = field(default_factory=list)

    def read(self, file: str, form: str, today: date) -> dict[str, Any]:
        """{rows: [{row, values}], values: [values], errors: [{row, column, message}], read: for errors_of}.

        Raises FileError, or the typed errors of reading a sheet.
        """
        read = self._form(form).read(self._bytes(file), today)
        self._reads.append(read)
        return {
            "rows": [{"row": row.number, "values": dict(row.values)} for row in read.rows],
            "values": [dict(row.values) for row in read.rows],
            "errors": [asdict(error) for error in read.errors],
            "read": len(self._reads) - 1,
        }

    def write(self, file: str, content: Mapping[str, Any]) -> Path:
        """Writes what `content` says (see `steps.WRITTEN`) and returns the path. Raises FileError."""
        path = self._inside(self.out, file)
        data = self._content(content)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def _content(self, content: Mapping[str, Any]) -> bytes:
        if "form" in content:
            return self._filled(self._form(content["form"]), content)
        if "errors_of" in content:
            return self._errors_copy(content["errors_of"])
        if "text" in content:
            return str(content["text"]).encode()
        try:
            return base64.b64decode(content["base64"], validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            raise FileError("the content isn't base64") from error

    def _filled(self, form: Form, content: Mapping[str, Any]) -> bytes:
        try:
            return form.write(content.get("head", {}), content["rows"])
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise FileError(f"head or rows don't fit the form: {error}") from error

    def _errors_copy(self, saved: Any) -> bytes:
        try:
            return errors_copy(self._reads[saved["read"]])
        except (TypeError, KeyError, IndexError) as error:
            raise FileError("errors_of takes what a read step saved") from error

    def _form(self, name: str) -> Form:
        if name not in self.forms:
            raise FileError(f"there is no form {name!r}; there is {', '.join(sorted(self.forms)) or 'none'}")
        return self.forms[name]

    def _bytes(self, file: str) -> bytes:
        for folder in (self.out, self.beside):
            path = self._inside(folder, file)
            if path.is_file():
                return path.read_bytes()
        raise FileError(f"{file} is neither next to the scenario nor written by an earlier step")

    def _inside(self, folder: Path, file: str) -> Path:
        path = (folder / file).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise FileError(f"{file} leads out of its folder: name a file inside it")
        return path
