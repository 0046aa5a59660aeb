"""The day on which somebody reaches the statutory retirement age, from sex and birth date.

The ages and how they are delayed stand in `retirement.yaml`, each with its document and clause. Whoever reached
the old age before the delay began isn't delayed; after that each step of months adds one month, up to the most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from shared.calendar import MONTHS_A_YEAR, add_months
from shared.identity import Gender
from shared.policy.yaml_files import YamlFault, parse

PACKAGED = Path(__file__).with_name("retirement.yaml")

_GROUPS = ("men", "women_workers", "women_staff")
_KEYS = {
    "ages": {"document", "title", "from_on", "groups"},
    "delay": {"document", "title", "from_on", "groups"},
    "women": {"question", "reading", "alternative", "reason"},
}


class RetirementFault(ValueError):
    """A file of ages that can't be used; the message names file and cure."""


@dataclass(frozen=True, slots=True)
class Group:
    """`years`: the old age; `every_months`: the step that adds one month of delay; `months_max`: of the delay."""

    years: int
    every_months: int
    months_max: int


@dataclass(frozen=True)
class RetirementAges:
    """`delayed_from`: the first day on which reaching the old age is delayed; `women`: the group of all women."""

    delayed_from: date
    groups: Mapping[str, Group]
    women: str

    def reached_on(self, born_on: date, gender: Gender) -> date:
        """The birthday, so many months later as the delay says, on which the age is reached."""
        group = self.groups[self.women if gender is Gender.FEMALE else "men"]
        old_age_on = add_months(born_on, group.years * MONTHS_A_YEAR)
        return add_months(born_on, group.years * MONTHS_A_YEAR + self._delay(group, old_age_on))

    def _delay(self, group: Group, old_age_on: date) -> int:
        """In months; the first step begins in the month of `delayed_from`."""
        if old_age_on < self.delayed_from:
            return 0
        months = (old_age_on.year - self.delayed_from.year) * MONTHS_A_YEAR + old_age_on.month - self.delayed_from.month
        return min(months // group.every_months + 1, group.months_max)


@cache
def retirement_ages(file: Path = PACKAGED) -> RetirementAges:
    """The ages of a file. Raises RetirementFault."""
    try:
        tree = parse(file.read_text(encoding="utf-8"))
    except (YamlFault, UnicodeDecodeError) as fault:
        raise RetirementFault(f"{file.name}: {fault}") from fault
    if not isinstance(tree, dict) or set(tree) != set(_KEYS):
        raise RetirementFault(f"{file.name}: write exactly these keys: {', '.join(_KEYS)}")
    for name, keys in _KEYS.items():
        if not isinstance(tree[name], dict) or set(tree[name]) != keys:
            raise RetirementFault(f"{file.name}: {name}: write exactly these keys: {', '.join(sorted(keys))}")
    if tree["women"]["reading"] not in _GROUPS or not isinstance(tree["delay"]["from_on"], date):
        raise RetirementFault(f"{file.name}: give women.reading a group and delay.from_on a day")
    numbers = {name: _group(file, tree, name) for name in _GROUPS}
    return RetirementAges(tree["delay"]["from_on"], numbers, tree["women"]["reading"])


def _group(file: Path, tree: Mapping[str, Any], name: str) -> Group:
    return Group(
        _number(file, tree, "ages", name, "years"),
        _number(file, tree, "delay", name, "every_months"),
        _number(file, tree, "delay", name, "months_max"),
    )


def _number(file: Path, tree: Mapping[str, Any], part: str, group: str, key: str) -> int:
    """A cited number above 0."""
    groups = tree[part]["groups"]
    entry = groups.get(group) if isinstance(groups, dict) else None
    if not isinstance(entry, dict) or not entry.get("clause") or not entry.get("evidence"):
        raise RetirementFault(f"{file.name}: {part}.groups.{group}: give it {key}, clause and evidence")
    number = entry.get(key)
    if not isinstance(number, int) or number <= 0:
        raise RetirementFault(f"{file.name}: {part}.groups.{group}.{key}: write a whole number above 0")
    return number
