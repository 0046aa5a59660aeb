"""The notify service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from services.notify import choices, deadlines, inbox, messages, reminders, undelivered
from services.notify.delivery import Deliverer, Sending
from services.notify.letters import record_templates
from services.notify.mail import MailServer, Sender
from services.notify.mail_channel import MailChannel
from services.notify.notices import EVENTS
from services.notify.quiet import Quiet
from services.notify.reminding import days_of
from services.notify.targets import AllowedHosts
from services.notify.texts import Texts
from services.notify.webhook_channel import WebhookChannel
from services.notify.writing import Writer
from shared.bus.service import Ask, Body, Running, Service, handles, hears
from shared.bus.wire import Event
from shared.bus.work import Look, Work
from shared.contracts import notify as contract
from shared.contracts import receivables, review, training
from shared.contracts.common import DeadlineClosed, DeadlineSet
from shared.security.keys import Keys
from shared.security.personal import PersonalCipher
from shared.settings import Settings
from shared.store.database import Database
from shared.store.renewal import Renewal

CHOSEN_AT_ONCE = "该单位的另一人正在修改接收方式，请查看结果后重新提交"


def _hears_the_table(body: Body) -> Body:
    """Every event of `notices.py` is heard by this one method."""
    for event in EVENTS:
        hears(event, ask=messages.ask_names)(body)
    return body


class NotifyService(Service):
    """See services/notify/README.md."""

    name = "notify"
    conflicts: ClassVar[Mapping[str, str]] = {
        "uq_webhook_targets_live": CHOSEN_AT_ONCE,
        "webhook_targets.recipient": CHOSEN_AT_ONCE,
        "pk_channel_choices": CHOSEN_AT_ONCE,
        "channel_choices.recipient": CHOSEN_AT_ONCE,
    }
    texts: ClassVar[Texts]
    targets: ClassVar[choices.Targets]
    allowed: ClassVar[AllowedHosts]
    quiet: ClassVar[Quiet]
    days: ClassVar[tuple[int, ...]]
    writer: ClassVar[Writer]
    mail: ClassVar[tuple[MailServer, Sender] | None] = None

    @classmethod
    def prepare(cls, settings: Settings, keys: Keys) -> None:
        """Raises SettingsError where a setting makes no sense or mail is half configured."""
        cipher = PersonalCipher(keys.ring("personal"))
        cls.texts, cls.targets = Texts(cipher), choices.Targets(cipher)
        cls.allowed = AllowedHosts.of(settings.webhook_hosts)
        cls.quiet = Quiet.of(settings)
        cls.days = days_of(settings.reminder_days)
        cls.mail = (MailServer.of(settings.smtp_url), Sender.of(settings.mail_from)) if settings.smtp_url else None
        cls.writer = Writer(cls.texts, mailing=cls.mail is not None)

    @classmethod
    def record(cls, database: Database) -> None:
        record_templates(database)

    @classmethod
    def duties(cls, database: Database) -> list[tuple[str, Callable[[], int], float]]:
        return [("gauges", lambda: undelivered.measure(database), undelivered.PAUSE)]

    @classmethod
    def errands(cls, database: Database, ask: Ask) -> list[tuple[str, Callable[[], int], float]]:
        channels: list[Sending] = [WebhookChannel(database, cls.targets, cls.allowed)]
        if cls.mail is not None:
            channels.append(MailChannel(ask, *cls.mail, cls.texts))
        return [(one.channel, Deliverer(database, one, cls.quiet).deliver_one, 5.0) for one in channels]

    @classmethod
    def dated_duties(cls, running: Running) -> list[tuple[str, Callable[[], int], float]]:
        reminding = reminders.Reminders(running, cls.writer, cls.days)
        return [("reminders", reminding.remind_batch, reminders.PAUSE)]

    @classmethod
    def overdue_work(cls, session: Session, today: date) -> int:
        return reminders.waiting_reminders(session, today, cls.days)

    @classmethod
    def renewals(cls, database: Database) -> list[Renewal]:
        sealed = [*cls.texts.sealed_columns(database), *cls.targets.sealed_columns(database)]
        return [Renewal("personal", cls.texts.cipher.ring, sealed)]

    # --- what was told -----------------------------------------------------------------------------------------------

    @_hears_the_table
    def tell_parties(self, work: Work, event: Event[Any], names: messages.Names) -> None:
        messages.tell_parties(work, event, names, self.writer)

    @hears(review.DEADLINE_SET)
    @hears(training.DEADLINE_SET)
    @hears(receivables.DEADLINE_SET)
    def deadline_set(self, work: Work, event: Event[DeadlineSet]) -> None:
        deadlines.deadline_set(work, event)

    @hears(review.DEADLINE_CLOSED)
    @hears(training.DEADLINE_CLOSED)
    @hears(receivables.DEADLINE_CLOSED)
    def deadline_closed(self, work: Work, event: Event[DeadlineClosed]) -> None:
        deadlines.deadline_closed(work, event)

    # --- the inbox and what leaves besides it ------------------------------------------------------------------------

    @handles(contract.READ_INBOX)
    def read_inbox(self, look: Look, request: contract.ReadInbox) -> contract.InboxPage:
        return inbox.read_inbox(look, request, self.texts)

    @handles(contract.MARK_READ)
    def mark_read(self, work: Work, request: contract.MarkRead) -> contract.MarkedRead:
        return inbox.mark_read(work, request)

    @handles(contract.SET_CHANNELS)
    def set_channels(self, work: Work, request: contract.SetChannels) -> contract.ChannelsSet:
        return choices.set_channels(work, request, self.targets, self.allowed)

    @handles(contract.GET_CHANNELS)
    def get_channels(self, look: Look, _request: contract.GetChannels) -> contract.ChannelsShape:
        return choices.get_channels(look, self.targets)

    @handles(contract.LIST_UNDELIVERED)
    def list_undelivered(self, look: Look, request: contract.ListUndelivered) -> contract.UndeliveredPage:
        return undelivered.list_undelivered(look, request)

    @handles(contract.RETRY_DELIVERY)
    def retry_delivery(self, work: Work, request: contract.RetryDelivery) -> contract.DeliveryRetried:
        return undelivered.retry_delivery(work, request)
