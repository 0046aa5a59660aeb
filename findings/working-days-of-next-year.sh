#!/usr/bin/env bash
# chinesecalendar 1.11.0: what does it say of a day in a year whose holidays aren't announced yet?
#
# Guess beforehand: weekends are weekends until the holidays are announced, perhaps with a warning.
# Seen: NotImplementedError for every day of 2027, plain Mondays and Saturdays as well, so a deadline that falls into January
# can't be worked out in December by asking it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'chinesecalendar==1.11.0'
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import date

import chinese_calendar


def answer(day: date) -> str:
    try:
        return str(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return "NotImplementedError"


EXPECTED = {
    date(2026, 10, 1): "False",  # the National Day holiday
    date(2026, 10, 10): "True",  # a Saturday worked for it
    date(2026, 12, 31): "True",
    date(2027, 1, 2): "NotImplementedError",  # a Saturday
    date(2027, 1, 11): "NotImplementedError",  # a Monday
}
seen = {day: answer(day) for day in EXPECTED}
for day, outcome in seen.items():
    print(day.isoformat(), day.strftime("%a"), outcome)
raise SystemExit(seen != EXPECTED)
PYTHON
