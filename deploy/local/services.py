"""One running service: its environment, its process, whether it is ready.

<folder>/<service>.env   what the service is told, as KEY=VALUE lines (0600: it holds its passwords)
<folder>/<service>.pid   its process
<folder>/log/<service>.log
"""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from deploy.local import ports
from deploy.local.folders import write_secret
from deploy.local.processes import Process, Program, StartError, environment, read_pid_file
from shared.kernel.policy_documents import refuse_changed
from shared.policy.policies import Policies
from shared.store.migrate import upgrade

REPOSITORY = Path(__file__).resolve().parents[2]
SKILLS = (sys.executable, "-m", "cli.main")
READY_SECONDS = 60.0


@dataclass(frozen=True)
class Service:
    """A service with its settings, in a folder. `tied`: it ends with its starter. `skills`: the command line."""

    name: str
    folder: Path
    settings: Mapping[str, str] = field(repr=False)
    tied: bool = False
    skills: Sequence[str] = SKILLS

    @property
    def process(self) -> Process | None:
        """Its process, if it runs."""
        return read_pid_file(self._pid_file)

    @property
    def http_port(self) -> int:
        """Where /healthz, /readyz and /metrics are."""
        return int(self.settings["HTTP_PORT"])

    @property
    def log(self) -> Path:
        """What it writes to."""
        return self.folder / "log" / f"{self.name}.log"

    def check_documents(self, policies: Policies) -> None:
        """Raises SettingsError where its database knows another body of a document; touches nothing."""
        refuse_changed(self.settings["DATABASE_OWNER_URL"], policies)

    def migrate(self) -> None:
        """Brings its database to the newest migration, as its owner."""
        upgrade(self.name, self.settings["DATABASE_OWNER_URL"], runs_as=self.name)

    def start(self) -> None:
        """Writes its settings and starts it. `await_ready` says when it serves."""
        lines = [f"{name}={value}" for name, value in sorted(self.settings.items())]
        write_secret(self.folder / f"{self.name}.env", "\n".join(lines) + "\n")
        write_secret(self._pid_file, str(self._program().start()))

    def await_ready(self) -> None:
        """Returns when /readyz says so; raises StartError with the end of its log."""
        process = self.process
        if process is None:
            raise StartError(f"{self.name} ended before it was ready:\n{self._program().tail()}")
        self._program().await_ready(process, partial(_ready, self.http_port), READY_SECONDS)

    def stop(self) -> None:
        """Lets it finish what it is doing."""
        if (process := self.process) is not None:
            process.stop()
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """Ends it at once, as a power cut would."""
        if (process := self.process) is not None:
            process.kill()

    @property
    def _pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    def _program(self) -> Program:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        # The owner's address is for migrations: a running service that held it could lift its own limits.
        told = {name: value for name, value in self.settings.items() if name != "DATABASE_OWNER_URL"}
        command = [*self.skills, "serve", self.name]
        return Program(command, environment(**told), REPOSITORY, self.log, tied=self.tied)


def run_skills(settings: Mapping[str, str], *arguments: str) -> str:
    """Runs one `skills` command to its end: what it printed. Raises StartError when it fails."""
    done = subprocess.run(  # noqa: S603 - the command is built by this package, never from input
        [*SKILLS, *arguments],
        env=environment(**settings),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StartError(f"skills {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _ready(port: int) -> bool:
    if not ports.answers(port):
        return False
    connection = http.client.HTTPConnection(ports.LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
