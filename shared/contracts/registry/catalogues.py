"""Dated catalogues: occupations, providers, minimum wages, employers that evaluate by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    INTERNAL,
    OFFICERS,
    READERS,
    Level,
    Occupation,
    PageSize,
)
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import (
    Code,
    District,
    Id,
    Label,
    Rows,
    Text,
)
from shared.money import Money
from shared.security.speaker import Role

CatalogueKind = Literal["shortage", "appraisable", "restricted", "providers", "minimum_wage", "self_evaluation"]


@dataclass(frozen=True)
class CatalogueEntry:
    """`code`: an occupation, an industry, or the uscc of a provider; `level`, `amount` where the kind has them."""

    code: Annotated[str, Text(64)]
    level: Level | None = None
    amount: Money | None = None


@dataclass(frozen=True)
class PublishCatalogue:
    """A dated edition of one catalogue: it replaces the edition before from `from_on` (APP-17).

    minimum_wage: one entry, code = jurisdiction, amount = yuan a month (APP-25). self_evaluation: employers (uscc as
    code would name only one occupation, so `<uscc>:<occupation>`) registered to issue certificates (APP-34).
    """

    kind: CatalogueKind
    edition: Label
    from_on: date
    source: Label
    entries: Annotated[tuple[CatalogueEntry, ...], Rows(20_000)]


@dataclass(frozen=True)
class CataloguePublished:
    catalogue_id: str


@dataclass(frozen=True)
class ListCatalogues:
    """Editions by kind, the oldest first. `on`: only the one of each kind that holds on that day."""

    kind: CatalogueKind | None = None
    on: date | None = None
    cursor: Label | None = None
    limit: PageSize = 200


@dataclass(frozen=True)
class CatalogueShape:
    """`entries`: how many codes stand in it."""

    catalogue_id: str
    kind: CatalogueKind
    edition: str
    from_on: date
    source: str
    entries: int


@dataclass(frozen=True)
class CataloguePage:
    catalogues: tuple[CatalogueShape, ...]
    cursor: str | None


@dataclass(frozen=True)
class AskMinimumWage:
    jurisdiction: District
    on: date


@dataclass(frozen=True)
class MinimumWage:
    """Null where operators have not entered one in force that day."""

    amount: Money | None


@dataclass(frozen=True)
class AskSelfEvaluation:
    """Whether an employer was registered to issue certificates of an occupation and level itself that day (APP-34)."""

    organisation_id: Id
    occupation: Occupation
    level: Level
    on: date


@dataclass(frozen=True)
class SelfEvaluation:
    registered: bool


@dataclass(frozen=True)
class CatalogueTold:
    catalogue_id: Id
    kind: Code
    from_on: date


LIST_CATALOGUES = query(
    "registry.list_catalogues", ListCatalogues, CataloguePage, READERS, "Editions of the catalogues."
)


PUBLISH_CATALOGUE = command(
    "registry.publish_catalogue",
    PublishCatalogue,
    CataloguePublished,
    (Role.CITY_OFFICER,),
    "A dated edition of a catalogue.",
)


ASK_MINIMUM_WAGE = query(
    "registry.ask_minimum_wage", AskMinimumWage, MinimumWage, (*OFFICERS, *INTERNAL), "The minimum wage of a day."
)


ASK_SELF_EVALUATION = query(
    "registry.ask_self_evaluation", AskSelfEvaluation, SelfEvaluation, INTERNAL, "Registered for self-evaluation."
)


CATALOGUE_PUBLISHED = event(
    "registry.catalogue_published", CatalogueTold, consumers=("notify",), about="A catalogue has a new edition."
)
