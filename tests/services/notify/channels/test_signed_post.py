"""One signed POST: what leaves, how it is checked, and that no receiver can hold or lead us anywhere."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.notify.channels.signed_post import Post, Reply, signature, signed
from services.notify.recipients.webhook_targets import Target
from tests.services.notify.channels.mail_servers import HOST, certificate
from tests.services.notify.channels.webhook_receivers import Hook, receiving

SECRET = bytes(range(32))
BODY = b'{"id":"0123"}'
HEADERS = signed(BODY, message_id="0123", key_id="key-1", secret=SECRET, timestamp=1654495200)
HERE = "127.0.0.1"
PAGE = Path(__file__).parents[4] / "docs" / "webhooks.md"


def test_the_signature_covers_timestamp_and_body() -> None:
    right = hmac.new(SECRET, b'1654495200.{"id":"0123"}', hashlib.sha256).hexdigest()
    assert HEADERS["Skills-Signature"] == f"v1={right}"
    assert signature(BODY, SECRET, 1654495201) != right
    assert signature(BODY + b" ", SECRET, 1654495200) != right
    assert signature(BODY, bytes(32), 1654495200) != right


def test_the_vector_of_the_documentation_is_right() -> None:
    page = PAGE.read_text("utf-8")
    found = dict(re.findall(r"^(secret|timestamp|body|signature) +(\S.*)$", page, re.MULTILINE))
    assert (
        signature(found["body"].encode(), bytes.fromhex(found["secret"]), int(found["timestamp"]))
        == (found["signature"])
    )


def test_a_receiver_gets_body_and_headers_as_they_were_signed() -> None:
    with receiving(Hook()) as hook:
        target = Target("http", HERE, hook.port, "/in?x=1")
        assert Post().send(target, [HERE], BODY, HEADERS) == Reply(204, "req-7")
    assert (hook.bodies, hook.paths) == ([BODY], ["/in?x=1"])
    assert HEADERS.items() <= hook.headers[0].items()
    assert hook.headers[0]["Host"] == f"{HERE}:{hook.port}"


def test_an_address_that_does_not_answer_leaves_it_to_the_next() -> None:
    with receiving(Hook()) as hook:
        assert Post().send(Target("http", HOST, hook.port, "/"), ["127.0.0.2", HERE], BODY, HEADERS).status == 204


def test_a_redirect_is_not_followed() -> None:
    with receiving(Hook()) as inner, receiving(Hook(status=307)) as hook:
        hook.location = f"http://{HERE}:{inner.port}/stolen"
        reply = Post().send(Target("http", HERE, hook.port, "/"), [HERE], BODY, HEADERS)
    assert reply.status == 307
    assert inner.bodies == []


def test_what_a_receiver_calls_the_request_is_kept_only_if_it_is_a_plain_word() -> None:
    with receiving(Hook(request_id="示例 <script>".encode().decode("latin-1"))) as hook:
        assert Post().send(Target("http", HERE, hook.port, "/"), [HERE], BODY, HEADERS) == Reply(204, "")


def test_tls_checks_the_name_though_the_address_is_dialled(tmp_path: Path) -> None:
    server_side, client_side = certificate(tmp_path)
    with receiving(Hook(), tls=server_side) as hook:
        target = Target("https", HOST, hook.port, "/")
        assert Post(client_side).send(target, [HERE], BODY, HEADERS).status == 204
        with pytest.raises(ssl.SSLCertVerificationError):
            Post(client_side).send(Target("https", "other.example.com", hook.port, "/"), [HERE], BODY, HEADERS)
        with pytest.raises(ssl.SSLCertVerificationError):
            Post().send(target, [HERE], BODY, HEADERS)
    assert len(hook.bodies) == 1


PATIENCE = 4.0
"""Seconds after which even these receivers give up, so that a sender who waits for ever is seen."""


@contextmanager
def _behaving(behave: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """A receiver that does as it likes with one connection."""
    over = threading.Event()
    with socket.create_server((HERE, 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                behave(line, over)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()


def _says_nothing(_line: socket.socket, over: threading.Event) -> None:
    over.wait(PATIENCE)


def _drips(line: socket.socket, over: threading.Event) -> None:
    """A byte now and then, each before any single timeout ends."""
    with contextlib.suppress(OSError):
        for _ in range(int(PATIENCE / 0.02)):
            if over.wait(0.02):
                return
            line.sendall(b"H")


@pytest.mark.parametrize("behave", [_says_nothing, _drips])
def test_the_dialogue_ends_in_time_whatever_the_receiver_does(
    behave: Callable[[socket.socket, threading.Event], None],
) -> None:
    with _behaving(behave) as port, pytest.raises(TimeoutError):
        Post(seconds=0.3).send(Target("http", HERE, port, "/"), [HERE], BODY, HEADERS)
