#!/usr/bin/env bash
# python-stdnum 2.2, stdnum.cn.uscc: are unified social credit codes of every registering authority accepted?
#
# Guess beforehand: yes; the first character names the authority and GB 32100 lets it be a letter.
# Seen: the first eight characters must be digits. A village collective registered with the agricultural authority (N2…) is
# InvalidFormat before its check character is looked at, as is every other authority with a letter.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'python-stdnum==2.2'
"$folder/venv/bin/python" - <<'PYTHON'
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015


def code(kind: str) -> str:
    """A made-up code in Shunyi with its right check character."""
    body = f"{kind}110113MA0000000"
    return body + ALPHABET[-sum(ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(body)) % 31]


def answer(kind: str) -> str:
    try:
        uscc.validate(code(kind))
    except ValidationError as refused:
        return type(refused).__name__
    return "accepted"


EXPECTED = {
    "91": "accepted",  # a company
    "12": "accepted",  # a public institution
    "52": "accepted",  # a private non-enterprise body, as many training schools are
    "N2": "InvalidFormat",  # a village collective
    "Y1": "InvalidFormat",  # another authority
}
seen = {kind: answer(kind) for kind in EXPECTED}
for kind, outcome in seen.items():
    print(code(kind), outcome)
raise SystemExit(seen != EXPECTED)
PYTHON
