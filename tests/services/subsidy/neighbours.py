"""What registry and training have on file about people and accounts: nothing, unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from shared.contracts.registry import registers
from shared.contracts.training import enrolments
from tests.services.harness import KernelHarness

DEATHS = "示例民政局"
STUDENTS = "示例教育局"
AS_OF = date(2022, 6, 1)


@dataclass
class Neighbours:
    """Entries that registry and training answer to whoever asks about the person, enrolment or payee."""

    harness: KernelHarness

    def __post_init__(self) -> None:
        self.standing: list[registers.StandingHit] = []
        self.duplicates: list[enrolments.Duplicate] = []
        self.accounts: dict[str, tuple[str, ...]] = {}
        self.unread: set[str] = set()
        self.consulted = (
            registers.Consulted("deceased", DEATHS, AS_OF),
            registers.Consulted("student", STUDENTS, AS_OF),
        )
        self.harness.answers(registers.ASK_STANDING, self._standing)
        self.harness.answers(registers.ASK_SHARED_ACCOUNTS, self._accounts)
        self.harness.answers(enrolments.ASK_DUPLICATES, self._duplicates)

    def finds(self, place: int, kind: Any = "deceased", since: date = AS_OF, **fields: Any) -> None:
        """An entry about the apprentice at this place of the first project."""
        person = fields.pop("person_id", f"project-1-person-{place:04d}")
        entry = registers.StandingHit(person, kind, f"{kind}-{person}", DEATHS, AS_OF, since, None)
        self.standing.append(replace(entry, **fields))

    def doubles(self, place: int, kind: Any = "enrolled_elsewhere", since: date = AS_OF) -> None:
        """Another enrolment that speaks against paying the apprentice at this place."""
        enrolment = f"project-1-enrolment-{place:04d}"
        other = ("enrolment-elsewhere", "project-elsewhere", "apprenticeship")
        self.duplicates.append(enrolments.Duplicate(enrolment, kind, f"{kind}-{enrolment}", *other, since))

    def shares(self, payee: str, *others: str) -> None:
        """The payee's account is that of these others, too; of none any more where none is named."""
        self.accounts[payee] = others

    def _standing(self, request: registers.AskStanding) -> registers.StandingAnswer:
        asked = [row.person_id for row in request.rows]
        assert len(set(asked)) == len(asked), "the answer names persons: nobody may be on a page twice"
        return registers.StandingAnswer(
            self.consulted,
            tuple(hit for hit in self.standing if hit.person_id in set(asked)),
            tuple(person for person in asked if person in self.unread),
        )

    def _duplicates(self, request: enrolments.AskDuplicates) -> enrolments.DuplicateList:
        asked = set(request.enrolment_ids)
        return enrolments.DuplicateList(
            self.harness.today, tuple(one for one in self.duplicates if one.enrolment_id in asked)
        )

    def _accounts(self, request: registers.AskSharedAccounts) -> registers.SharedAccounts:
        return registers.SharedAccounts(_shared(request.organisation_ids, self.accounts), ())


def _shared(asked: Sequence[str], accounts: dict[str, tuple[str, ...]]) -> tuple[registers.SharedAccount, ...]:
    return tuple(registers.SharedAccount(one, accounts[one]) for one in asked if accounts.get(one))
