"""`skills scenario run FILE…`: stories against a fresh embedded system, or against a running one with --amqp."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from shared.bus.system import NotSettledError, System, speaker_of
from shared.cli.system import reached, reaches_system
from shared.contracts.kernel import GET_CHUNK, GetChunk
from shared.scenario.casting import MadeUpCasting
from shared.scenario.files import Files
from shared.scenario.known_forms import KNOWN_FORMS
from shared.scenario.language import parse
from shared.scenario.runner import ScenarioFailed, Stage, run
from shared.scenario.story import Actor
from shared.scenario.yaml_nodes import ScenarioError
from shared.security.speaker import Speaker

FETCH = "file.fetch"
"""A call that the story may make besides RPCs: all chunks of `{service, file}` as {content, name}, in base64."""


@dataclass(frozen=True)
class BusCaller:
    """Carries a story's calls over the bus."""

    system: System

    def call(self, actor: Actor, method: str, payload: Mapping[str, Any]) -> Any:
        speaker = speaker_of(actor.role, actor.subject, actor.district, actor.organisation)
        if method == FETCH:
            return self._fetch(payload["service"], payload["file"], speaker)
        return self.system.call(method, payload, speaker)

    def settle(self) -> None:
        self.system.settle()

    def move_clock(self, to: date) -> None:
        self.system.move_clock(to)

    def _fetch(self, service: str, file: str, speaker: Speaker) -> dict[str, str]:
        chunks: list[bytes] = []
        while True:
            chunk = self.system.ask(GET_CHUNK[service], GetChunk(file, len(chunks)), speaker)
            chunks.append(base64.b64decode(chunk.data))
            if len(chunks) >= chunk.chunks:
                return {"content": base64.b64encode(b"".join(chunks)).decode(), "name": chunk.name}


class EchoReporter:
    """Progress on standard output."""

    def line(self, text: str) -> None:
        click.echo(text)


@click.group("scenario")
def scenario() -> None:
    """以故事文件演示和验收系统。"""


@scenario.command("run")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="故事生成的文件放在哪里")
@reaches_system
def run_files(files: tuple[Path, ...], out: Path | None, amqp: str | None, keys: Path | None, data: Path) -> None:
    """依次运行故事文件；不写 --amqp 时每个故事用一套全新的系统。"""
    for file in files:
        with tempfile.TemporaryDirectory(prefix="skills-scenario-") as fresh:
            folder = Path(fresh) / "data" if amqp is None and data == Path("var/embedded") else data
            with reached(amqp, keys, folder) as system:
                play(file, system, out or Path(fresh) / "out")


def play(file: Path, system: System, out: Path) -> dict[str, Any]:
    """One story; returns what it saved. Raises click.ClickException where a step did not go as told."""
    try:
        story = parse(file.read_text("utf-8"), str(file))
        stage = Stage(BusCaller(system), MadeUpCasting(), Files(file.parent, out, KNOWN_FORMS), EchoReporter())
        return run(story, stage)
    except (ScenarioFailed, ScenarioError, NotSettledError) as problem:
        raise click.ClickException(str(problem)) from problem
