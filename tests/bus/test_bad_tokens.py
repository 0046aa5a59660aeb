"""Tokens that prove nothing, over the real entrypoint: each is `unauthenticated`, audited, and nothing is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select

from shared.clock import now
from shared.contracts.kernel.audit import READ_AUDIT, ReadAudit
from shared.errors import Unauthenticated
from shared.runtime.system_client import OPERATOR, SANDBOX_ISSUER, TOKEN_LIFETIME
from shared.security.keys import SigningKey
from shared.security.speaker import Speaker
from shared.security.tokens import TokenIssuer
from shared.store.database import Database
from shared.store.kernel_tables import Answered, BusinessClock, OutboxRow
from tests.bus.conftest import Processes

STEP = timedelta(minutes=10)


class Forger:
    """Makes bad tokens out of good ones: with public keys alone, and as an issuer that errs."""

    def __init__(self, processes: Processes) -> None:
        self.keys = processes.system.keys
        self.own = self.keys.issuer_key(SANDBOX_ISSUER)
        self.issuer = TokenIssuer(SANDBOX_ISSUER, self.own)
        self.claims: dict[str, Any] = jwt.decode(self.good(), options={"verify_signature": False})

    def good(self) -> str:
        return self.issuer.issue(OPERATOR, now(), TOKEN_LIFETIME)

    def signed(self, key: Ed25519PrivateKey | None = None, kid: Any = None, **claims: Any) -> str:
        kept = {name: value for name, value in (self.claims | claims).items() if value is not None}
        headers = {"kid": self.own.key_id if kid is None else kid}
        return jwt.encode(kept, key or self.own.private, algorithm="EdDSA", headers=headers)

    def unsigned(self, algorithm: str, signature: Callable[[bytes], bytes] = lambda _: b"") -> str:
        head = _part({"alg": algorithm, "kid": self.own.key_id, "typ": "JWT"})
        body = f"{head}.{_part(self.claims)}"
        return f"{body}.{_base64(signature(body.encode()))}"

    def with_the_public_key(self) -> str:
        """HS256, with the public key's bytes taken for the shared secret."""
        public = self.own.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return self.unsigned("HS256", lambda body: hmac.digest(public, body, hashlib.sha256))

    def altered(self, **claims: Any) -> str:
        head, _, signature = self.good().split(".")
        return f"{head}.{_part(self.claims | claims)}.{signature}"

    def tokens(self) -> dict[str, tuple[str | None, str]]:
        """Token and expected reason, by what is wrong."""
        other = Ed25519PrivateKey.generate()
        own_jwk = {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": _base64(b"0" * 32)}, "jku": "http://127.0.0.1/keys"}
        services = TokenIssuer("services", self.keys.token_key("notify"))
        machine = Speaker.service("notify")
        return {
            "none": (None, "missing"),
            "no token at all": ("x.y.z", "malformed"),
            "no header": ("..", "malformed"),
            "signed by another key": (self.signed(other), "forged"),
            "altered role": (self.altered(role="city_officer"), "forged"),
            "its own key with it": (
                jwt.encode(self.claims, other, algorithm="EdDSA", headers={"kid": self.own.key_id, **own_jwk}),
                "forged",
            ),
            "alg none": (self.unsigned("none"), "wrong_algorithm"),
            "alg None": (self.unsigned("None"), "wrong_algorithm"),
            "alg HS256 with the public key": (self.with_the_public_key(), "wrong_algorithm"),
            "unknown kid": (self.signed(kid="nobody"), "unknown_key"),
            "kid that is a path": (self.signed(kid=f"../issuers/{SANDBOX_ISSUER}/{self.own.key_id}"), "unknown_key"),
            "kid that is a file": (self.signed(kid="/dev/null"), "unknown_key"),
            "kid of an audit key": (self._by_audit_key(), "unknown_key"),
            "expired": (self.issuer.issue(OPERATOR, now() - STEP, TOKEN_LIFETIME), "expired"),
            "not yet valid": (self.issuer.issue(OPERATOR, now() + STEP, TOKEN_LIFETIME), "not_yet_valid"),
            "not before": (self.signed(nbf=self.claims["iat"] + 600), "not_yet_valid"),
            "lives for a year": (self.signed(exp=self.claims["iat"] + 31_536_000), "too_long_lived"),
            "wrong audience": (self.signed(aud="payroll"), "wrong_audience"),
            "no audience": (self.signed(aud=None), "missing_claim"),
            "wrong issuer": (self.signed(iss="services"), "wrong_issuer"),
            "no expiry": (self.signed(exp=None), "missing_claim"),
            "expiry that is text": (self.signed(exp="tomorrow"), "malformed"),
            "a role that isn't": (self.signed(role="king"), "bad_claims"),
            "a person who says to be a service": (self.signed(role="machine", sub="notify"), "role_not_of_issuer"),
            "a service's token by a person's hand": (services.issue(machine, now(), TOKEN_LIFETIME), "foreign_token"),
            "another system's": (self.signed(system="portal"), "foreign_token"),
        }

    def _by_audit_key(self) -> str:
        key: SigningKey = self.keys.audit_key("notify")
        return self.signed(key.private, kid=key.key_id)


def test_each_bad_token_is_refused_for_its_reason_audited_and_leaves_nothing(processes: Processes) -> None:
    processes.start("notify")
    forger = Forger(processes)
    ended: dict[str, str] = {}
    expected = {}
    for what, (token, reason) in forger.tokens().items():
        expected[what] = reason
        with pytest.raises(Unauthenticated) as refused:
            processes.system.caller.call_raw("notify.move_clock", {"to": "2022-06-06"}, token=token, request_id="r")
        ended[what] = str(refused.value.details["reason"])
    assert ended == expected
    rows = [row["content"] for row in processes.system.ask(READ_AUDIT["notify"], ReadAudit()).rows]
    assert [(row["action"], row["outcome"]) for row in rows] == [("notify.move_clock", "unauthenticated")] * len(ended)
    database = Database(processes.urls["notify"])
    with database.reading() as session:
        told = select(func.count()).where(OutboxRow.name != "audit_sealed")
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (Answered, BusinessClock)]
        assert [*counts, session.scalar(told)] == [0, 0, 0]
    database.dispose()
    good = replace(processes.system, issuer=forger.issuer)
    assert good.call("notify.move_clock", {"to": "2022-06-06"}, OPERATOR, request_id="r", patience=0.0)


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _part(value: Any) -> str:
    return _base64(json.dumps(value).encode())
