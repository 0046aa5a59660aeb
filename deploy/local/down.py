"""`make down`: stops exactly the processes that `make up` recorded. The data stays under var/local/."""

from __future__ import annotations

import click

from deploy.local.system import LocalSystem
from deploy.local.up import FOLDER


def main() -> None:
    """Stops the services, then the servers, and names what was running."""
    click.echo("Stopping services and servers; each ends what it is doing ...")
    stopped = LocalSystem(FOLDER).stop()
    click.echo(f"Stopped: {', '.join(stopped)}" if stopped else "Nothing was running.")


if __name__ == "__main__":
    main()
