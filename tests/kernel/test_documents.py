"""A body of a policy document never changes under a known id and revision; that is seen before anything is touched."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from deploy.local.processes import environment
from deploy.local.services import REPOSITORY, SKILLS
from shared.kernel.policy_documents import record_documents, refuse_changed
from shared.policy.policies import Policies, load_documents
from shared.settings import SettingsError
from shared.store.database import Database
from shared.store.kernel_tables import DocumentRow
from shared.store.migrate import is_current, upgrade
from tests.conftest import MadeDatabase
from tests.kernel.notebook import Notebook
from tests.rules.policy import EXAMPLE_CITY

Load = Callable[..., Policies]
MakeDatabase = Callable[..., MadeDatabase]
CURE = "restore it, and give the new version a revision of its own"
BEFORE_REVISIONS = "notify_0002"
"""The newest version of the notify database that knew documents by id alone."""


@pytest.fixture
def city(tmp_path: Path) -> Load:
    """A function: the example city's document, at a revision, with a title."""

    def load(title: str, revision: int = 1) -> Policies:
        lines = EXAMPLE_CITY.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not line.startswith("title:")]
        file = tmp_path / f"city-{revision}.yaml"
        file.write_text("\n".join([f"revision: {revision}", f"title: {title}", *kept]), encoding="utf-8")
        return load_documents(str(file), packaged=None)

    return load


def both(one: Policies, other: Policies) -> Policies:
    return Policies((*one.documents, *other.documents))


def known(book: Notebook, policies: Policies) -> dict[int, str]:
    """Hash by revision, of the documents of that name which the database knows."""
    (name,) = {document.id for document in policies.documents}
    return {row.revision: row.content_hash for row in book.rows(DocumentRow) if row.document_id == name}


def test_each_revision_is_remembered_at_the_first_start_and_known_at_the_next(book: Notebook, city: Load) -> None:
    first, second = city("第一版"), city("第二版", 2)
    record_documents(book.database, first)
    for _ in range(2):
        record_documents(book.database, both(first, second))
    assert known(book, first) == {1: first.documents[0].content_hash, 2: second.documents[0].content_hash}


@pytest.mark.parametrize("revision", [1, 2])
def test_another_body_under_a_known_revision_refuses_to_start_and_says_what_to_do(
    book: Notebook, city: Load, revision: int
) -> None:
    first, second = city("第一版"), city("第二版", 2)
    record_documents(book.database, both(first, second))
    before = known(book, first)
    changed = city("改过的", revision)
    (document,) = changed.documents
    with pytest.raises(SettingsError, match=rf"{document.id} revision {revision} has changed.*{CURE}"):
        record_documents(book.database, both(changed, city("第三版", 3)))
    assert known(book, first) == before


# --- before migrations -----------------------------------------------------------------------------------------------


def older(make_database: MakeDatabase, dialect: str, policies: Policies) -> MadeDatabase:
    """A notify database from before documents had revisions, which knows these."""
    made = make_database("notify", dialect, migrated=False)
    upgrade("notify", made.owner_url, to=BEFORE_REVISIONS)
    database = Database(made.owner_url)
    with database.engine.begin() as connection:
        for document in policies.documents:
            connection.execute(
                text("INSERT INTO documents (document_id, content_hash, seen_at) VALUES (:id, :hash, '2022-06-06')"),
                {"id": document.id, "hash": document.content_hash},
            )
    database.dispose()
    return made


def test_what_was_known_before_revisions_is_the_first_and_stays_closed_to_change(
    make_database: MakeDatabase, dialect: str, city: Load
) -> None:
    first = city("第一版")
    (document,) = first.documents
    made = older(make_database, dialect, first)
    refuse_changed(made.owner_url, both(first, city("第二版", 2)))
    upgrade("notify", made.owner_url)
    database = Database(made.owner_url)
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT document_id, revision, content_hash, seen_at FROM documents")).all()
    assert [tuple(row) for row in rows] == [(document.id, 1, document.content_hash, "2022-06-06")]
    for change in ("UPDATE documents SET revision = 2", "DELETE FROM documents"):
        with pytest.raises(DBAPIError, match="append_only_documents"), database.engine.begin() as connection:
            connection.execute(text(change))
    record_documents(database, both(first, city("第二版", 2)))
    database.dispose()


def test_a_database_that_knows_nothing_yet_refuses_nothing(make_database: MakeDatabase, city: Load) -> None:
    refuse_changed(make_database("notify", "sqlite", migrated=False).url, city("第一版"))


def skills(*arguments: str | Path, **settings: str) -> Any:
    command = [*SKILLS, *map(str, arguments)]
    return subprocess.run(
        command, env=environment(**settings), cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
    )


def test_migrate_leaves_a_database_alone_whose_document_has_changed(
    make_database: MakeDatabase, dialect: str, city: Load, tmp_path: Path
) -> None:
    made = older(make_database, dialect, city("第一版"))
    city("改过的")
    done = skills("migrate", "notify", DATABASE_OWNER_URL=made.owner_url, POLICY_PATH=str(tmp_path / "city-1.yaml"))
    assert (done.returncode, CURE in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    database = Database(made.owner_url)
    assert not is_current("notify", database)
    assert {column["name"] for column in inspect(database.engine).get_columns("documents")}.isdisjoint({"revision"})
    database.dispose()


def test_the_embedded_system_migrates_none_of_its_databases_where_one_knows_another_body(
    make_database: MakeDatabase, city: Load, tmp_path: Path
) -> None:
    """The last service to be migrated knows the other body; the first is left as it is."""
    made = older(make_database, "sqlite", city("第一版"))
    city("改过的")
    folder = tmp_path / "city"
    folder.mkdir()
    Path(made.url.removeprefix("sqlite:///")).rename(folder / "notify.db")
    settings = {"POLICY_PATH": str(tmp_path / "city-1.yaml")}
    done = skills("call", "notify.settlement", "--data", folder, **settings)
    assert (done.returncode, CURE in done.stderr) == (1, True)
    first = Database(f"sqlite:///{folder / 'registry.db'}")
    assert inspect(first.engine).get_table_names() == []
    first.dispose()
