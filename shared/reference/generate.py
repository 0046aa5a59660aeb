"""`python -m shared.reference.generate [--check]`: writes `docs/contracts/`, or says what there is out of date.

Besides, `shared/bus/questions.yaml`: who asks whom (`questions.py`).

schemas/requests|answers|events/   a JSON Schema each     reference*.md    every method and event
asyncapi.json                      the whole bus          permissions.md   role × method

`vectors/` is written by hand, so that it can't follow a mistake of the code.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from shared.bus.questions import FILE as QUESTIONS
from shared.contracts.catalogue import EVENTS, METHODS
from shared.contracts.schema.shapes import Json
from shared.reference import questions
from shared.reference.asyncapi import document, event_name, schema_file
from shared.reference.json_schema import answer_schema, error_schema, event_schema, request_schema
from shared.reference.pages import permissions, reference

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "contracts"


def generated() -> dict[str, str]:
    """Content by path below `docs/contracts/`."""
    return {
        "asyncapi.json": _json(document()),
        "permissions.md": permissions(),
        **reference(),
        **{path: _json(schema) for path, schema in _schemas().items()},
    }


def _schemas() -> dict[str, Json]:
    schemas = {schema_file("answers", "Error"): error_schema()}
    for method in METHODS.values():
        schemas[schema_file("requests", method.request.__name__)] = request_schema(method.request)
        schemas[schema_file("answers", method.answer.__name__)] = answer_schema(method.answer)
    for event in EVENTS.values():
        schemas[schema_file("events", event_name(event))] = event_schema(event)
    return schemas


def differences(folder: Path) -> list[str]:
    """What `folder` has missing, changed or too much, by path."""
    wanted = generated()
    found = {path.relative_to(folder).as_posix(): path for path in _present(folder)}
    changed = [name for name, path in found.items() if wanted.get(name) != path.read_text("utf-8")]
    return sorted({*changed, *(wanted.keys() - found.keys())})


def write(folder: Path) -> None:
    """Brings `folder` up to date; a schema whose message is gone is removed."""
    wanted = generated()
    for path in _present(folder):
        if path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    for name, content in wanted.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")


def _present(folder: Path) -> list[Path]:
    """Every generated file that is there, of this or an earlier run."""
    pages = [folder / "asyncapi.json", *folder.glob("*.md")]
    return [*(page for page in pages if page.is_file()), *sorted((folder / "schemas").rglob("*.json"))]


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; fail where a file is out of date.")
def main(check: bool) -> None:
    """Writes docs/contracts from shared/contracts."""
    if not check:
        write(FOLDER)
        QUESTIONS.write_text(questions.written(), "utf-8")
        return
    stale = [f"docs/contracts/{name}" for name in differences(FOLDER)]
    if QUESTIONS.read_text("utf-8") != questions.written():
        stale.append("shared/bus/questions.yaml")
    if stale:
        listed = "\n".join(f"  {name}" for name in stale)
        raise click.ClickException(f"out of date, run `make schemas`:\n{listed}")


if __name__ == "__main__":
    main()
