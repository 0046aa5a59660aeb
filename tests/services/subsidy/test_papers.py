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
from shared.contracts.registry import parties
from shared.contracts.subsidy import claims
from shared.errors import Conflict, NotFound, NotPermitted
from shared.security.speaker import Purpose, Role, Speaker
from shared.store.kernel_tables import AuditRow
from tests.services.subsidy.road import ASSESSED, DUE_YEAR, Road, Training

ACCOUNT = "0000123412341234"


@pytest.fixture
def paid(road: Road) -> tuple[Road, str, str]:
    """A road on which a final claim is being paid: the road, the claim, its batch."""
    what = Training(results=("certified", "uncertified", "failed"))
    road.project(what=what)
    road.appropriate("100000.00")
    road.appropriate("100000.00", DUE_YEAR)
    road.pay(road.submit().claim_id)
    road.harness.move_clock(ASSESSED)
    road.assess(what=what)
    claim = road.submit("final")
    road.decide(claim.claim_id)
    batch = road.prepare(claim.claim_id)
    _neighbours(road)
    return road, claim.claim_id, batch.batch_id


def _neighbours(road: Road) -> None:
    def organisations(request: parties.ListOrganisations) -> parties.OrganisationList:
        shape = parties.OrganisationShape(request.ids[0], "示例一有限公司", "9" * 18, "enterprise", "110105", False)
        return parties.OrganisationList((shape,))

    def people(request: parties.RevealPeople) -> parties.PersonList:
        masked = request.purpose is None
        name = "学*" if masked else "学徒甲"
        return parties.PersonList(
            tuple(parties.PersonShape(one, name, "id_card", "110199", None, masked) for one in request.person_ids)
        )

    def accounts(request: parties.RevealAccounts) -> parties.AccountList:
        assert request.purpose is Purpose.PAYMENT
        return parties.AccountList(
            tuple(
                parties.AccountShape(one, "示例一有限公司", "示例银行", ACCOUNT, None)
                for one in request.organisation_ids
            )
        )

    road.harness.answers(parties.LIST_ORGANISATIONS, organisations)
    road.harness.answers(parties.REVEAL_PEOPLE, people)
    road.harness.answers(parties.REVEAL_ACCOUNTS, accounts)


def _make(road: Road, who: Speaker, form: str, of_id: str) -> claims.FormMade:
    return road.harness.call(who, claims.MAKE_FORM, claims.MakeForm(form, of_id))  # type: ignore[arg-type]


def _fetch(road: Road, who: Speaker, made: claims.FormMade) -> bytes:
    chunk = road.harness.call_raw(who, GET_CHUNK["subsidy"], {"file": made.file, "number": 0})
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


def test_the_register_lists_everybody_with_rate_share_and_amounts(paid: tuple[Road, str, str]) -> None:
    road, claim_id, _ = paid
    cells = _cells(_fetch(road, road.employer, _make(road, road.employer, "subsidy_register", claim_id)))
    assert {"学徒甲", "6000", "85%", "10200", "4200", "考核不合格"} <= cells


def test_the_register_is_masked_for_who_may_not_see_names(paid: tuple[Road, str, str]) -> None:
    road, claim_id, _ = paid
    cells = _cells(_fetch(road, road.maker, _make(road, road.maker, "subsidy_register", claim_id)))
    assert "学*" in cells
    assert "学徒甲" not in cells


def test_the_summary_groups_people_treated_alike_and_shows_what_goes_back_apart(paid: tuple[Road, str, str]) -> None:
    road, claim_id, _ = paid
    words = _words(_fetch(road, road.employer, _make(road, road.employer, "claim_summary", claim_id)))
    for said in ("考核合格，取得证书", "考核合格，未取得证书", "申领金额合计：10200.00 元", "另应追回金额：6000.00 元"):
        assert said in words


def test_the_letter_gives_findings_clauses_readings_and_the_next_step(paid: tuple[Road, str, str]) -> None:
    road, claim_id, _ = paid
    words = _words(_fetch(road, road.officer, _make(road, road.officer, "decision_letter", claim_id)))
    for said in ("示例一有限公司", "APP-19", "四(三)", "INT-3", "下一步", "朝阳区人力资源和社会保障局"):
        assert said in words


def test_the_batch_holds_full_accounts_for_finance_only_and_is_audited(paid: tuple[Road, str, str]) -> None:
    road, _, batch_id = paid
    made = _make(road, road.maker, "payment_batch", batch_id)
    assert ACCOUNT in _cells(_fetch(road, road.checker, made))
    for other in (road.officer, road.employer, road.auditor):
        with pytest.raises(NotPermitted):
            _make(road, other, "payment_batch", batch_id)
    with pytest.raises(NotPermitted):
        _make(road, replace(road.maker, purposes=frozenset()), "payment_batch", batch_id)
    with pytest.raises(NotFound):
        _fetch(road, road.employer, made)
    with road.harness.database.reading() as session:
        purposes = session.scalars(select(AuditRow.purpose).where(AuditRow.action == "subsidy.make_form")).all()
    assert "payment" in purposes


def test_a_payee_without_account_is_named_before_anything_is_written(paid: tuple[Road, str, str]) -> None:
    road, _, batch_id = paid
    road.harness.answers(parties.REVEAL_ACCOUNTS, lambda _: parties.AccountList(()))
    with pytest.raises(Conflict, match="银行账户"):
        _make(road, road.maker, "payment_batch", batch_id)


def test_a_foreign_employer_gets_no_paper_and_nobody_is_asked(paid: tuple[Road, str, str]) -> None:
    road, claim_id, _ = paid
    other = road.harness.speaker(Role.EMPLOYER, "applicant-2", organisation="employer-2")
    asked = len(road.harness.asked)
    with pytest.raises(NotFound):
        _make(road, other, "subsidy_register", claim_id)
    assert len(road.harness.asked) == asked
