"""Mail as a channel: the address is asked of registry for this one sending, which audits it; it is kept nowhere."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass

from services.notify.channels.smtp import MailServer, Sender, compose
from services.notify.delivery.queue import NoAddressError, NotTakenError
from services.notify.letters.sealing import Texts
from services.notify.models import MessageRow
from shared.contracts.notify.channels import Channel
from shared.contracts.registry.organisations import REVEAL_ACCOUNTS, RevealAccounts
from shared.errors import NotFound
from shared.kernel.service import Ask
from shared.security.speaker import Purpose


@dataclass(frozen=True)
class MailChannel:
    """`ask`: questions to other services, in notify's own name."""

    ask: Ask
    server: MailServer
    sender: Sender
    texts: Texts
    channel: Channel = "mail"

    def send(self, message: MessageRow) -> str:
        """The server's answer, such as "250"."""
        address = self._address(message.organisation)
        if address is None:
            raise NoAddressError
        letter = self.texts.opened(message)
        mail = compose(letter, self.sender, address, message.message_id, message.created_at)
        try:
            return str(self.server.send(mail, self.sender, address))
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise NotTakenError(f"smtp_{codes[0]}" if codes else "smtp_refused") from None
        except smtplib.SMTPResponseException as refused:
            raise NotTakenError(f"smtp_{refused.smtp_code}") from None

    def _address(self, organisation: str | None) -> str | None:
        if organisation is None:
            return None
        question = RevealAccounts((organisation,), Purpose.CONTACT)
        try:
            accounts = self.ask(REVEAL_ACCOUNTS, question, purposes=frozenset({Purpose.CONTACT})).accounts
        except NotFound:
            return None
        return next((one.contact_email for one in accounts if one.organisation_id == organisation), None)
