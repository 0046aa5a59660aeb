"""The audit chain: its rows with their seals, and its signed heads, which the other services keep."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.common import PageSize, Position
from shared.contracts.schema.declare import SERVICES, event, of_every_service, query
from shared.contracts.schema.shapes import Json
from shared.security.speaker import Role


@dataclass(frozen=True)
class ReadAudit:
    """Rows after `cursor`, heads of the other chains after `heads_cursor`: both from 0, each to its own end."""

    cursor: Position = 0
    heads_cursor: Position = 0
    limit: PageSize = 500


@dataclass(frozen=True)
class AuditPage:
    """Rows in order of writing, the seals of these rows, and heads of all other chains that are kept here.

    A cursor is null where there is nothing after this page.
    """

    rows: tuple[Json, ...]
    seals: tuple[Json, ...]
    heads: tuple[Json, ...]
    cursor: int | None
    heads_cursor: int | None


@dataclass(frozen=True)
class AuditSealed:
    """A signed head of the teller's chain: everything up to its sequence is fixed (`audit_chain.SignedHead`)."""

    head: Json


READ_AUDIT = of_every_service(
    query, "read_audit", ReadAudit, AuditPage, (Role.OPERATOR, Role.AUDITOR), "Audit rows with their seals."
)
AUDIT_SEALED = {
    service: event(
        f"{service}.audit_sealed",
        AuditSealed,
        consumers=tuple(other for other in SERVICES if other != service),
        about="A signed head of this service's audit chain, for the others to keep.",
        public=False,
    )
    for service in SERVICES
}
