"""The codes that forms of every programme share, with the words that are printed for them."""

from __future__ import annotations

from shared.identity import DocumentKind

IDENTITY_DOCUMENTS = {
    "居民身份证": DocumentKind.RESIDENT_ID.value,
    "身份证": DocumentKind.RESIDENT_ID.value,
    "护照": DocumentKind.PASSPORT.value,
    "居住证件": DocumentKind.RESIDENCE_PERMIT.value,
    "港澳台居民居住证": DocumentKind.RESIDENCE_PERMIT.value,
    "外国人永久居留身份证": DocumentKind.RESIDENCE_PERMIT.value,
}
