"""Sheets and papers that name people: names asked from registry for one of them, audited, kept only in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.training.models import Project
from shared.batching import slices
from shared.contracts.kernel.files import FileKept
from shared.contracts.registry.organisations import LIST_ORGANISATIONS, ListOrganisations, OrganisationShape
from shared.contracts.registry.people import REVEAL_PEOPLE, PersonShape, RevealPeople
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.kernel.work import Asks, Work
from shared.security.permissions import may_unmask
from shared.security.speaker import Purpose
from shared.store.by_name import shape_of

UNKNOWN = "＿＿＿＿＿＿"
"""A line left blank, for whom registry doesn't name."""


@dataclass(frozen=True)
class PartyNames:
    """What registry said: both parties of a project, and people by id."""

    organisations: Mapping[str, OrganisationShape]
    people: Mapping[str, PersonShape]

    def organisation(self, organisation_id: str) -> str:
        """Its name, or a blank line."""
        found = self.organisations.get(organisation_id)
        return found.name if found else UNKNOWN

    def uscc(self, organisation_id: str) -> str:
        """Its unified social credit code, or a blank line."""
        found = self.organisations.get(organisation_id)
        return found.uscc if found else UNKNOWN

    def person(self, person_id: str) -> PersonShape:
        """The person, masked as registry masked it; blank lines where it named nobody."""
        return self.people.get(person_id) or PersonShape(person_id, UNKNOWN, "", UNKNOWN, None, masked=True)


def ask_names(asks: Asks, project: Project, people: Sequence[str]) -> PartyNames:
    """The parties and these people: masked, unless the speaker may see them for making documents."""
    parties = asks.ask(LIST_ORGANISATIONS, ListOrganisations(tuple(sorted(set(project.parties))))).organisations
    purpose = Purpose.DOCUMENTS if may_unmask(asks.speaker, Purpose.DOCUMENTS) else None
    ids = list(dict.fromkeys(people))
    answers = [asks.ask(REVEAL_PEOPLE, RevealPeople(part, purpose)) for part in slices(ids, ROWS_PER_CALL)]
    return PartyNames(
        {one.organisation_id: one for one in parties},
        {person.person_id: person for answer in answers for person in answer.people},
    )


def file_for_speaker(
    work: Work, project: Project, content: bytes, name: str, media_type: str, purpose: str | None = None
) -> FileKept:
    """Keeps a file for whoever asked: the organisation, or the officer's district. `purpose`: of names in full."""
    row = work.file_away(
        content,
        name=name,
        media_type=media_type,
        district=project.district,
        organisation=work.speaker.organisation or "",
    )
    work.note(f"project:{project.id}", f"file:{row.id}", purpose=purpose)
    return shape_of(FileKept, row)
