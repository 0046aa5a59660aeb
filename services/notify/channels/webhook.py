"""Webhooks as a channel: what leaves says that there is a message, never whom or what sum it is about."""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass, field

from services.notify.channels.signed_post import Post, Reply, signed
from services.notify.delivery.queue import NoAddressError, NotTakenError
from services.notify.letters.template_table import LETTERS
from services.notify.models import MessageRow
from services.notify.recipients.preferences import Targets
from services.notify.recipients.webhook_targets import AllowedHosts, ForbiddenAddressError
from shared.clock import now
from shared.contracts.notify.channels import Channel
from shared.contracts.schema import codec
from shared.errors import InvalidRequest
from shared.store.database import Database

SUCCESS = range(200, 300)
TOO_MANY, FAULT = 429, 500
"""From here on the receiver itself is in trouble, whichever message it gets."""


@dataclass(frozen=True)
class WebhookChannel:
    """Sends to the party's present target; the list of allowed hosts is asked anew each time."""

    database: Database
    targets: Targets
    allowed: AllowedHosts
    post: Post = field(default_factory=Post)
    channel: Channel = "webhook"

    def send(self, message: MessageRow) -> str:
        """Status and the receiver's own id of the request: "204 req-7"."""
        with self.database.reading() as session:
            live = self.targets.live(session, message.recipient)
        if live is None:
            raise NoAddressError
        body = body_of(message)
        headers = signed(
            body,
            message_id=message.message_id,
            key_id=live.key_id,
            secret=live.secret,
            timestamp=int(now().timestamp()),
        )
        reply = self._post(live.url, body, headers)
        if reply.status not in SUCCESS:
            overburdened = reply.status == TOO_MANY or reply.status >= FAULT
            raise NotTakenError(f"http_{reply.status}", for_all=overburdened)
        return f"{reply.status} {reply.identifier}".strip()

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Reply:
        try:
            target = self.allowed.target(url)
            return self.post.send(target, self.allowed.addresses(target), body, headers)
        except InvalidRequest:
            raise NotTakenError("host_not_allowed", for_all=True) from None
        except ForbiddenAddressError:
            raise NotTakenError("address_not_allowed", for_all=True) from None
        except TimeoutError:
            raise NotTakenError("timeout", for_all=True) from None
        except ssl.SSLError:
            raise NotTakenError("tls", for_all=True) from None
        except (OSError, UnicodeError, http.client.HTTPException):  # UnicodeError: a host whose labels no name can have
            raise NotTakenError("unreachable", for_all=True) from None


def body_of(message: MessageRow) -> bytes:
    """Canonical JSON. `title` is the template's own headline: the letter's title may name organisations and sums."""
    letter = LETTERS[message.template]
    return codec.dumps(
        {
            "id": message.message_id,
            "kind": letter.kind,
            "title": letter.headline,
            "subject_id": message.subject_id,
            "created_at": message.created_at.isoformat(),
        }
    ).encode()
