"""`skills scenario run FILE…`: stories against a fresh embedded system, or against a running one with --amqp."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from cli.files import fetch
from cli.known_forms import KNOWN_FORMS
from cli.system import EMBEDDED, Target, reached, reaches_system
from shared.contracts.catalogue import METHODS
from shared.errors import SkillsError
from shared.runtime.system_client import NotSettledError, System, speaker_of
from shared.scenario.cast import MadeUpCasting
from shared.scenario.files import Files
from shared.scenario.language import load
from shared.scenario.runner import ScenarioFailed, Stage, run
from shared.scenario.story import Actor
from shared.scenario.yaml_nodes import ScenarioError
from shared.security.speaker import Speaker

FETCH = "file.fetch"
"""A call that the story may make besides RPCs: all chunks of `{service, file}` as {content, name}, in base64."""


@dataclass
class BusCaller:
    """Carries a story's calls over the bus. After a query nothing is left to settle that wasn't before it."""

    system: System
    _settled: bool = False

    def call(self, actor: Actor, method: str, payload: Mapping[str, Any]) -> Any:
        """The wire answer; raises the method's typed error."""
        speaker = speaker_of(actor.role, actor.subject, actor.district, actor.organisation)
        if method == FETCH:
            return self._fetch(payload["service"], payload["file"], speaker)
        if method not in METHODS or METHODS[method].kind == "command":
            self._settled = False
        return self.system.call(method, payload, speaker)

    def settle(self) -> None:
        """Waits until nothing is under way. Raises NotSettledError."""
        if not self._settled:
            self.system.settle()
            self._settled = True

    def move_clock(self, to: date) -> None:
        """The business date of every service."""
        self._settled = False
        self.system.move_clock(to)

    def _fetch(self, service: str, file: str, speaker: Speaker) -> dict[str, str]:
        content, name = fetch(self.system, service, speaker, file)
        return {"content": base64.b64encode(content).decode(), "name": name}


class EchoReporter:
    """Progress on standard output."""

    def line(self, text: str) -> None:
        """One line of it."""
        click.echo(text)


@click.group("scenario")
def scenario() -> None:
    """以故事文件演示和验收系统。"""


@scenario.command("run")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="故事生成的文件放在哪里")
@click.option("--set", "given", multiple=True, metavar="名称=值", help="改变故事文件中 parameters 的一个值，可多次使用")
@reaches_system
def run_files(files: tuple[Path, ...], out: Path | None, given: tuple[str, ...], target: Target) -> None:
    """依次运行故事文件；不写 --amqp 时每个故事用一套全新的系统。"""
    parameters = _parameters(given)
    for file in files:
        with tempfile.TemporaryDirectory(prefix="skills-scenario-") as fresh:
            unnamed = target.amqp is None and target.data == EMBEDDED
            with reached(replace(target, data=Path(fresh) / "data") if unnamed else target) as system:
                play(file, system, out or Path(fresh) / "out", parameters)


def play(file: Path, system: System, out: Path, given: Mapping[str, str] | None = None) -> dict[str, Any]:
    """One story, `given` parameters in place of its own; returns what it saved.

    Raises click.ClickException where the file can't be understood or a step didn't go as told.
    """
    try:
        story = load(file, given)
        stage = Stage(BusCaller(system), MadeUpCasting(), Files(file.parent, out, KNOWN_FORMS), EchoReporter())
        return run(story, stage)
    except (ScenarioFailed, ScenarioError, NotSettledError, SkillsError) as problem:
        raise click.ClickException(str(problem)) from problem


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    parameters = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise click.BadParameter(f"请写作 名称=值，例如 level=technician，而不是 {one}", param_hint="--set")
        parameters[name] = value
    return parameters
