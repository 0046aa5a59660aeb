"""The notify service on the bus: what it serves, and by which use case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

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
from shared.contracts.notify import deliveries
from shared.contracts.notify.channels import GET_CHANNELS, SET_CHANNELS
from shared.contracts.notify.inbox import MARK_READ, READ_INBOX
from shared.contracts.review import cases
from shared.contracts.subsidy import receivables
from shared.contracts.training import projects
from shared.kernel.service import Ask, EveryCommit, Loop, Running, Service, handles, hears
from shared.security.keys import Keys
from shared.security.personal import PersonalCipher
from shared.settings import Settings
from shared.store.database import Database
from shared.store.key_rotation import Renewal

CHOSEN_AT_ONCE = "该单位的另一人正在修改接收方式，请查看结果后重新提交"


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
        """Raises SettingsError where the words of a known version of a template have changed."""
        record_templates(database)

    @classmethod
    def gauges(cls, database: Database) -> list[Loop]:
        """The gauge of what couldn't be delivered."""
        return [Loop("gauges", lambda: failures.measure(database), failures.PAUSE)]

    @classmethod
    def errands(cls, database: Database, ask: Ask) -> list[Loop]:
        """A loop that sends for each channel; mail's only where a server is set up."""
        channels: list[Sending] = [WebhookChannel(database, cls.targets, cls.allowed)]
        if cls.mail is not None:
            channels.append(MailChannel(ask, *cls.mail, cls.texts))
        # Nearly all that notify hears writes a letter, and the look for one that is due reads no other.
        return [
            Loop(one.channel, Deliverer(database, one, cls.quiet).deliver_one, 5.0, EveryCommit()) for one in channels
        ]

    @classmethod
    def dated_duties(cls, running: Running) -> list[Loop]:
        """The loop that reminds of deadlines."""
        reminding = reminder_loop.Reminders(running, cls.writer, cls.days)
        return [Loop("reminders", reminding.remind_batch, reminder_loop.PAUSE, reminder_loop.WOKEN_BY)]

    @classmethod
    def overdue_work(cls, session: Session, today: date) -> int:
        """Reminders that are still to be made."""
        return reminder_loop.waiting_reminders(session, today, cls.days)

    @classmethod
    def renewals(cls, database: Database) -> list[Renewal]:
        """Texts, addresses and secrets, all under the ring `personal`."""
        sealed = [*cls.texts.sealed_columns(database), *cls.targets.sealed_columns(database)]
        return [Renewal("personal", cls.texts.cipher.ring, sealed)]

    serves = (
        # every event of the table in letters/notices.py, and the deadlines that the other services set
        *(hears(event, notify_parties.notify_parties, ask=notify_parties.ask_names) for event in EVENTS),
        hears(cases.DEADLINE_SET, deadlines.deadline_set),
        hears(projects.DEADLINE_SET, deadlines.deadline_set),
        hears(receivables.DEADLINE_SET, deadlines.deadline_set),
        hears(cases.DEADLINE_CLOSED, deadlines.deadline_closed),
        hears(projects.DEADLINE_CLOSED, deadlines.deadline_closed),
        hears(receivables.DEADLINE_CLOSED, deadlines.deadline_closed),
        # the inbox and what leaves besides it
        handles(READ_INBOX, inbox.read_inbox),
        handles(MARK_READ, inbox.mark_read),
        handles(SET_CHANNELS, preferences.set_channels),
        handles(GET_CHANNELS, preferences.get_channels),
        handles(deliveries.LIST_UNDELIVERED, failures.list_undelivered),
        handles(deliveries.RETRY_DELIVERY, failures.retry_delivery),
    )
