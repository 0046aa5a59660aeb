"""`make up`: the five services as processes of their own on a real RabbitMQ and PostgreSQL, under var/local/.

Run again it starts what is down, with the data, ports and passwords of the last time. ALLOW_CLOCK=1 lets a
granted caller move the business date, which scenarios need.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from deploy.local.processes import StartError
from deploy.local.programs import MissingProgramError
from deploy.local.services import REPOSITORY, Service
from deploy.local.system import LocalSystem, Servers
from shared.policy.problems import PolicyProblems
from shared.runtime.rulebook import checked_policies
from shared.settings import SettingsError

FOLDER = REPOSITORY / "var" / "local"


def main() -> None:
    """Starts everything and says where it is; exits with 1 and the reason where a part doesn't start."""
    try:
        up(LocalSystem(FOLDER))
    except (StartError, MissingProgramError, PermissionError, SettingsError, PolicyProblems) as problem:
        click.echo(str(problem), err=True)
        click.echo("Nothing was stopped: mend the cause and run `make up` again, or `make down`.", err=True)
        sys.exit(1)


def up(system: LocalSystem) -> None:
    """Servers, accounts, keys, documents, migrations, services, in that order; returns when every service is ready."""
    click.echo("Starting RabbitMQ and PostgreSQL ...")
    servers = system.start_servers()
    system.make_keys()
    services = system.services(servers)
    down = [service for service in services if service.process is None]
    policies = checked_policies(os.environ.get("POLICY_PATH", ""))
    for service in down:
        service.check_documents(policies)  # of all, before any is migrated
    for service in down:
        click.echo(f"Migrating and starting {service.name} ...")
        service.migrate()
        service.start()
    for service in services:
        service.await_ready()
    _say_where(servers, services, system.postgresql.data)


def _say_where(servers: Servers, services: list[Service], data: Path) -> None:
    click.echo("\nAll services are ready.")
    for service in services:
        click.echo(f"  {service.name:<10} http://{servers.broker.host}:{service.http_port}/metrics")
    click.echo(f"  RabbitMQ   {servers.broker.admin_url}   user and password: var/local/rabbitmq/node.json")
    click.echo(f"  PostgreSQL {servers.databases.host}:{servers.databases.port}   data: {data}")
    click.echo("  settings   var/local/<service>.env   logs: var/local/log/")
    click.echo("\nTo call it:")
    click.echo("  set -a; . var/local/operator.env; set +a")
    click.echo("  .venv/bin/skills call --amqp \"$AMQP_URL\" --role city_officer subsidy.list_claims '{}'")
    click.echo("     who may call what: docs/contracts/permissions.md")
    click.echo('  .venv/bin/skills scenario run --amqp "$AMQP_URL" FILE     (needs make up ALLOW_CLOCK=1)')
    click.echo("To stop it: make down")


if __name__ == "__main__":
    main()
