"""The bodies of policy documents that a database has seen: an id and revision name one body for ever (X-7).

refuse_changed(url, policies)         before migrations run: nothing is touched where a known body has changed
record_documents(database, policies)  at each start
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, inspect, text

from shared.clock import now
from shared.policy.document import Document
from shared.policy.policies import Policies
from shared.settings import SettingsError
from shared.store.database import Database
from shared.store.kernel_tables import DocumentRow

Name = tuple[str, int]
"""Id and revision."""


def refuse_changed(url: str, policies: Policies) -> None:
    """Raises SettingsError where this database, at whatever version, knows another body of a document at hand."""
    database = Database(url, pool_size=1)
    try:
        with database.engine.connect() as connection:
            _unchanged(policies.documents, _known(connection))
    finally:
        database.dispose()


def record_documents(database: Database, policies: Policies) -> None:
    """Remembers each new document's hash. Raises SettingsError where a known one has another body."""
    with database.transaction() as session:
        known = _known(session.connection())
        _unchanged(policies.documents, known)
        session.add_all(
            DocumentRow(
                document_id=document.id,
                revision=document.revision,
                content_hash=document.content_hash,
                seen_at=now(),
            )
            for document in policies.documents
            if (document.id, document.revision) not in known
        )


def _known(connection: Connection) -> dict[Name, str]:
    """Hash by id and revision, from a database that may not have been migrated yet: then all is revision 1, or none."""
    tables = inspect(connection)
    if not tables.has_table("documents"):
        return {}
    versioned = any(column["name"] == "revision" for column in tables.get_columns("documents"))
    revision = "revision" if versioned else "1"
    rows = connection.execute(text(f"SELECT document_id, {revision}, content_hash FROM documents"))  # noqa: S608 - no input
    return {(row[0], row[1]): row[2] for row in rows}


def _unchanged(documents: Iterable[Document], known: Mapping[Name, str]) -> None:
    for document in documents:
        if known.get((document.id, document.revision), document.content_hash) != document.content_hash:
            raise SettingsError(
                f"{document.file}: the body of {document.id} revision {document.revision} has changed since this "
                "database first saw it; restore it, and give the new version a revision of its own"
            )
