"""The delivery limit of call queues, counted here, since a queue that is not on disk has none (docs/adr/0016).

A call that comes again is counted before it is handled, so that a process which it ends has counted it. One that
survived is forgotten; what stays are counts of calls that didn't, for a week.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import delete, select, update

from shared.clock import now
from shared.errors import SkillsError, Unavailable
from shared.kernel import rejections
from shared.kernel.pipeline import Kernel
from shared.security.aead import framed
from shared.store.database import execute_count
from shared.store.kernel_tables import Redelivered

log = structlog.get_logger()

KEPT = timedelta(days=7)
_PURPOSE = "skills redelivered call"


@dataclass(frozen=True)
class Delivery:
    """What makes a delivery the same one when it comes again: all that its sender gave it."""

    route: str
    user: str | None
    reply_to: str | None
    correlation_id: str | None
    body: bytes | str

    @property
    def content(self) -> bytes:
        """The body as bytes."""
        return self.body.encode("utf-8", "surrogatepass") if isinstance(self.body, str) else self.body


@dataclass(frozen=True)
class Redeliveries:
    """One service's count. `limit`: how many times a call may come again and still be handled."""

    kernel: Kernel
    limit: int

    def refusal(self, delivery: Delivery) -> SkillsError | None:
        """Counts a call that came again; why it isn't handled any more, None where it is.

        What can't be counted isn't handled either: it could end one process after the other meanwhile.
        """
        try:
            count = self._count(self._digest(delivery))
        except Exception as error:
            log.warning("not_counted", service=self.kernel.name, kind=type(error).__name__)
            return Unavailable("数据库暂不可用，未办理；请稍后用同一个 request_id 重新提交")
        if count <= self.limit:
            return None
        rejections.given_up(self.kernel, delivery.route, delivery.user, len(delivery.content))
        return Unavailable("该请求多次未能办结，已停止办理；请联系运维查明原因后，用同一个 request_id 重新提交")

    def forget(self, delivery: Delivery) -> None:
        """It was handled. Where that can't be noted, the count goes with its time."""
        try:
            with self.kernel.database.transaction() as session:
                session.execute(delete(Redelivered).where(Redelivered.digest == self._digest(delivery)))
        except Exception as error:
            log.warning("not_forgotten", service=self.kernel.name, kind=type(error).__name__)

    def _count(self, digest: str) -> int:
        moment, this = now(), Redelivered.digest == digest
        again = update(Redelivered).where(this).values(deliveries=Redelivered.deliveries + 1, last_at=moment)
        with self.kernel.database.transaction() as session:
            if not execute_count(session, again):
                session.execute(delete(Redelivered).where(Redelivered.last_at < moment - KEPT))
                session.add(Redelivered(digest=digest, deliveries=1, first_at=moment, last_at=moment))
                session.flush()
            return session.scalars(select(Redelivered.deliveries).where(this)).one()

    def _digest(self, delivery: Delivery) -> str:
        """Keyed, so that nobody who reads the table can try out what a call may have said.

        A rotated key starts the count anew, which costs a few more deliveries.
        """
        sender = framed(_PURPOSE, delivery.route, *(text or "" for text in self._addresses(delivery)))
        message = sender + delivery.content
        return hmac.digest(self.kernel.objects.ring.active.secret, message, hashlib.sha256).hex()

    @staticmethod
    def _addresses(delivery: Delivery) -> tuple[str | None, ...]:
        return delivery.user, delivery.reply_to, delivery.correlation_id
