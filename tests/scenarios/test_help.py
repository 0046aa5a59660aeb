"""Whoever types `skills --help` reads a whole sentence for each command, and a wrong call is told what to type."""

from __future__ import annotations

import re

import pytest

from tests.scenarios.stage import says, skills

LINE = re.compile(r"^  ([a-z][a-z-]*) +(\S.*)$", re.MULTILINE)


def _commands(*group: str) -> dict[str, str]:
    """Each command that a help lists, with what is said of it."""
    _, _, listed = says(*group, "--help").partition("Commands:")
    return {" ".join((*group, name)): text for name, text in LINE.findall(listed)}


def test_no_commands_help_is_cut_off_in_a_terminal_of_80_columns() -> None:
    helps = _commands()
    assert {"broker", "migrate", "waiting"} <= helps.keys()
    for group in ("audit", "broker", "decisions", "file", "keys", "parked", "rules", "scenario", "sheet"):
        inside = _commands(group)
        assert inside, group
        helps |= inside
    assert {name: text for name, text in helps.items() if text.endswith("...")} == {}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("call", "subsidy.approve"), "subsidy 已有：subsidy.appropriate、"),
        (("call", "SERVICE.METHOD"), "请写成“服务.方法”，服务为 registry、"),
        (("waiting", "--role", "employer"), "请加 --organisation"),
        (("call", "subsidy.list_claims", "--district", "chaoyang"), "--district 须为六位数字代码"),
    ],
)
def test_a_wrong_call_is_told_what_to_type(arguments: tuple[str, ...], told: str) -> None:
    done = skills(*arguments)
    assert done.returncode != 0
    assert told in done.stderr
    assert "notify.mark_read" not in done.stderr
