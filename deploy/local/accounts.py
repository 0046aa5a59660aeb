"""A database with two roles and a RabbitMQ user for each service, and a user for each outside system of grants.yaml.

    <service>_owner   owns the database, its tables and triggers; runs the migrations and nothing else
    <service>         runs the service; owns nothing, so it can't change a trigger that guards the ledger

What the running role may do with each table is granted by the migrations. Passwords are drawn at random once
and kept in a 0600 file.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from psycopg2 import sql

from deploy.local.folders import remember, remembered
from deploy.local.postgres import Databases
from deploy.local.rabbitmq import Broker
from shared.bus import broker_rights
from shared.bus.grants import Grants, granted_by
from shared.contracts.schema.declare import SERVICES

OPERATOR = "operator"
GRANTS_FILE = Path(__file__).with_name("grants.yaml")


@dataclass(frozen=True)
class Passwords:
    """Password by account: `database["subsidy_owner"]`, `bus["operator"]`."""

    database: dict[str, str]
    bus: dict[str, str]

    @classmethod
    def kept_in(cls, path: Path) -> Passwords:
        """Those in the file; what is missing there is drawn and added."""
        known = remembered(path) or {}
        roles = [role for service in SERVICES for role in (service, owner_of(service))]
        database = _completed(known.get("database", {}), roles)
        bus = _completed(known.get("bus", {}), local_grants().by_user)
        if {"database": database, "bus": bus} != known:
            remember(path, {"database": database, "bus": bus})
        return cls(database, bus)


def owner_of(service: str) -> str:
    """The role that owns a service's database."""
    return f"{service}_owner"


def create_roles(databases: Databases, passwords: Passwords) -> None:
    """Makes every service's two roles, or gives them the passwords of the file."""
    with databases.cursor() as cursor:
        for role, password in passwords.database.items():
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
            verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
            statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
            cursor.execute(statement.format(verb, sql.Identifier(role), sql.Literal(password)))


def create_database(databases: Databases, service: str, name: str, template: str = "template0") -> None:
    """Makes a service's database, if it isn't there: nobody but its two roles may connect."""
    database, run, owner = sql.Identifier(name), sql.Identifier(service), sql.Identifier(owner_of(service))
    with databases.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if cursor.fetchone() is None:
            make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
            cursor.execute(make.format(database, owner, sql.Identifier(template)))
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, run))
    with databases.cursor(name) as cursor:
        cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        cursor.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner))
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(run))


def drop_database(databases: Databases, name: str) -> None:
    """Removes a database and disconnects whoever is still in it."""
    with databases.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def local_grants() -> Grants:
    """What the operator and the sample outside system may do here; our own services besides."""
    return granted_by(GRANTS_FILE)()


def create_bus_users(broker: Broker, passwords: Passwords) -> None:
    """Makes the services' users and the outside systems' in the broker's virtual host, each with its rights."""
    for user, grant in local_grants().by_user.items():
        broker.management.add_user(user, passwords.bus[user])
        ours = user in SERVICES
        granted = broker_rights.service_rights(user, grant) if ours else broker_rights.outside_rights(grant)
        broker_rights.apply(broker.management, broker.vhost, user, granted)


def _completed(known: dict[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: known.get(name) or secrets.token_urlsafe(24) for name in names}
