"""The codes that forms of every programme share, with the words that are printed for them."""

from __future__ import annotations

from collections.abc import Mapping

from shared.identity import DocumentKind

IDENTITY_DOCUMENTS = {
    "居民身份证": DocumentKind.RESIDENT_ID.value,
    "身份证": DocumentKind.RESIDENT_ID.value,
    "护照": DocumentKind.PASSPORT.value,
    "居住证件": DocumentKind.RESIDENCE_PERMIT.value,
    "港澳台居民居住证": DocumentKind.RESIDENCE_PERMIT.value,
    "外国人永久居留身份证": DocumentKind.RESIDENCE_PERMIT.value,
}


LEVELS = {
    "初级工": "junior",
    "中级工": "intermediate",
    "高级工": "advanced",
    "技师": "technician",
    "高级技师": "senior_technician",
}


RESULTS = {"考核合格": "passed", "考核不合格": "failed"}


YES_NO = {"是": "yes", "否": "no"}


OUTCOMES = {
    "符合": "met",
    "不符合": "unmet",
    "提示": "advice",
    "经说明理由予以认可": "accepted",
    "不适用": "not_applicable",
    "待建立学籍时核定": "pending",
}
"""How a finding's outcome is printed."""


def printed(labels: Mapping[str, str], code: str) -> str:
    """The word printed for a code; the code itself where none is declared, so that nothing is lost."""
    return next((label for label, known in labels.items() if known == code), code)
