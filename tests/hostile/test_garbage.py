"""Every method is sent garbage: each wrong request gets its typed error, and nothing is stored but the audit line."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from shared.bus.wire import TOKEN, Call, call_headers, read_call
from shared.clock import now
from shared.contracts.catalogue import METHODS
from shared.contracts.kernel.files import PUT_CHUNK, PutChunk
from shared.contracts.schema import codec
from shared.errors import SkillsError
from shared.security.keys import SigningKey
from shared.security.speaker import Role, Speaker
from shared.security.tokens import TokenIssuer
from shared.store.kernel_tables import AuditRow
from tests.hostile.driver import Driver
from tests.hostile.garbage import bodies, spoilt
from tests.hostile.test_matrix import granted

ROUTES = sorted(METHODS)
COMMANDS = [route for route in ROUTES if METHODS[route].kind == "command"]


@pytest.fixture(params=ROUTES)
def route(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def own(driver: Driver, route: str) -> tuple[Speaker, dict[str, Any]]:
    """Somebody who may call the method, with a good request."""
    role = granted(route)[0]
    return driver.here.speaker(role), codec.write(driver.request(driver.here, role, route))


def told(driver: Driver, call: Call) -> str:
    """How a call ends: "ok", or the code of its typed error."""
    try:
        driver.harness.kernel.answer(call)
    except SkillsError as error:
        return error.code
    return "ok"


def audited(driver: Driver) -> int:
    with driver.harness.database.reading() as session:
        return session.scalar(select(func.count()).select_from(AuditRow)) or 0


def test_every_field_refuses_what_its_type_forbids_and_nothing_is_stored(driver: Driver, route: str) -> None:
    speaker, payload = own(driver, route)
    before = driver.stored()
    taken = {}
    for fault, wrong in spoilt(METHODS[route].request, payload):
        ended = driver.attempt(speaker, route, wrong)
        if ended.code not in ("invalid_request", "too_large"):
            taken[fault] = ended
    assert taken == {}
    assert driver.stored() == before


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_bytes_that_are_no_call_are_refused_as_such(driver: Driver, route: str) -> None:
    """Decoding knows no database."""
    speaker, payload = own(driver, route)
    call = Call(route, payload, driver.harness.token(speaker), uuid.uuid4().hex, time.time() + 30)
    headers = call_headers(call)
    taken = []
    for body in bodies(payload):
        try:
            ended = told(driver, read_call(route, body, headers, time.time()))
        except SkillsError as error:
            ended = error.code
        if ended not in ("invalid_request", "too_large"):
            taken.append((body[:80], ended))
    assert taken == []


# --- tokens --------------------------------------------------------------------------------------------------------


def bad_tokens(driver: Driver, speaker: Speaker) -> Iterator[tuple[str, str | None]]:
    issuer = driver.harness.issuer
    good = driver.harness.token(speaker)
    header, claims, signature = good.split(".")
    yield "none", None
    yield "empty", ""
    yield "no token", "x.y.z"
    yield "without a signature", f"{header}.{claims}."
    yield "with another's signature", f"{header}.{claims}.{signature[::-1]}"
    yield "for no algorithm", jwt.encode(jwt.decode(good, options={"verify_signature": False}), "", "none")
    if speaker.role is not Role.MACHINE:
        yield "expired", issuer.issue(speaker, now() - timedelta(hours=2), timedelta(minutes=5))
        yield "not yet valid", issuer.issue(speaker, now() + timedelta(hours=2), timedelta(minutes=5))
        forged = SigningKey(issuer.key.key_id, Ed25519PrivateKey.generate())
        yield "under a key of the same name", TokenIssuer("harness", forged).issue(speaker, now(), timedelta(minutes=5))
        unknown = replace(forged, key_id="nobody-knows-it")
        yield "under an unknown key", TokenIssuer("harness", unknown).issue(speaker, now(), timedelta(minutes=5))


def test_without_a_good_token_nothing_happens_and_the_audit_says_so(driver: Driver, route: str) -> None:
    speaker, payload = own(driver, route)
    before, lines = driver.stored(), audited(driver)
    ended = {}
    for what, token in bad_tokens(driver, speaker):
        ended[what] = told(driver, Call(route, payload, token, uuid.uuid4().hex, time.time() + 30))
    assert ended == dict.fromkeys(ended, "unauthenticated")
    assert driver.stored() == before
    assert audited(driver) == lines + len(ended)


@pytest.mark.parametrize("token", [5, "", "x" * 8193, "a\nb", ["x"]])
def test_a_token_that_is_no_text_of_decent_length_is_told_so(token: Any) -> None:
    with pytest.raises(SkillsError) as refused:
        read_call("subsidy.get_claim", b'{"args": [], "kwargs": {}}', {TOKEN: token}, time.time())
    assert refused.value.code == "invalid_request"


# --- request ids and deadlines (X-14) ------------------------------------------------------------------------------


@pytest.mark.parametrize("route", COMMANDS)
def test_a_request_id_that_stands_for_something_else_is_a_conflict(driver: Driver, route: str) -> None:
    speaker, payload = own(driver, route)
    other = codec.write(PutChunk("YW5vdGhlcg=="))
    assert driver.attempt(speaker, PUT_CHUNK[driver.name].route, other, request_id="one-and-the-same").code == "ok"
    before = driver.stored()
    assert driver.attempt(speaker, route, payload, request_id="one-and-the-same").code == "conflict"
    assert driver.stored() == before


@pytest.mark.parametrize("route", COMMANDS)
def test_a_request_id_repeated_is_answered_alike_and_done_once(driver: Driver, route: str) -> None:
    speaker, payload = own(driver, route)
    first = driver.attempt(speaker, route, payload, request_id="one-and-the-same")
    before = driver.stored()
    assert driver.attempt(speaker, route, payload, request_id="one-and-the-same") == first
    assert driver.stored() == before


@pytest.mark.parametrize("route", COMMANDS)
def test_a_command_without_request_id_or_past_its_deadline_is_not_done(driver: Driver, route: str) -> None:
    speaker, payload = own(driver, route)
    token, before = driver.harness.token(speaker), driver.stored()
    assert told(driver, Call(route, payload, token, None, time.time() + 30)) == "invalid_request"
    assert told(driver, Call(route, payload, token, uuid.uuid4().hex, time.time() - 1)) == "unavailable"
    assert driver.stored() == before
