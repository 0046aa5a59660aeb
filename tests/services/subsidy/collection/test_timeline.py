"""What waits of a demand, what its story says, and the notice on paper."""

from __future__ import annotations

import io
from datetime import timedelta

import docx
import pytest
from prometheus_client import REGISTRY

from services.subsidy.views.metrics import measure
from shared.contracts.common import GetHistory, ListWaiting
from shared.contracts.registry.organisations import (
    LIST_ORGANISATIONS,
    ListOrganisations,
    OrganisationList,
    OrganisationShape,
)
from shared.contracts.subsidy import claims, papers
from shared.errors import Conflict
from shared.security.speaker import Speaker
from tests.services.files import fetch
from tests.services.harness import CHAOYANG
from tests.services.subsidy.collection.driver import PAY_TO, CollectionDriver
from tests.services.subsidy.driver import ASSESSED, EMPLOYER, Training, yuan


def waits(collection: CollectionDriver, speaker: Speaker) -> set[str]:
    page = collection.call(speaker, claims.LIST_WAITING, ListWaiting())
    return {item.kind for item in page.items if "demand" in item.kind or "write_off" in item.kind}


def test_a_demand_waits_for_whoever_has_to_do_with_it_next(collection: CollectionDriver) -> None:
    driver = collection.driver
    demand_id = collection.ask_back()
    assert (waits(collection, driver.maker), waits(collection, driver.employer)) == ({"demand_to_notice"}, set())
    collection.notice(demand_id, 10)
    assert (waits(collection, driver.maker), waits(collection, driver.employer)) == (set(), {"demand_to_pay"})
    driver.harness.move_clock(ASSESSED + timedelta(days=11))
    assert waits(collection, driver.maker) == {"demand_overdue"}
    proposed = collection.propose(demand_id).write_off
    assert proposed is not None
    assert (waits(collection, driver.maker), waits(collection, driver.checker)) == (set(), {"write_off_to_approve"})
    collection.decide(proposed.write_off_id, driver.checker)
    assert (waits(collection, driver.checker), waits(collection, collection.city)) == (set(), {"write_off_to_approve"})
    collection.decide(proposed.write_off_id, collection.city)
    assert {one for by in (driver.maker, collection.city, driver.employer) for one in waits(collection, by)} == set()


def test_the_project_tells_what_came_back_without_its_reminders(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    collection.notice(demand_id)
    collection.repay(demand_id, "1.00")
    collection.repay(demand_id, "17999.00", "R-2")
    page = collection.call(collection.driver.officer, claims.GET_HISTORY, GetHistory("project-1"))
    told = [(line.action, line.of_id) for line in page.lines if line.action.startswith(("clawback", "deadline"))]
    assert [action for action, _ in told] == [
        "clawback_opened", "clawback_noticed", "clawback_reduced", "clawback_settled",
    ]  # fmt: skip
    assert {of_id for _, of_id in told[1:]} == {demand_id}


def test_what_is_outstanding_is_measured_by_age(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back()
    collection.notice(demand_id, 1)
    collection.harness.move_clock(ASSESSED + timedelta(days=40))
    measure(collection.driver.harness.database)

    def yuan_of(age: str) -> float | None:
        return REGISTRY.get_sample_value("skills_demands_outstanding_yuan", {"age": age})

    assert (yuan_of("up_to_90"), yuan_of("not_due")) == (18000.0, 0.0)


# --- the paper -------------------------------------------------------------------------------------------------------


def printed(collection: CollectionDriver, speaker: Speaker, demand_id: str) -> str:
    collection.driver.harness.answers(LIST_ORGANISATIONS, _organisations)
    made = collection.call(speaker, papers.MAKE_FORM, papers.MakeForm("clawback_notice", demand_id))
    return _words(fetch(collection.driver.harness, speaker, made.file))


def _words(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *tables])


def _organisations(request: ListOrganisations) -> OrganisationList:
    shape = OrganisationShape(EMPLOYER, "示例一有限公司", "91110105MA0000000Y", "enterprise", CHAOYANG, False)
    return OrganisationList((shape,))


def test_the_notice_says_who_what_why_how_and_until_when(collection: CollectionDriver) -> None:
    demand_id = collection.ask_back(what=Training(results=("certified", "failed", "left")), first="12000.00")
    with pytest.raises(Conflict, match="尚未发出通知"):
        printed(collection, collection.driver.maker, demand_id)
    collection.notice(demand_id, words="请一次退还")
    collection.repay(demand_id, "3000.00")
    for speaker in (collection.driver.maker, collection.driver.officer, collection.driver.employer):
        words = printed(collection, speaker, demand_id)
        for said in (
            "示例一有限公司", "91110105MA0000000Y", "四(三)", "有 12000.00 元应予退还",
            "已退还 3000.00 元，尚未退还 9000.00 元", PAY_TO,
            "请一次退还", str(ASSESSED + timedelta(days=30)), "未完成培训或考核不合格", "6000.00", "首次补贴（预拨）",
            "朝阳区人力资源和社会保障局",
        ):  # fmt: skip
            assert said in words, said
    assert yuan("12000.00") == collection.demand(demand_id).amount
