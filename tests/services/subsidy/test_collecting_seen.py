"""What waits of a demand, what its story says, and the notice on paper."""

from __future__ import annotations

import io
from datetime import timedelta

import docx
import pytest
from prometheus_client import REGISTRY

from services.subsidy.views.metrics import measure
from shared.contracts.common import GetHistory, ListWaiting
from shared.contracts.registry import organisations
from shared.contracts.subsidy import claims
from shared.errors import Conflict
from shared.security.speaker import Speaker
from tests.services.files import fetch
from tests.services.harness import CHAOYANG
from tests.services.subsidy.collector import PAY_TO, Collector
from tests.services.subsidy.road import ASSESSED, EMPLOYER, Training, yuan


def waits(desk: Collector, speaker: Speaker) -> set[str]:
    page = desk.call(speaker, claims.LIST_WAITING, ListWaiting())
    return {item.kind for item in page.items if "demand" in item.kind or "write_off" in item.kind}


def test_a_demand_waits_for_whoever_has_to_do_with_it_next(desk: Collector) -> None:
    road = desk.road
    demand_id = desk.ask_back()
    assert (waits(desk, road.maker), waits(desk, road.employer)) == ({"demand_to_notice"}, set())
    desk.notice(demand_id, 10)
    assert (waits(desk, road.maker), waits(desk, road.employer)) == (set(), {"demand_to_pay"})
    road.harness.move_clock(ASSESSED + timedelta(days=11))
    assert waits(desk, road.maker) == {"demand_overdue"}
    proposed = desk.propose(demand_id).write_off
    assert proposed is not None
    assert (waits(desk, road.maker), waits(desk, road.checker)) == (set(), {"write_off_to_approve"})
    desk.decide(proposed.write_off_id, road.checker)
    assert (waits(desk, road.checker), waits(desk, desk.city)) == (set(), {"write_off_to_approve"})
    desk.decide(proposed.write_off_id, desk.city)
    assert {one for by in (road.maker, desk.city, road.employer) for one in waits(desk, by)} == set()


def test_the_project_tells_what_came_back_without_its_reminders(desk: Collector) -> None:
    demand_id = desk.ask_back()
    desk.notice(demand_id)
    desk.repay(demand_id, "1.00")
    desk.repay(demand_id, "17999.00", "R-2")
    page = desk.call(desk.road.officer, claims.GET_HISTORY, GetHistory("project-1"))
    told = [(line.action, line.of_id) for line in page.lines if line.action.startswith(("clawback", "deadline"))]
    assert [action for action, _ in told] == [
        "clawback_opened", "clawback_noticed", "clawback_reduced", "clawback_settled",
    ]  # fmt: skip
    assert {of_id for _, of_id in told[1:]} == {demand_id}


def test_what_is_outstanding_is_measured_by_age(desk: Collector) -> None:
    demand_id = desk.ask_back()
    desk.notice(demand_id, 1)
    desk.road.harness.move_clock(ASSESSED + timedelta(days=40))
    measure(desk.road.harness.database)

    def yuan_of(age: str) -> float | None:
        return REGISTRY.get_sample_value("skills_demands_outstanding_yuan", {"age": age})

    assert (yuan_of("up_to_90"), yuan_of("not_due")) == (18000.0, 0.0)


# --- the paper -------------------------------------------------------------------------------------------------------


def printed(desk: Collector, speaker: Speaker, demand_id: str) -> str:
    desk.road.harness.answers(organisations.LIST_ORGANISATIONS, _organisations)
    made = desk.call(speaker, claims.MAKE_FORM, claims.MakeForm("clawback_notice", demand_id))
    return _words(fetch(desk.road.harness, speaker, made.file))


def _words(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *tables])


def _organisations(request: organisations.ListOrganisations) -> organisations.OrganisationList:
    shape = organisations.OrganisationShape(
        EMPLOYER, "示例一有限公司", "91110105MA0000000Y", "enterprise", CHAOYANG, False
    )
    return organisations.OrganisationList((shape,))


def test_the_notice_says_who_what_why_how_and_until_when(desk: Collector) -> None:
    demand_id = desk.ask_back(what=Training(results=("certified", "failed", "left")), first="12000.00")
    with pytest.raises(Conflict, match="尚未发出通知"):
        printed(desk, desk.road.maker, demand_id)
    desk.notice(demand_id, words="请一次退还")
    desk.repay(demand_id, "3000.00")
    for speaker in (desk.road.maker, desk.road.officer, desk.road.employer):
        words = printed(desk, speaker, demand_id)
        for said in (
            "示例一有限公司", "91110105MA0000000Y", "四(三)", "有 12000.00 元应予退还",
            "已退还 3000.00 元，尚未退还 9000.00 元", PAY_TO,
            "请一次退还", str(ASSESSED + timedelta(days=30)), "考核不合格或中途退出", "6000.00", "首次补贴（预拨）",
            "朝阳区人力资源和社会保障局",
        ):  # fmt: skip
            assert said in words, said
    assert yuan("12000.00") == desk.demand(demand_id).amount
