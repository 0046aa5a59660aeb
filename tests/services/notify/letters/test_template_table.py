"""A message says which words it was written with, and those words stay what they were."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.notify.letters.template_table import LETTERS, TEMPLATES, record_templates
from services.notify.models import TemplateRow
from services.notify.service import NotifyService
from shared.clock import now
from shared.contracts.subsidy import payments
from shared.runtime.assembly import assemble
from shared.settings import SettingsError
from shared.store.database import Database
from tests.conftest import MadeDatabase
from tests.services.notify import samples
from tests.services.notify.driver import Driver
from tests.services.notify.samples import EMPLOYER


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The templates, one of them with other words."""
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    with (folder / "case_waiting.j2").open("a", encoding="utf-8") as file:
        file.write("另请注意。\n")
    return folder


def test_the_same_words_start_again_and_again(driver: Driver) -> None:
    record_templates(driver.harness.database)
    record_templates(driver.harness.database)


def test_changed_words_under_a_known_version_refuse_to_start(driver: Driver, edited: Path) -> None:
    with pytest.raises(SettingsError, match=r"case_waiting\.j2.*version 1"):
        record_templates(driver.harness.database, edited)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_service_itself_does_not_start_then(
    driver: Driver, make_database: Callable[..., MadeDatabase], dialect: str
) -> None:
    made = make_database("notify", dialect)
    other = Database(made.owner_url)
    with other.transaction() as session:
        session.add(TemplateRow(template="case_waiting", version=1, content_hash="other", seen_at=now()))
    other.dispose()
    with pytest.raises(SettingsError, match=r"case_waiting\.j2"):
        assemble(NotifyService, replace(driver.harness.settings, database_url=made.url))


def test_changed_words_under_a_new_version_are_a_new_version(driver: Driver, edited: Path) -> None:
    letters = {**LETTERS, "case_waiting": replace(LETTERS["case_waiting"], version=2)}
    record_templates(driver.harness.database, edited, letters)
    with driver.harness.database.engine.connect() as connection:
        known = connection.execute(text("SELECT version FROM templates WHERE template = 'case_waiting' ORDER BY 1"))
        assert known.scalars().all() == [1, 2]


def test_a_message_keeps_template_and_version(driver: Driver) -> None:
    driver.harness.hear(payments.PAYMENT_CONFIRMED, "claim-1", samples.PAYMENT)
    (message,) = driver.messages(driver.employer(EMPLOYER))
    assert (message.kind, message.template, message.version) == ("money", "payment_confirmed", 1)


@pytest.mark.parametrize("statement", ["UPDATE templates SET content_hash = 'x'", "DELETE FROM templates"])
def test_the_database_itself_keeps_what_was_seen(driver: Driver, statement: str) -> None:
    with pytest.raises(DBAPIError), driver.harness.database.transaction() as session:
        session.execute(text(statement))


def test_a_headline_holds_nothing_that_a_template_fills_in() -> None:
    assert [name for name, letter in LETTERS.items() if "{" in letter.headline or len(letter.headline) > 30] == []
