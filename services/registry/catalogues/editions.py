"""Dated catalogues: published in editions, asked for a day (APP-17). In force is the newest `from_on` up to the day.

Two editions from the same day correct each other: the one published last holds. An edition is never edited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.access import organisation_in_reach
from services.registry.models import Catalogue, CatalogueEntry
from services.registry.rules.catalogues import Entry
from shared.contracts.registry.catalogues import (
    CATALOGUE_PUBLISHED,
    AskMinimumWage,
    AskSelfEvaluation,
    CataloguePublished,
    CatalogueTold,
    MinimumWage,
    PublishCatalogue,
    SelfEvaluation,
)
from shared.errors import InvalidRequest
from shared.kernel.work import Look, Work
from shared.policy.policies import chain
from shared.store.bulk import insert_all
from shared.store.by_name import values_of
from shared.store.types import new_id


def publish_catalogue(work: Work, request: PublishCatalogue) -> CataloguePublished:
    """A new edition. Raises InvalidRequest for entries that stand twice or lack their amount."""
    _check_entries(request)
    catalogue_id = new_id()
    work.add(Catalogue(**values_of(Catalogue, request, id=catalogue_id, published_at=work.at)))
    insert_all(
        work.session,
        CatalogueEntry,
        (
            values_of(CatalogueEntry, entry, catalogue_id=catalogue_id, level=entry.level or "")
            for entry in request.entries
        ),
    )
    work.note(f"catalogue:{catalogue_id}")
    work.tell(CATALOGUE_PUBLISHED, catalogue_id, CatalogueTold(catalogue_id, request.kind, request.from_on))
    return CataloguePublished(catalogue_id)


def ask_minimum_wage(look: Look, request: AskMinimumWage) -> MinimumWage:
    """The wage of the place itself or of what it belongs to, nearest first (APP-25); None where none was published."""
    for place in chain(request.jurisdiction):
        newest = (
            select(CatalogueEntry.amount)
            .join(Catalogue, Catalogue.id == CatalogueEntry.catalogue_id)
            .where(Catalogue.kind == "minimum_wage", Catalogue.from_on <= request.on, CatalogueEntry.code == place)
            .order_by(Catalogue.from_on.desc(), Catalogue.number.desc())
            .limit(1)
        )
        amount = look.session.scalar(newest)
        if amount is not None:
            return MinimumWage(amount)
    return MinimumWage(None)


def ask_self_evaluation(look: Look, request: AskSelfEvaluation) -> SelfEvaluation:
    """Whether the employer was registered for that occupation and level on the day (APP-34). Raises NotFound for an
    employer out of reach.
    """
    organisation = organisation_in_reach(look, request.organisation_id)
    edition = in_force(look.session, "self_evaluation", request.on)
    if edition is None:
        return SelfEvaluation(registered=False)
    levels = select(CatalogueEntry.level).where(
        CatalogueEntry.catalogue_id == edition,
        CatalogueEntry.code == f"{organisation.uscc}:{request.occupation}",
        CatalogueEntry.level.in_(("", request.level)),
    )
    return SelfEvaluation(registered=look.session.scalar(levels.limit(1)) is not None)


def in_force(session: Session, kind: str, on: date) -> str | None:
    """The id of the edition of a kind that holds on a day; None where there is none."""
    return session.scalar(
        select(Catalogue.id)
        .where(Catalogue.kind == kind, Catalogue.from_on <= on)
        .order_by(Catalogue.from_on.desc(), Catalogue.number.desc())
        .limit(1)
    )


def listed_codes(session: Session, kind: str, on: date, codes: Collection[str]) -> tuple[str, ...] | None:
    """Those of `codes` that stand in the edition of that day; None where no edition is loaded."""
    edition = in_force(session, kind, on)
    if edition is None:
        return None
    asked = select(CatalogueEntry.code).where(CatalogueEntry.catalogue_id == edition, CatalogueEntry.code.in_(codes))
    return tuple(sorted(set(session.scalars(asked))))


def occupation_entries(session: Session, kind: str, occupation: str) -> tuple[Entry, ...]:
    """From when until when an occupation stood in each edition of a catalogue, oldest first."""
    editions = _editions(session, kind)
    holding = set(
        session.scalars(
            select(CatalogueEntry.catalogue_id).where(
                CatalogueEntry.catalogue_id.in_([one.id for one in editions]), CatalogueEntry.code == occupation
            )
        )
    )
    ends: list[date | None] = [after.from_on - timedelta(days=1) for after in editions[1:]]
    return tuple(
        Entry(kind, occupation, edition.from_on, until)
        for edition, until in zip(editions, [*ends, None], strict=False)
        if edition.id in holding
    )


def _editions(session: Session, kind: str) -> list[Catalogue]:
    """The editions that ever held, by day; of several from one day the last published."""
    ordered = session.scalars(
        select(Catalogue).where(Catalogue.kind == kind).order_by(Catalogue.from_on, Catalogue.number)
    )
    return list({edition.from_on: edition for edition in ordered}.values())


def _check_entries(request: PublishCatalogue) -> None:
    times = Counter((entry.code, entry.level) for entry in request.entries)
    faults: list[tuple[str, str]] = []
    for place, entry in enumerate(request.entries):
        if times[(entry.code, entry.level)] > 1:
            faults.append((f"entries[{place}].code", f"{entry.code} 在本版目录中重复，请只保留一条"))
        if request.kind == "minimum_wage" and entry.amount is None:
            faults.append((f"entries[{place}].amount", "请填写每月最低工资标准（元）"))
    if faults:
        raise InvalidRequest.of(*faults[:200])
