"""The two clocks. Business dates are Beijing dates (X-12) and may be moved in tests; real time never is.

Rules take dates as arguments. Only entrypoints ask these functions, and only `shared/` calls them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Real time, aware, UTC: for tokens, retries and audit."""
    return datetime.now(UTC)


def beijing_today(at: datetime | None = None) -> date:
    """The Beijing date of an instant, by default of now."""
    return (at or now()).astimezone(BEIJING).date()
