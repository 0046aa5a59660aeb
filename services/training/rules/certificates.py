"""Which of a person's certificates stands for the training, where there are several (APP-13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar


class Held(Protocol):
    """A certificate on file. `level`: None for kinds that have none."""

    @property
    def occupation(self) -> str: ...
    @property
    def level(self) -> str | None: ...
    @property
    def issued_on(self) -> date: ...
    @property
    def self_issued(self) -> bool: ...
    @property
    def issuer_registered(self) -> bool: ...


Certificate = TypeVar("Certificate", bound=Held)


def best(
    certificates: Iterable[Certificate], occupation: str, enrolled_on: date, levels: Sequence[str]
) -> Certificate | None:
    """The one that serves the person best: of the occupation, valid, issued since the enrolment, of the highest level.

    `levels`: lowest first. Whether it counts is for subsidy to decide; here nothing is left out. None of none.
    """

    def merit(certificate: Certificate) -> tuple[bool, bool, bool, int, int]:
        return (
            certificate.occupation == occupation,
            certificate.issuer_registered or not certificate.self_issued,
            certificate.issued_on >= enrolled_on,
            levels.index(certificate.level) if certificate.level in levels else -1,
            -certificate.issued_on.toordinal(),
        )

    return max(certificates, key=merit, default=None)
