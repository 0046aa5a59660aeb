"""A day of training: who may be taught or assessed on it, and how many months of such days there were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

from shared.calendar import add_months, after_months, full_months
from shared.policy.findings import Finding
from shared.policy.rules import Clause, checks, rule

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class DayFacts:
    """One learner's day. `part`: where the hours were held, or an assessment; `guides`: eligible teachers on that day
    for that part; `suspended`: the project's training stood still (of an assessment: or still does); `class_hours`: of
    the learner on that day, everything together; `reasoned`: why they are so many is recorded."""

    on: date
    part: Literal["classroom", "workplace", "assessment"]
    guides: int
    on_break: bool
    suspended: bool
    class_hours: int = 0
    reasoned: bool = False


checks("training.day", DayFacts)


@rule("training.not_suspended", of="training.day")
def not_suspended(facts: DayFacts, clause: Clause) -> Finding:
    """Nobody is taught or assessed while training is suspended, until it has been put right (APP-26)."""
    cure = f"{facts.on} 处于停训整改期间，不计学时、不能考核；请完成整改并由市级恢复培训后再办理"
    return clause.check(not facts.suspended, str(facts.on), "不在停训整改期间", cure)


@rule("training.not_on_break", of="training.day")
def not_on_break(facts: DayFacts, clause: Clause) -> Finding:
    """Nobody is taught or assessed during a break in learning (APP-14)."""
    cure = f"{facts.on} 在休学期间，不计学时、不能考核；确已复学的请先登记复学日期"
    return clause.check(not facts.on_break, str(facts.on), "不在休学期间", cure)


_GUIDES = {
    "workplace": ("企业导师", "mentors.workplace_min"),
    "classroom": ("培训机构教师", "mentors.instructors_min"),
}


@rule("training.guided", of="training.day", reads=("mentors.workplace_min", "mentors.instructors_min"))
def guided(facts: DayFacts, clause: Clause) -> Finding:
    """Hours at the workplace have a workplace mentor, hours in the classroom an instructor, on that day (APP-11)."""
    if facts.part == "assessment":
        return clause.not_applicable("考核", "考核不按导师配备核对")
    name, key = _GUIDES[facts.part]
    least = clause.whole(key, facts.on)
    cure = f"{facts.on} 该学徒没有在任的{name}，请先配备接替的{name}（可注明起始日期）再登记学时"
    return clause.check(facts.guides >= least, f"{name} {facts.guides}/{least}", f"当日有{name}", cure)


@rule("training.hours_a_day", of="training.day", reads=("hours.a_day_max", "hours.minutes"), readings=("hours_a_day",))
def hours_a_day(facts: DayFacts, clause: Clause) -> Finding:
    """Not more class hours in a day than the setting says but for a recorded reason, and never more than a day has
    (APP-15, INT-35, INT-91)."""
    if facts.part == "assessment":
        return clause.not_applicable("考核", "考核不按每日学时核对")
    day = MINUTES_A_DAY // clause.whole("hours.minutes", facts.on)
    if facts.class_hours > day:
        cure = f"{facts.on} 该学徒共登记 {facts.class_hours} 课时，一日至多 {day} 课时，请按实际上课日期分日登记"
        return clause.unmet(f"{facts.class_hours} / {day}", cure)
    most = clause.whole("hours.a_day_max", facts.on)
    if clause.reading("hours_a_day") == "the_day_itself":
        return clause.met(f"{facts.class_hours} / {day}", "当日学时在一日的时间之内")
    compared = f"{facts.class_hours} / {most}{'，已记录理由' if facts.reasoned else ''}"
    cure = (
        f"{facts.on} 该学徒共登记 {facts.class_hours} 课时，超过一日 {most} 课时，请按实际上课日期分日登记；"
        "确有需要的请填写理由"
    )
    return clause.check(facts.reasoned or facts.class_hours <= most, compared, "当日学时符合要求", cure)


class Pause(Protocol):
    """A break: `starts_on` its first day, `ended_on` the first day back, None while it is open."""

    @property
    def starts_on(self) -> date: ...
    @property
    def ended_on(self) -> date | None: ...


def on_break(breaks: Iterable[Pause], day: date) -> bool:
    """Whether the day lies in one of the breaks; the day of return doesn't."""
    return any(pause.starts_on <= day and (pause.ended_on is None or day < pause.ended_on) for pause in breaks)


def months_trained(starts_on: date, until: date, breaks: Iterable[Pause]) -> int:
    """Full months from the enrolment to `until`, both days included, on no day of which was a break.

    Months are counted from the day of enrolment; one that a break touches isn't full: 不足一个月不计.
    """
    held = list(breaks)
    return sum(
        not any(_touches(pause, after_months(starts_on, month), after_months(starts_on, month + 1)) for pause in held)
        for month in range(full_months(starts_on, until))
    )


def months_of_wages(starts_on: date, until: date, today: date, breaks: Iterable[Pause]) -> list[date]:
    """The first day of each calendar month of training whose wage can be known today: it is over, and no break touched
    it (APP-25)."""
    held, months, month = list(breaks), [], starts_on.replace(day=1)
    while month <= until and add_months(month, 1) <= today:
        if not any(_touches(pause, month, add_months(month, 1)) for pause in held):
            months.append(month)
        month = add_months(month, 1)
    return months


def _touches(pause: Pause, first: date, after: date) -> bool:
    """Whether a break has a day in [first, after)."""
    last = date.max if pause.ended_on is None else pause.ended_on - timedelta(days=1)
    return pause.starts_on <= last and pause.starts_on < after and first <= last
