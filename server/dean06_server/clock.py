"""The only clock. Everything below the server is told the moment and the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

Clock = Callable[[], datetime]

VIETNAM: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Fixed since 1975, without summer time; so no machine needs a time zone database."""


def now() -> datetime:
    return datetime.now(UTC)


def business_day(moment: datetime) -> date:
    """The day on an office calendar in Vietnam; no header and no argument changes it."""
    return moment.astimezone(VIETNAM).date()
