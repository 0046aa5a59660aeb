"""Amounts as Chinese documents print them."""

from __future__ import annotations

from shared.money import Money

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def capital_amount(amount: Money) -> str:
    """An amount in the capital figures of cheques and vouchers: 93000.00 is 玖万叁仟元整."""
    yuan, cents = divmod(abs(amount.fen), 100)
    jiao, fen = divmod(cents, 10)
    parts = [f"{_whole(yuan)}元"] if yuan or not cents else []
    if jiao:
        parts.append(f"{_DIGITS[jiao]}角")
    elif fen and yuan:
        parts.append("零")
    parts.append(f"{_DIGITS[fen]}分" if fen else "整")
    return ("负" if amount.fen < 0 else "") + "".join(parts)


def _whole(number: int) -> str:
    """Groups of four digits from the left; one zero stands for any run of zeros between two digits."""
    written = ""
    skipped = False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit:
            written += (_DIGITS[0] if skipped and written else "") + _DIGITS[digit] + _UNITS[place % 4]
        skipped = not digit
        if place % 4 == 0 and number // 10**place % 10_000:
            written += _GROUPS[place // 4]
    return written or _DIGITS[0]
