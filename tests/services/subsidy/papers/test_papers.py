"""Papers say what was decided; whose names and accounts stand on them is asked for each paper, and audited."""

from __future__ import annotations

import io
from base64 import b64decode
from dataclasses import replace

import docx
import openpyxl
import pytest
from sqlalchemy import select

from shared.contracts.kernel.files import GET_CHUNK
from shared.contracts.registry.organisations import (
    LIST_ORGANISATIONS,
    REVEAL_ACCOUNTS,
    AccountList,
    AccountShape,
    ListOrganisations,
    OrganisationList,
    OrganisationShape,
    RevealAccounts,
)
from shared.contracts.registry.people import REVEAL_PEOPLE, PersonList, PersonShape, RevealPeople
from shared.contracts.subsidy import papers
from shared.errors import Conflict, NotFound, NotPermitted
from shared.security.speaker import Purpose, Role, Speaker
from shared.store.kernel_tables import AuditRow
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, Driver, Training

ACCOUNT = "0000123412341234"


@pytest.fixture
def paid(driver: Driver) -> tuple[Driver, str, str]:
    """A final claim that is being paid: the driver, the claim, its batch."""
    what = Training(results=("certified", "uncertified", "failed"))
    driver.project(what=what)
    driver.appropriate("100000.00")
    driver.appropriate("100000.00", DUE_YEAR)
    driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(ASSESSED)
    driver.assess(what=what)
    claim = driver.submit("final")
    driver.decide(claim.claim_id)
    batch = driver.prepare(claim.claim_id)
    _neighbours(driver)
    return driver, claim.claim_id, batch.batch_id


def _neighbours(driver: Driver) -> None:
    def organisations(request: ListOrganisations) -> OrganisationList:
        shape = OrganisationShape(request.ids[0], "示例一有限公司", "9" * 18, "enterprise", "110105", False)
        return OrganisationList((shape,))

    def people(request: RevealPeople) -> PersonList:
        masked = request.purpose is None
        name = "学*" if masked else "学徒甲"
        return PersonList(
            tuple(PersonShape(one, name, "id_card", "110199", None, masked) for one in request.person_ids)
        )

    def accounts(request: RevealAccounts) -> AccountList:
        assert request.purpose is Purpose.PAYMENT
        return AccountList(
            tuple(AccountShape(one, "示例一有限公司", "示例银行", ACCOUNT, None) for one in request.organisation_ids)
        )

    driver.harness.answers(LIST_ORGANISATIONS, organisations)
    driver.harness.answers(REVEAL_PEOPLE, people)
    driver.harness.answers(REVEAL_ACCOUNTS, accounts)


def _make(driver: Driver, who: Speaker, form: str, of_id: str) -> papers.FormMade:
    return driver.call(who, papers.MAKE_FORM, papers.MakeForm(form, of_id))  # type: ignore[arg-type]


def _fetch(driver: Driver, who: Speaker, made: papers.FormMade) -> bytes:
    chunk = driver.harness.call_raw(who, GET_CHUNK["subsidy"], {"file": made.file, "number": 0})
    content = b64decode(chunk["data"])
    assert len(content) == made.size
    return content


def _cells(content: bytes) -> set[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}


def _words(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *tables])


def test_the_register_lists_everybody_with_rate_share_and_amounts(paid: tuple[Driver, str, str]) -> None:
    driver, claim_id, _ = paid
    cells = _cells(_fetch(driver, driver.employer, _make(driver, driver.employer, "subsidy_register", claim_id)))
    assert {"学徒甲", "6000", "85%", "10200", "4200", "考核不合格"} <= cells


def test_the_register_is_masked_for_who_may_not_see_names(paid: tuple[Driver, str, str]) -> None:
    driver, claim_id, _ = paid
    cells = _cells(_fetch(driver, driver.maker, _make(driver, driver.maker, "subsidy_register", claim_id)))
    assert "学*" in cells
    assert "学徒甲" not in cells


def test_the_summary_groups_people_treated_alike_and_shows_what_goes_back_apart(paid: tuple[Driver, str, str]) -> None:
    driver, claim_id, _ = paid
    words = _words(_fetch(driver, driver.employer, _make(driver, driver.employer, "claim_summary", claim_id)))
    for said in ("考核合格，取得证书", "考核合格，未取得证书", "申领金额合计：10200.00 元", "另应追回金额：6000.00 元"):
        assert said in words


def test_the_letter_gives_findings_clauses_readings_and_the_next_step(paid: tuple[Driver, str, str]) -> None:
    driver, claim_id, _ = paid
    words = _words(_fetch(driver, driver.officer, _make(driver, driver.officer, "decision_letter", claim_id)))
    for said in ("示例一有限公司", "APP-19", "四(三)", "INT-3", "下一步", "朝阳区人力资源和社会保障局"):
        assert said in words


def test_the_batch_holds_full_accounts_for_finance_only_and_is_audited(paid: tuple[Driver, str, str]) -> None:
    driver, _, batch_id = paid
    made = _make(driver, driver.maker, "payment_batch", batch_id)
    assert ACCOUNT in _cells(_fetch(driver, driver.checker, made))
    for other in (driver.officer, driver.employer, driver.auditor):
        with pytest.raises(NotPermitted):
            _make(driver, other, "payment_batch", batch_id)
    with pytest.raises(NotPermitted):
        _make(driver, replace(driver.maker, purposes=frozenset()), "payment_batch", batch_id)
    with pytest.raises(NotFound):
        _fetch(driver, driver.employer, made)
    with driver.harness.database.reading() as session:
        purposes = session.scalars(select(AuditRow.purpose).where(AuditRow.action == "subsidy.make_form")).all()
    assert "payment" in purposes


def test_a_payee_without_account_is_named_before_anything_is_written(paid: tuple[Driver, str, str]) -> None:
    driver, _, batch_id = paid
    driver.harness.answers(REVEAL_ACCOUNTS, lambda _: AccountList(()))
    with pytest.raises(Conflict, match="银行账户"):
        _make(driver, driver.maker, "payment_batch", batch_id)


def test_a_foreign_employer_gets_no_paper_and_nobody_is_asked(paid: tuple[Driver, str, str]) -> None:
    driver, claim_id, _ = paid
    other = driver.harness.speaker(Role.EMPLOYER, "applicant-2", organisation="employer-2")
    asked = len(driver.harness.asked)
    with pytest.raises(NotFound):
        _make(driver, other, "subsidy_register", claim_id)
    assert len(driver.harness.asked) == asked
