"""What a release left behind is carried over: every decision stands, the ledger is right, and the work goes on.

`data/0.3` was written by the release that first promised it. How a release's data is made: CONTRIBUTING.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from shared.contracts.common import Opinion
from shared.contracts.kernel.decisions import VERIFY_DECISIONS, VerifiedDecisions, VerifyDecisions
from shared.contracts.notify.inbox import READ_INBOX, ReadInbox
from shared.contracts.registry import people
from shared.contracts.review import applications, cases
from shared.contracts.subsidy import budgets_and_ledger, payments
from shared.security.speaker import Role, Speaker
from tests.services.harness import CHAOYANG
from tests.services.review.driver import PLAN
from tests.upgrades.documents import set_off
from tests.upgrades.driver import Driver, MakeDatabase

DATA = Path(__file__).parent / "data"
RELEASES = sorted(DATA.iterdir())
BYTES_MAX = 350_000
"""Of one release."""
HELD = {
    "0.3/main": {"paid": "24000.00", "committed": "10200.00", "receivable": "12000.00"},
    "0.4/main": {"paid": "24000.00", "committed": "10200.00", "receivable": "12000.00"},
    "0.3/set-off": {"paid": "26400.00", "committed": "0.00", "receivable": "0.00"},
    "0.4/set-off": {"paid": "20400.00", "committed": "0.00", "receivable": "0.00"},
}
"""What the ledger of each story says at its end: what was set off is paid, too (18000 + 8400); since 0.4 it may be
spent again, so that it no longer counts as paid (INT-76)."""


@pytest.fixture(
    params=[story for release in RELEASES for story in sorted(release.iterdir())], ids=lambda p: "/".join(p.parts[-2:])
)
def driver(
    request: pytest.FixtureRequest, make_database: MakeDatabase, dialect: str, tmp_path: Path
) -> Iterator[Driver]:
    """A story of a release, upgraded."""
    yield from upgraded(request.param, make_database, dialect, tmp_path)


@pytest.fixture(params=[release / "main" for release in RELEASES], ids=lambda p: p.parts[-2])
def mid_work(
    request: pytest.FixtureRequest, make_database: MakeDatabase, dialect: str, tmp_path: Path
) -> Iterator[Driver]:
    """The main story of a release, upgraded: five services in the middle of their work."""
    yield from upgraded(request.param, make_database, dialect, tmp_path)


def upgraded(data: Path, make_database: MakeDatabase, dialect: str, folder: Path) -> Iterator[Driver]:
    policy_path = str(set_off(folder / "policy")) if data.name == "set-off" else ""
    made = Driver.of(data, make_database, dialect, folder, policy_path)
    yield made
    made.close()


def finance(driver: Driver, subject: str = "finance-officer-1") -> Speaker:
    return driver["subsidy"].speaker(Role.FINANCE_OFFICER, subject, district=CHAOYANG)


def held(driver: Driver) -> dict[str, str]:
    """What the ledger says, recomputed from decisions and payments; it must not differ."""
    proof = driver["subsidy"].call(finance(driver), budgets_and_ledger.PROVE_LEDGER, budgets_and_ledger.ProveLedger())
    assert proof.differences == ()
    return {name: str(getattr(proof, name)) for name in ("paid", "committed", "receivable")}


# --- nothing that was decided has changed ----------------------------------------------------------------------------


def test_every_stored_decision_stands(driver: Driver) -> None:
    for name, harness in driver.harnesses.items():
        auditor = harness.speaker(Role.AUDITOR, "auditor-1")
        verified = harness.call(auditor, VERIFY_DECISIONS[name], VerifyDecisions())
        assert verified == VerifiedDecisions(len(driver.rows(name, "decisions")), (), None), name


def test_the_ledger_is_proven_without_difference(driver: Driver) -> None:
    assert held(driver) == HELD[driver.story]


def test_a_releases_data_stays_small() -> None:
    sizes = {release.name: sum(file.stat().st_size for file in release.glob("*/*")) for release in RELEASES}
    assert sizes and all(size < BYTES_MAX for size in sizes.values()), sizes


# --- and the work goes on --------------------------------------------------------------------------------------------


def test_a_payment_instructed_before_is_confirmed_after(mid_work: Driver) -> None:
    (batch,) = mid_work.rows("subsidy", "batches", state="instructed")
    asked = mid_work["subsidy"].call(finance(mid_work), payments.GET_BATCH, payments.GetBatch(batch["id"]))
    items = tuple(payments.ConfirmedItem(each.payment_id, date(2024, 7, 1), "示例回单-9") for each in asked.payments)
    mid_work["subsidy"].move_clock(date(2024, 7, 1))
    paid = mid_work["subsidy"].call(
        finance(mid_work), payments.CONFIRM_PAYMENT, payments.ConfirmPayment(batch["id"], items)
    )
    assert (paid.state, str(paid.total)) == ("paid", "10200.00")
    assert held(mid_work) == {"paid": "34200.00", "committed": "0.00", "receivable": "12000.00"}


def test_a_case_in_review_goes_on_under_its_own_document_and_a_new_one_begins_under_the_newest(
    mid_work: Driver,
) -> None:
    (before,) = mid_work.rows("review", "cases", state="in_review")
    harness = mid_work["review"]
    officer = harness.speaker(Role.DISTRICT_OFFICER, "district-officer-1", district=CHAOYANG)
    approval = applications.ReviewCase(before["case_id"], "approve", Opinion("同意上报", ("财政局", "总工会")))
    assert harness.call(officer, applications.REVIEW_CASE, approval).station == "city_verification"
    assert harness.call(officer, cases.GET_CASE, cases.GetCase(before["case_id"])).document == before["document"]

    employer = harness.speaker(Role.EMPLOYER, "employer-clerk-1", organisation=before["employer_id"])
    plan = replace(PLAN, starts_on=date(2024, 10, 1))
    request = applications.SubmitProject("apprenticeship", before["provider_id"], plan, "no_superior")
    new = harness.call(employer, applications.SUBMIT_PROJECT, request)
    newest = harness.policies.governing("apprenticeship", CHAOYANG, harness.today)
    assert new.document == newest.identity
    assert harness.policies.by_identity(before["document"]).revision <= newest.revision


def test_a_person_on_file_is_known_again_by_the_number(mid_work: Driver) -> None:
    harness = mid_work["registry"]
    (known, *_) = mid_work.rows("registry", "identity_documents")
    (person,) = mid_work.rows("registry", "people", id=known["person_id"])
    (employer,) = mid_work.rows("registry", "organisations", kind="enterprise")
    clerk = harness.speaker(Role.EMPLOYER, "employer-clerk-1", organisation=employer["id"])
    row = people.PersonRow(0, person["name"], known["kind"], known["number"])
    (answer,) = harness.call(clerk, people.REGISTER_PEOPLE, people.RegisterPeople(employer["id"], (row,))).rows
    assert answer.id == person["id"]


def test_messages_sent_before_are_still_read(mid_work: Driver) -> None:
    harness = mid_work["notify"]
    (employer,) = mid_work.rows("registry", "organisations", kind="enterprise")
    clerk = harness.speaker(Role.EMPLOYER, "employer-clerk-1", organisation=employer["id"])
    inbox = harness.call(clerk, READ_INBOX, ReadInbox())
    sent = {row["message_id"]: row["title"] for row in mid_work.rows("notify", "messages", organisation=employer["id"])}
    assert sent and {each.message_id: each.title for each in inbox.messages} == sent
