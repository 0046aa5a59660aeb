"""Made-up people and organisations with valid numbers, for the demo, scenarios and tests: never real ones.

They are plainly made up: names such as 学徒甲〇〇一, a region code that was never given out, a mobile
prefix that no operator has, account numbers that no bank issues. The same seed always gives the same
list; a longer one begins with the shorter one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum import luhn
from stdnum.cn import uscc

from shared.identity import id_check_character, organisation_check_character

REGION = "110199"
MOBILE_PREFIX = "154"
ACCOUNT_PREFIX = "0000"

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_DIGITS = "〇一二三四五六七八九"
_BORN_FROM = date(1980, 1, 1)
_BORN_DAYS = 8766  # 24 years: grown up in every programme's time


@dataclass(frozen=True)
class MadeUpPerson:
    """A person who doesn't exist. Every number is valid and in normal form."""

    name: str
    id_number: str
    born_on: date
    phone: str
    bank_account: str


@dataclass(frozen=True)
class MadeUpOrganisation:
    """An organisation that doesn't exist. Every number is valid and in normal form."""

    name: str
    uscc: str
    bank_account: str


def people(count: int, seed: int) -> list[MadeUpPerson]:
    """`count` people, no two with the same ID number."""
    chance = random.Random(f"people {seed}")  # noqa: S311  repeatable on purpose, guards nothing
    taken: set[str] = set()
    return [_person(chance, f"学徒{_label(seed, place)}", taken) for place in range(1, count + 1)]


def organisations(count: int, seed: int) -> list[MadeUpOrganisation]:
    """`count` organisations, no two with the same credit code."""
    chance = random.Random(f"organisations {seed}")  # noqa: S311  repeatable on purpose, guards nothing
    taken: set[str] = set()
    return [_organisation(chance, f"示例{_label(seed, place)}有限公司", taken) for place in range(1, count + 1)]


def _person(chance: random.Random, name: str, taken: set[str]) -> MadeUpPerson:
    while True:
        born_on = _BORN_FROM + timedelta(days=chance.randrange(_BORN_DAYS))
        digits = f"{REGION}{born_on:%Y%m%d}{chance.randrange(1, 1000):03d}"
        phone = f"{MOBILE_PREFIX}{chance.randrange(10**8):08d}"
        account = _account(chance)
        if digits not in taken:
            taken.add(digits)
            return MadeUpPerson(name, digits + id_check_character(digits), born_on, phone, account)


def _organisation(chance: random.Random, name: str, taken: set[str]) -> MadeUpOrganisation:
    while True:
        body = f"MA{chance.randrange(10**6):06d}"
        digits = f"91{REGION}{body}{organisation_check_character(body)}"
        account = _account(chance)
        if digits not in taken:
            taken.add(digits)
            return MadeUpOrganisation(name, digits + uscc.calc_check_digit(digits), account)


def _account(chance: random.Random) -> str:
    digits = f"{ACCOUNT_PREFIX}{chance.randrange(10**14):014d}"
    return f"{digits}{luhn.calc_check_digit(digits)}"


def _label(seed: int, place: int) -> str:
    return _STEMS[seed % len(_STEMS)] + "".join(_DIGITS[int(digit)] for digit in f"{place:03d}")
