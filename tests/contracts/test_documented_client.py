"""The client that `docs/wire-format.md` shows is run as it stands there, against a real service."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from shared.clock import now
from shared.reference.generate import FOLDER
from shared.runtime.system_client import OPERATOR, SANDBOX_ISSUER
from shared.security.keys import FolderSource, Keys
from shared.security.tokens import TokenIssuer
from tests.bus.conftest import Processes

CLIENT = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _ask(script: Path, processes: Processes, token: str, route: str, request: object) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, script, route, json.dumps(request)],
        env=os.environ | {"AMQP_URL": processes.amqp_url, "TOKEN": token, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_the_documented_client_is_answered(processes: Processes, tmp_path: Path) -> None:
    processes.start("notify")
    keys = Keys(FolderSource(processes.keys_dir))
    token = TokenIssuer(SANDBOX_ISSUER, keys.issuer_key(SANDBOX_ISSUER)).issue(OPERATOR, now(), timedelta(minutes=5))
    found = CLIENT.search((FOLDER.parent / "wire-format.md").read_text("utf-8"))
    assert found is not None
    script = tmp_path / "call.py"
    script.write_text(found[1], "utf-8")
    assert _ask(script, processes, token, "notify.events_since", {"cursor": 0}) == {
        "error": None,
        "result": {"cursor": 0, "events": []},
    }
    refused = _ask(script, processes, "no token", "notify.events_since", {"cursor": 0})
    assert refused["result"] is None
    assert refused["error"]["code"] == "unauthenticated"  # type: ignore[index]
