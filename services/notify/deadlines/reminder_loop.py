"""The loop that reminds of deadlines, driven by the business date: each reminder once, by one replica.

Its row is written in the message's own transaction, under a key that the database keeps unique.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import structlog
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.notify.deadlines.deadlines import is_open
from services.notify.inbox.writer import Draft, Occasion, Writer
from services.notify.letters.rendering import Matter, write_letter
from services.notify.models import DeadlineRow, ReminderRow
from services.notify.recipients.recipients import Recipient, office, organisation
from services.notify.rules.reminders import PASSED, Span, reminder_due, spans
from shared.clock import now
from shared.contracts.review import cases
from shared.contracts.subsidy import receivables
from shared.contracts.training import projects
from shared.errors import NoPolicyInForce
from shared.kernel.service import Running, date_moved, name_of
from shared.policy.document import Document
from shared.policy.policies import Policies
from shared.security.speaker import ORGANISATION_ROLES, Role
from shared.store.by_name import shape_of
from shared.store.database import Database
from shared.store.types import new_id

log = structlog.get_logger()

BATCH = 100
PAUSE = 5.0
"""Seconds between looks at the business date."""

DEADLINES_SET = (cases.DEADLINE_SET, projects.DEADLINE_SET, receivables.DEADLINE_SET)
WOKEN_BY = frozenset({date_moved("notify"), *map(name_of, DEADLINES_SET)})
"""What can make a reminder due before the next look: another date, or a deadline that is near when it is set."""


@dataclass(frozen=True)
class Reminding:
    """What a letter says of a deadline. `days_left`: negative once it has passed."""

    label: str
    district: str
    subject_id: str
    due_on: date
    days_left: int
    name: str


@dataclass(frozen=True)
class Reminders:
    """`days`: REMINDER_DAYS, most first."""

    running: Running
    writer: Writer
    days: Sequence[int]

    def remind_batch(self) -> int:
        """Reminds of what is due by today's business date; how many messages it wrote."""
        database = self.running.database
        with database.reading() as session:
            today = self.running.today(session)
            due = session.scalars(
                select(DeadlineRow).where(_to_remind(today, self.days)).order_by(DeadlineRow.due_on).limit(BATCH)
            ).all()
        return sum(self._remind(database, row, today) for row in due)

    def _remind(self, database: Database, seen: DeadlineRow, today: date) -> bool:
        try:
            with database.transaction() as session:
                row = session.scalar(
                    select(DeadlineRow).where(
                        DeadlineRow.deadline_id == seen.deadline_id,
                        DeadlineRow.told == seen.told,  # moved meanwhile: the next round sees it as it is now
                        is_open(),
                    )
                )
                return row is not None and self._write(session, row, today)
        except Exception as error:
            # Another replica made this reminder; or it can't be written, and those behind it go on.
            if not (isinstance(error, IntegrityError) and "reminders" in str(error.orig)):
                log.error("reminder_not_made", deadline=seen.deadline_id, kind=type(error).__name__)
            return False

    def _write(self, session: Session, row: DeadlineRow, today: date) -> bool:
        days_before = reminder_due(row.due_on, today, self.days)
        if days_before is None:
            return False
        template = "deadline_passed" if days_before == PASSED else "deadline_near"
        data = shape_of(Reminding, row, days_left=(row.due_on - today).days)
        matter = Matter(data, today, {}, None, _document(self.running.policies, row))
        occasion = Occasion(new_id(), row.subject_id, row.district, today, now(), new_id())
        draft = Draft(_party(row), template, write_letter(template, matter))
        (message_id,) = self.writer.write(session, occasion, [draft])
        made = {"days_before": days_before, "message_id": message_id, "made_at": occasion.at}
        session.add(ReminderRow(deadline_id=row.deadline_id, due_on=row.due_on, **made))
        return True


def waiting_reminders(session: Session, today: date, days: Sequence[int]) -> int:
    """How many reminders the business date demands that aren't made yet."""
    counted = select(func.count()).select_from(DeadlineRow).where(_to_remind(today, days))
    return session.scalar(counted) or 0


def _to_remind(today: date, days: Sequence[int]) -> ColumnElement[bool]:
    """Open deadlines whose latest reminder isn't made."""
    return and_(is_open(), or_(*(_unmade(span) for span in spans(today, days))))


def _unmade(span: Span) -> ColumnElement[bool]:
    made = select(ReminderRow.message_id).where(
        ReminderRow.deadline_id == DeadlineRow.deadline_id,
        ReminderRow.due_on == DeadlineRow.due_on,
        ReminderRow.days_before == span.days_before,
    )
    from_first = [] if span.first is None else [DeadlineRow.due_on >= span.first]
    return and_(*from_first, DeadlineRow.due_on <= span.last, ~exists(made))


def _party(row: DeadlineRow) -> Recipient:
    role = Role(row.party)
    return organisation(row.organisation or "") if role in ORGANISATION_ROLES else office(role, row.district)


def _document(policies: Policies, row: DeadlineRow) -> tuple[Document, ...]:
    """The document whose clause is cited; none where it isn't loaded: a reminder can't wait for that."""
    try:
        return (policies.by_identity(row.document),)
    except NoPolicyInForce:
        return ()
