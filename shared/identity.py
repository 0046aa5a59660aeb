"""Numbers that name a person or an organisation: normal form, check character, mask (X-2 to X-4).

Each `parse_…` returns the normal form, which is what is stored, compared and digested, or raises
BadNumber with a Chinese sentence that says what to check and never repeats the number.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum

from stdnum.cn import uscc

from shared.number_keys import number_key

OLDEST_YEARS = 130  # nobody on record grew older: an earlier birth date is a slip of the pen

_ID_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_ID_CHECKS = "10X98765432"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_SPACE_AT_CHINESE = re.compile(r"(?<=[\u2e80-\U0003ffff·]) | (?=[\u2e80-\U0003ffff·])")
_DOTS = re.compile(r"[•‧∙・･․·]")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}")
_PERMIT_OLD = re.compile(r"[A-Z]{3}[0-9]{12}")
_PERMIT_NEW = re.compile(r"(8[123]0000|9[0-9]{5})[0-9]{11}[0-9X]")
# Registering authority and kind of body may be letters (N: rural collectives), which stdnum refuses.
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"(?:(?:\+86|0086)0?|0)([1-9][0-9]{1,2}[2-9][0-9]{6,7})")
_ACCOUNT = re.compile(r"[0-9]{8,30}")


class BadNumber(ValueError):
    """A number that can't be right. `str()`: Chinese, says what to check, no personal data."""


class DocumentKind(StrEnum):
    """Kinds of identity document (X-2)."""

    RESIDENT_ID = "resident_id"  # 居民身份证
    PASSPORT = "passport"  # 护照
    RESIDENCE_PERMIT = "residence_permit"  # 港澳台居民居住证、外国人永久居留身份证


class Gender(StrEnum):
    """As the seventeenth digit says."""

    FEMALE = "female"
    MALE = "male"


def parse_id_number(text: str, today: date) -> str:
    """An 18-character resident ID number (GB 11643). The region code is never a reason to refuse (X-2)."""
    number = number_key(text)
    if not _ID_NUMBER.fullmatch(number):
        raise BadNumber("身份证号应为 18 位：17 位数字加 1 位校验码（数字或 X），请核对身份证件")
    _check_birth(number, today)
    if number[17] != id_check_character(number):
        raise BadNumber("身份证号校验码不符，请对照身份证件逐位核对")
    return number


def parse_document_number(kind: DocumentKind, text: str, today: date) -> str:
    """The number of any identity document in its normal form."""
    match kind:
        case DocumentKind.RESIDENT_ID:
            return parse_id_number(text, today)
        case DocumentKind.PASSPORT:
            return _parse_passport(text)
        case DocumentKind.RESIDENCE_PERMIT:
            return _parse_residence_permit(text, today)


def id_check_character(number: str) -> str:
    """The MOD 11-2 check character for 17 digits; what follows them is ignored."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def tells_birth(kind: str, number: str) -> bool:
    """Whether a number in normal form holds a birth date and a gender: a resident's, and a permit's of the new form."""
    return kind == DocumentKind.RESIDENT_ID or (
        kind == DocumentKind.RESIDENCE_PERMIT and _PERMIT_NEW.fullmatch(number) is not None
    )


def birth_date(id_number: str) -> date:
    """The birth date in a number in normal form. Raises ValueError when that day doesn't exist."""
    return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))


def gender(id_number: str) -> Gender:
    """The gender in a number in normal form: odd is male."""
    return Gender.MALE if int(id_number[16]) % 2 else Gender.FEMALE


def parse_uscc(text: str) -> str:
    """An 18-character unified social credit code (GB 32100) of any region, development areas too (X-3)."""
    code = number_key(text)
    if not _USCC.fullmatch(code):
        raise BadNumber("统一社会信用代码应为 18 位数字或大写字母（不含 I、O、Z、S、V），请核对营业执照")
    if code[17] != uscc.calc_check_digit(code):
        raise BadNumber("统一社会信用代码校验码不符，请对照营业执照逐位核对")
    return code


def organisation_check_character(code: str) -> str:
    """The GB 11714 check character for the 8 characters of an organisation code; what follows them is ignored."""
    total = sum(int(char, 36) * weight for char, weight in zip(code[:8], _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def parse_phone(text: str) -> str:
    """A mainland number in digits: a mobile of 11, or a landline with its area code."""
    number = re.sub(r"[()]", "", number_key(text))
    if mobile := _MOBILE.fullmatch(number):
        return mobile[1]
    if landline := _LANDLINE.fullmatch(number):
        return f"0{landline[1]}"
    raise BadNumber("电话号码应为 11 位手机号，或带区号的固定电话（如 010 开头），请核对")


def parse_account(text: str) -> str:
    """A bank account in digits, 8 to 30 of them."""
    number = number_key(text)
    if not _ACCOUNT.fullmatch(number):
        raise BadNumber("银行账号应为 8 至 30 位数字，请核对开户信息")
    return number


def normalise_name(text: str) -> str:
    """A name as it is compared: half-width, one kind of middle dot, no spaces next to Chinese characters."""
    name = _DOTS.sub("·", unicodedata.normalize("NFKC", text)).strip()
    return _SPACE_AT_CHINESE.sub("", re.sub(r"\s+", " ", name))


def mask_name(name: str) -> str:
    """The first character, then at most two stars: 欧阳某某 is 欧**."""
    return name[:1] + "*" * min(max(len(name) - 1, 1), 2) if name else ""


def mask_id_number(number: str) -> str:
    """The first three and last four characters of an 18-character number; one and two of a shorter one."""
    return _mask(number, 3, 4) if len(number) == 18 else _mask(number, 1, 2)


def mask_phone(number: str) -> str:
    """The first three and last four digits: 138****0000."""
    return _mask(number, 3, 4)


def _check_birth(number: str, today: date) -> None:
    try:
        born_on = birth_date(number)
    except ValueError:
        raise BadNumber("身份证号第 7 至 14 位不是真实日期，请核对身份证件") from None
    if born_on >= today:
        raise BadNumber("身份证号中的出生日期不早于今天，请核对身份证件")
    if born_on.year < today.year - OLDEST_YEARS:
        raise BadNumber("身份证号中的出生日期过早，请核对身份证件")


def _parse_passport(text: str) -> str:
    number = number_key(text)
    if not _PASSPORT.fullmatch(number):
        raise BadNumber("护照号应为 5 至 20 位字母或数字，请核对护照")
    return number


def _parse_residence_permit(text: str, today: date) -> str:
    number = number_key(text)
    if _PERMIT_NEW.fullmatch(number):
        return parse_id_number(number, today)
    if _PERMIT_OLD.fullmatch(number):
        return number
    raise BadNumber("居住证件号应为 18 位（81、82、83 或 9 开头），或 3 位字母加 12 位数字，请核对证件")


def _mask(text: str, head: int, tail: int) -> str:
    # At least as much is hidden as is shown, else nothing is shown.
    hidden = len(text) - head - tail
    if hidden < 3:
        return "*" * len(text)
    return text[:head] + "*" * hidden + text[len(text) - tail :]
