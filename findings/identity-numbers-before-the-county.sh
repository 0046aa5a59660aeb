#!/usr/bin/env bash
# python-stdnum 2.2, stdnum.cn.ric: is a resident identity number judged by the counties of its issue, or of the birth?
#
# Guess beforehand: numbers keep the region of their issue for life, so former regions are known, all of them or none.
# Seen: they are known, each with its years, and the year of BIRTH must lie in them. Numbers are issued since 1984 only, so
# whoever was born in 1962 has the region of the eighties: Shunyi county (110222, from 1982) is refused to them and accepted
# for somebody born in 1990. Most people near retirement in the outer districts are InvalidComponent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'python-stdnum==2.2'
"$folder/venv/bin/python" - <<'PYTHON'
from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999


def number(region: str, year: str) -> str:
    """A made-up number of that region and year of birth, with its right check character."""
    body = f"{region}{year}0305001"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS)) % 11]


def answer(region: str, year: str) -> str:
    try:
        ric.validate(number(region, year))
    except InvalidComponent:
        return "InvalidComponent"
    return "accepted"


EXPECTED = {
    ("110105", "1962", "Chaoyang district"): "accepted",
    ("110222", "1962", "Shunyi county, the code of 1982 to 1998"): "InvalidComponent",
    ("110222", "1990", "Shunyi county, the code of 1982 to 1998"): "accepted",
    ("110113", "1990", "Shunyi district, the code since 1998"): "InvalidComponent",
    ("110113", "1999", "Shunyi district, the code since 1998"): "accepted",
    ("110115", "1999", "Daxing district, the code since 2001"): "InvalidComponent",
}
seen = {asked: answer(*asked[:2]) for asked in EXPECTED}
for (region, year, name), outcome in seen.items():
    print(f"{region} born {year}  {outcome:16}  {name}")
raise SystemExit(seen != EXPECTED)
PYTHON
