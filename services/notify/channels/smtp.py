"""Mail: a letter as a MIME message, and the server that takes it.

    SMTP_URL = smtp://[user:password@]host[:25]     STARTTLS is demanded, except on this machine itself
               smtps://[user:password@]host[:465]   TLS from the first byte
               smtp://host?tls=off                  plain to another machine, where the network is trusted

Certificates are checked against the system's; SSL_CERT_FILE names others. A password never travels in the clear.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from services.notify.letters.rendering import Letter, write_mail
from services.notify.recipients.webhook_targets import is_this_machine
from shared.settings import SettingsError

STEP_SECONDS = 20.0
"""How long the server may take for one step of the dialogue; a whole one has about a dozen."""

Security = Literal["tls", "starttls", "plain"]


@dataclass(frozen=True)
class Sender:
    """MAIL_FROM, such as "技能培训补贴 <noreply@example.gov.cn>"; its domain also names our messages."""

    header: str
    address: str
    domain: str

    @classmethod
    def of(cls, mail_from: str | None) -> Sender:
        """Raises SettingsError unless it is one address."""
        mail = EmailMessage(policy=SMTP)
        try:
            mail["From"] = mail_from or ""
            (address,) = mail["From"].addresses
        except (ValueError, IndexError):
            address = None
        if address is None or not address.username or not address.domain:
            raise SettingsError("SMTP_URL is set: set MAIL_FROM to one address, such as noreply@example.gov.cn")
        return cls(str(address), address.addr_spec, address.domain)


def compose(letter: Letter, sender: Sender, address: str, message_id: str, at: datetime) -> EmailMessage:
    """The mail of one message. Its Message-ID comes from the message's id, so that one sent again is recognisable.

    Raises ValueError or an email.errors.MessageError where `address` is no single address.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = letter.title
    mail["From"] = sender.header
    mail["To"] = Address(addr_spec=address)
    mail["Date"] = at
    mail["Message-ID"] = f"<{message_id}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "zh-CN"
    mail.set_content(write_mail(letter), charset="utf-8", cte="base64")
    return mail


class _Plain(smtplib.SMTP):
    """Remembers the answer to the mail itself: smtplib keeps it to itself where all went well."""

    taken: int = 0

    def data(self, msg: Any) -> tuple[int, bytes]:
        answer = super().data(msg)
        self.taken = answer[0]
        return answer


class _Secure(smtplib.SMTP_SSL, _Plain):
    """The same over TLS from the first byte."""


@dataclass(frozen=True)
class MailServer:
    """The server that takes our mail. `context`: how its certificate is checked."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    @classmethod
    def of(cls, url: str) -> MailServer:
        """Raises SettingsError that names the cure, never the password."""
        parts = urlsplit(url)
        options = parse_qs(parts.query, keep_blank_values=True)
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        plain = options == {"tls": ["off"]}
        if parts.scheme not in ("smtp", "smtps") or not host or parts.path.strip("/") or (options and not plain):
            raise SettingsError("SMTP_URL: write smtp://[user:password@]host[:port][?tls=off] or smtps://…")
        security: Security = "starttls"
        if parts.scheme == "smtps":
            security = "tls"
        elif plain or is_this_machine(host):
            security = "plain"
        if security == "plain" and parts.username and not is_this_machine(host):
            raise SettingsError("SMTP_URL: a password needs TLS: leave out tls=off, or the user and password")
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        return cls(host, port or (465 if security == "tls" else 25), security, user, password)

    def send(self, mail: EmailMessage, sender: Sender, address: str) -> int:
        """The code with which the server took it, such as 250. Raises smtplib.SMTPException or OSError otherwise."""
        with self._connected(sender.domain) as server:
            server.send_message(mail, sender.address, [address])
            return server.taken

    @contextlib.contextmanager
    def _connected(self, our_name: str) -> Iterator[_Plain | _Secure]:
        server = self._connect(our_name)
        try:
            if self.security == "starttls":
                server.starttls(context=self.context)
            if self.user:
                server.login(self.user, self.password or "")
            yield server
        finally:
            # The mail was taken or refused before: how the farewell goes changes nothing.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()

    def _connect(self, our_name: str) -> _Plain | _Secure:
        if self.security == "tls":
            return _Secure(self.host, self.port, our_name, timeout=STEP_SECONDS, context=self.context)
        return _Plain(self.host, self.port, our_name, timeout=STEP_SECONDS)
