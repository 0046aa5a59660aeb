"""Every key is rotated while the system runs: no error, nobody registered twice, nothing unreadable afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deploy.local.processes import environment
from deploy.local.services import REPOSITORY
from tests.bus.conftest import Processes
from tests.bus.rotation import Story
from tests.bus.test_commands import skills

EMBEDDED = """
import sys
from pathlib import Path
from shared.runtime import launcher  # first: it makes the standard library green
from tests.bus.rotation import embedded_story

embedded_story(Path(sys.argv[1]))
"""


def test_real_services_go_on_while_all_their_keys_are_changed_and_the_old_ones_end(processes: Processes) -> None:
    processes.start()
    story = Story(processes.system, processes.keys_dir)
    where = ("--amqp", processes.amqp_url, "--keys", processes.keys_dir)

    def retire(ring: str, key_id: str) -> None:
        done = skills("keys", "retire", ring, key_id, *where)
        assert done.returncode == 0, done.stdout + done.stderr

    story.play(retire)
    shown = skills("keys", "status", *where)
    assert (shown.returncode, "旧密钥：无" in shown.stdout) == (0, True), shown.stderr


def test_an_embedded_system_goes_on_while_all_its_keys_are_changed(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", EMBEDDED, str(tmp_path / "city")]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment(), capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert "people" in done.stdout
