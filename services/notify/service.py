"""The notify service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from services.notify.channels.mail import MailChannel
from services.notify.channels.smtp import MailServer, Sender
from services.notify.channels.webhook import WebhookChannel
from services.notify.deadlines import deadlines, reminder_loop
from services.notify.delivery import failures
from services.notify.delivery.queue import Deliverer, Sending
from services.notify.delivery.quiet_hours import Quiet
from services.notify.inbox import inbox, notify_parties
from services.notify.inbox.writer import Writer
from services.notify.letters.notices import EVENTS
from services.notify.letters.sealing import Texts
from services.notify.letters.template_table import record_templates
from services.notify.recipients import preferences
from services.notify.recipients.webhook_targets import AllowedHosts
from services.notify.rules.reminders import days_of
from shared.bus.wire import Event
from shared.contracts.common import DeadlineClosed, DeadlineSet
from shared.contracts.notify import messages as contract
from shared.contracts.review import cases
from shared.contracts.subsidy import receivables
from shared.contracts.training import enrolments
from shared.kernel.service import Ask, Body, Running, Service, handles, hears
from shared.kernel.work import Look, Work
from shared.security.keys import Keys
from shared.security.personal import PersonalCipher
from shared.settings import Settings
from shared.store.database import Database
from shared.store.key_rotation import Renewal

CHOSEN_AT_ONCE = "该单位的另一人正在修改接收方式，请查看结果后重新提交"


def _hears_the_table(body: Body) -> Body:
    """Every event of `notices.py` is heard by this one method."""
    for event in EVENTS:
        hears(event, ask=notify_parties.ask_names)(body)
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
    targets: ClassVar[preferences.Targets]
    allowed: ClassVar[AllowedHosts]
    quiet: ClassVar[Quiet]
    days: ClassVar[tuple[int, ...]]
    writer: ClassVar[Writer]
    mail: ClassVar[tuple[MailServer, Sender] | None] = None

    @classmethod
    def prepare(cls, settings: Settings, keys: Keys) -> None:
        """Raises SettingsError where a setting makes no sense or mail is half configured."""
        cipher = PersonalCipher(keys.ring("personal"))
        cls.texts, cls.targets = Texts(cipher), preferences.Targets(cipher)
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
        return [("gauges", lambda: failures.measure(database), failures.PAUSE)]

    @classmethod
    def errands(cls, database: Database, ask: Ask) -> list[tuple[str, Callable[[], int], float]]:
        channels: list[Sending] = [WebhookChannel(database, cls.targets, cls.allowed)]
        if cls.mail is not None:
            channels.append(MailChannel(ask, *cls.mail, cls.texts))
        return [(one.channel, Deliverer(database, one, cls.quiet).deliver_one, 5.0) for one in channels]

    @classmethod
    def dated_duties(cls, running: Running) -> list[tuple[str, Callable[[], int], float]]:
        reminding = reminder_loop.Reminders(running, cls.writer, cls.days)
        return [("reminders", reminding.remind_batch, reminder_loop.PAUSE)]

    @classmethod
    def overdue_work(cls, session: Session, today: date) -> int:
        return reminder_loop.waiting_reminders(session, today, cls.days)

    @classmethod
    def renewals(cls, database: Database) -> list[Renewal]:
        sealed = [*cls.texts.sealed_columns(database), *cls.targets.sealed_columns(database)]
        return [Renewal("personal", cls.texts.cipher.ring, sealed)]

    # --- what was told -----------------------------------------------------------------------------------------------

    @_hears_the_table
    def tell_parties(self, work: Work, event: Event[Any], names: notify_parties.Names) -> None:
        notify_parties.tell_parties(work, event, names, self.writer)

    @hears(cases.DEADLINE_SET)
    @hears(enrolments.DEADLINE_SET)
    @hears(receivables.DEADLINE_SET)
    def deadline_set(self, work: Work, event: Event[DeadlineSet]) -> None:
        deadlines.deadline_set(work, event)

    @hears(cases.DEADLINE_CLOSED)
    @hears(enrolments.DEADLINE_CLOSED)
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
        return preferences.set_channels(work, request, self.targets, self.allowed)

    @handles(contract.GET_CHANNELS)
    def get_channels(self, look: Look, _request: contract.GetChannels) -> contract.ChannelsShape:
        return preferences.get_channels(look, self.targets)

    @handles(contract.LIST_UNDELIVERED)
    def list_undelivered(self, look: Look, request: contract.ListUndelivered) -> contract.UndeliveredPage:
        return failures.list_undelivered(look, request)

    @handles(contract.RETRY_DELIVERY)
    def retry_delivery(self, work: Work, request: contract.RetryDelivery) -> contract.DeliveryRetried:
        return failures.retry_delivery(work, request)
