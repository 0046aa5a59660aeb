"""The notify service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from services.notify import inbox, messages
from services.notify.delivery import Mailer
from services.notify.mail import MailServer, Sender
from services.notify.notices import EVENTS
from services.notify.texts import Texts
from shared.bus.service import Ask, Body, Service, handles, hears
from shared.bus.wire import Event
from shared.bus.work import Look, Work
from shared.contracts import notify as contract
from shared.security.keys import Keys
from shared.security.personal import PersonalCipher
from shared.settings import Settings
from shared.store.database import Database


def _hears_the_table(body: Body) -> Body:
    """Every event of `notices.py` is heard by this one method."""
    for event in EVENTS:
        hears(event, ask=messages.ask_names)(body)
    return body


class NotifyService(Service):
    """See services/notify/README.md."""

    name = "notify"
    texts: ClassVar[Texts]
    mail: ClassVar[tuple[MailServer, Sender] | None] = None

    @classmethod
    def prepare(cls, settings: Settings, keys: Keys) -> None:
        """Raises SettingsError where mail is half configured."""
        cls.texts = Texts(PersonalCipher(keys.ring("personal")))
        cls.mail = (MailServer.of(settings.smtp_url), Sender.of(settings.mail_from)) if settings.smtp_url else None

    @classmethod
    def errands(cls, database: Database, ask: Ask) -> list[tuple[str, Callable[[], int], float]]:
        if cls.mail is None:
            return []
        mailer = Mailer(database, ask, *cls.mail, cls.texts)
        return [("mail", mailer.deliver_one, 5.0)]

    @_hears_the_table
    def tell_parties(self, work: Work, event: Event[Any], names: messages.Names) -> None:
        messages.tell_parties(work, event, names, self.texts, mailing=self.mail is not None)

    @handles(contract.READ_INBOX)
    def read_inbox(self, look: Look, request: contract.ReadInbox) -> contract.InboxPage:
        return inbox.read_inbox(look, request, self.texts)

    @handles(contract.MARK_READ)
    def mark_read(self, work: Work, request: contract.MarkRead) -> contract.MarkedRead:
        return inbox.mark_read(work, request)
