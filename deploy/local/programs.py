"""Where the installed programs are, and the line to type where they aren't.

Debian's `rabbitmq-server` on the PATH switches to the account of the system's own broker; the scripts that it
wraps don't, and are the ones used here.
"""

from __future__ import annotations

import shutil
from pathlib import Path

_RABBITMQ = (Path("/usr/lib/rabbitmq/bin"), Path("/opt/rabbitmq/sbin"))
_POSTGRES = Path("/usr/lib/postgresql")


class MissingProgramError(Exception):
    """A program isn't installed; the message says which line installs it."""


def rabbitmq_server() -> Path:
    """The script that starts a node as the account that calls it."""
    return _first("rabbitmq-server", _RABBITMQ, package="rabbitmq-server")


def port_mapper() -> Path:
    """Erlang's `epmd`."""
    return _first("epmd", _RABBITMQ, package="erlang-base")


def postgres(program: str) -> Path:
    """A program of the newest installed PostgreSQL, such as `initdb`."""
    versions = sorted(_POSTGRES.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    return _first(program, tuple(versions), package="postgresql")


def _first(program: str, folders: tuple[Path, ...], *, package: str) -> Path:
    for folder in folders:
        if (folder / program).exists():
            return folder / program
    found = shutil.which(program)
    if found is None:
        raise MissingProgramError(f"{program} isn't installed: sudo apt-get install {package}")
    return Path(found)
