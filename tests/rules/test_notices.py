"""Public notices: how many working days one stands, on which days somebody may object, when it may be closed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.review.rules import notices
from shared.calendar import WorkingDays, Year, load_holidays
from shared.errors import Conflict, InvalidRequest, Unavailable

BEIJING = load_holidays()
FROM, TO = date(2022, 6, 6), date(2022, 6, 13)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("from_on", "working_days", "to_on"),
    [
        (date(2022, 6, 6), 5, date(2022, 6, 13)),  # 周一发布，当日不计
        (date(2022, 6, 6), 1, date(2022, 6, 7)),
        (date(2022, 6, 2), 1, date(2022, 6, 6)),  # 6 月 3 日至 5 日端午节放假
        (date(2022, 6, 4), 1, date(2022, 6, 6)),  # 休息日发布
        (date(2022, 9, 30), 5, date(2022, 10, 12)),  # 国庆节放假 1 日至 7 日，8 日、9 日上班
        (date(2022, 12, 30), 2, date(2023, 1, 4)),  # 跨年，1 月 2 日放假
    ],
)
def test_days_off_and_the_day_of_publication_are_not_counted(from_on: date, working_days: int, to_on: date) -> None:
    assert notices.last_day(from_on, working_days, BEIJING) == to_on


def test_a_year_without_holidays_is_refused_by_its_number() -> None:
    with pytest.raises(Unavailable, match="没有 2099 年的节假日数据") as refused:
        notices.last_day(date(2098, 12, 31), 5, WorkingDays({2098: Year(frozenset(), frozenset())}))
    assert refused.value.details == {"year": 2099}


@pytest.mark.parametrize(("least", "asked", "days"), [(5, None, 5), (5, 5, 5), (5, 7, 7), (None, 1, 1)])
def test_the_documents_length_holds_unless_the_officer_asks_for_more(
    least: int | None, asked: int | None, days: int
) -> None:
    assert notices.length(least, asked) == days


@pytest.mark.parametrize(("least", "asked", "words"), [(5, 4, "不少于 5 个工作日"), (None, None, "未规定公示天数")])
def test_a_shorter_notice_and_one_that_nobody_measured_are_refused(
    least: int | None, asked: int | None, words: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        notices.length(least, asked)
    [fault] = refused.value.details["fields"]
    assert fault["path"] == "working_days" and words in fault["message"]


@pytest.mark.parametrize(("today", "taken"), [(FROM - DAY, False), (FROM, True), (TO, True), (TO + DAY, False)])
def test_an_objection_is_taken_from_the_first_day_to_the_last_included(today: date, taken: bool) -> None:
    """INT-14."""
    if taken:
        notices.check_objected_in_time(FROM, TO, today)
        return
    with pytest.raises(Conflict, match="不在公示期内") as refused:
        notices.check_objected_in_time(FROM, TO, today)
    assert refused.value.details == {"from_on": "2022-06-06", "to_on": "2022-06-13"}


@pytest.mark.parametrize(("today", "standing", "words"), [(TO, 0, "次日以后"), (TO + DAY, 1, "还有 1 件未答复")])
def test_a_notice_is_not_closed_on_its_last_day_nor_while_an_objection_stands(
    today: date, standing: int, words: str
) -> None:
    with pytest.raises(Conflict, match=words):
        notices.check_closes(TO, today, objections=3, standing=standing)
    notices.check_closes(TO, TO + DAY, objections=3, standing=0)
