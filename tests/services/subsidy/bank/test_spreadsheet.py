"""The bank's list as a spreadsheet: written blank, filled in, read back; good rows count, bad ones are named."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from openpyxl import Workbook, load_workbook

from shared.contracts.registry.organisations import (
    LIST_ORGANISATIONS,
    REVEAL_ACCOUNTS,
    ListOrganisations,
    OrganisationList,
    OrganisationShape,
)
from shared.contracts.spreadsheets import SheetImported
from shared.contracts.subsidy import papers
from shared.contracts.subsidy.bank import IMPORT_BANK_RESULTS, LIST_DIFFERENCES, ImportBankResults, ListDifferences
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted
from shared.forms.common.bank_results import RESULTS
from shared.security.speaker import Role
from tests.services import files
from tests.services.harness import CHAOYANG, SHUNYI
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.driver import Driver

LABELS = {column.key: column.label for column in RESULTS.columns}


@pytest.fixture
def bank(driver: Driver) -> BankDriver:
    def organisations(request: ListOrganisations) -> OrganisationList:
        return OrganisationList(
            tuple(
                OrganisationShape(id, "示例制造有限公司", "91110105MA0000000Y", "enterprise", CHAOYANG, False)
                for id in request.ids
            )
        )

    driver.harness.answers(LIST_ORGANISATIONS, organisations)
    walking = BankDriver(driver)
    walking.rich()
    return walking


def blank(bank: BankDriver, batch_id: str) -> Workbook:
    made = bank.harness.call(bank.driver.maker, papers.MAKE_FORM, papers.MakeForm("bank_results", batch_id))
    return load_workbook(io.BytesIO(files.fetch(bank.harness, bank.driver.maker, made.file)))


def fill(book: Workbook, *rows: Mapping[str, object]) -> bytes:
    """Writes into the rows of the sheet, one after the other, by the columns' keys."""
    sheet = book.worksheets[0]
    (header,) = [row for row in sheet.iter_rows() if any("支付编号" in str(cell.value) for cell in row)]
    places = {key: cell.column for key, label in LABELS.items() for cell in header if label in str(cell.value)}
    for number, row in enumerate(rows, header[0].row + 1):
        for key, value in row.items():
            sheet.cell(number, places[key]).value = value
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def send(bank: BankDriver, content: bytes, **fields: str) -> SheetImported:
    file = files.put(bank.harness, bank.driver.checker, content)
    given = {"district": CHAOYANG, "programme": "apprenticeship", "statement": "清单-1"} | fields
    return bank.harness.call(bank.driver.checker, IMPORT_BANK_RESULTS, ImportBankResults(file=file, **given))


def test_a_blank_sheet_filled_in_by_the_bank_is_read_back(bank: BankDriver) -> None:
    batch = bank.instructed(*(bank.approved(f"project-{place}") for place in range(4)))
    book = blank(bank, batch.batch_id)
    today = bank.harness.today.isoformat()
    content = fill(
        book,
        {"outcome": "已到账", "on": today, "bank_reference": "REF-1"},
        {"outcome": "拒付", "on": today, "bank_reference": "REF-2", "reason": "账户已销户"},
        {"outcome": "已到账", "on": today},
    )
    read = send(bank, content)
    assert (read.accepted, read.unchanged, read.refused) == (2, 0, 1)
    assert [(row.outcome, row.column) for row in read.rows] == [
        ("accepted", None),
        ("accepted", None),
        ("refused", "银行回单号"),
    ]
    assert any("尚未填写" in note for note in read.notes) and read.marked
    states = [one.state for one in bank.batch(batch.batch_id).payments]
    assert states == ["paid", "rejected", "instructed", "instructed"]
    again = send(bank, content)
    assert (again.accepted, again.unchanged, again.refused) == (0, 2, 1)
    bank.right()


def test_the_blank_shows_whom_the_batch_pays_how_much_and_no_account(bank: BankDriver) -> None:
    batch = bank.instructed(bank.approved("project-1"))
    cells = [str(cell.value) for row in blank(bank, batch.batch_id).worksheets[0].iter_rows() for cell in row]
    assert {batch.payments[0].payment_id, "示例制造有限公司"} <= set(cells)
    assert not [route for route, _ in bank.harness.asked if route == REVEAL_ACCOUNTS.route]
    prepared = bank.driver.prepare(bank.approved("project-2"))
    with pytest.raises(Conflict, match="尚未复核"):
        blank(bank, prepared.batch_id)
    stranger = bank.harness.speaker(Role.FINANCE_OFFICER, "finance-9", district=SHUNYI)
    with pytest.raises(NotFound):
        bank.harness.call(stranger, papers.MAKE_FORM, papers.MakeForm("bank_results", batch.batch_id))
    with pytest.raises(NotPermitted):
        bank.harness.call(bank.driver.officer, papers.MAKE_FORM, papers.MakeForm("bank_results", batch.batch_id))


def test_a_line_that_does_not_fit_is_named_by_its_column_and_listed(bank: BankDriver) -> None:
    batch = bank.instructed(bank.approved("project-1"))
    today = bank.harness.today.isoformat()
    content = fill(
        blank(bank, batch.batch_id), {"amount": "5999.99", "outcome": "已到账", "on": today, "bank_reference": "R"}
    )
    (row,) = send(bank, content).rows
    assert (row.outcome, row.column) == ("refused", "金额（元）")
    page = bank.harness.call(bank.driver.checker, LIST_DIFFERENCES, ListDifferences())
    assert [(one.kind, one.statement) for one in page.differences] == [("amount", "清单-1")]


@pytest.mark.parametrize("content", [b"PK\x03\x04 no workbook", b"a,b\n1,2\n"], ids=["zip", "csv"])
def test_what_is_no_such_sheet_is_refused_as_a_whole(bank: BankDriver, content: bytes) -> None:
    with pytest.raises(InvalidRequest):
        send(bank, content)


def test_a_sheet_with_formulas_is_refused(bank: BankDriver) -> None:
    batch = bank.instructed(bank.approved("project-1"))
    today = bank.harness.today.isoformat()
    content = fill(
        blank(bank, batch.batch_id), {"amount": "=6000", "outcome": "已到账", "on": today, "bank_reference": "R"}
    )
    with pytest.raises(InvalidRequest) as refused:
        send(bank, content)
    assert "公式" in str(refused.value.details)
    assert bank.batch(batch.batch_id).state == "instructed"


def test_another_districts_list_is_not_permitted(bank: BankDriver) -> None:
    with pytest.raises(NotPermitted):
        send(bank, b"a,b", district=SHUNYI)
