"""Under the launcher everything that waits lets the others go on: the database's driver, too."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.conftest import MadeDatabase
from tests.services.notify.channels.mail_servers import certificate

FOUR_QUERIES = """
import shared.runtime.launcher
import sys, time
import eventlet
from sqlalchemy import text
from shared.store.database import Database

database = Database(sys.argv[1])
with database.reading() as session:  # the first connection is not part of the measure
    session.execute(text("SELECT 1"))

def one_second():
    with database.reading() as session:
        session.execute(text("SELECT pg_sleep(1)"))

started = time.monotonic()
queries = [eventlet.spawn(one_second) for _ in range(4)]
for query in queries:
    query.wait()
print(time.monotonic() - started)
"""


def test_four_queries_of_one_second_take_about_one_second(make_database: Callable[..., MadeDatabase]) -> None:
    made = make_database("notify", migrated=False)
    command = [sys.executable, "-c", FOUR_QUERIES, made.url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert 1.0 <= float(done.stdout) < 2.5


WEBHOOK_AND_RECEIVER = """
import shared.runtime.launcher
import socket, ssl, sys
import eventlet
from services.notify.recipients.webhook_targets import AllowedHosts
from services.notify.channels.signed_post import Post

server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server_side.load_cert_chain(sys.argv[1])
listening = socket.create_server(("127.0.0.1", 0))

def receive():
    line, _ = listening.accept()
    with server_side.wrap_socket(line, server_side=True) as secured:
        while not secured.recv(65536).endswith(b"{}"):
            pass
        secured.sendall(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")

receiver = eventlet.spawn(receive)
allowed = AllowedHosts.of("localhost")
target = allowed.target(f"https://localhost:{listening.getsockname()[1]}/in")
assert "127.0.0.1" in allowed.addresses(target)
print(Post(ssl.create_default_context(cafile=sys.argv[1])).send(target, ["127.0.0.1"], b"{}", {}).status)
receiver.wait()
"""


def test_a_webhook_waits_for_a_receiver_that_runs_in_the_same_process(tmp_path: Path) -> None:
    """Were the wait not green, the receiver could never answer it."""
    certificate(tmp_path)
    command = [sys.executable, "-c", WEBHOOK_AND_RECEIVER, str(tmp_path / "server.pem")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "204\n"
