"""Who speaks is believed only from a good, fresh token of the issuer whose key signed it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.errors import Unauthenticated
from shared.security.keys import Keys, SigningKey
from shared.security.speaker import Purpose, Role, Speaker
from shared.security.tokens import AUDIENCE, CLOCK_SKEW, LIFETIME_MAX, TokenIssuer, TokenVerifier

from .conftest import NOW

HALF_HOUR = timedelta(minutes=30)
OFFICER = Speaker(
    "officer-1",
    "sandbox",
    Role.DISTRICT_OFFICER,
    district="110105",
    purposes=frozenset({Purpose.IDENTITY, Purpose.DOCUMENTS}),
)


@pytest.fixture(scope="module")
def issuer(keys: Keys) -> TokenIssuer:
    return TokenIssuer("sandbox", keys.issuer_key("sandbox"))


@pytest.fixture(scope="module")
def registry(keys: Keys) -> TokenIssuer:
    return TokenIssuer("services", keys.token_key("registry"))


@pytest.fixture(scope="module")
def verifier(keys: Keys) -> TokenVerifier:
    return TokenVerifier(keys.trusted())


@pytest.fixture(scope="module")
def claims() -> dict[str, Any]:
    issued_at = int(NOW.timestamp())
    return {
        "iss": "sandbox",
        "sub": "officer-1",
        "aud": AUDIENCE,
        "iat": issued_at,
        "exp": issued_at + 1800,
        "jti": "t1",
        "role": "district_officer",
        "system": "sandbox",
        "district": "110105",
    }


def refusal(verifier: TokenVerifier, token: str, later: timedelta = timedelta(0)) -> str:
    with pytest.raises(Unauthenticated) as refused:
        verifier.verify(token, NOW + later)
    assert "请" in refused.value.message
    return str(refused.value.details["reason"])


def signed(key: SigningKey, claims: dict[str, Any], **headers: Any) -> str:
    return jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": key.key_id} | headers)


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_good_token_names_its_speaker(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    speaker = verifier.verify(issuer.issue(OFFICER, NOW, HALF_HOUR), NOW)
    assert speaker.token_id
    assert speaker.to_json() == OFFICER.to_json() | {"token_id": speaker.token_id}


def test_two_tokens_have_two_ids(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    first, second = (verifier.verify(issuer.issue(OFFICER, NOW, HALF_HOUR), NOW) for _ in range(2))
    assert first.token_id != second.token_id


def test_a_token_is_good_until_the_second_before_it_expires(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    token = issuer.issue(OFFICER, NOW, HALF_HOUR)
    assert verifier.verify(token, NOW + HALF_HOUR - timedelta(seconds=1))
    assert refusal(verifier, token, HALF_HOUR) == "expired"


def test_a_token_from_the_future_is_refused_beyond_the_skew_of_clocks(
    issuer: TokenIssuer, verifier: TokenVerifier
) -> None:
    assert verifier.verify(issuer.issue(OFFICER, NOW + CLOCK_SKEW, HALF_HOUR), NOW)
    token = issuer.issue(OFFICER, NOW + CLOCK_SKEW + timedelta(seconds=1), HALF_HOUR)
    assert refusal(verifier, token) == "not_yet_valid"


def test_a_token_may_live_an_hour_and_no_second_more(
    issuer: TokenIssuer, verifier: TokenVerifier, claims: dict[str, Any]
) -> None:
    assert verifier.verify(issuer.issue(OFFICER, NOW, LIFETIME_MAX), NOW)
    with pytest.raises(ValueError, match="at most"):
        issuer.issue(OFFICER, NOW, LIFETIME_MAX + timedelta(seconds=1))
    long_lived = signed(issuer.key, claims | {"exp": claims["iat"] + 3601})
    assert refusal(verifier, long_lived) == "too_long_lived"


def test_a_changed_claim_breaks_the_signature(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    header, body, signature = issuer.issue(OFFICER, NOW, HALF_HOUR).split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = f"{header}.{part(payload | {'district': '110113'})}.{signature}"
    assert refusal(verifier, forged) == "forged"


def test_a_token_signed_with_somebody_elses_key_is_refused(
    issuer: TokenIssuer, verifier: TokenVerifier, claims: dict[str, Any]
) -> None:
    stranger = SigningKey(issuer.key.key_id, Ed25519PrivateKey.generate())
    assert refusal(verifier, signed(stranger, claims)) == "forged"


def test_no_algorithm_but_eddsa_is_accepted(
    issuer: TokenIssuer, verifier: TokenVerifier, claims: dict[str, Any]
) -> None:
    header = {"alg": "none", "typ": "JWT", "kid": issuer.key.key_id}
    assert refusal(verifier, f"{part(header)}.{part(claims)}.") == "wrong_algorithm"
    # The classic confusion: the public key, which everybody knows, used as an HMAC secret.
    public = issuer.key.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    hmac = jwt.encode(claims, public, algorithm="HS256", headers={"kid": issuer.key.key_id})
    assert refusal(verifier, hmac) == "wrong_algorithm"
    rsa = generate_private_key(65537, 2048)
    by_rsa = jwt.encode(claims, rsa, algorithm="RS256", headers={"kid": issuer.key.key_id})
    assert refusal(verifier, by_rsa) == "wrong_algorithm"


@pytest.mark.parametrize("kid", ["nobody", "../../sandbox", ""])
def test_an_unknown_key_id_is_refused(
    issuer: TokenIssuer, verifier: TokenVerifier, claims: dict[str, Any], kid: str
) -> None:
    assert refusal(verifier, signed(issuer.key, claims, kid=kid)) == "unknown_key"


def test_a_token_without_key_id_is_refused(
    issuer: TokenIssuer, verifier: TokenVerifier, claims: dict[str, Any]
) -> None:
    assert refusal(verifier, jwt.encode(claims, issuer.key.private, algorithm="EdDSA")) == "unknown_key"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"aud": "other"}, "wrong_audience"),
        ({"aud": ["other"]}, "wrong_audience"),
        ({"iss": "services"}, "wrong_issuer"),
        ({"iss": "elsewhere"}, "wrong_issuer"),
        ({"role": "machine"}, "role_not_of_issuer"),
        ({"role": "emperor"}, "bad_claims"),
        ({"role": ["district_officer"]}, "bad_claims"),
        ({"district": 110105}, "bad_claims"),
        ({"district": "1101"}, "bad_claims"),
        ({"purposes": "identity"}, "bad_claims"),
        ({"purposes": ["curiosity"]}, "bad_claims"),
        ({"on_behalf_of": "employer-1"}, "bad_claims"),
        ({"sub": "a b"}, "bad_claims"),
        ({"exp": "9999999999"}, "malformed"),
        ({"exp": 1e12}, "malformed"),
        ({"iat": True}, "malformed"),
        ({"exp": 10**30}, "malformed"),
        ({"nbf": 9999999999}, "not_yet_valid"),
    ],
)
def test_a_well_signed_token_with_a_wrong_claim_is_refused(
    issuer: TokenIssuer,
    verifier: TokenVerifier,
    claims: dict[str, Any],
    change: dict[str, Any],
    reason: str,
) -> None:
    assert refusal(verifier, signed(issuer.key, claims | change)) == reason


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "iat", "exp", "jti", "role", "system"])
def test_a_token_without_a_required_claim_is_refused(
    issuer: TokenIssuer, verifier: TokenVerifier, claims: dict[str, Any], name: str
) -> None:
    left = {key: value for key, value in claims.items() if key != name}
    assert refusal(verifier, signed(issuer.key, left)) in {"missing_claim", "wrong_audience", "wrong_issuer"}


@pytest.mark.parametrize("role", ["district_officer", "finance_officer", "employer", "training_provider"])
def test_a_role_that_needs_a_place_or_an_organisation_is_refused_without(
    issuer: TokenIssuer, verifier: TokenVerifier, claims: dict[str, Any], role: str
) -> None:
    bare = {key: value for key, value in claims.items() if key != "district"} | {"role": role}
    assert refusal(verifier, signed(issuer.key, bare)) == "bad_claims"


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "....", "é", "\x00", "x" * 10_000])
def test_rubbish_is_refused_and_never_raises_anything_else(verifier: TokenVerifier, text: str) -> None:
    assert refusal(verifier, text) in {"missing", "malformed", "too_long"}


def test_a_service_speaks_for_itself_and_for_a_person(registry: TokenIssuer, verifier: TokenVerifier) -> None:
    for speaker in (Speaker.service("registry"), OFFICER.through("registry")):
        heard = verifier.verify(registry.issue(speaker, NOW, HALF_HOUR), NOW)
        assert heard.to_json() == speaker.to_json() | {"token_id": heard.token_id}
    assert heard.person == "officer-1"


def test_a_services_key_cant_speak_for_another_service(registry: TokenIssuer, verifier: TokenVerifier) -> None:
    token = registry.issue(Speaker.service("training"), NOW, HALF_HOUR)
    assert refusal(verifier, token) == "subject_not_of_key"


def test_an_issuer_of_people_cant_make_a_machine_nor_a_service_a_person(
    issuer: TokenIssuer, registry: TokenIssuer
) -> None:
    issues: list[Callable[[], str]] = [
        lambda: issuer.issue(Speaker.service("registry"), NOW, HALF_HOUR),
        lambda: registry.issue(OFFICER, NOW, HALF_HOUR),
    ]
    for issue in issues:
        with pytest.raises(ValueError, match="issuer"):
            issue()


def test_a_refusal_never_repeats_the_token(issuer: TokenIssuer, verifier: TokenVerifier) -> None:
    token = issuer.issue(OFFICER, NOW, HALF_HOUR)
    with pytest.raises(Unauthenticated) as refused:
        verifier.verify(token, NOW + timedelta(days=1))
    wire = json.dumps(refused.value.to_wire())
    assert not any(piece in wire for piece in token.split("."))
