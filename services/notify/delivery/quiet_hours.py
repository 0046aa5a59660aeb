"""Quiet hours: when mail and webhooks may leave. The inbox has every message at once.

QUIET_FROM=21:00 QUIET_TO=08:00    nothing leaves from 21:00 to 08:00, Beijing time; the end itself is free
QUIET_ON_DAYS_OFF=1                nor on a day that is no working day (HOLIDAY_PATH)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from shared.calendar import WorkingDays, load_holidays
from shared.clock import BEIJING
from shared.settings import Settings, SettingsError

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class QuietHours:
    """From `begins` up to, not with, `ends`; past midnight where it begins later than it ends.

    Beijing's clock knows no summer time, so hours add up.
    """

    begins: time
    ends: time

    def __contains__(self, moment: time) -> bool:
        if self.begins < self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


@dataclass(frozen=True)
class Quiet:
    """`hours`: None where every hour is free; `calendar`: None where every day is."""

    hours: QuietHours | None = None
    calendar: WorkingDays | None = None

    @classmethod
    def of(cls, settings: Settings) -> Quiet:
        """Raises SettingsError that names the cure, HolidayFault where the calendar can't be read."""
        calendar = load_holidays(settings.holiday_path) if settings.quiet_on_days_off else None
        texts = (settings.quiet_from or "", settings.quiet_to or "")
        if texts == ("", ""):
            return cls(None, calendar)
        if not all(_TIME.fullmatch(text) for text in texts) or texts[0] == texts[1]:
            raise SettingsError("QUIET_FROM, QUIET_TO: write two different times such as 21:00 and 08:00, or neither")
        return cls(QuietHours(*map(time.fromisoformat, texts)), calendar)


def leaves_at(moment: datetime, quiet: Quiet) -> datetime:
    """The first free moment from `moment` on, itself if it is free. Raises Unavailable for a year without data."""
    local = moment.astimezone(BEIJING)
    while True:
        if quiet.calendar is not None and not quiet.calendar.is_working_day(local.date()):
            local = datetime.combine(local.date() + _DAY, time(), BEIJING)
        elif quiet.hours is not None and local.time() in quiet.hours:
            past_midnight = local.time() >= quiet.hours.ends
            local = datetime.combine(local.date() + (_DAY if past_midnight else timedelta()), quiet.hours.ends, BEIJING)
        else:
            return local
