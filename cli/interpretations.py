"""The readings of a document as `skills rules` prints them: what was open, how it is read, what else is possible."""

from __future__ import annotations

from collections.abc import Iterator

from shared.policy.document import Document, Interpretation
from shared.policy.readings import READINGS


def reading_lines(document: Document) -> Iterator[str]:
    """One line for each reading of the document; then the settings that it is silent about, with their defaults."""
    yield "  读法"
    for entry in document.interpretations.values():
        yield f"    {entry.id}  {entry.question}：{entry.reading}"
        yield f"        {_switch(entry)}；另可：{'、'.join(entry.alternatives) or '无'}"
    named = {entry.setting for entry in document.interpretations.values()}
    for setting, choices in READINGS.items():
        if setting not in named:
            yield f"    {setting} = {choices[0]}（文件未写，取默认），另可 {'、'.join(choices[1:])}"


def _switch(entry: Interpretation) -> str:
    if entry.setting is None:
        return "没有开关"
    others = "、".join(choice for choice in READINGS[entry.setting] if choice != entry.value)
    return f"{entry.setting} = {entry.value}，可改为 {others}"
