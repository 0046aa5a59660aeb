"""A comparison is stored as evidence, and what it found becomes hits: each one once, however often it is found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from operator import attrgetter

from sqlalchemy import func, select

from services.subsidy.checks.matches import FoundMatch
from services.subsidy.checks.sources import SourceAnswers
from services.subsidy.events import about_claim
from services.subsidy.exclusions.enforcement import excluded
from services.subsidy.models import Claim
from services.subsidy.models.checks import Check, Hit
from services.subsidy.rules.checks import kinds_compared
from shared.contracts.schema.codec import write
from shared.contracts.subsidy.checks import CLAIM_HELD, ClaimHeld, HitKind
from shared.kernel.work import Work
from shared.policy.decisions import Verdict, decide
from shared.policy.document import Document
from shared.store.bulk import Row, insert_new
from shared.store.by_name import values_of
from shared.store.types import new_id

SOURCES_IN_ORDER = attrgetter("kind", "source", "as_of")


def compare_claims(work: Work, claims: Iterable[Claim], answers: SourceAnswers) -> None:
    """Stores what was heard about each claim whose document compares something, and tells the district of new hits.

    Needs the claims' projects locked.
    """
    for claim in claims:
        document = work.policies.by_identity(claim.document)
        kinds = kinds_compared(document)
        if kinds:
            _compare(work, claim, document, kinds, answers)


def _compare(work: Work, claim: Claim, document: Document, kinds: frozenset[HitKind], answers: SourceAnswers) -> None:
    heard = answers.claims[claim.id]
    asked_for = [one for one in heard.found if one.match.kind in kinds]  # a source may answer more
    found = _without_excluded(work, claim, [one for one in asked_for if _is_unmet(one, document, answers.on)])
    consulted = sorted((one for one in answers.consulted if one.kind in kinds), key=SOURCES_IN_ORDER)
    check = Check(
        id=new_id(),
        claim_id=claim.id,
        checked_on=work.today,
        checked_by=work.speaker.person,
        persons=heard.persons,
        unread=len(heard.unread),
        consulted=write(tuple(consulted)),
        hits=len(found),
    )
    work.add(check)
    insert_new(work.session, Hit, (_hit(claim, check, one) for one in found))
    opened = work.session.scalar(select(func.count()).where(Hit.check_id == check.id)) or 0
    work.note(f"check:{check.id}")
    if opened:
        told = about_claim(ClaimHeld, claim, hits=opened, on=work.today)
        work.tell(CLAIM_HELD, claim.id, told, district=claim.district)


def _without_excluded(work: Work, claim: Claim, found: list[FoundMatch]) -> list[FoundMatch]:
    """Without those who earn nothing already: what may still be sent for the claim is sent, and theirs asked back."""
    barred = excluded(work.session, claim.project_id) if found else ()
    return [one for one in found if one.subject.enrolment_id not in barred]


def _is_unmet(found: FoundMatch, document: Document, on: date) -> bool:
    """Whether it speaks against paying under the document's own rules."""
    return decide("subsidy.payment", found.subject.facts(on, found.match), document).verdict is not Verdict.MET


def _hit(claim: Claim, check: Check, found: FoundMatch) -> Row:
    own = {
        "id": new_id(),
        "check_id": check.id,
        "claim_id": claim.id,
        "reference": found.reference,
        "found_on": check.checked_on,
        "found_by": check.checked_by,
        "state": "open",
        "words": "",
        "basis": "",
    }
    of_claim = {name: getattr(claim, name) for name in ("project_id", "programme", "document", "district")}
    return values_of(Hit, found.match) | found.subject._asdict() | of_claim | own
