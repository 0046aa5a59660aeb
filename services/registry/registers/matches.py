"""What is on file against paying for people: other offices' registers, retirement, certificates held before.

A register's people are found by any of their identity documents, by comparing digests. Birth dates are read from
numbers, which aren't told; the reading is audited. Every source that was looked into is named, hit or not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import cast

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.access import require_all
from services.registry.evidence.records import held_certificates
from services.registry.models import (
    Digest,
    IdentityDocument,
    Person,
    Register,
    RegisterDigest,
    RegisterEntry,
)
from services.registry.privacy.lookup_digests import check_all_found
from services.registry.privacy.searchable_fields import DOCUMENTS, SUBJECTS
from services.registry.privacy.vault import Vault
from services.registry.registers.editions import newest_editions
from services.registry.registers.retirement_age import retirement_ages
from services.registry.rules.periods import Period, in_the_time
from shared.batching import grouped
from shared.contracts.registry.registers import (
    AskStanding,
    Consulted,
    StandingAnswer,
    StandingHit,
    StandingKind,
    StandingRow,
)
from shared.cooperative import yielding_every
from shared.identity import birth_date, gender, tells_birth
from shared.kernel.work import Look
from shared.policy.levels import at_least
from shared.policy.policies import Policies
from shared.security.aead import Unreadable
from shared.security.speaker import Purpose

log = structlog.get_logger()

PEOPLE_ON_FILE = "本系统人员登记"
CERTIFICATES_ON_FILE = "本系统持证登记"

Asked = Mapping[str, Sequence[StandingRow]]
"""The rows of a question by person."""


def ask_standing(look: Look, request: AskStanding, vault: Vault) -> StandingAnswer:
    """Hits of everybody asked for, a person's rows taken together. Raises InvalidRequest for unknown people.

    Raises Unavailable while somebody can't be found by the keys at hand: they might be in a register.
    """
    asked = grouped((row.person_id, row) for row in request.rows)
    known = set(look.session.scalars(select(Person.id).where(Person.id.in_(asked))))
    require_all("rows", [row.person_id for row in request.rows], known, "没有登记这个人员，请核对编号")
    for what in (DOCUMENTS, SUBJECTS):
        check_all_found(look.session, vault.lookup.ring.now().keys, what)
    look.note(*(f"person:{one}" for one in sorted(asked)), purpose=Purpose.PAYMENT)
    registers = newest_editions(look.session)
    reached = _retirements(look.session, asked, vault)
    hits = [
        *_in_registers(look.session, asked, registers),
        *_retired(asked, reached, look.today),
        *_certified(look.session, asked, look.policies, look.today),
    ]
    return StandingAnswer(
        consulted=_consulted(registers.values(), look.today),
        hits=tuple(sorted(hits, key=lambda hit: (hit.person_id, hit.kind, hit.since, hit.reference))),
        unread=tuple(sorted(asked.keys() - reached.keys())),
    )


def _consulted(registers: Collection[Register], today: date) -> tuple[Consulted, ...]:
    return (
        *(Consulted(_kind(one), one.source, one.as_of) for one in registers),
        Consulted("past_retirement_age", PEOPLE_ON_FILE, today),
        Consulted("certified_before", CERTIFICATES_ON_FILE, today),
    )


def _in_registers(session: Session, asked: Asked, registers: Mapping[str, Register]) -> Iterator[StandingHit]:
    """Whom a register names within the time asked for; the same entry under two documents is one hit."""
    entries = (
        select(
            IdentityDocument.person_id,
            RegisterDigest.register_id,
            RegisterEntry.from_on,
            RegisterEntry.to_on,
            RegisterEntry.remark,
        )
        .join(Digest, Digest.document_id == IdentityDocument.id)
        .join(RegisterDigest, (RegisterDigest.key_id == Digest.key_id) & (RegisterDigest.digest == Digest.digest))
        .join(RegisterEntry, RegisterEntry.subject_id == RegisterDigest.subject_id)
        .where(
            IdentityDocument.person_id.in_(asked),
            RegisterDigest.kind == Digest.kind,
            RegisterDigest.register_id.in_(registers),
        )
        .distinct()
    )
    for person_id, register_id, from_on, to_on, remark in yielding_every(session.execute(entries).all()):
        register, period = registers[register_id], Period(from_on, to_on)
        if any(in_the_time(register.kind, period, Period(row.from_on, row.to_on)) for row in asked[person_id]):
            reference = _reference(register, person_id, period, remark)
            yield StandingHit(
                person_id, _kind(register), reference, register.source, register.as_of, from_on, remark or None
            )


def _reference(register: Register, person_id: str, period: Period, remark: str) -> str:
    """The same whichever edition says it, so that an officer decides on one entry once."""
    said = (register.kept_by, register.source, person_id, period.from_on.isoformat(), period.to_on.isoformat(), remark)
    return f"{register.kind}.{hashlib.sha256('|'.join(said).encode()).hexdigest()[:32]}"


def _retirements(session: Session, people: Collection[str], vault: Vault) -> dict[str, date]:
    """The day on which each reaches the retirement age, by their documents the earliest; who has none is missing."""
    ages = retirement_ages()
    reached: dict[str, date] = {}
    documents = session.scalars(select(IdentityDocument).where(IdentityDocument.person_id.in_(people))).all()
    for document in yielding_every(documents):
        try:
            number = vault.open(document, IdentityDocument.number)
        except Unreadable as error:
            log.error("unreadable", table=IdentityDocument.__tablename__, row=document.id, **error.details)
            continue
        if tells_birth(document.kind, number):
            on = ages.reached_on(birth_date(number), gender(number))
            reached[document.person_id] = min(on, reached.get(document.person_id, on))
    return reached


def _retired(asked: Asked, reached: Mapping[str, date], today: date) -> Iterator[StandingHit]:
    for person_id, since in reached.items():
        if any(since <= row.to_on for row in asked[person_id]):
            reference = f"past_retirement_age.{person_id}.{since}"
            yield StandingHit(person_id, "past_retirement_age", reference, PEOPLE_ON_FILE, today, since)


def _certified(session: Session, asked: Asked, policies: Policies, today: date) -> Iterator[StandingHit]:
    """Certificates of the occupation, of the level or above, issued before the training began."""
    above = _levels(policies)
    for held in held_certificates(session, asked):
        if any(
            held.occupation == row.occupation and held.issued_on < row.from_on and above(held.level, row.level)
            for row in asked[held.person_id]
        ):
            reference = f"certified_before.{held.id}"
            yield StandingHit(
                held.person_id, "certified_before", reference, CERTIFICATES_ON_FILE, today, held.issued_on
            )


def _levels(policies: Policies) -> Callable[[str, str], bool]:
    """Whether a level is the other one or above, by any document at hand: the question names none."""
    orders = {document.certificate_levels for document in policies.documents}
    return lambda level, wanted: any(at_least(level, wanted, order) for order in orders)


def _kind(register: Register) -> StandingKind:
    return cast("StandingKind", register.kind)
