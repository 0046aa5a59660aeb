"""Signed, short-lived proof of who speaks: JWT, Ed25519 and nothing else, one audience, real time.

The key id in a token's header picks one trusted key; that key's issuer is then the only one it may name,
so one issuer can't speak as another. `machine` comes from issuer `services` alone, and there each key
speaks for one service.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from shared.errors import Unauthenticated
from shared.security.keys import SERVICES_ISSUER, SigningKey, TrustedKey
from shared.security.speaker import Role, Speaker

ALGORITHM = "EdDSA"
AUDIENCE = "skills"
LIFETIME_MAX = timedelta(hours=1)
CLOCK_SKEW = timedelta(seconds=30)  # how far ahead an issuer's clock may be; an expired token gets none
TOKEN_BYTES_MAX = 8192

_REQUIRED = ["iss", "sub", "aud", "iat", "exp", "jti", "role", "system"]
_CARRIED = ("system", "role", "district", "organisation", "on_behalf_of", "for_role", "purposes")
_AGAIN = "请重新登录后再试"


@dataclass(frozen=True)
class TokenIssuer:
    """Issues tokens under one private key. `issuer`: the name whose public key set holds that key."""

    issuer: str
    key: SigningKey

    def issue(self, speaker: Speaker, now: datetime, lifetime: timedelta) -> str:
        """A token good from `now` for `lifetime`. Raises ValueError: too long, a role not its own."""
        if not timedelta(0) < lifetime <= LIFETIME_MAX:
            raise ValueError(f"a token lives for more than 0 and at most {LIFETIME_MAX}: got {lifetime}")
        if (speaker.role is Role.MACHINE) != (self.issuer == SERVICES_ISSUER):
            raise ValueError(
                f"issuer {self.issuer} can't speak as {speaker.role}: services have an issuer of their own"
            )
        carried = {name: value for name, value in speaker.to_json().items() if name in _CARRIED}
        issued_at = int(now.timestamp())
        claims = carried | {
            "iss": self.issuer,
            "sub": speaker.subject,
            "aud": AUDIENCE,
            "iat": issued_at,
            "exp": issued_at + int(lifetime.total_seconds()),
            "jti": uuid.uuid4().hex,
        }
        return jwt.encode(claims, self.key.private, algorithm=ALGORITHM, headers={"kid": self.key.key_id})


@dataclass(frozen=True)
class TokenVerifier:
    """Says who speaks. `trusted`: public keys by key id (`Keys.trusted()`)."""

    trusted: Mapping[str, TrustedKey]

    def verify(self, token: str, now: datetime) -> Speaker:
        """The speaker of a good token. Raises Unauthenticated with the cure. `now`: real time, aware."""
        key = self._key(token)
        claims = _claims(token, key)
        _check_time(claims, now)
        speaker = _speaker(claims)
        _check_issuer(speaker, key)
        return speaker

    def _key(self, token: str) -> TrustedKey:
        if not token:
            raise Unauthenticated("请求未带登录令牌，请登录后再试", reason="missing")
        if len(token) > TOKEN_BYTES_MAX:
            raise _refused("too_long")
        try:
            key_id = jwt.get_unverified_header(token).get("kid")
        except (jwt.InvalidTokenError, ValueError):
            raise _refused("malformed") from None
        trusted = self.trusted.get(key_id) if isinstance(key_id, str) else None
        if trusted is None:
            raise _refused("unknown_key")
        return trusted


def _claims(token: str, key: TrustedKey) -> dict[str, Any]:
    # PyJWT's own clock stays out of it: instants are compared below with the `now` that was given.
    options: Any = {"require": _REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    try:
        return jwt.decode(
            token, key.public, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=key.issuer, options=options
        )
    except jwt.InvalidSignatureError:
        raise _refused("forged") from None
    except jwt.InvalidAlgorithmError:
        raise _refused("wrong_algorithm") from None
    except jwt.InvalidAudienceError:
        raise _refused("wrong_audience") from None
    except jwt.InvalidIssuerError:
        raise _refused("wrong_issuer") from None
    except jwt.MissingRequiredClaimError as missing:
        raise _refused("missing_claim", claim=missing.claim) from None
    except jwt.InvalidTokenError:
        raise _refused("malformed") from None


def _check_time(claims: Mapping[str, Any], now: datetime) -> None:
    issued_at, expires_at = _instant(claims, "iat"), _instant(claims, "exp")
    starts_at = max(issued_at, _instant(claims, "nbf")) if "nbf" in claims else issued_at
    if expires_at - issued_at > LIFETIME_MAX:
        raise _refused("too_long_lived")
    if starts_at > now + CLOCK_SKEW:
        raise Unauthenticated(f"登录令牌尚未生效，请核对系统时间，{_AGAIN}", reason="not_yet_valid")
    if expires_at <= now:
        raise Unauthenticated(f"登录令牌已过期，{_AGAIN}", reason="expired")


def _instant(claims: Mapping[str, Any], name: str) -> datetime:
    value = claims[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise _refused("malformed", claim=name)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        raise _refused("malformed", claim=name) from None


def _speaker(claims: Mapping[str, Any]) -> Speaker:
    named = {name: claims[name] for name in _CARRIED if name in claims}
    try:
        return Speaker.from_json(named | {"subject": claims["sub"], "token_id": claims["jti"]})
    except (ValueError, TypeError):
        # The reason stays inside: it could repeat what the token says.
        raise Unauthenticated(
            "登录令牌中的角色、辖区或单位信息不完整，请联系签发单位核对账号", reason="bad_claims"
        ) from None


def _check_issuer(speaker: Speaker, key: TrustedKey) -> None:
    if (speaker.role is Role.MACHINE) != (key.issuer == SERVICES_ISSUER):
        raise _refused("role_not_of_issuer")
    if key.subject is not None and not key.subject == speaker.subject == speaker.system:
        raise _refused("subject_not_of_key")


def _refused(reason: str, **details: str) -> Unauthenticated:
    return Unauthenticated(f"登录令牌无效，{_AGAIN}", reason=reason, **details)
