"""At every event the right parties are told, once, in words that say what happened and what to do next."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from services.notify.letters.notices import NOTICES
from services.notify.letters.template_table import FRAMES, LETTERS, TEMPLATES
from services.notify.service import NotifyService
from shared.contracts.catalogue import EVENTS
from shared.contracts.common import DeadlineClosed, DeadlineSet
from shared.contracts.kernel.audit import AuditSealed
from shared.contracts.registry import catalogues
from shared.contracts.registry.organisations import LIST_ORGANISATIONS, OrganisationList, OrganisationShape
from shared.contracts.review import cases, notices, oversight
from shared.contracts.schema.declare import EventType
from shared.contracts.subsidy import checks, claims, payments
from shared.contracts.training import projects
from shared.errors import Unavailable
from shared.kernel.service import handlings
from shared.money import Money
from shared.security.speaker import Role
from shared.store.kernel_tables import InboxRow
from tests.conftest import MadeDatabase
from tests.rules.policy import DOCUMENTS
from tests.services.harness import CHAOYANG, SHUNYI, KernelHarness
from tests.services.notify import samples
from tests.services.notify.driver import Driver
from tests.services.notify.samples import CASE, CLAIM, EMPLOYER, NAMES, PROVIDER, SAMPLES, aggregate_of

FULL_ID = re.compile(r"[0-9a-f]{16}")


def told(driver: Driver) -> list[str]:
    """Keys of everybody who got a message."""
    with driver.harness.database.reading() as session:
        return sorted(session.scalars(text("SELECT recipient FROM messages")))


def hear(driver: Driver, event: EventType[Any], data: Any) -> None:
    driver.harness.hear(event, aggregate_of(data), data)


def test_a_public_notice_is_told_once_to_the_parties_and_the_district_and_its_block_to_finance(driver: Driver) -> None:
    """The notice says that money waits; the letters about other blocks would ask the employer to mend something."""
    hear(driver, notices.NOTICE_OPENED, samples.NOTICE)
    hear(driver, oversight.CASE_BLOCKED, replace(samples.BLOCK, kind="public_notice"))
    assert told(driver) == [
        f"office:district_officer:{CHAOYANG}",
        f"office:finance_officer:{CHAOYANG}",
        f"organisation:{EMPLOYER}",
        f"organisation:{PROVIDER}",
    ]


def test_every_event_that_names_notify_as_its_consumer_has_its_line_in_the_table() -> None:
    consumed = {
        name
        for name, event in EVENTS.items()
        if "notify" in event.consumers and event.data not in (AuditSealed, DeadlineSet, DeadlineClosed)
    }
    assert {f"{line.event.owner}.{line.event.name}" for line in NOTICES} == consumed
    assert {f"{event.owner}.{event.name}" for event, _ in SAMPLES} == consumed


def test_every_deadline_that_is_told_is_heard() -> None:
    told = {f"{event.owner}.{event.name}" for event in EVENTS.values() if event.data in (DeadlineSet, DeadlineClosed)}
    assert told
    assert told <= set(handlings(NotifyService))


def test_every_template_is_used_and_every_line_has_its_template() -> None:
    files = {path.stem for path in TEMPLATES.glob("*.j2")}
    assert files == set(LETTERS) | set(FRAMES)
    assert set(LETTERS) == {line.template for line in NOTICES} | {"deadline_near", "deadline_passed"}


@pytest.mark.parametrize(("event", "data"), SAMPLES, ids=lambda value: getattr(value, "name", ""))
@pytest.mark.parametrize("approved", [True, False], ids=["project known", "project not yet known"])
@pytest.mark.parametrize("dialect", ["sqlite"])
def test_each_telling_reaches_somebody_with_what_to_do_next(
    driver: Driver, event: EventType[Any], data: Any, approved: bool
) -> None:
    if approved and event is not cases.PROJECT_APPROVED:
        hear(driver, cases.PROJECT_APPROVED, samples.PROJECT_APPROVED)
    hear(driver, event, data)
    templates = {line.template for line in NOTICES if line.event is event}
    readers = (
        driver.employer(EMPLOYER),
        driver.provider(PROVIDER),
        driver.officer(),
        driver.finance(),
        driver.city(),
        driver.city(Role.CITY_FINANCE_OFFICER),
    )
    written = [one for reader in readers for one in driver.messages(reader) if one.template in templates]
    assert written
    for message in written:
        assert 0 < len(message.title) <= 100
        assert "下一步：" in message.body
        assert not re.search(r"\{|\}|Undefined|None|\n{3,}|（）", message.title + message.body)
        assert not FULL_ID.search(message.title + message.body), "ids are shown short"


def test_a_case_goes_to_the_desk_of_its_station_and_no_other(driver: Driver) -> None:
    hear(driver, cases.CASE_SUBMITTED, CASE)
    assert told(driver) == [f"office:district_officer:{CHAOYANG}"]
    hear(driver, cases.CASE_SUBMITTED, replace(CASE, station="city_verification"))
    assert told(driver) == ["office:city_officer", f"office:district_officer:{CHAOYANG}"]
    (message,) = driver.messages(driver.city())
    assert "市级复核环节（依据京人社能发〔2022〕11号 五）" in message.body
    assert driver.messages(driver.officer(SHUNYI)) == ()


def test_a_case_that_nobody_reviews_yet_asks_the_provider_to_join(driver: Driver) -> None:
    hear(driver, cases.CASE_SUBMITTED, replace(CASE, station=None))
    assert told(driver) == [f"organisation:{PROVIDER}"]
    assert driver.templates(driver.provider(PROVIDER)) == ["case_to_join"]


def test_a_station_that_no_document_knows_waits_instead_of_going_astray(driver: Driver) -> None:
    with pytest.raises(AssertionError, match="no_policy_in_force"):
        hear(driver, cases.CASE_SUBMITTED, replace(CASE, station="unheard_of"))
    assert told(driver) == []


def test_an_employer_that_trains_its_own_people_is_told_once(driver: Driver) -> None:
    hear(driver, cases.PROJECT_APPROVED, replace(samples.PROJECT_APPROVED, provider_id=EMPLOYER))
    assert driver.templates(driver.employer(EMPLOYER)) == ["project_approved"]


def test_an_event_delivered_twice_makes_one_message(driver: Driver) -> None:
    envelope = driver.harness.hear(payments.PAYMENT_CONFIRMED, CLAIM.claim_id, samples.PAYMENT)
    driver.harness.deliver(envelope)
    assert told(driver) == [f"organisation:{EMPLOYER}"]


def test_an_event_applied_again_makes_no_second_message(driver: Driver) -> None:
    driver.harness.hear(payments.PAYMENT_CONFIRMED, CLAIM.claim_id, samples.PAYMENT)
    with driver.harness.database.transaction() as session:
        for heard in session.query(InboxRow):
            heard.applied_at = None
    assert driver.harness.inbox.apply_batch() == 1
    assert driver.harness.inbox.waiting() == 0
    assert told(driver) == [f"organisation:{EMPLOYER}"]


def test_the_database_itself_refuses_a_second_message_of_one_event_to_one_party(driver: Driver) -> None:
    driver.harness.hear(payments.PAYMENT_CONFIRMED, CLAIM.claim_id, samples.PAYMENT)
    with driver.harness.database.engine.connect() as connection:
        uniques = [one["column_names"] for one in inspect(connection).get_unique_constraints("messages")]
    assert ["event_id", "recipient"] in uniques


@pytest.mark.parametrize(
    ("state", "amount", "templates", "to_pay"),
    [
        ("approved", "93000.00", ["claim_approved"], ["claim_to_pay"]),
        ("approved", "0.00", ["claim_closed"], []),
        ("closed", "0.00", ["claim_closed"], []),
        ("returned", "93000.00", ["claim_returned"], []),
        ("rejected", "93000.00", ["claim_rejected"], []),
        ("voided", "93000.00", ["claim_voided"], []),
    ],
)
def test_a_decided_claim_is_told_as_it_was_decided_and_only_money_due_reaches_finance(
    driver: Driver, state: claims.ClaimState, amount: str, templates: list[str], to_pay: list[str]
) -> None:
    hear(driver, claims.CLAIM_DECIDED, replace(CLAIM, state=state, amount=Money.parse(amount)))
    assert driver.templates(driver.employer(EMPLOYER)) == templates
    assert driver.templates(driver.finance()) == to_pay


@pytest.mark.parametrize(
    ("outcome", "left", "templates"), [("clear", 0, ["hits_cleared"]), ("clear", 1, []), ("uphold", 0, [])]
)
def test_finance_reads_that_a_claim_may_go_when_nothing_holds_it_any_more(
    driver: Driver, outcome: Any, left: int, templates: list[str]
) -> None:
    hear(driver, checks.HITS_DECIDED, replace(samples.CLEARED, outcome=outcome, left=left))
    assert driver.templates(driver.finance()) == templates


def test_the_district_reads_that_a_claim_is_held_and_the_employer_does_not(driver: Driver) -> None:
    """A match is a suspicion: nobody is told of it before an officer has looked."""
    hear(driver, checks.CLAIM_HELD, samples.HELD)
    assert driver.templates(driver.officer()) == ["claim_held"]
    assert driver.templates(driver.employer(EMPLOYER)) == []


def test_amounts_are_exact_and_names_are_asked_of_registry(driver: Driver) -> None:
    hear(driver, claims.CLAIM_SUBMITTED, CLAIM)
    (message,) = driver.messages(driver.officer())
    assert message.title == "尾款申请待审核：示例制造有限公司，93000.00 元（c0ffee00）"
    assert "应追回金额：18000.00 元" in message.body
    assert [route for route, _ in driver.harness.asked] == ["registry.list_organisations"]


def test_an_organisation_that_registry_does_not_name_is_shown_by_its_short_id(driver: Driver) -> None:
    hear(driver, claims.CLAIM_SUBMITTED, replace(CLAIM, employer_id="0123456789abcdef"))
    (message,) = driver.messages(driver.officer())
    assert "单位 01234567，" in message.title


def test_a_catalogue_concerns_every_district_and_asks_nobody_for_names(driver: Driver) -> None:
    hear(driver, catalogues.CATALOGUE_PUBLISHED, samples.CATALOGUE)
    assert {f"office:district_officer:{place}" for place in (CHAOYANG, SHUNYI, "110302")} < set(told(driver))
    assert not any(key.startswith("organisation:") for key in told(driver))
    assert driver.harness.asked == []


def test_a_name_is_text_and_never_a_template_or_a_second_line(driver: Driver) -> None:
    name = "{{ 7 * 7 }}\n{% raw %}有限公司"
    shape = OrganisationShape(EMPLOYER, name, "", "enterprise", CHAOYANG, False)
    driver.harness.answers(LIST_ORGANISATIONS, lambda _: OrganisationList((shape,)))
    hear(driver, claims.CLAIM_SUBMITTED, CLAIM)
    (message,) = driver.messages(driver.officer())
    assert "尾款申请待审核：{{ 7 * 7 }} {% raw %}有限公司，93000.00 元" in message.title


def test_without_registry_the_event_waits_and_is_told_later(driver: Driver) -> None:
    def down(_: Any) -> OrganisationList:
        raise Unavailable("registry 服务未启动")

    known = driver.harness.neighbours[LIST_ORGANISATIONS.route]
    driver.harness.answers(LIST_ORGANISATIONS, down)
    with pytest.raises(AssertionError, match="unavailable"):
        hear(driver, claims.CLAIM_SUBMITTED, CLAIM)
    driver.harness.answers(LIST_ORGANISATIONS, known)
    with driver.harness.database.transaction() as session:
        for heard in session.query(InboxRow):
            heard.next_try_at = heard.received_at
    driver.harness.inbox.apply_batch()
    assert driver.templates(driver.officer()) == ["claim_waiting"]


def test_a_project_keeps_its_document_in_messages_though_a_successor_is_in_force(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    """The made-up successor ends the document in 2023; a claim of 2024 still stands under the first (X-7)."""
    packaged = (DOCUMENTS / samples.DOCUMENT.file).read_text("utf-8")
    successor = packaged.replace("id: beijing-2022-11-apprenticeship", "id: made-up-successor")
    successor = successor.replace("number: 京人社能发〔2022〕11号", "number: 虚构发〔2023〕1号")
    successor = successor.replace("{from: 2022-05-27", "{from: 2023-01-01").replace("2022-05-27", "2023-01-01")
    successor = successor.replace("replaces: [京人社能发〔2019〕128号]", "replaces: [京人社能发〔2022〕11号]")
    folder = tmp_path / "policy"
    folder.mkdir()
    (folder / "successor.yaml").write_text(successor, "utf-8")
    url = make_database("notify", "sqlite").url
    harness = KernelHarness(NotifyService, url, tmp_path, policy_path=str(folder))
    driver = Driver(harness, url)
    harness.answers(LIST_ORGANISATIONS, lambda _: OrganisationList(()))
    harness.move_clock(date(2024, 1, 10))

    hear(driver, projects.COURSE_RUN_COMPLETED, samples.RUN)
    (unsure,) = driver.messages(driver.employer(EMPLOYER))
    assert "依据" not in unsure.body, "two documents may govern: none is cited"
    hear(driver, cases.PROJECT_APPROVED, samples.PROJECT_APPROVED)
    hear(driver, projects.COURSE_RUN_COMPLETED, samples.RUN)
    assert "京人社能发〔2022〕11号 四(四)" in driver.messages(driver.employer(EMPLOYER))[0].body
    harness.close()


def test_texts_lie_encrypted_and_events_hold_none(driver: Driver) -> None:
    hear(driver, cases.CASE_RETURNED, replace(CASE, station=None, reason="请联系王示例 13800000000"))
    engine = create_engine(driver.url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM messages")).mappings().all()
    engine.dispose()
    stored = b"\n".join(_raw(value) for row in rows for value in row.values())
    assert EMPLOYER.encode() in stored, "the look-out sees what isn't encrypted"
    for secret in ("13800000000", "王示例", NAMES[EMPLOYER], "退回补正"):
        assert secret.encode() not in stored
    assert "13800000000" in driver.messages(driver.employer(EMPLOYER))[0].body


def _raw(value: Any) -> bytes:
    return bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
