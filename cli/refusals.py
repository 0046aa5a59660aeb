"""How a command says that the system refused: in one way for all, by its exit code too."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

import click

from shared.errors import SkillsError


@contextlib.contextmanager
def refusals_told(indent: str | None = None) -> Iterator[None]:
    """A refusal ends the command as click's error: its sentence; with `indent`, its fields below, indented so."""
    try:
        yield
    except SkillsError as refusal:
        fields = () if indent is None else refusal.details.get("fields", ())
        lines = (f"{indent}{field['path']}：{field['message']}" for field in fields)
        raise click.ClickException("\n".join((refusal.message, *lines))) from refusal


@contextlib.contextmanager
def refusals_end() -> Iterator[None]:
    """A refusal ends the command with its bare sentence on standard error, and exit code 1."""
    try:
        yield
    except SkillsError as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)
