"""What a process is told from outside: environment variables, nothing else.

Everything has a safe default or is named in the error, so that a wrong deployment says what to set.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.security.keys import FOLDER_VARIABLE, INLINE_VARIABLE, Keys, key_source


class SettingsError(Exception):
    """A setting is missing or makes no sense; the message names it and the cure."""


@dataclass(frozen=True)
class Settings:
    """One service's settings. Durations in seconds."""

    service: str
    database_url: str
    amqp_url: str
    keys_dir: Path | None
    objects_dir: Path
    policy_path: str = ""
    holiday_path: str = ""
    method_grants: Path | None = None
    http_port: int | None = None
    allow_clock: bool = False
    workers: int = 10
    smtp_url: str | None = None
    mail_from: str | None = None
    webhook_hosts: str = ""
    quiet_from: str | None = None
    quiet_to: str | None = None
    quiet_on_days_off: bool = False
    reminder_days: str = "30,7,1,0"
    close_month_after: int = 10
    close_year_after: int = 20
    bank_silent_after: int = 5
    seal_every: float = 5.0
    call_delivery_limit: int = 3
    prove_every: float = 300.0
    crash_at: str | None = None
    keys_inline: str | None = field(default=None, repr=False)

    @property
    def keys(self) -> Keys:
        """The keys, from the folder or from the environment itself. Raises KeysError."""
        given = {FOLDER_VARIABLE: str(self.keys_dir or ""), INLINE_VARIABLE: self.keys_inline or ""}
        return Keys(key_source(given))

    @property
    def embedded(self) -> bool:
        """True where the broker is this process's own memory."""
        return self.amqp_url.startswith("memory://")


def from_environment(service: str, environment: Mapping[str, str] | None = None) -> Settings:
    """Reads DATABASE_URL, AMQP_URL, KEYS_DIR (or SKILLS_KEYS), OBJECTS_DIR and the optional rest.

    Raises SettingsError that names what is missing.
    """
    env = os.environ if environment is None else environment
    missing = [name for name in ("DATABASE_URL", "AMQP_URL", "OBJECTS_DIR") if not env.get(name)]
    if not env.get(FOLDER_VARIABLE) and not env.get(INLINE_VARIABLE):
        missing.append(f"{FOLDER_VARIABLE} (or {INLINE_VARIABLE})")
    if missing:
        raise SettingsError(f"{service}: set {', '.join(missing)} in the environment")
    return Settings(
        service=service,
        database_url=env["DATABASE_URL"],
        amqp_url=env["AMQP_URL"],
        keys_dir=Path(env[FOLDER_VARIABLE]) if env.get(FOLDER_VARIABLE) else None,
        keys_inline=env.get(INLINE_VARIABLE),
        objects_dir=Path(env["OBJECTS_DIR"]),
        policy_path=env.get("POLICY_PATH", ""),
        holiday_path=env.get("HOLIDAY_PATH", ""),
        method_grants=Path(env["METHOD_GRANTS"]) if env.get("METHOD_GRANTS") else None,
        http_port=_whole(env, "HTTP_PORT"),
        allow_clock=env.get("ALLOW_CLOCK") == "1",
        workers=_whole(env, "WORKERS") or Settings.workers,
        smtp_url=env.get("SMTP_URL"),
        mail_from=env.get("MAIL_FROM"),
        **telling(env),
        **closing(env),
        **bank(env),
        seal_every=float(_whole(env, "SEAL_EVERY") or Settings.seal_every),
        call_delivery_limit=_call_delivery_limit(env),
        prove_every=float(_whole(env, "PROVE_EVERY") or Settings.prove_every),
        crash_at=env.get("CRASH_AT"),
    )


def telling(env: Mapping[str, str]) -> dict[str, Any]:
    """How notify tells people: where webhooks may go, when nothing leaves, when deadlines are reminded of."""
    return {
        "webhook_hosts": env.get("WEBHOOK_HOSTS", ""),
        "quiet_from": env.get("QUIET_FROM"),
        "quiet_to": env.get("QUIET_TO"),
        "quiet_on_days_off": env.get("QUIET_ON_DAYS_OFF") == "1",
        "reminder_days": env.get("REMINDER_DAYS") or Settings.reminder_days,
    }


def closing(env: Mapping[str, str]) -> dict[str, Any]:
    """For how many days after a period's end subsidy still books corrections into it; may well be 0."""
    month, year = _whole(env, "CLOSE_MONTH_AFTER"), _whole(env, "CLOSE_YEAR_AFTER")
    return {
        "close_month_after": Settings.close_month_after if month is None else month,
        "close_year_after": Settings.close_year_after if year is None else year,
    }


def bank(env: Mapping[str, str]) -> dict[str, Any]:
    """For how many days after instructing the bank may say nothing before subsidy lists the payment; may well be 0."""
    silent = _whole(env, "BANK_SILENT_AFTER")
    return {"bank_silent_after": Settings.bank_silent_after if silent is None else silent}


def _call_delivery_limit(env: Mapping[str, str]) -> int:
    """How many times a call may come again and still be handled; 0: what came again never is."""
    limit = _whole(env, "CALL_DELIVERY_LIMIT")
    return Settings.call_delivery_limit if limit is None else limit


def _whole(env: Mapping[str, str], name: str) -> int | None:
    text = env.get(name)
    if text is None or text == "":
        return None
    if not text.isdecimal():
        raise SettingsError(f"{name}={text!r}: write a whole number")
    return int(text)
