"""Where a party wants its messages besides the inbox: mail, webhook, both or neither, by kind of message.

A party that chose nothing gets mail where there is an address for it, and no webhook. Offices have no address.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.notify.models import ChoiceRow, TargetRow
from services.notify.recipients.recipients import Recipient, own_key, own_organisation
from services.notify.recipients.webhook_targets import AllowedHosts
from shared.contracts.notify.channels import (
    Channel,
    ChannelChoice,
    ChannelsSet,
    ChannelsShape,
    GetChannels,
    Kind,
    SetChannels,
)
from shared.errors import InvalidRequest
from shared.kernel.work import Look, Work
from shared.security.personal import PersonalCipher, Place
from shared.store.database import Database
from shared.store.key_rotation import SealedColumn
from shared.store.types import new_id

SECRET_BYTES = 32


@dataclass(frozen=True)
class LiveTarget:
    """Where a party's webhooks go now. `key_id`: names the secret to the receiver; `secret`: 32 bytes."""

    key_id: str
    url: str
    secret: bytes


@dataclass(frozen=True)
class Targets:
    """Webhook targets at rest: address and secret encrypted for their row (X-4)."""

    cipher: PersonalCipher

    def live(self, session: Session, recipient: str) -> LiveTarget | None:
        """The party's target; None where it has none. Raises Unreadable as `opened`."""
        row = _live_row(session, recipient)
        return None if row is None else self.opened(row)

    def opened(self, row: TargetRow) -> LiveTarget:
        """Raises Unreadable where the row was tampered with or its key isn't loaded."""
        url = self.cipher.decrypt(row.url, _place("url", row.key_id))
        secret = self.cipher.decrypt(row.secret, _place("secret", row.key_id))
        return LiveTarget(row.key_id, url, bytes.fromhex(secret))

    def sealed_columns(self, database: Database) -> list[SealedColumn]:
        """Addresses and secrets, for the rotation of the ring that seals them."""
        return [SealedColumn(database, self.cipher, TargetRow, name, "key_id") for name in ("url", "secret")]

    def store_new(self, work: Work, recipient: str, url: str) -> LiveTarget:
        """A new target with a new secret."""
        target = LiveTarget(new_id(), url, secrets.token_bytes(SECRET_BYTES))
        work.add(
            TargetRow(
                key_id=target.key_id,
                recipient=recipient,
                url=self.cipher.encrypt(url, _place("url", target.key_id)),
                secret=self.cipher.encrypt(target.secret.hex(), _place("secret", target.key_id)),
                made_at=work.at,
            )
        )
        return target


def set_channels(work: Work, request: SetChannels, targets: Targets, allowed: AllowedHosts) -> ChannelsSet:
    """Replaces the party's choice whole. A new target, or a renewed secret, is answered with its secret, once.

    Raises NotFound for a role without an inbox, InvalidRequest for a choice that makes no sense or a host that isn't
    allowed.
    """
    recipient = own_key(work.speaker)
    _check(request, has_address=own_organisation(work.speaker) is not None)
    if request.webhook_url is not None:
        allowed.target(request.webhook_url)
    work.session.execute(delete(ChoiceRow).where(ChoiceRow.recipient == recipient))
    work.session.add_all(
        ChoiceRow(recipient=recipient, kind=choice.kind, mail=choice.mail, webhook=choice.webhook)
        for choice in request.choices
    )
    work.note(f"channels:{recipient}")
    live = targets.live(work.session, recipient)
    if live is not None and live.url == request.webhook_url and not request.renew_secret:
        return ChannelsSet(live.key_id, None)
    _end_target(work, recipient)
    if request.webhook_url is None:
        return ChannelsSet(None, None)
    made = targets.store_new(work, recipient, request.webhook_url)
    return ChannelsSet(made.key_id, made.secret.hex())


def get_channels(look: Look, _request: GetChannels, targets: Targets) -> ChannelsShape:
    """The party's choice, without the secret. Raises NotFound for a role without an inbox."""
    recipient = own_key(look.speaker)
    rows = look.session.scalars(select(ChoiceRow).where(ChoiceRow.recipient == recipient).order_by(ChoiceRow.kind))
    row = _live_row(look.session, recipient)
    return ChannelsShape(
        choices=tuple(ChannelChoice(choice.kind, choice.mail, choice.webhook) for choice in rows),  # type: ignore[arg-type]
        webhook_url=targets.opened(row).url if row else None,
        key_id=row.key_id if row else None,
        secret_made_at=row.made_at if row else None,
    )


@dataclass(frozen=True)
class Choices:
    """What parties chose, loaded at once. `mailing`: mail is set up; `hooked`: who has a target."""

    mailing: bool
    chosen: Mapping[tuple[str, str], ChoiceRow]
    hooked: frozenset[str]

    def channels(self, recipient: Recipient, kind: Kind) -> tuple[Channel, ...]:
        """The channels of one message."""
        choice = self.chosen.get((recipient.key, kind)) or self.chosen.get((recipient.key, "all"))
        by_mail = self.mailing and recipient.organisation is not None and (choice is None or choice.mail)
        by_webhook = choice is not None and choice.webhook and recipient.key in self.hooked
        return (*(("mail",) if by_mail else ()), *(("webhook",) if by_webhook else ()))


def choices_of(session: Session, recipients: Iterable[Recipient], *, mailing: bool) -> Choices:
    """What all these parties chose, in two questions."""
    keys = [recipient.key for recipient in recipients]
    rows = session.scalars(select(ChoiceRow).where(ChoiceRow.recipient.in_(keys)))
    hooked = session.scalars(
        select(TargetRow.recipient).where(TargetRow.recipient.in_(keys), TargetRow.replaced_at.is_(None))
    )
    return Choices(mailing, {(row.recipient, row.kind): row for row in rows}, frozenset(hooked))


def _check(request: SetChannels, *, has_address: bool) -> None:
    kinds = [choice.kind for choice in request.choices]
    faults = [
        (f"choices[{index}].kind", "同一类消息只填一行") for index, kind in enumerate(kinds) if kind in kinds[:index]
    ]
    if not has_address:
        office = "经办机构没有登记的邮箱，请选择只用收件箱或 webhook"
        faults += [(f"choices[{index}].mail", office) for index, one in enumerate(request.choices) if one.mail]
    if request.webhook_url is None:
        missing = "选择 webhook 时请填写 webhook_url"
        faults += [(f"choices[{index}].webhook", missing) for index, one in enumerate(request.choices) if one.webhook]
    if faults:
        raise InvalidRequest.of(*faults)


def _end_target(work: Work, recipient: str) -> None:
    row = _live_row(work.session, recipient)
    if row is not None:
        row.replaced_at = work.at
        work.session.flush()


def _live_row(session: Session, recipient: str) -> TargetRow | None:
    return session.scalar(select(TargetRow).where(TargetRow.recipient == recipient, TargetRow.replaced_at.is_(None)))


def _place(column: str, row: str) -> Place:
    return Place(TargetRow.__tablename__, column, row)
