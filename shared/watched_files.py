"""What a process reads from files and reads again when they change, without a restart: keys, grants.

Nobody waits for it and nothing runs in the background: who uses the value looks at the files' marks first, at most
every few seconds. A reading that fails keeps the last good value and is logged: half a change is no change.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger()

Value = TypeVar("Value")
Mark = tuple[tuple[str, int, int, int], ...]
"""(relative path, size, time of change in ns, inode) of every file."""

EVERY = 2.0
"""Seconds that a change may go unnoticed."""


@dataclass
class Watch:
    """The marks of some files. `read_mark`: takes them; `clock`: seconds that only go forward."""

    read_mark: Callable[[], Mark]
    every: float = EVERY
    clock: Callable[[], float] = time.monotonic
    _mark: Mark = ()
    _look_at: float = float("-inf")

    def mark(self, *, at_once: bool = False) -> Mark:
        """The newest marks; at most `every` seconds old, or taken now."""
        if at_once or self.clock() >= self._look_at:
            self._mark = self.read_mark()
            self._look_at = self.clock() + self.every
        return self._mark


@dataclass
class Watched(Generic[Value]):
    """A value read from watched files. `what`: its name in the log. The first reading may raise, later ones don't."""

    what: str
    read: Callable[[], Value]
    watch: Watch
    _read_at: Mark | None = field(default=None)
    _value: Value | None = field(default=None)

    def now(self, *, at_once: bool = False) -> Value:
        """The value; with `at_once` the files are looked at even if that was done a moment ago."""
        mark = self.watch.mark(at_once=at_once)
        if self._value is None:
            self._value = self.read()
            self._read_at = mark
        elif mark != self._read_at:
            self._read_again(mark)
        return self._value

    def _read_again(self, mark: Mark) -> None:
        try:
            self._value = self.read()
        except Exception as error:
            log.error("not_read_again", what=self.what, kind=type(error).__name__, why=str(error))
        else:
            log.info("read_again", what=self.what)
        self._read_at = mark


def mark_of(place: Path) -> Mark:
    """The marks of a file, or of all files below a folder; hidden ones are somebody's work in progress."""
    files = [place] if place.is_file() else _files_below(place)
    return tuple(sorted(mark for file in files for mark in _mark(file, place)))


def _files_below(folder: Path) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))
    except OSError:  # not there, or not for us
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _files_below(Path(entry.path))
        else:
            yield Path(entry.path)


def _mark(file: Path, place: Path) -> Iterator[tuple[str, int, int, int]]:
    with contextlib.suppress(OSError):  # taken away meanwhile
        status = file.stat()
        yield str(file.relative_to(place)), status.st_size, status.st_mtime_ns, status.st_ino
